"""Numbers with commas and no blank: a list of things that bear numbers, or a decimal."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal, ordinal, with_leading_zeros
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.measures import read_unit

_LIST = expression(r"[0-9]{1,2}(?:,[0-9]{1,2}){1,}(?![0-9]|[.,/][0-9])")
_LIST_CUE = expression(
    r"(?<!\w)(?:khu phố|ấp|thôn|tổ|lớp|khối|các số|mũi|câu|các ngày|các tháng|ngày|tháng|"
    r"đội|cụm|quý|các quý|"
    r"điều|khoản|khu|bản|đợt|lô|tuần|nhóm|các khoản|các điều)\s*$"
)
# After these only neighbours are a list: tiêu chí 17,18, but cấp 2,5.
_NEIGHBOUR_CUE = expression(
    r"(?<!\w)(?:ca|cấp|tiêu chí|chỉ tiêu|trạm|trạm bơm|tuổi|lứa|vòng|tầng|phòng|bàn|cửa|cổng|"
    r"xóm|khóm|buôn|làng|chi bộ|chi hội|tổ dân phố|nội dung|nhiệm vụ|hạng|mục|chương|bài|buổi|"
    r"tiết|kênh|cống|máy|giai đoạn|(?<!chỉ )(?<!hệ )(?<!trị )(?<!tỷ )(?<!tỉ )(?<!trung )số)\s*$"
)
_WEEKDAY_CUE = expression(r"(?<!\w)thứ\s*$")
_NO_THING = expression(
    r"(?<!\w)(?:cơ|văn|phiên|biên|kịch|nguyên|căn|ấn|bài|sách|xuất|thành) bản\s*$|"
    r"(?<!\w)(?:quân|tài) (?:đội|khoản)\s*$|"
    r"(?<!\w)(?:mỗi|từng|một|bình quân|trung bình|lương)\s+(?:[^\W\d_]+\s+){1,2}$"
)
_MEASURED_AFTER = expression(
    r"\s*(?:nghìn|ngàn|vạn|triệu|tỷ|tỉ|trăm|phần trăm|điểm|lần|cây số|ki lô|mét|mi li|xăng ti|"
    r"héc ta|tấn|tạ|yến|lít|gam|giờ|phút|sào|độ|đồng)(?!\w)"
)
_LASTS = expression(r"(?<!\w)(?:lớp|khóa)\s*#\s*(?:tháng|buổi|ngày|tuần|tuổi|năm|tiết)(?!\w)")
_NO_MONEY_AFTER = expression(r"\s*đồng (?:ý|loạt|thời|hành|chí|bào|tình|lòng|nhất)(?!\w)")
_FARTHEST = 10


def read_list(match: re.Match[str], place: Place) -> Said | None:
    """Lớp 3,4,5 or khu phố 1,2 or thứ 3,5; what is measured is a decimal: tháng 7,5 triệu."""
    parts = match[0].split(",")
    weekdays = _WEEKDAY_CUE.search(place.before) and all(2 <= int(part) <= 7 for part in parts)
    if weekdays:
        said = ", ".join(ordinal(int(part)) for part in parts)
        return Said(said, match.end(), "weekday")
    if len(parts) > 2:
        return _listed(match)
    first, second = parts
    after = place.after(match.end())
    listed = _LIST_CUE.search(place.before)
    if not listed:
        neighbours = int(first) + 1 == int(second) and _NEIGHBOUR_CUE.search(place.before)
        return _listed(match) if neighbours and not _is_measured(match, place) else None
    if _is_measured(match, place):
        return None
    apart = int(first) + 1 != int(second)
    if int(first) == int(second) or (apart and _LASTS.search(f"{place.before}#{after}")):
        return None
    return _listed(match, sure=0 < int(second) - int(first) <= _FARTHEST)


def _listed(match: re.Match[str], *, sure: bool = True) -> Said:
    spoken = ", ".join(map(_item, match[0].split(",")))
    flags = () if sure else (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    return Said(spoken, match.end(), "list", flags)


def _item(part: str) -> str:
    return with_leading_zeros(part) if part[0] == "0" else cardinal(int(part))


def _is_measured(match: re.Match[str], place: Place) -> bool:
    """Mỗi tháng 7,5; cơ bản 5,31 triệu; thôn 0,5 ha: one number that something is measured by."""
    first, second = match[0].split(",")
    after = place.after(match.end())
    zeros = (first == "0" or second[0] == "0") and not (first[0] == "0" and len(first) > 1)
    return bool(
        zeros
        or _NO_THING.search(place.before)
        or (
            not _NO_MONEY_AFTER.match(after)
            and (_MEASURED_AFTER.match(after) or read_unit(place, match.end()))
        )
    )


LIST = Rule(_LIST, read_list)

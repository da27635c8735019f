"""Scores and other pairs that are no range: thắng 2-1, 25-18, NPK 16-16-8."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal, ordinal, with_leading_zeros
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.dates import day_month
from playlists.reading.rules.feasts import is_feast
from playlists.reading.rules.measures import read_unit

_SCORE = expression(
    r"(?P<a>[0-9]{1,2})[ ]?[-–:][ ]?(?P<b>[0-9]{1,2})(?![0-9]|[.,/%:-][0-9]|[ ]?[hHgG](?!\w))"
)
_SCORE_CUE = expression(
    r"(?<!\w)(?:tỷ số|tỉ số|cúp(?! (?:điện|nước|cầu))|trận|lượt đi|lượt về|hiệp|chung kết|"
    r"bán kết|thắng|thua|pen|penalty|luân lưu|hòa|dẫn|gỡ hòa|cầm hòa)(?!\w)"
    r"[^0-9.;,]{0,25}(?:vòng [0-9][^0-9.;,]{0,30})?$"
)
_SLASH_CUE = expression(
    r"(?<!\w)(?:tỷ số|tỉ số)(?: là| chung cuộc)?\s*:?\s*$|"
    r"(?<!\w)(?<!chiến )(?<!quyết )(?<!mừng )(?:thắng|thua|hòa|dẫn|dẫn trước|cầm hòa)\s*$"
)
_SPORT = expression(
    r"(?<!\w)(?:bóng đá|bóng chuyền|cầu lông|kéo co|chung kết|bán kết|trận|vòng bảng|ván|đội|"
    r"fc)(?!\w)"
)
_VERSUS = expression(
    r"[A-ZĐÀ-Ỹ][^\W_]*(?:[ ][^\W_]+)?[ ][-–][ ](?:[^\W\d_]+[ ]){0,2}[A-ZĐÀ-Ỹ][^\W\d_]*[ ]$"
)
_PART = expression("[0-9]+")
_MONTHS = 12
_BAG = expression(r"(?<!\w)(?:dap|npk|np|mkp|map)\s+$")
_BAG_NEAR = expression(
    r"(?<!\w)(?:npk|phân|văn điển|đầu trâu|bình điền|lâm thao|dap|bón lót|bón thúc)(?!\w)"
    r"[^;\n]{0,60}$"
)
_FALLING = expression(r"(?P<a>[1-9][0-9]{0,2})-(?P<b>[0-9]{1,2})(?![0-9]|[-.,/][0-9]|[^\W_])")
_FERTILISER = expression(r"(?<!\w)(?:npk|phân|bón|loại|đạm|công thức)(?!\w)[^.;\n]*$")
_DIALLED = expression(r"11[1-5](?:[ ]?[-–][ ]?11[1-5])+")
_MEDALS = expression(r"(?<!\w)(?:hcv|hcb|hcđ|huy chương|vàng|bạc|đồng)[^.;\n0-9]{0,30}$")
_MAGNITUDE = expression(
    r"[ ]?(?:tỷ|tỉ|triệu|nghìn|ngàn|vạn|phần trăm|%|độ|mét|ki lô|điểm)(?!\w)|[ ]?%"
)
_COUNTED_AFTER = expression(
    r"\s+(?:người|xe|chiếc|cái|hộ|suất|tầng|thành viên|cán bộ|đồng chí|triệu|nghìn|tỷ|đồng|"
    r"cấp|bậc|bước|chốt|thùng|bàn|ghế|máy|loa|tháng|năm|ngày|tuần)(?!\w)"
)
_TIME_AFTER = expression(r"\s+(?:giờ|phút|ngày|tuần|tháng|năm|tuổi|lần)(?!\w)")


def _counts(match: re.Match[str], place: Place) -> bool:
    after = place.after(match.end())
    words = (_MAGNITUDE, _COUNTED_AFTER, _TIME_AFTER)
    return read_unit(place, match.end()) is not None or any(one.match(after) for one in words)


def read_score(match: re.Match[str], place: Place) -> Said | None:
    """Tỷ số 2-1 is *hai một*."""
    versus = _VERSUS.search(place.text, max(0, place.start - 60), place.start)
    if (versus or _BAG.search(place.before)) and not _counts(match, place):
        return Said(
            f"{cardinal(int(match['a']))} {cardinal(int(match['b']))}", match.end(), "score"
        )
    sport = _SPORT.search(place.before) and place.before.rstrip().endswith((":", "("))
    if not (sport or _SCORE_CUE.search(place.before) or place.follows("score")):
        return None
    return Said(f"{cardinal(int(match['a']))} {cardinal(int(match['b']))}", match.end(), "score")


def read_slashed(match: re.Match[str], place: Place) -> Said | None:
    """Thắng 2/1, tỷ số 25/23, and the sets that follow in brackets."""
    if not (_SLASH_CUE.search(place.before) or place.follows("score")):
        return None
    return Said(f"{cardinal(int(match['a']))} {cardinal(int(match['b']))}", match.end(), "score")


def read_hyphenated(match: re.Match[str], place: Place) -> Said | None:
    """Three or more numbers with hyphens, as on a bag of fertiliser: one after the other."""
    fertiliser = _FERTILISER.search(place.before)
    if (":" in match[0] and not fertiliser) or _DIALLED.fullmatch(match[0]):
        return None
    parts = _PART.findall(match[0])
    if place.before.endswith("thứ "):
        return Said(", ".join(ordinal(int(part)) for part in parts), match.end(), "weekday")
    said = (", " if " " in match[0] and not fertiliser else " ").join(
        with_leading_zeros(part) for part in parts
    )
    medals = _MEDALS.search(place.before)
    flags = () if fertiliser or medals else (Flag(Doubt.CODE, match[0], said),)
    return Said(said, match.end(), "digits", flags)


def read_dotted_bag(match: re.Match[str], place: Place) -> Said | None:
    """NPK 16.16.8: what a bag holds, one number after the other."""
    if not _BAG_NEAR.search(place.before):
        return None
    said = " ".join(cardinal(int(part)) for part in match[0].split("."))
    return Said(said, match.end(), "digits")


def read_falling(match: re.Match[str], place: Place) -> Said | None:
    """25-18 and 2-2 are no ranges, for ranges rise: most likely a score, so flagged."""
    first, second = int(match["a"]), int(match["b"])
    if first < second or _counts(match, place):
        return None
    spoken = f"{cardinal(first)} {cardinal(second)}"
    day = is_feast(first, second) or first > _MONTHS >= second > 0
    if day and not _SPORT.search(place.before):
        spoken = day_month(first, second)
    return Said(spoken, match.end(), "score", (Flag(Doubt.AMBIGUOUS, match[0], spoken),))


HYPHENATED = Rule(
    expression(r"[0-9]{1,3}(?:-[0-9]{1,3}|[ ][-–][ ][0-9]{1,3}){2,}(?![0-9]|[-/.,][0-9])"),
    read_hyphenated,
)
BAG = Rule(expression(r"[0-9]{1,2}(?::[0-9]{1,2}){2}(?![0-9]|[-/.,:][0-9])"), read_hyphenated)
SLASHED = Rule(
    expression(r"(?P<a>[0-9]{1,2})/(?P<b>[0-9]{1,2})(?![0-9]|[.,/-][0-9]|[^\W_])"), read_slashed
)
SCORE = Rule(_SCORE, read_score)
DOTTED_BAG = Rule(
    expression(r"[0-9]{1,2}(?:\.[0-9]{1,2}){2}(?![0-9]|[-/.,][0-9])"), read_dotted_bag
)
FALLING = Rule(_FALLING, read_falling)

"""Days and months with a dash or a dot: ngày 22-12, dịp 2-9, sáng 3.9; ranges stay ranges."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.dates import (
    DAY,
    DAY_WORDS,
    END,
    MONTH,
    TIME_WORDS,
    day_month,
    is_day_of_year,
)
from playlists.reading.rules.feasts import is_feast
from playlists.reading.rules.measures import read_unit

_COUNTED_AFTER = expression(
    r"\s*(?:triệu|tỷ|tỉ|nghìn|ngàn|người|hộ|tuổi|phút|giờ|lần|độ|điểm|phần trăm|đồng|con|mét|"
    r"lít|tấn|tạ|yến|gam|ki lô|héc ta|sào|công|suất|bao|phần)(?!\w)"
)
_LASTING_AFTER = expression(r"\s*(?:ngày|tuần|tháng|buổi|tiết|vụ|ca|bữa|kỳ|đợt)(?!\w)")
_UNTIL_DAY = expression(
    r"(?<!\w)(?P<word>ngày)\s+[0-9]{1,2}(?:[-/.][0-9]{1,2})?\s*(?:đến|tới)\s*(?:hết\s*)?$"
)
_FEAST_BEFORE = expression(
    r"(?<!\w)(?:mừng|chào mừng|lễ|nghỉ lễ|dịp lễ|dịp|nhân dịp|tết|quốc khánh|kỷ niệm|nghỉ|"
    r"quốc tế lao động|phụ nữ|thầy thuốc|nhà giáo)\s*[(]?\s*$"
)
_NAMED_FOR_DAY = expression(
    r"(?<!\w)(?:ngày|lễ|tết|quốc khánh|quốc tế|kỷ niệm|dịp|mừng)(?!\w)(?!\s*$)[^0-9.;,:]{0,40}$|"
    r"(?<!\w)(?:đường|(?<!khu )phố|quảng trường|công viên|chợ|trường|sân vận động|cầu|"
    r"công ty|nhà máy|thị trấn)\s*$"
)
_NUMBERED_BEFORE = expression(
    r"(?<!\w)(?:tổ|thôn|ấp|xóm|lớp|khối|khu|khu phố|cấp|bậc|hạng|đội|nhóm|mức|tuần|tháng|quý|câu|"
    r"bài|mục|điểm|tầng|số|có|còn|tăng|giảm|đạt|được|là)\s*$"
)
_SINCE = expression(r"(?<!\w)kể từ\s*$")
_UNTIL_BEFORE = expression(r"(?<!\w)(?<!từ )(?:đến|tới|trước|sau|hết|đến hết|trước ngày)\s*$")
_DOTTED_UNTIL = expression(r"[ ]?[-–][ ]?[0-9]{1,2}\.[0-9]{1,2}\.20[0-9]{2}(?![0-9])")
_LUNAR_BEFORE = expression(r"(?<!\w)(?P<word>mùng|mồng)\s*$")
_NEW_YEAR_AFTER = expression(r"\s*tết(?!\w)")
_LAST_LUNAR = 10
_PAIR = r"[0-9]{1,2}-(?:0?[1-9]|1[0-2])"
_CLAUSE_END = r"\s*(?:$|[.,;:!)(]|(?:tại|ở|để|theo)(?!\w)|năm [0-9])"
_ENDS_CLAUSE = expression(_CLAUSE_END)
_UNTIL_PAIR = expression(rf"\s+(?:đến|tới)\s+(?:hết\s+)?(?:ngày\s+)?{_PAIR}{_CLAUSE_END}")
_FROM_PAIR = expression(rf"(?<!\w)từ\s+{_PAIR}\s+(?:đến|tới)\s+(?:hết\s+)?$")
_OF_MONTH = expression(r"\s*(?:(?:của |trong )?(?:tháng|hàng tháng|hằng tháng|mỗi tháng)|âm)(?!\w)")
_EACH_YEAR = expression(r"\s*[(]?(?:âm lịch|dương lịch|âl|hằng năm|hàng năm)(?!\w)")
_EVERY_YEAR = expression(
    r"\s*(?:hằng năm|hàng năm|năm nay|năm ngoái|năm sau|năm [0-9]|tới|vừa qua|sắp tới)(?!\w)"
)


def read_day_dash(match: re.Match[str], place: Place) -> Said | None:
    """Ngày 22-12: a day and its month; ngày 2-9 could be a range of days, so it is flagged.

    A falling pair (từ 15-8 đến 30-9) can be no range.
    """
    day, month = int(match["d"]), int(match["m"])
    if not is_day_of_year(day, month):
        return None
    if match["s"] == ".":
        return _read_dot(match, place)
    lunar = _LUNAR_BEFORE.search(place.before)
    if lunar and day < month <= _LAST_LUNAR and _NEW_YEAR_AFTER.match(place.after(match.end())):
        spoken = f"{cardinal(day)} đến {lunar['word']} {cardinal(month)}"
        return Said(spoken, match.end(), "date")
    if _is_day(match, place):
        return Said(day_month(day, month), match.end(), "date")
    return _read_after_word(match, place)


def _read_after_word(match: re.Match[str], place: Place) -> Said | None:
    """A word for a day or a time stands before, but it could be a range as well."""
    day, month, after = int(match["d"]), int(match["m"]), place.after(match.end())
    word = DAY_WORDS.search(place.before) or _UNTIL_DAY.search(place.before)
    if day > month and not word:
        word = None if _counts(match, place) else TIME_WORDS.search(place.before)
    if not word or _OF_MONTH.match(after):
        return None
    spoken = day_month(day, month)
    known = is_feast(day, month) and _ENDS_CLAUSE.match(after)
    may_rise = day < month and word[0].startswith("ngày") and not _EVERY_YEAR.match(after)
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if may_rise and not known else ()
    return Said(spoken, match.end(), "date", flags)


def _counts(match: re.Match[str], place: Place) -> bool:
    after = place.after(match.end())
    return read_unit(place, match.end()) is not None or bool(_COUNTED_AFTER.match(after))


def _is_day(match: re.Match[str], place: Place) -> bool:
    """Dịp 2-9, ngày 30-4 và 1-5, kể từ 1-7, đến 5-9: no range of numbers."""
    before, after = place.before, place.after(match.end())
    of_that_time = before.endswith("/") and place.follows("time")
    if of_that_time or _is_between_days(before, after):
        return True
    if _counts(match, place) or _LASTING_AFTER.match(after):
        return False
    ends = bool(_ENDS_CLAUSE.match(after))
    if _EACH_YEAR.match(after) or _SINCE.search(before) or (ends and _UNTIL_BEFORE.search(before)):
        return True
    feast = is_feast(int(match["d"]), int(match["m"]))
    if _FEAST_BEFORE.search(before) and (feast or ends or _EVERY_YEAR.match(after)):
        return True
    if feast and (place.follows("date") or (ends and TIME_WORDS.search(before))):
        return True
    named = _NAMED_FOR_DAY.search(before) and not _NUMBERED_BEFORE.search(before)
    return bool(named) and (feast or int(match["d"]) > int(match["m"]))


def _is_between_days(before: str, after: str) -> bool:
    """Từ 2-9 đến 5-9: from a range to a range would be nonsense."""
    starts = before.endswith("từ ") and _UNTIL_PAIR.match(after)
    return bool(starts or (_FROM_PAIR.search(before) and _ENDS_CLAUSE.match(after)))


def _read_dot(match: re.Match[str], place: Place) -> Said | None:
    """Sáng 3.9: a day and its month, unless something is measured."""
    spoken = day_month(int(match["d"]), int(match["m"]))
    if _DOTTED_UNTIL.match(place.text, match.end()):  # 01.10 - 10.10.2026
        named = DAY_WORDS.search(place.before)
        return Said(spoken if named else f"ngày {spoken}", match.end(), "date")
    if not (DAY_WORDS.search(place.before) or _UNTIL_DAY.search(place.before)):
        return None
    if _counts(match, place) or _OF_MONTH.match(place.after(match.end())):
        return None
    return Said(spoken, match.end(), "date")


def read_feasts(match: re.Match[str], place: Place) -> Said | None:
    """Nghỉ lễ 30-4/1-5: two days that everybody knows."""
    del place
    first, second, third, fourth = map(int, match.groups())
    if not (is_feast(first, second) and is_feast(third, fourth)):
        return None
    return Said(f"{day_month(first, second)}, {day_month(third, fourth)}", match.end(), "date")


FEASTS = Rule(
    expression(r"([0-9]{1,2})-([0-9]{1,2})/([0-9]{1,2})-([0-9]{1,2})(?![0-9]|[-/.][0-9])"),
    read_feasts,
)
DAY_DASH = Rule(expression(rf"(?P<d>{DAY})(?P<s>[-.])(?P<m>{MONTH}){END}"), read_day_dash)

"""Days: 22/12/2024, 01-02/6/2026, ngày 1,2,3/9, and 22-12 where context says so."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.houses import is_named
from playlists.reading.rules.measures import read_unit

_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
YEAR = r"(?:1[0-9]{3}|20[0-9]{2}|21[0-9]{2})"
END = r"(?![0-9]|[-/.][0-9])"
_DASH = r"\s?[-–—]\s?"
_FULL = expression(
    rf"(?P<d>{_DAY})(?P<s>[/.-])(?P<m>{_MONTH})(?P=s)(?P<y>{YEAR}|[0-9]{{2}})(?![0-9]|/[0-9])"
)
_DAYS_RANGE = expression(
    rf"(?P<a>{_DAY}){_DASH}(?P<b>{_DAY})/(?P<m>{_MONTH})(?:/(?P<y>{YEAR}))?{END}"
)
_DATES_RANGE = expression(
    rf"(?P<a>{_DAY})/(?P<am>{_MONTH}){_DASH}(?P<b>{_DAY})/(?P<m>{_MONTH})(?:/(?P<y>{YEAR}))?{END}"
)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_WORDS = expression(r"(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|mùng|mồng|rằm)\s*[,(]?\s*$")
MONTH_WORD = expression(r"(?<!\w)tháng\s*$")
_TIME_WORDS = expression(r"(?<!\w)(?:từ|đến|tới|trước|sau|hết|kể từ|dịp|lễ|tết|và)\s*$")
_COUNTED_AFTER = expression(
    r"\s*(?:triệu|tỷ|tỉ|nghìn|ngàn|người|hộ|tuổi|phút|giờ|lần|độ|điểm|phần trăm|đồng|con|mét|"
    r"lít|tấn|tạ|yến|gam|ki lô|héc ta|sào|công|suất|bao|phần)(?!\w)"
)
_SHARED_AFTER = expression(
    r"\s*(?:số|tổng|diện tích|hộ|người|đại biểu|thành viên|phiếu|học sinh|dân|lượng|sản lượng|"
    r"kinh phí|vốn|giá|nhu cầu|chiều|quãng|thời gian|công suất)(?!\w)"
)
_UNTIL_DAY = expression(
    r"(?<!\w)(?P<word>ngày)\s+[0-9]{1,2}(?:[-/.][0-9]{1,2})?\s*(?:đến|tới)\s*(?:hết\s*)?$"
)
_FEAST_BEFORE = expression(
    r"(?<!\w)(?:mừng|chào mừng|lễ|nghỉ lễ|dịp lễ|quốc khánh|kỷ niệm|quốc tế lao động)\s*$"
)
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


def day_month(day: int, month: int) -> str:
    """A day and its month; the fourth month is *tư*."""
    return f"{cardinal(day)} tháng {month_word(month)}"


def month_word(month: int) -> str:
    """A month's number as it is said after *tháng*."""
    return "tư" if month == 4 else cardinal(month)


def year_words(year: str) -> str:
    """A year after *năm*; two digits are taken into our century or the last."""
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 60 else 1900
    return f"năm {cardinal(number)}"


def is_day_of_year(day: int, month: int) -> bool:
    """Whether the calendar has this day, in a leap year at least."""
    return 1 <= month <= 12 and 1 <= day <= _LENGTHS[month - 1]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def read_full(match: re.Match[str], place: Place) -> Said | None:
    """22/12/2024, 25-03-1975, 10.05.2000; a two-digit year and 30/2 are flagged."""
    day, month, year = int(match["d"]), int(match["m"]), match["y"]
    exists = is_day_of_year(day, month) and (day, month, _is_leap(int(year))) != (29, 2, False)
    padded = match["d"][0] == "0" or match["m"][0] == "0"
    if len(year) == 2 and not (match["s"] == "/" or padded or _DAY_WORDS.search(place.before)):
        return None
    spoken = f"{day_month(day, month)} {year_words(year)}"
    if match["s"] != "/" and not _DAY_WORDS.search(place.before):
        spoken = f"ngày {spoken}"
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if len(year) == 2 else ()
    if not exists:
        flags = (Flag(Doubt.NUMBER, match[0], spoken),)
    return Said(spoken, match.end(), "date", flags)


def read_days_list(match: re.Match[str], place: Place) -> Said | None:
    """Ngày 1,2,3/9 and tháng 7,8/2026: a list whose commas have no space."""
    parts = [int(part) for part in match["list"].split(",")]
    last, year = int(match["last"]), match["y"]
    listed = ", ".join(cardinal(part) for part in parts)
    if _DAY_WORDS.search(place.before) and all(is_day_of_year(part, last) for part in parts):
        said = f"{listed} tháng {month_word(last)}" + (f" {year_words(year)}" if year else "")
    elif MONTH_WORD.search(place.before) and last > 1900 and max(parts) <= 12 and not year:
        said = f"{', '.join(map(month_word, parts))} {year_words(match['last'])}"
    else:
        return None
    return Said(said, match.end(), "date")


def read_days_range(match: re.Match[str], place: Place) -> Said | None:
    """01-02/6/2026: both ends are days."""
    first, last, month = int(match["a"]), int(match["b"]), int(match["m"])
    if first >= last or not is_day_of_year(last, month):
        return None
    year = f" {year_words(match['y'])}" if match["y"] else ""
    spoken = f"ngày {cardinal(first)} đến ngày {day_month(last, month)}{year}"
    return Said(_without_second_day_word(spoken, place), match.end(), "date")


def read_dates_range(match: re.Match[str], place: Place) -> Said | None:
    """28/5-02/6/2026: two dates in one year."""
    if is_named(match, place):
        return None
    first = (int(match["a"]), int(match["am"]))
    last = (int(match["b"]), int(match["m"]))
    if not is_day_of_year(*first) or not is_day_of_year(*last):
        return None
    both_parts = first[0] < first[1] and last[0] < last[1] and not match["y"]
    if both_parts and _SHARED_AFTER.match(place.after(match.end())):
        return None
    year = f" {year_words(match['y'])}" if match["y"] else ""
    spoken = f"ngày {day_month(*first)} đến ngày {day_month(*last)}{year}"
    told = _DAY_WORDS.search(place.before) or _TIME_WORDS.search(place.before)
    unsure = both_parts and not told and not place.before.endswith("(")
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if unsure else ()
    return Said(_without_second_day_word(spoken, place), match.end(), "date", flags)


def _without_second_day_word(spoken: str, place: Place) -> str:
    stands = _DAY_WORDS.search(place.before) and not place.before.endswith("(")
    return spoken.removeprefix("ngày ") if stands else spoken


def read_day_dash(match: re.Match[str], place: Place) -> Said | None:
    """Ngày 22-12: a day and its month; ngày 2-9 could be a range of days, so it is flagged.

    A falling pair (từ 15-8 đến 30-9) can be no range.
    """
    day, month = int(match["d"]), int(match["m"])
    day_word = _DAY_WORDS.search(place.before) or _UNTIL_DAY.search(place.before)
    after = place.after(match.end())
    if match["s"] == ".":
        return _day_dot(match, place) if day_word and not _OF_MONTH.match(after) else None
    if place.before.endswith("/") and place.follows("time"):
        return Said(day_month(day, month), match.end(), "date")
    feast = _FEAST_BEFORE.search(place.before)
    told = _ENDS_CLAUSE.match(after) or _EVERY_YEAR.match(after)
    dated = _EACH_YEAR.match(after) or (feast and told)
    if (dated or _between_days(place, after)) and is_day_of_year(day, month):
        return Said(day_month(day, month), match.end(), "date")
    if day > month and not day_word:
        day_word = _TIME_WORDS.search(place.before)
        if read_unit(place, match.end()) or _COUNTED_AFTER.match(after):
            return None
    if not day_word or not is_day_of_year(day, month) or _OF_MONTH.match(after):
        return None
    spoken = day_month(day, month)
    may_rise = day < month and day_word[0].startswith("ngày") and not _EVERY_YEAR.match(after)
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if may_rise else ()
    return Said(spoken, match.end(), "date", flags)


def _between_days(place: Place, after: str) -> bool:
    """Từ 2-9 đến 5-9: from a range to a range would be nonsense."""
    starts = place.before.endswith("từ ") and _UNTIL_PAIR.match(after)
    return bool(starts or (_FROM_PAIR.search(place.before) and _ENDS_CLAUSE.match(after)))


def _day_dot(match: re.Match[str], place: Place) -> Said | None:
    """Sáng 3.9: a day and its month, unless something is measured."""
    day, month = int(match["d"]), int(match["m"])
    counted = _COUNTED_AFTER.match(place.after(match.end())) or read_unit(place, match.end())
    if counted or not is_day_of_year(day, month):
        return None
    return Said(day_month(day, month), match.end(), "date")


DAYS_LIST = Rule(
    expression(
        rf"(?P<list>[0-9]{{1,2}}(?:,[0-9]{{1,2}})+)/(?P<last>[0-9]{{1,2}}|20[0-9]{{2}})"
        rf"(?:/(?P<y>{YEAR}))?{END}"
    ),
    read_days_list,
)
DAY_DASH = Rule(expression(rf"(?P<d>{_DAY})(?P<s>[-.])(?P<m>{_MONTH}){END}"), read_day_dash)
FULL = Rule(_FULL, read_full)
DAYS_RANGE = Rule(_DAYS_RANGE, read_days_range)
DATES_RANGE = Rule(_DATES_RANGE, read_dates_range)

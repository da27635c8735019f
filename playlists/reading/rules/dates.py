"""Days with a stroke or a year: 22/12/2024, 01-02/6/2026, ngày 1,2,3/9; their words."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.houses import is_named

DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
MONTH = r"(?:0?[1-9]|1[0-2])"
YEAR = r"(?:1[0-9]{3}|20[0-9]{2}|21[0-9]{2})"
END = r"(?![0-9]|[-/.][0-9])"
_DASH = r"\s?[-–—]\s?"
_FULL = expression(
    rf"(?P<d>{DAY})(?P<s>[/.-])(?P<m>{MONTH})(?P=s)(?P<y>{YEAR}|[0-9]{{2}})(?![0-9]|/[0-9])"
)
_DAYS_RANGE = expression(rf"(?P<a>{DAY}){_DASH}(?P<b>{DAY})/(?P<m>{MONTH})(?:/(?P<y>{YEAR}))?{END}")
_DATES_RANGE = expression(
    rf"(?P<a>{DAY})/(?P<am>{MONTH}){_DASH}(?P<b>{DAY})/(?P<m>{MONTH})(?:/(?P<y>{YEAR}))?{END}"
)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DAY_WORDS = expression(r"(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|mùng|mồng|rằm)\s*[,(]?\s*$")
MONTH_WORD = expression(r"(?<!\w)tháng\s*$")
TIME_WORDS = expression(
    r"(?<!\w)(?:từ|đến|tới|trước|sau|hết|kể từ|dịp|lễ|tết|và|hạn|hạn chót|hạn cuối|hạn nộp|"
    r"chậm nhất|muộn nhất)\s*:?\s*$"
)
_AFTER_TENTH = expression(r"đến ngày (?:mười \w+|\w+ mươi\w*) ?\w* tháng")
_SHARED_AFTER = expression(
    r"\s*(?:số|tổng|diện tích|hộ|người|đại biểu|thành viên|phiếu|học sinh|dân|lượng|sản lượng|"
    r"kinh phí|vốn|giá|nhu cầu|chiều|quãng|thời gian|công suất)(?!\w)"
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
    if len(year) == 2 and not (match["s"] == "/" or padded or DAY_WORDS.search(place.before)):
        return None
    spoken = f"{day_month(day, month)} {year_words(year)}"
    named = DAY_WORDS.search(place.before) or DAY_WORDS.search(place.said_before)
    if match["s"] != "/" and not named:
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
    if DAY_WORDS.search(place.before) and all(is_day_of_year(part, last) for part in parts):
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
    told = DAY_WORDS.search(place.before) or TIME_WORDS.search(place.before)
    unsure = both_parts and not told and not place.before.endswith("(")
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if unsure else ()
    return Said(_without_second_day_word(spoken, place), match.end(), "date", flags)


def _without_second_day_word(spoken: str, place: Place) -> str:
    stands = DAY_WORDS.search(place.before)
    if stands is None or place.before.endswith("("):
        return spoken
    spoken = spoken.removeprefix("ngày ")
    lunar = stands[0].startswith(("mùng", "mồng")) and not _AFTER_TENTH.search(spoken)
    return spoken.replace(" đến ngày ", f" đến {stands[0].strip()} ") if lunar else spoken


DAYS_LIST = Rule(
    expression(
        rf"(?P<list>[0-9]{{1,2}}(?:,[0-9]{{1,2}})+)/(?P<last>[0-9]{{1,2}}|20[0-9]{{2}})"
        rf"(?:/(?P<y>{YEAR}))?{END}"
    ),
    read_days_list,
)
FULL = Rule(_FULL, read_full)
DAYS_RANGE = Rule(_DAYS_RANGE, read_days_range)
DATES_RANGE = Rule(_DATES_RANGE, read_dates_range)

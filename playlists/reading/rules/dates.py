"""Dates: 22/12/2024, 01-02/6/2026, tháng 04/1969, quý IV/2025, and 18/5 where context says so."""

from __future__ import annotations

import re
from calendar import monthrange

from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.measures import read_unit

_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2}|21[0-9]{2})"
_END = r"(?![0-9]|[-/.][0-9])"
_DASH = r"\s?[-–—]\s?"
_FULL = re.compile(
    rf"(?P<d>{_DAY})(?P<s>[/.-])(?P<m>{_MONTH})(?P=s)(?P<y>{_YEAR}|[0-9]{{2}})(?![0-9]|/[0-9])"
)
_DAYS_RANGE = re.compile(
    rf"(?P<a>{_DAY}){_DASH}(?P<b>{_DAY})/(?P<m>{_MONTH})(?:/(?P<y>{_YEAR}))?{_END}"
)
_DATES_RANGE = re.compile(
    rf"(?P<a>{_DAY})/(?P<am>{_MONTH}){_DASH}(?P<b>{_DAY})/(?P<m>{_MONTH})(?:/(?P<y>{_YEAR}))?{_END}"
)
_MONTH_YEAR = re.compile(
    rf"(?P<a>[0-9]{{1,2}})(?:{_DASH}(?P<b>[0-9]{{1,2}}))?\s?(?P<s>[/.-]|"
    rf"\s)\s?(?P<y>{_YEAR})(?![0-9]|[-/.]?[0-9]|[-/][A-ZĐ])"
)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_WORDS = re.compile(r"(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|mùng|mồng|rằm)\s*[,(]?\s*$")
_MONTH_WORD = re.compile(r"(?<!\w)tháng\s*$")
_TIME_WORDS = re.compile(r"(?<!\w)(?:từ|đến|tới|trước|sau|hết|kể từ|dịp|lễ|tết|và)\s*$")
_COUNTED_AFTER = re.compile(
    r"\s*(?:triệu|tỷ|tỉ|nghìn|ngàn|người|hộ|tuổi|phút|giờ|lần|độ|điểm|phần trăm|đồng|con|mét|"
    r"lít|tấn|tạ|yến|gam|ki lô|héc ta|sào|công|suất|bao|phần)(?!\w)"
)
_SHARED_AFTER = re.compile(
    r"\s*(?:số|tổng|diện tích|hộ|người|đại biểu|thành viên|phiếu|học sinh|dân|lượng|sản lượng|"
    r"kinh phí|vốn|giá|nhu cầu|chiều|quãng|thời gian|công suất)(?!\w)"
)
_UNTIL_DAY = re.compile(
    r"(?<!\w)(?P<word>ngày)\s+[0-9]{1,2}(?:[-/.][0-9]{1,2})?\s*(?:đến|tới)\s*(?:hết\s*)?$"
)
_OF_MONTH = re.compile(r"\s*(?:(?:của |trong )?(?:tháng|hàng tháng|hằng tháng|mỗi tháng)|âm)(?!\w)")
_EVERY_YEAR = re.compile(
    r"\s*(?:hằng năm|hàng năm|năm nay|năm ngoái|năm sau|năm [0-9]|tới|vừa qua|sắp tới)(?!\w)"
)
_COUNTED_WORDS = re.compile(
    r"(?:đợt|quý|kỳ|kì|số|lần|vụ|học kỳ|học kì|vòng|tuần|khóa|phiên|lớp|giai đoạn|"
    r"chuyên đề|kế hoạch)\s*$"
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


def read_full(match: re.Match[str], place: Place) -> Said | None:
    """22/12/2024, 25-03-1975, 10.05.2000; a two-digit year and 30/2 are flagged."""
    day, month, year = int(match["d"]), int(match["m"]), match["y"]
    exists = day <= monthrange(int(year), month)[1]
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
    elif _MONTH_WORD.search(place.before) and last > 1900 and max(parts) <= 12 and not year:
        said = f"{', '.join(map(month_word, parts))} {year_words(match['last'])}"
    else:
        return None
    return Said(said, match.end(), "date")


def read_school_year(match: re.Match[str], place: Place) -> Said | None:
    """Năm học 2025/2026: two years that follow each other."""
    first, last = int(match["a"]), int(match["b"])
    if last != first + 1:
        return None
    del place
    return Said(f"{cardinal(first)} đến {cardinal(last)}", match.end(), "cardinal")


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


def read_month_year(match: re.Match[str], place: Place) -> Said | None:
    """Tháng 04/1969, tháng 5-7/2026, (6/2026), đợt 1/2026."""
    first, last = int(match["a"]), int(match["b"] or match["a"])
    after_month = bool(_MONTH_WORD.search(place.before))
    if match["s"] not in "/-" and not after_month:
        return None
    if match["s"] == "." and (match["b"] or match[0].count(" ")):
        return None
    year = year_words(match["y"])
    if _COUNTED_WORDS.search(place.before):
        return _counted(match, place, year)
    if not (1 <= first <= 12 and 1 <= last <= 12):
        return None
    unsure = match["s"] == "-" and not after_month
    if unsure and (match["b"] or " " in match[0]):
        return None
    said = month_word(first) if after_month else f"tháng {month_word(first)}"
    if match["b"]:
        said += f" đến tháng {month_word(last)}"
    spoken = f"{said} {year}"
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if unsure else ()
    return Said(spoken, match.end(), "date", flags)


def _counted(match: re.Match[str], place: Place, year: str) -> Said | None:
    sure = match["s"] == "/" or place.before.rstrip().endswith("quý")
    if not sure and (match["s"] != "-" or match["b"] or " " in match[0]):
        return None
    until = f" đến {cardinal(int(match['b']))}" if match["b"] else ""
    spoken = f"{cardinal(int(match['a']))}{until} {year}"
    flags = () if sure else (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    return Said(spoken, match.end(), "period", flags)


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


def _day_dot(match: re.Match[str], place: Place) -> Said | None:
    """Sáng 3.9: a day and its month, unless something is measured."""
    day, month = int(match["d"]), int(match["m"])
    counted = _COUNTED_AFTER.match(place.after(match.end())) or read_unit(place, match.end())
    if counted or not is_day_of_year(day, month):
        return None
    return Said(day_month(day, month), match.end(), "date")


def read_short_period(match: re.Match[str], place: Place) -> Said | None:
    """Q1/2026, QIII-2025, T12/2025, as tables write quarters and months."""
    del place
    kind = "tháng" if match["month"] else "quý"
    if match["first"]:
        kind = f"tháng {month_word(int(match['first']))} đến tháng"
    written = match["month"] or match["quarter"]
    number = int(written) if written.isdigit() else ("I", "II", "III", "IV").index(written) + 1
    word = month_word(number) if match["month"] else cardinal(number)
    return Said(f"{kind} {word} {year_words(match['y'])}", match.end(), "date")


def read_months_so_far(match: re.Match[str], place: Place) -> Said:
    """6T đầu năm, 9T/2026: so many months of a year."""
    del place
    year = f" {year_words(match['y'])}" if match["y"] else ""
    return Said(f"{cardinal(int(match['n']))} tháng{year}", match.end(), "date")


MONTHS_SO_FAR = Rule(
    re.compile(rf"(?P<n>[2-9]|1[01])T(?:(?=[ ](?:đầu|cuối)[ ]năm)|/(?P<y>{_YEAR}){_END})"),
    read_months_so_far,
)
SHORT_PERIOD = Rule(
    re.compile(
        rf"(?:Q\.?(?P<quarter>[1-4]|I{{1,3}}|IV)|(?:T(?P<first>0?[1-9]|1[0-2])[-–])?T\.?(?P<month>0?[1-9]|1[0-2]))"
        rf"[ ]?[-/.–][ ]?(?P<y>{_YEAR}){_END}"
    ),
    read_short_period,
)
DAYS_LIST = Rule(
    re.compile(
        rf"(?P<list>[0-9]{{1,2}}(?:,[0-9]{{1,2}})+)/(?P<last>[0-9]{{1,2}}|20[0-9]{{2}})"
        rf"(?:/(?P<y>{_YEAR}))?{_END}"
    ),
    read_days_list,
)
SCHOOL_YEAR = Rule(
    re.compile(r"(?P<a>20[0-9]{2})/(?P<b>20[0-9]{2})(?![0-9]|[-/.][0-9A-ZĐ])"), read_school_year
)
DAY_DASH = Rule(re.compile(rf"(?P<d>{_DAY})(?P<s>[-.])(?P<m>{_MONTH}){_END}"), read_day_dash)
FULL = Rule(_FULL, read_full)
DAYS_RANGE = Rule(_DAYS_RANGE, read_days_range)
DATES_RANGE = Rule(_DATES_RANGE, read_dates_range)
MONTH_YEAR = Rule(_MONTH_YEAR, read_month_year)

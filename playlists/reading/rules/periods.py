"""Months, quarters and years: tháng 04/1969, Q1/2026, 6T/2026, năm học 2025/2026."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal, with_leading_zeros
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.dates import END, MONTH_WORD, YEAR, month_word, year_words
from playlists.reading.rules.fractions import is_scale

_DASH = r"\s?[-–—]\s?"
_MONTH_YEAR = expression(
    rf"(?P<a>[0-9]{{1,2}})(?:{_DASH}(?P<b>[0-9]{{1,2}}))?\s?(?P<s>[/.-]|"
    rf"\s)\s?(?P<y>{YEAR})(?![0-9]|[-/.]?[0-9]|[-/][A-ZĐ])"
)
_COUNTED_WORDS = expression(
    r"(?:đợt|quý|kỳ|kì|số|lần|vụ|học kỳ|học kì|vòng|tuần|khóa|phiên|lớp|giai đoạn|"
    r"chuyên đề|kế hoạch)\s*$"
)


_CENTURY, _OUR_CENTURY = 100, 2000
_MONTHS, _QUARTERS = 12, 4
_QUARTER_BEFORE = expression(r"(?<!\w)quý\s*$")
_SEASON_BEFORE = expression(
    r"(?<!\w)(?:năm học|nh|niên độ|niên khóa|mùa giải|vụ|đông xuân|hè thu|đx)\s*$"
)
_PHASE_BEFORE = expression(r"(?<!\w)(?:giai đoạn|nhiệm kỳ|thời kỳ)\s*$")
_FIRST_YEAR = 1900
_TIMES_A_YEAR = expression(r"(?<!\w)(?:đợt|kỳ|kì|lần|học kỳ|học kì|vòng)\s*$")


def read_school_year(match: re.Match[str], place: Place) -> Said | None:
    """Năm học 2025/2026, 2025-26, vụ 25/26: two years that follow each other."""
    first, last = (int(year) for year in match.groups() if year)
    if _PHASE_BEFORE.search(place.before) and first > _OUR_CENTURY and first % _CENTURY < last:
        until = last if last > _CENTURY else _OUR_CENTURY + last
        return Said(f"{cardinal(first)} đến {cardinal(until)}", match.end(), "cardinal")
    if last % _CENTURY != (first + 1) % _CENTURY:
        return None
    if first < _CENTURY:
        if not _SEASON_BEFORE.search(place.before):
            return None
        first += _OUR_CENTURY
    return Said(f"{cardinal(first)} đến {cardinal(first + 1)}", match.end(), "cardinal")


def read_short_year(match: re.Match[str], place: Place) -> Said | None:
    """Tháng 5/26, quý 2/26: a year in two digits, after its word or in a range of such."""
    goes_on = place.before.endswith(("đến ", "-", "- ", "– ")) and place.follows("date")
    after_month = MONTH_WORD.search(place.before)
    number = int(match["n"])
    year = year_words(match["y"])
    if after_month or (goes_on and number <= _MONTHS):
        word = month_word(number) if after_month else f"tháng {month_word(number)}"
        return Said(f"{word} {year}", match.end(), "date")
    if _QUARTER_BEFORE.search(place.before) and number <= _QUARTERS:
        return Said(f"{cardinal(number)} {year}", match.end(), "period")
    return None


def read_month_year(match: re.Match[str], place: Place) -> Said | None:
    """Tháng 04/1969, tháng 5-7/2026, (6/2026), đợt 1/2026."""
    first, last = int(match["a"]), int(match["b"] or match["a"])
    after_month = bool(MONTH_WORD.search(place.before))
    if not after_month and (match["s"] not in "/-" or _is_no_year(match, place)):
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


def _is_no_year(match: re.Match[str], place: Place) -> bool:
    """Bản đồ 1/2000, 1/1000 dân: a scale; before 1900 nobody counts months for a bulletin."""
    return int(match["y"]) < _FIRST_YEAR or is_scale(match, place, below=match["y"])


def _counted(match: re.Match[str], place: Place, year: str) -> Said | None:
    sure = match["s"] == "/" or place.before.rstrip().endswith("quý")
    times = _TIMES_A_YEAR.search(place.before)
    if not sure and (match["s"] != "-" or match["b"] or (" " in match[0] and not times)):
        return None
    until = f" đến {cardinal(int(match['b']))}" if match["b"] else ""
    issue = place.before.rstrip().endswith("số")
    first = with_leading_zeros(match["a"]) if issue else cardinal(int(match["a"]))
    spoken = f"{first}{until} {year}"
    flags = () if sure else (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    return Said(spoken, match.end(), "period", flags)


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
    expression(rf"(?P<n>[2-9]|1[01])T(?:(?=[ ](?:đầu|cuối)[ ]năm)|/(?P<y>{YEAR}){END})"),
    read_months_so_far,
)
SHORT_PERIOD = Rule(
    expression(
        rf"(?:Q\.?(?P<quarter>[1-4]|I{{1,3}}|IV)|(?:T(?P<first>0?[1-9]|1[0-2])[-–])?T\.?(?P<month>0?[1-9]|1[0-2]))"
        rf"[ ]?[-/.–][ ]?(?P<y>{YEAR}){END}"
    ),
    read_short_period,
)
SCHOOL_YEAR = Rule(
    expression(
        r"(?:(20[0-9]{2})[/-]([0-9]{2})|(20[0-9]{2})/(20[0-9]{2})"
        r"|([1-5][0-9])[/-]([1-5][0-9]))(?![0-9]|[-/.,][0-9A-ZĐ]|[^\W_])"
    ),
    read_school_year,
)
SHORT_YEAR = Rule(
    expression(r"(?P<n>0?[1-9]|1[0-2])/(?P<y>[1-5][0-9])(?![0-9]|[-/.,][0-9]|[^\W_])"),
    read_short_year,
)
MONTH_YEAR = Rule(_MONTH_YEAR, read_month_year)

"""Two numbers with a stroke: a date, a fraction or a ratio, as the words around them say."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal, ordinal
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.dates import day_month, is_day_of_year
from playlists.reading.rules.days_told import (
    COUNTED_AFTER,
    DAY_BEFORE,
    PARTS_BEFORE,
    goes_on_with_days,
    is_of_whole,
    is_span,
    told_day,
)
from playlists.reading.rules.feasts import is_feast
from playlists.reading.rules.fractions import SCALE_BEFORE, fraction_words, is_scale
from playlists.reading.rules.houses import (
    HOUSE_BEFORE,
    is_named,
    read_in_address,
    read_named,
    stands_in_address,
)
from playlists.reading.rules.measures import read_unit

_PAIR = expression(
    r"(?:(?P<whole>[0-9]{1,3})[ ])?(?P<a>[0-9]{1,4})/(?P<b>[0-9]{1,5})"
    r"(?![0-9]|[/.][0-9]|,[0-9]|[hH][0-9])"
)
_RATIO_UNITS = ("thủy ngân", "vôn")
_YEAR = expression(r"(?:19|20)[0-9]{2}")
_AROUND_THE_CLOCK = expression(
    r"(?P<week>7)/7(?=[ ]ngày)|"
    r"(?P<a>24|12|7)(?P<first>[hH])?/(?P<b>24|7|12)(?P<h>h|H)?(?![0-9/]|[^\W_])"
)
_RATIO_BEFORE = expression(
    r"(?<!\w)(?:huyết áp|thị lực|thương binh|bệnh binh|hạng|bậc|điểm|đạt điểm|số nhà|nhà số|"
    r"hẻm|ngõ|ngách|kiệt|địa chỉ|"
    r"tỷ số|tỉ số|"
    r"đồng ý|tán thành|biểu quyết|số phiếu)(?!\w)[^0-9.;]{0,12}$"
)
# Nam/nữ là 7/5: what is set against each other is named; trình độ 9/12: years of schooling.
_COMPARED_BEFORE = expression(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|tỷ số)(?!\w)[^0-9.;]{0,24}[^\W\d_]+/[^\W\d_]+[^0-9.;]{0,30}$"
)
_LEVEL_BEFORE = expression(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ)(?!\w)[^0-9.;]{0,30}(?<!\w)(?:là|bằng|còn|ở mức|khoảng|:)\s*$"
)
_SCHOOLING_BEFORE = expression(r"(?<!\w)(?:trình độ|học vấn|văn hóa|học lực)(?!\w)[^0-9.;]{0,20}$")
_SCHOOLING = (10, 12)
_MONTHS = 12
_NATIONAL_DAY = (2, 9)
_RANK_BEFORE = expression(r"(?<!\w)(?:xếp|đứng|vị trí|hạng|xếp hạng)\s+thứ\s*$")
_STREET_AFTER = expression(r",?\s*(?:đường|phố|tổ|ấp|khu|ngõ|hẻm|thôn|kp)(?!\w)")


def read_around_the_clock(match: re.Match[str], place: Place) -> Said | None:
    """24/7, 24/24, 24/24h: always *trên*."""
    if match["week"]:
        return Said("bảy trên bảy", match.end(), "ratio")
    if is_day_of_year(int(match["a"]), int(match["b"])) and DAY_BEFORE.search(place.before):
        return None
    told = match["h"] or match["first"]
    if match["a"] != "24" and not told:
        return None
    hours = " giờ" if told else ""
    spoken = f"{cardinal(int(match['a']))} trên {cardinal(int(match['b']))}{hours}"
    return Said(spoken, match.end(), "ratio")


def read_pair(match: re.Match[str], place: Place) -> Said | None:
    """A pair by its context; without any, as the calendar allows, and flagged."""
    first, second = int(match["a"]), int(match["b"])
    unit = read_unit(place, match.end())
    if match["whole"]:
        return _mixed(match, unit) if first < second else None
    named = _named(match, place) if second else None
    if named is not None:
        return named
    told = "" if unit else told_day(place, match.end(), day=first, month=second)
    if told:
        spoken = day_month(first, second)
        flags = () if told == "sure" else (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
        return Said(spoken, match.end(), "date", flags)
    if second and (DAY_BEFORE.search(place.before) or _YEAR.fullmatch(match["b"])):
        return _no_such_day(match, first=first, second=second)
    return _share(match, place, unit) if second else None


def _named(match: re.Match[str], place: Place) -> Said | None:
    """A class, a house, a rank or a scale: what bears both numbers for a name."""
    first, second = int(match["a"]), int(match["b"])
    if is_named(match, place):
        return read_named(match)
    if stands_in_address(match, place) and not goes_on_with_days(place):
        return _in_address(match, place)
    if _RANK_BEFORE.search(place.before):
        return Said(f"{ordinal(first)} trên {cardinal(second)}", match.end(), "ratio")
    if is_scale(match, place, below=match["b"]):
        return Said(fraction_words(first, second), match.end(), "fraction")
    return None


def _in_address(match: re.Match[str], place: Place) -> Said:
    """A house, unless a day was announced or a street has this day for its name."""
    first, second = int(match["a"]), int(match["b"])
    named_street = place.before.endswith(("đường ", "phố "))
    if (named_street or DAY_BEFORE.search(place.before)) and is_day_of_year(first, second):
        return Said(day_month(first, second), match.end(), "date")
    return read_in_address(match, place)


def _share(match: re.Match[str], place: Place, unit: tuple[str, int] | None) -> Said:
    """A ratio or a fraction, as sure as its neighbours make it."""
    first, second = int(match["a"]), int(match["b"])
    over = f"{cardinal(first)} trên {cardinal(second)}"
    if _is_ratio(match, place, unit):
        return _with_unit(over, match.end(), unit, "ratio")
    scale = SCALE_BEFORE.search(place.before)
    whole = is_of_whole(place, match.end())
    counted = whole or bool(COUNTED_AFTER.match(place.after(match.end())))
    if counted and first > second and is_day_of_year(first, second):
        counted = False  # no share is larger than its whole
    if unit or counted or PARTS_BEFORE.search(place.before) or scale:
        spoken = over if scale and first > second else fraction_words(first, second)
        told = unit or scale or PARTS_BEFORE.search(place.before) or whole or first == second
        if is_feast(first, second) and not (told or is_span(place, match.end())):
            return _unsure_feast(match, spoken, first=first, second=second)
        return _with_unit(spoken, match.end(), unit, "fraction")
    return _unsure(match, place, first=first, second=second)


def _unsure_feast(match: re.Match[str], share: str, *, first: int, second: int) -> Said:
    """2/9 xã is more likely the nation's day, 5/6 thôn a share; the author is asked of both."""
    nation = (first, second) == _NATIONAL_DAY
    spoken, rule = (day_month(first, second), "date") if nation else (share, "fraction")
    return Said(spoken, match.end(), rule, (Flag(Doubt.AMBIGUOUS, match[0], spoken),))


def _is_ratio(match: re.Match[str], place: Place, unit: tuple[str, int] | None) -> bool:
    before = place.before
    if unit is not None and unit[0].endswith(_RATIO_UNITS):
        return True
    if (
        _RATIO_BEFORE.search(before)
        or HOUSE_BEFORE.search(before)
        or _COMPARED_BEFORE.search(before)
    ):
        return True
    if int(match["b"]) in _SCHOOLING and _SCHOOLING_BEFORE.search(before):
        return True
    if int(match["a"]) > int(match["b"]) and _LEVEL_BEFORE.search(before):
        return True
    numbered = before.rstrip().endswith("số")
    return numbered and bool(_STREET_AFTER.match(place.after(match.end())))


def _no_such_day(match: re.Match[str], *, first: int, second: int) -> Said:
    """Ngày 31/4, tháng 13/2026: written as a date, but the calendar has none such."""
    joint = "tháng" if second <= _MONTHS else "năm"
    spoken = f"{cardinal(first)} {joint} {cardinal(second)}"
    return Said(spoken, match.end(), "date", (Flag(Doubt.NUMBER, match[0], spoken),))


def _unsure(match: re.Match[str], place: Place, *, first: int, second: int) -> Said:
    """No word helps: what can be no proper fraction but a day is a date."""
    heads_line = place.at_line_start and place.after(match.end())[:1] in (",", ":")
    feast = is_feast(first, second)
    if feast or ((first >= second or heads_line) and is_day_of_year(first, second)):
        spoken, rule = day_month(first, second), "date"
    else:
        spoken, rule = fraction_words(first, second), "fraction"
    unsure = is_day_of_year(first, second) or second <= _MONTHS < first
    unsure = unsure and not (feast and first > _MONTHS)  # 30/4 is nothing else
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if unsure else ()
    return Said(spoken, match.end(), rule, flags)


def _mixed(match: re.Match[str], unit: tuple[str, int] | None) -> Said:
    said = f"{cardinal(int(match['whole']))} và {fraction_words(int(match['a']), int(match['b']))}"
    return _with_unit(said, match.end(), unit, "fraction")


def _with_unit(spoken: str, end: int, unit: tuple[str, int] | None, rule: str) -> Said:
    if unit is None:
        return Said(spoken, end, rule)
    return Said(f"{spoken} {unit[0]}", unit[1], "measure")


AROUND_THE_CLOCK = Rule(_AROUND_THE_CLOCK, read_around_the_clock)
PAIR = Rule(_PAIR, read_pair)

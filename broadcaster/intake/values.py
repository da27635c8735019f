"""Cells as Vietnamese offices write them: numbers, days, times, weekdays, places and shares. Pure.

A number of a workbook is a number; in words `1.234` is one thousand two hundred and thirty-four,
because nobody counts parts of a person. Days are day, month, year; only ISO 8601 is the other way.
"""

import math
import re
from collections.abc import Sequence
from datetime import date

from broadcaster.areas.registering import PEOPLE_LIMIT
from broadcaster.bulletins.folding import folded
from broadcaster.fleet.places import Place, written_place
from broadcaster.intake.errors import (
    CellTooLong,
    DayUnusable,
    NumberUnusable,
    PlaceUnreadable,
    SharesUnreadable,
    TimeUnusable,
    WeekdaysUnusable,
)
from broadcaster.intake.reading import Cell

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""As RFC 5545 calls them, Monday first."""

_YEARS = range(1900, 2201)
# Three digits to each group, one sign between all groups.
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")
_DAY = re.compile(r"(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_TIME = re.compile(r"(\d{1,2})\s*(?:[:h.]|giờ)\s*(\d{2})?(?::00)?\s*(?:phút)?", re.IGNORECASE)
_DECIMAL = re.compile(r"-?\d{1,3}(?:[.,]\d{1,12})?")
_PAIR = re.compile(r"(-?\d{1,3}(?:\.\d{1,12})?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,12})?)")
# With decimal commas the two cannot stand apart by a comma as well.
_PAIR_WITH_COMMAS = re.compile(r"(-?\d{1,3},\d{1,12})\s*[;\s]\s*(-?\d{1,3},\d{1,12})")
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d{1,6})?")
_EVERY_DAY = frozenset({"hang ngay", "hang tuan", "ca tuan", "moi ngay", "every day", "daily"})
_DAY_NAMES = (
    frozenset({"2", "hai", "monday"}),
    frozenset({"3", "ba", "tuesday"}),
    frozenset({"4", "tu", "wednesday"}),
    frozenset({"5", "nam", "thursday"}),
    frozenset({"6", "sau", "friday"}),
    frozenset({"7", "bay", "saturday"}),
    frozenset({"cn", "chu nhat", "sunday"}),
)


def read_count(cell: Cell, *, most: int = PEOPLE_LIMIT) -> int:
    """How many: a whole number, in words with or without signs between groups of three digits.

    Raises NumberUnusable.
    """
    if isinstance(cell, float):
        if not math.isfinite(cell) or cell != int(cell):
            raise NumberUnusable
        cell = int(cell)
    if isinstance(cell, int):
        number = cell
    else:
        text = cell.replace("\u202f", " ").strip()
        if _GROUPED.fullmatch(text):
            text = re.sub(r"[.,' ]", "", text)
        if not (text.isascii() and text.isdecimal()) or len(text) > 9:
            raise NumberUnusable
        number = int(text)
    if not 0 <= number <= most:
        raise NumberUnusable
    return number


def read_date(cell: Cell) -> date:
    """A day: 22/12/2024, 22-12-2024, 22.12.2024 or 2024-12-22; raise DayUnusable."""
    text = str(cell).strip()
    if found := _DAY.fullmatch(text):
        parts = int(found[4]), int(found[3]), int(found[1])
    elif found := _ISO.fullmatch(text):
        parts = int(found[1]), int(found[2]), int(found[3])
    else:
        raise DayUnusable
    if parts[0] not in _YEARS:
        raise DayUnusable
    try:
        return date(*parts)
    except ValueError as error:
        raise DayUnusable from error


def written_date(day: date) -> str:
    """A day as people read it here, and as `read_date` reads it."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def read_time(cell: Cell) -> str:
    """A time of the day as HH:MM: 17:00, 5h30, 5 giờ; raise TimeUnusable.

    Of a cell that holds a number it is the share of a day, as workbooks keep times.
    """
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 24 * 60)
        return f"{minutes // 60 % 24:02}:{minutes % 60:02}"
    found = _TIME.fullmatch(str(cell).strip())
    if found is None:
        raise TimeUnusable
    hour, minute = int(found[1]), int(found[2] or 0)
    if hour > 23 or minute > 59:
        raise TimeUnusable
    return f"{hour:02}:{minute:02}"


def read_weekdays(cell: Cell) -> tuple[str, ...]:
    """Days of the week by RFC 5545's names, in order; raise WeekdaysUnusable.

    `T2-T6` and `thứ 2 đến thứ 6` are all between them.
    """
    text = str(cell).strip().lower().replace("–", "-").replace("đến", "-")
    if folded(text) in _EVERY_DAY:
        return WEEKDAYS
    chosen: set[int] = set()
    for part in re.split(r"[,;+&]| và ", text):
        ends = [_weekday(each) for each in part.split("-")]
        if len(ends) > 2 or (len(ends) == 2 and ends[0] > ends[1]):
            raise WeekdaysUnusable
        chosen.update(range(ends[0], ends[-1] + 1))
    return tuple(WEEKDAYS[each] for each in sorted(chosen))


def read_place(cell: Cell) -> Place:
    """A latitude and then a longitude in one cell; raise PlaceUnreadable."""
    text = str(cell).strip()
    found = _PAIR.fullmatch(text) or _PAIR_WITH_COMMAS.fullmatch(text)
    if found is None:
        raise PlaceUnreadable
    return checked_point(float(found[1].replace(",", ".")), float(found[2].replace(",", ".")))


def read_degrees(cell: Cell) -> float:
    """Degrees of a latitude or a longitude, with a point or a comma; raise PlaceUnreadable."""
    if isinstance(cell, int | float):
        return float(cell)
    if not _DECIMAL.fullmatch(cell.strip()):
        raise PlaceUnreadable
    return float(cell.strip().replace(",", "."))


def checked_point(latitude: float, longitude: float) -> Place:
    """A point on the earth, to a ten-millionth of a degree; raise PlaceUnreadable."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise PlaceUnreadable
    return Place(latitude, longitude)


def same_place(one: Place | None, other: Place | None) -> bool:
    """Whether two places are written alike: nobody means another pole by a centimetre."""
    return _written(one) == _written(other)


def read_shares(cell: Cell) -> list[tuple[str, float]]:
    """Villages by name or id with shares from 0 to 1, in order; raise SharesUnreadable."""
    found: list[tuple[str, float]] = []
    for part in str(cell).replace("\n", ";").split(";"):
        if not part.strip():
            continue
        village, sign, percent = part.rpartition(":") if ":" in part else part.rpartition("=")
        percent = percent.strip().removesuffix("%").strip()
        if not sign or not village.strip() or not _PERCENT.fullmatch(percent):
            raise SharesUnreadable
        share = float(percent.replace(",", ".")) / 100
        if not 0 <= share <= 1:
            raise SharesUnreadable
        found.append((" ".join(village.split()), share))
    if not found or len({folded(name) for name, _ in found}) != len(found):
        raise SharesUnreadable
    return found


def read_words(cell: Cell, *, most: int) -> str:
    """Words in one line; a number is written out. Raise CellTooLong."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    words = " ".join(str(cell).split())
    if len(words) > most:
        raise CellTooLong
    return words


def read_list(cell: Cell) -> Sequence[str]:
    """Several names in one cell, apart by a semicolon or a comma."""
    return [" ".join(part.split()) for part in re.split(r"[;,\n]", str(cell)) if part.strip()]


def _weekday(text: str) -> int:
    """Its place in the week; thứ Hai, T2 and a bare 2 are Monday."""
    bare = folded(text)
    for name in (bare, bare.removeprefix("thu "), bare.removeprefix("t").strip()):
        for place, names in enumerate(_DAY_NAMES):
            if name in names:
                return place
    raise WeekdaysUnusable


def _written(place: Place | None) -> str:
    return written_place(place.latitude, place.longitude) if place else ""

"""The Vietnamese lunar calendar: from a civil day to its lunar date, and back.

A month begins on the day of a new moon, by the clocks of UTC+7. The month that holds the winter
solstice is the eleventh; where thirteen months lie between two of these, the first one during
which the sun enters no principal term is the leap month and bears the number of the one before.
Sources: J. Meeus, Astronomical Algorithms, 2nd ed., chapters 25 (the sun) and 49 (new moons);
the rules are those of the calendar of 1645, reckoned at UTC+7 as Decision 121-CP of 1967 says.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from types import MappingProxyType

_FIRST_JULIAN_DAY = date(2000, 1, 1).toordinal() - 2_451_545
_ZONE_DAYS = 7 / 24
_NEW_MOON_2000 = 2_451_550.09766
_MONTH_DAYS = 29.530588861
_CENTURY_DAYS = 36_525.0
_DELTA_T_DAYS = 69 / 86_400
"""Dynamical time is ahead of the clocks by about this in our days; a minute is not asked of us."""

_LEAP_MAY_BE_FROM = 13


@dataclass(frozen=True, slots=True, order=True)
class LunarDate:
    """A day of the lunar calendar; `leap` tells the second of two months of one number."""

    year: int
    month: int
    leap: bool
    day: int


@dataclass(frozen=True, slots=True)
class LunarMonth:
    """A lunar month: its number, and the civil day on which it begins."""

    year: int
    month: int
    leap: bool
    begins: date
    ends: date
    """The day after its last."""

    @property
    def days(self) -> int:
        """29 or 30."""
        return (self.ends - self.begins).days


def lunar_date(day: date) -> LunarDate:
    """The lunar date of a civil day (of the years 1900 to 2199)."""
    month = month_of(day)
    return LunarDate(month.year, month.month, month.leap, (day - month.begins).days + 1)


def month_of(day: date) -> LunarMonth:
    """The lunar month that a civil day lies in."""
    for year in (day.year, day.year + 1, day.year - 1):
        for month in months_of(year):
            if month.begins <= day < month.ends:
                return month
    raise AssertionError(day)


def months_from(day: date) -> Iterator[LunarMonth]:
    """The lunar months from the one that holds a day, without end."""
    month = month_of(day)
    while True:
        yield month
        month = month_of(month.ends)


def civil_date(year: int, month: int, day: int) -> date | None:
    """The civil day of a lunar date in a month that is no leap month; None for a 30th of 29."""
    found = next(each for each in months_of(year) if (each.month, each.leap) == (month, False))
    return found.begins + timedelta(days=day - 1) if 1 <= day <= found.days else None


@lru_cache(maxsize=512)
def months_of(year: int) -> tuple[LunarMonth, ...]:
    """The months of a lunar year, from Tết to the next."""
    both = (*_between_solstices(year - 1), *_between_solstices(year))
    return tuple(month for month in both if month.year == year)


@lru_cache(maxsize=512)
def _between_solstices(year: int) -> tuple[LunarMonth, ...]:
    """The months from the one with the winter solstice of `year` until before the next such."""
    begins = _month_starts(_eleventh(year), _eleventh(year + 1))
    leap_at = _leap_place(begins) if len(begins) - 1 == _LEAP_MAY_BE_FROM else None
    months: list[LunarMonth] = []
    number = 10
    for place, (first, following) in enumerate(pairwise(begins)):
        number += place != leap_at
        month = (number - 1) % 12 + 1
        of_year = year if number <= 12 else year + 1
        months.append(LunarMonth(of_year, month, place == leap_at, first, following))
    return tuple(months)


def _month_starts(first: date, last: date) -> Sequence[date]:
    starts = [first]
    while starts[-1] < last:
        starts.append(_new_moon_near(starts[-1] + timedelta(days=30)))
    return starts


def _leap_place(begins: Sequence[date]) -> int:
    """The first month after the eleventh in which the sun enters no principal term."""
    for place in range(1, len(begins) - 1):
        if _term(begins[place]) == _term(begins[place + 1]):
            return place
    raise AssertionError(begins)


def _eleventh(year: int) -> date:
    """The first day of the lunar month that holds the winter solstice of a civil year."""
    solstice = date(year, 12, 19)
    while _term(solstice + timedelta(days=1)) != 9:
        solstice += timedelta(days=1)
    start = _new_moon_near(solstice)
    return start if start <= solstice else _new_moon_near(start - timedelta(days=30))


@cache
def _term(day: date) -> int:
    """In which of the twelve principal terms the sun stands as a day begins; 9 is winter's."""
    return int(_sun_longitude_degrees(_julian(day)) // 30)


def _new_moon_near(day: date) -> date:
    """The day of the new moon that lies nearest to a day."""
    return _day_of_new_moon(round((_julian(day) + 0.5 - _NEW_MOON_2000) / _MONTH_DAYS))


@cache
def _day_of_new_moon(number: int) -> date:
    local = _new_moon(number) - _DELTA_T_DAYS + _ZONE_DAYS
    return date.fromordinal(math.floor(local + 0.5) + _FIRST_JULIAN_DAY)


def _julian(day: date) -> float:
    """The instant at which a day begins here, as a Julian day in dynamical time."""
    return day.toordinal() - _FIRST_JULIAN_DAY - 0.5 - _ZONE_DAYS + _DELTA_T_DAYS


# Meeus, table 49.A, new moon: the coefficient in days, and the multiples of the sun's anomaly,
# the moon's anomaly, the argument of latitude and the node; E is raised to |the first|.
_MOON_TERMS: tuple[tuple[float, int, int, int, int], ...] = (
    (-0.40720, 0, 1, 0, 0), (0.17241, 1, 0, 0, 0), (0.01608, 0, 2, 0, 0), (0.01039, 0, 0, 2, 0),
    (0.00739, -1, 1, 0, 0), (-0.00514, 1, 1, 0, 0), (0.00208, 2, 0, 0, 0), (-0.00111, 0, 1, -2, 0),
    (-0.00057, 0, 1, 2, 0), (0.00056, 1, 2, 0, 0), (-0.00042, 0, 3, 0, 0), (0.00042, 1, 0, 2, 0),
    (0.00038, 1, 0, -2, 0), (-0.00024, -1, 2, 0, 0), (-0.00017, 0, 0, 0, 1), (-0.00007, 2, 1, 0, 0),
    (0.00004, 0, 2, -2, 0), (0.00004, 3, 0, 0, 0), (0.00003, 1, 1, -2, 0), (0.00003, 0, 2, 2, 0),
    (-0.00003, 1, 1, 2, 0), (0.00003, -1, 1, 2, 0), (-0.00002, -1, 1, -2, 0),
    (-0.00002, 1, 3, 0, 0), (0.00002, 0, 4, 0, 0),
)  # fmt: skip
_PLANETS: Mapping[float, tuple[float, float]] = MappingProxyType(
    {
        0.000325: (299.77, 0.107408), 0.000165: (251.88, 0.016321), 0.000164: (251.83, 26.651886),
        0.000126: (349.42, 36.412478), 0.000110: (84.66, 18.206239), 0.000062: (141.74, 53.303771),
        0.000060: (207.14, 2.453732), 0.000056: (154.84, 7.306860), 0.000047: (34.52, 27.261239),
        0.000042: (207.19, 0.121824), 0.000040: (291.34, 1.844379), 0.000037: (161.72, 24.198154),
        0.000035: (239.56, 25.513099), 0.000023: (331.55, 3.592518),
    }
)  # fmt: skip


def _new_moon(number: int) -> float:
    """The instant of a new moon, counted from that of January 2000 (dynamical time)."""
    centuries = number / 1236.85
    t2, t3, t4 = centuries**2, centuries**3, centuries**4
    mean = _NEW_MOON_2000 + _MONTH_DAYS * number + 0.00015437 * t2 - 0.00000015 * t3
    mean += 0.00000000073 * t4
    eccentricity = 1 - 0.002516 * centuries - 0.0000074 * t2
    sun = 2.5534 + 29.1053567 * number - 0.0000014 * t2
    moon = 201.5643 + 385.81693528 * number + 0.0107582 * t2 + 0.00001238 * t3
    latitude = 160.7108 + 390.67050284 * number - 0.0016118 * t2 - 0.00000227 * t3
    node = 124.7746 - 1.56375588 * number + 0.0020672 * t2
    corrections = sum(
        size
        * eccentricity ** abs(of_sun)
        * _sin(of_sun * sun + of_moon * moon + of_latitude * latitude + of_node * node)
        for size, of_sun, of_moon, of_latitude, of_node in _MOON_TERMS
    )
    planets = sum(
        size * _sin(at + each * number - (0.009173 * t2 if at == 299.77 else 0))
        for size, (at, each) in _PLANETS.items()
    )
    return mean + corrections + planets


def _sun_longitude_degrees(julian: float) -> float:
    """The sun's apparent longitude, within a hundredth of a degree."""
    t = (julian - 2_451_545.0) / _CENTURY_DAYS
    mean = 280.46646 + 36_000.76983 * t + 0.0003032 * t * t
    anomaly = 357.52911 + 35_999.05029 * t - 0.0001537 * t * t
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t * t) * _sin(anomaly)
        + (0.019993 - 0.000101 * t) * _sin(2 * anomaly)
        + 0.000289 * _sin(3 * anomaly)
    )
    apparent = mean + centre - 0.00569 - 0.00478 * _sin(125.04 - 1934.136 * t)
    return apparent % 360


def _sin(degrees: float) -> float:
    return math.sin(math.radians(degrees))

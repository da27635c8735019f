"""Which villages an alert is about: by their place, by the station's codes, or by their names.

Pure. Never *everywhere* because nothing matched: what matches nothing is handed back by its words,
and a person chooses. Names are looked at only where an area has neither figures nor a known code.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from broadcaster.alerts.message import Area, Circle, Point
from broadcaster.emergency.forms import plain

_EARTH_RADIUS_KM = 6371.0088
"""The mean radius of the earth (IUGG)."""
_LETTERS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A village as alerts may name it; without a point nobody entered where its poles stand."""

    village_id: str
    name: str
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The villages that are meant, and what of the areas means none that the station knows.

    `surely` are those found by a place or a code, and not by a name alone.
    """

    village_ids: frozenset[str] = frozenset()
    surely: frozenset[str] = frozenset()
    unmatched: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    """Names of villages whose place nobody entered, where an area is drawn: they may lie in it."""


def matched(
    areas: Sequence[Area],
    *,
    villages: Sequence[KnownPlace],
    codes: Mapping[tuple[str, str], Collection[str]],
) -> Matched:
    """Who is meant; `codes` holds the villages of each (list, value) that the station knows."""
    found: set[str] = set()
    surely: set[str] = set()
    unmatched: list[str] = []
    drawn = False
    for area in areas:
        exact = _by_code(area, codes) | _by_place(area, villages)
        drawn = drawn or bool(area.polygons or area.circles)
        knows_more = bool(area.polygons or area.circles) or _has_known_code(area, codes)
        by_name = set() if knows_more else _by_name(area, villages)
        surely |= exact
        found |= exact | by_name
        if not exact and not by_name:
            unmatched.append(area.description)
    return Matched(
        village_ids=frozenset(found),
        surely=frozenset(surely),
        unmatched=tuple(unmatched),
        unplaced=tuple(each.name for each in villages if drawn and each.point is None),
    )


def holds(polygon: Sequence[Point], point: Point) -> bool:
    """Whether a point lies in a polygon, by the number of edges east of it."""
    latitude, longitude = point
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in pairwise(polygon):
        if (lat_a > latitude) != (lat_b > latitude):
            crosses_at = lon_a + (latitude - lat_a) / (lat_b - lat_a) * (lon_b - lon_a)
            inside ^= longitude < crosses_at
    return inside


def distance_km(one: Point, other: Point) -> float:
    """The great-circle distance, by the haversine formula."""
    lat_a, lon_a, lat_b, lon_b = (math.radians(each) for each in (*one, *other))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def _by_place(area: Area, villages: Sequence[KnownPlace]) -> set[str]:
    return {
        each.village_id
        for each in villages
        if each.point is not None
        and (
            any(holds(polygon, each.point) for polygon in area.polygons)
            or any(_in_circle(circle, each.point) for circle in area.circles)
        )
    }


def _in_circle(circle: Circle, point: Point) -> bool:
    return distance_km(circle.centre, point) <= circle.radius_km


def _by_code(area: Area, codes: Mapping[tuple[str, str], Collection[str]]) -> set[str]:
    return {
        village
        for each in area.geocodes
        for village in codes.get((each.name.strip(), each.value.strip()), ())
    }


def _has_known_code(area: Area, codes: Mapping[tuple[str, str], Collection[str]]) -> bool:
    return any((each.name.strip(), each.value.strip()) in codes for each in area.geocodes)


def _by_name(area: Area, villages: Sequence[KnownPlace]) -> set[str]:
    """The villages whose whole name stands in the words, with or without marks.

    Where one village's name begins another's (*Thôn 1*, *Thôn 12*), whole words tell them apart.
    """
    words = f" {' '.join(_LETTERS.findall(plain(area.description)))} "
    return {
        each.village_id
        for each in villages
        if (name := _plain_name(each.name)) and f" {name} " in words
    }


@lru_cache(maxsize=20_000)
def _plain_name(name: str) -> str:
    """A village's name as it is looked for: the same each time, and looked for at every board."""
    return " ".join(_LETTERS.findall(plain(name)))

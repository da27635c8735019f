"""The villages of each cluster as points on a map, so that a map and a list are one choice."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session

from broadcaster.areas.queries import not_standing, villages_of
from broadcaster.fleet.village_places import village_places

Point = tuple[str, float, float]
"""A village's name, its latitude and its longitude in degrees."""


def points_of_clusters(
    session: Session, *, station_id: str, day: date
) -> Mapping[str, Sequence[Point]]:
    """By cluster, the villages whose place is known; an order still goes to whole clusters."""
    places = village_places(session, station_id=station_id, day=day)
    gone = not_standing(session, day)
    points: dict[str, list[Point]] = defaultdict(list)
    for village in villages_of(session, station_id):
        place = places.get(village.id)
        if place is not None and village.id not in gone:
            points[village.cluster_id].append(
                (village.name, round(place.latitude, 6), round(place.longitude, 6))
            )
    return points

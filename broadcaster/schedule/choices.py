"""The clusters that can be chosen, each with its villages and how many people live there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from broadcaster.areas.queries import (
    clusters_of,
    residents_of_clusters,
    villages_by_cluster,
    villages_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterChoice:
    """A cluster as a person chooses it; residents of villages without a census are not counted."""

    cluster_id: str
    name: str
    villages: Sequence[str]
    residents: int


def cluster_choices(session: Session, *, station_id: str, day: date) -> list[ClusterChoice]:
    """The station's clusters in order, with the residents of `day`."""
    there = villages_by_cluster(villages_of(session, station_id))
    living = residents_of_clusters(session, station_id, day)
    return [
        ClusterChoice(
            cluster_id=cluster.id,
            name=cluster.name,
            villages=tuple(each.name for each in there.get(cluster.id, ())),
            residents=living.get(cluster.id, 0),
        )
        for cluster in clusters_of(session, station_id)
    ]

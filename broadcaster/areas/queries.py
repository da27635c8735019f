"""The station's clusters and villages in their order, and who lived there on a day."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from broadcaster.areas.errors import StationNotFounded, UnknownCluster
from broadcaster.areas.tables import (
    Cluster,
    Station,
    Village,
    VillageMerger,
    VillagePopulation,
)

MANY_VILLAGES = 150
"""With more, a page shows those of one cluster at a time where somebody has to choose."""


class Census(NamedTuple):
    """Who lived in a village from a day on."""

    households: int
    residents: int
    valid_from: date


class KnownCluster(NamedTuple):
    """A cluster by name: a province has a hundred, and most pages need no more of them."""

    id: str
    name: str


class KnownVillage(NamedTuple):
    """A village by name, and where it belongs: a province has a thousand."""

    id: str
    cluster_id: str
    name: str


def the_station(session: Session) -> Station:
    """The station of this installation; raise StationNotFounded when there is none yet."""
    station = session.exec(select(Station)).first()
    if station is None:
        raise StationNotFounded
    return station


def clusters_of(session: Session, station_id: str) -> Sequence[KnownCluster]:
    """The clusters of a station, in its order."""
    rows = session.exec(
        select(Cluster.id, Cluster.name)
        .where(Cluster.station_id == station_id)
        .order_by(col(Cluster.position), col(Cluster.id))
    )
    return [KnownCluster(*row) for row in rows]


def clusters_named(
    session: Session, station_id: str, cluster_ids: Collection[str]
) -> Sequence[KnownCluster]:
    """These clusters of a station, in its order; raise UnknownCluster if one is not there."""
    found = [each for each in clusters_of(session, station_id) if each.id in cluster_ids]
    missing = set(cluster_ids) - {each.id for each in found}
    if missing:
        raise UnknownCluster(", ".join(sorted(missing)), field="cluster_ids")
    return found


def villages_of(
    session: Session,
    station_id: str,
    *,
    only: Collection[str] | None = None,
    of_clusters: Collection[str] | None = None,
    beside: Collection[str] = (),
    part: slice | None = None,
) -> Sequence[KnownVillage]:
    """The villages of a station: cluster by cluster, each in its order; `only` asks for some.

    With `of_clusters` those of some clusters, and `beside` them these. `part` is a part of a list
    that is shown in parts.
    """
    session.flush()
    wanted = (
        select(Village.id, Village.cluster_id, Village.name)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(Cluster.station_id == station_id)
        .order_by(col(Cluster.position), col(Cluster.id), col(Village.position), col(Village.id))
    )
    if only is not None:
        wanted = wanted.where(col(Village.id).in_(only))
    if of_clusters is not None:
        near, named = col(Village.cluster_id).in_(of_clusters), col(Village.id).in_(beside)
        wanted = wanted.where(near | named)
    if part is not None:
        wanted = wanted.offset(part.start).limit(part.stop - part.start)
    # As rows of the driver: thousands are read, and each need not be asked what it is.
    return [KnownVillage(*row) for row in session.connection().execute(wanted).all()]


def village_names(
    session: Session, station_id: str, *, without: Collection[str] = ()
) -> Sequence[str]:
    """What the villages of a station are called, each name once, in no order."""
    wanted = (
        select(Village.name)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(Cluster.station_id == station_id)
        .distinct()
    )
    if without:
        wanted = wanted.where(col(Village.id).not_in(without))
    return session.exec(wanted).all()


def village_count(session: Session, station_id: str, *, only: Collection[str] | None = None) -> int:
    """How many villages a station has, or how many of some."""
    wanted = (
        select(func.count())
        .select_from(Village)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(Cluster.station_id == station_id)
    )
    if only is not None:
        wanted = wanted.where(col(Village.id).in_(only))
    return session.exec(wanted).one()


def villages_at(station_id: str) -> SelectOfScalar[str]:
    """The ids of a station's villages, as a subquery for the scope of another query."""
    return (
        select(Village.id)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(Cluster.station_id == station_id)
    )


def villages_by_cluster(
    villages: Sequence[KnownVillage],
) -> Mapping[str, Sequence[KnownVillage]]:
    """These villages by cluster, in the same order."""
    found: dict[str, list[KnownVillage]] = defaultdict(list)
    for village in villages:
        found[village.cluster_id].append(village)
    return found


def residents_on(session: Session, village_ids: Collection[str], day: date) -> dict[str, Census]:
    """Households and residents of each village as they held on `day`.

    A village of which nothing is recorded by that day is left out: its number is not known.
    """
    rows = (
        session.connection()
        .execute(
            core_select(
                col(VillagePopulation.village_id),
                col(VillagePopulation.households),
                col(VillagePopulation.residents),
                col(VillagePopulation.valid_from),
            )
            .where(
                col(VillagePopulation.village_id).in_(village_ids),
                col(VillagePopulation.valid_from) <= day,
            )
            .order_by(col(VillagePopulation.valid_from))
        )
        .all()
    )
    return {
        village_id: Census(households, residents, valid_from)
        for village_id, households, residents, valid_from in rows
    }


def has_residents_on(day: date) -> ColumnElement[bool]:
    """The condition on a village that `residents_on` knows of it."""
    return (
        exists()
        .where(
            col(VillagePopulation.village_id) == col(Village.id),
            col(VillagePopulation.valid_from) <= day,
        )
        .correlate(Village)
    )


def residents_of_clusters(session: Session, station_id: str, day: date) -> dict[str, int]:
    """The residents of a station's clusters as they held on `day`, added up where they are kept.

    Villages of which nothing is recorded by then are not counted.
    """
    newest = (
        core_select(
            col(VillagePopulation.village_id), func.max(VillagePopulation.valid_from).label("since")
        )
        .where(col(VillagePopulation.valid_from) <= day)
        .group_by(col(VillagePopulation.village_id))
        .subquery()
        .c
    )
    rows = session.connection().execute(
        core_select(col(Village.cluster_id), func.sum(VillagePopulation.residents))
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .join(VillagePopulation, col(VillagePopulation.village_id) == col(Village.id))
        .join(
            newest.village_id.table,
            and_(
                newest.village_id == col(VillagePopulation.village_id),
                newest.since == col(VillagePopulation.valid_from),
            ),
        )
        .where(col(Cluster.station_id) == station_id)
        .group_by(col(Village.cluster_id))
    )
    return {cluster_id: int(residents) for cluster_id, residents in rows}


def merged_by(session: Session, day: date) -> dict[str, str]:
    """The villages that had become part of another by `day`, and of which."""
    rows = session.exec(select(VillageMerger).where(VillageMerger.since <= day))
    return {row.village_id: row.into_village_id for row in rows}


def not_standing(session: Session, day: date) -> frozenset[str]:
    """The villages that were none on that day: merged by then, or founded by a later merger."""
    rows = session.exec(select(VillageMerger)).all()
    return frozenset(row.village_id if row.since <= day else row.into_village_id for row in rows)

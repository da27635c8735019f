"""The station's clusters and villages in their order, and who lived there on a day."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import Session, col, select

from broadcaster.areas.errors import StationNotFounded, UnknownCluster
from broadcaster.areas.tables import Cluster, Station, Village, VillagePopulation


def the_station(session: Session) -> Station:
    """The station of this installation; raise StationNotFounded when there is none yet."""
    station = session.exec(select(Station)).first()
    if station is None:
        raise StationNotFounded
    return station


def clusters_of(session: Session, station_id: str) -> Sequence[Cluster]:
    """The clusters of a station, in its order."""
    return session.exec(
        select(Cluster)
        .where(Cluster.station_id == station_id)
        .order_by(col(Cluster.position), col(Cluster.id))
    ).all()


def clusters_named(
    session: Session, station_id: str, cluster_ids: Collection[str]
) -> Sequence[Cluster]:
    """These clusters of a station, in its order; raise UnknownCluster if one is not there."""
    found = [each for each in clusters_of(session, station_id) if each.id in cluster_ids]
    missing = set(cluster_ids) - {each.id for each in found}
    if missing:
        raise UnknownCluster(", ".join(sorted(missing)), field="cluster_ids")
    return found


def villages_of(session: Session, station_id: str) -> Sequence[Village]:
    """The villages of a station: cluster by cluster, each in its order."""
    return session.exec(
        select(Village)
        .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
        .where(Cluster.station_id == station_id)
        .order_by(col(Cluster.position), col(Cluster.id), col(Village.position), col(Village.id))
    ).all()


def residents_on(
    session: Session, village_ids: Collection[str], day: date
) -> dict[str, VillagePopulation]:
    """Households and residents of each village as they held on `day`.

    A village of which nothing is recorded by that day is left out: its number is not known.
    """
    rows = session.exec(
        select(VillagePopulation)
        .where(
            col(VillagePopulation.village_id).in_(village_ids),
            VillagePopulation.valid_from <= day,
        )
        .order_by(col(VillagePopulation.valid_from))
    )
    return {row.village_id: row for row in rows}

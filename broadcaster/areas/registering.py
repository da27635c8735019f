"""Clusters, villages and their people as somebody enters them: from a day on, never before today.

What a broadcast asked of whom is recorded on its day and stays; what is entered here holds for
those that begin from the day on that is given.
"""

from datetime import date, datetime

import structlog
from sqlmodel import Session, col, func, select

from broadcaster.areas.errors import (
    DayPast,
    DayUnreadable,
    NameUnusable,
    PeopleUnusable,
    UnknownCluster,
)
from broadcaster.areas.languages import find_village
from broadcaster.areas.tables import Cluster, Village, VillagePopulation
from broadcaster.audit import Act, record
from broadcaster.database import new_id

log = structlog.get_logger()

NAME_LIMIT_LETTERS = 60
PEOPLE_LIMIT = 1_000_000
_LATEST_YEAR = 2200


def read_day(typed: str) -> date:
    """A day as a browser or a person writes it (2027-01-31, 31/1/2027); raise DayUnreadable."""
    text = typed.strip()
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            read = date(year, month, day)
        else:
            read = date.fromisoformat(text)
    except (ValueError, OverflowError) as error:  # also of twenty digits
        raise DayUnreadable(text[:20], field="since") from error
    if read.year > _LATEST_YEAR:
        raise DayUnreadable(text[:20], field="since")
    return read


def checked_day(since: date, *, today: date) -> date:
    """A day that has not passed; raise DayPast."""
    if since < today:
        raise DayPast(since.isoformat(), field="since")
    return since


def checked_name(typed: str) -> str:
    """The name of a place; raise NameUnusable."""
    name = " ".join(typed.replace("\0", "").split())
    if not name or len(name) > NAME_LIMIT_LETTERS:
        raise NameUnusable(field="name")
    return name


def checked_people(typed: str | int, *, field: str) -> int:
    """How many, with or without dots; raise PeopleUnusable."""
    text = str(typed).strip().replace(".", "").replace(" ", "")
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) > PEOPLE_LIMIT:
        raise PeopleUnusable(field=field)
    return int(text)


def enter_residents(
    session: Session,
    village_id: str,
    *,
    households: int,
    residents: int,
    since: date,
    station_id: str,
    by: str | None,
    now: datetime,
) -> VillagePopulation:
    """Enter who lives in a village from a day on; entered again for the same day, that holds.

    The day was checked (`checked_day`). Raises NoSuchVillage.
    """
    village = find_village(session, village_id, station_id=station_id)
    row = session.get(VillagePopulation, (village.id, since))
    if row is None:
        row = VillagePopulation(
            village_id=village.id, valid_from=since, households=households, residents=residents
        )
        session.add(row)
    row.households, row.residents = households, residents
    session.flush()
    record(
        session,
        Act.RESIDENTS_ENTERED,
        by=by,
        about=village.id,
        at=now,
        details={"since": since.isoformat(), "households": households, "residents": residents},
    )
    log.info("residents_entered", village_id=village.id, since=str(since), residents=residents)
    return row


def populations_of(session: Session, village_id: str) -> list[VillagePopulation]:
    """All that was entered of a village's people, the newest day first."""
    return list(
        session.exec(
            select(VillagePopulation)
            .where(VillagePopulation.village_id == village_id)
            .order_by(col(VillagePopulation.valid_from).desc())
        )
    )


def add_cluster(
    session: Session, *, name: str, station_id: str, by: str | None, now: datetime
) -> Cluster:
    """Add a cluster at the end of the station's order, such as of a commune that joins."""
    last = session.exec(
        select(func.max(Cluster.position)).where(Cluster.station_id == station_id)
    ).one()
    cluster = Cluster(id=new_id("cum"), station_id=station_id, name=name, position=(last or 0) + 1)
    session.add(cluster)
    session.flush()
    record(session, Act.CLUSTER_ADDED, by=by, about=cluster.id, at=now)
    log.info("cluster_added", cluster_id=cluster.id)
    return cluster


def add_village(
    session: Session,
    *,
    name: str,
    cluster_id: str,
    households: int | None,
    residents: int | None,
    since: date,
    station_id: str,
    by: str | None,
    now: datetime,
) -> Village:
    """Add a village with its people; raise UnknownCluster. It has no pole yet.

    Of people whom nobody has counted nothing is recorded: none known is not none there.
    """
    cluster = find_cluster(session, cluster_id, station_id=station_id)
    last = session.exec(
        select(func.max(Village.position)).where(Village.cluster_id == cluster.id)
    ).one()
    village = Village(id=new_id("thon"), cluster_id=cluster.id, name=name, position=(last or 0) + 1)
    session.add(village)
    session.flush()
    if households is not None and residents is not None:
        session.add(
            VillagePopulation(
                village_id=village.id, valid_from=since, households=households, residents=residents
            )
        )
        session.flush()
    record(
        session,
        Act.VILLAGE_ADDED,
        by=by,
        about=village.id,
        at=now,
        details={"since": since.isoformat(), "residents": residents},
    )
    log.info("village_added", village_id=village.id, cluster_id=cluster.id)
    return village


def find_cluster(session: Session, cluster_id: str, *, station_id: str) -> Cluster:
    """A cluster of this station; raise UnknownCluster."""
    cluster = session.get(Cluster, cluster_id.replace("\0", ""))
    if cluster is None or cluster.station_id != station_id:
        raise UnknownCluster(cluster_id[:40], field="cluster_id")
    return cluster

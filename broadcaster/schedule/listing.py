"""Schedules as people read them: where, when, how often, and what became of each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster
from broadcaster.bulletins.tables import Bulletin
from broadcaster.errors import NotFound
from broadcaster.schedule.air_rules import rules_kept
from broadcaster.schedule.limits import BrokenRule
from broadcaster.schedule.occurrences import instant_of, read_local
from broadcaster.schedule.repeating import last_day_of, repeat_of
from broadcaster.schedule.tables import Broadcast, Schedule, ScheduleCluster
from broadcaster.schedule.today import Airing

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleLine:
    """One schedule, ready to be put into words.

    `starts_at` is None for *as soon as approved*; `repeat` is None for a rule that the form does
    not offer, which `recurrence` then holds.
    """

    schedule_id: str
    bulletin_id: str
    title: str
    clusters: Sequence[str]
    starts_at: datetime | None
    repeat: str | None
    recurrence: str
    last_day: date | None
    times: int
    every_min: int
    override_reason: str
    override_rules: Sequence[BrokenRule]
    closed_because: str
    broadcasts: Sequence[tuple[str, datetime]]

    def shown_broadcasts(self, now: datetime) -> Sequence[tuple[str, datetime]]:
        """The next few broadcasts; the last few where all of them have begun."""
        coming = [each for each in self.broadcasts if each[1] > now]
        return coming[:_SHOWN] if coming else self.broadcasts[-_SHOWN:]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleDay:
    """One day of the list, with its airings by cluster name in the clusters' order."""

    day: date
    clusters: Sequence[tuple[str, Sequence[Airing]]]


def lines_of_bulletin(session: Session, bulletin_id: str, *, zone: ZoneInfo) -> list[ScheduleLine]:
    """The schedules of a bulletin that nobody withdrew, oldest first."""
    return _lines(session, [Schedule.bulletin_id == bulletin_id], zone=zone)


def line_of(session: Session, schedule_id: str, *, zone: ZoneInfo) -> ScheduleLine:
    """One schedule that nobody withdrew; raise NotFound."""
    found = _lines(session, [Schedule.id == schedule_id], zone=zone)
    if not found:
        raise NotFound(schedule_id)
    return found[0]


def open_lines(session: Session, *, station_id: str, zone: ZoneInfo) -> list[ScheduleLine]:
    """The schedules of a station that may still become broadcasts, oldest first."""
    still_open = [Schedule.station_id == station_id, col(Schedule.closed_at).is_(None)]
    return _lines(session, still_open, zone=zone)


def lines_without_broadcasts(
    session: Session, *, station_id: str, zone: ZoneInfo
) -> list[ScheduleLine]:
    """Open schedules that have not become a broadcast."""
    found = open_lines(session, station_id=station_id, zone=zone)
    return [line for line in found if not line.broadcasts]


def by_day(
    airings: Iterable[Airing], *, cluster_names: Sequence[tuple[str, str]], zone: tzinfo
) -> list[ScheduleDay]:
    """Lay airings out by local day, then by cluster; days and clusters without any are left out."""

    def local_day(airing: Airing) -> date:
        return airing.starts_at.astimezone(zone).date()

    days = []
    for day, of_day in groupby(sorted(airings, key=lambda each: each.starts_at), key=local_day):
        held: dict[str, list[Airing]] = defaultdict(list)
        for airing in of_day:
            held[airing.cluster_id].append(airing)
        clusters = [(name, held[id_]) for id_, name in cluster_names if id_ in held]
        days.append(ScheduleDay(day=day, clusters=clusters))
    return days


def _lines(session: Session, which: Sequence[object], *, zone: ZoneInfo) -> list[ScheduleLine]:
    rows = session.exec(
        select(Schedule, Bulletin.title)
        .join(Bulletin, col(Bulletin.id) == col(Schedule.bulletin_id))
        .where(col(Schedule.cancelled_at).is_(None), *which)  # type: ignore[arg-type]
        .order_by(col(Schedule.created_at), col(Schedule.id))
    ).all()
    ids = [schedule.id for schedule, _ in rows]
    clusters = _cluster_names(session, ids)
    broadcasts = _broadcasts(session, ids)
    return [
        ScheduleLine(
            schedule_id=schedule.id,
            bulletin_id=schedule.bulletin_id,
            title=title,
            clusters=clusters[schedule.id],
            starts_at=instant_of(read_local(schedule.starts_local), zone)
            if schedule.starts_local
            else None,
            repeat=repeat_of(schedule.recurrence),
            recurrence=schedule.recurrence,
            last_day=last_day_of(schedule.recurrence),
            times=schedule.times,
            every_min=schedule.every_min,
            override_reason=schedule.override_reason,
            override_rules=rules_kept(schedule.override_rules),
            closed_because=schedule.closed_because,
            broadcasts=broadcasts[schedule.id],
        )
        for schedule, title in rows
    ]


def _cluster_names(session: Session, schedule_ids: Collection[str]) -> dict[str, list[str]]:
    rows = session.exec(
        select(ScheduleCluster.schedule_id, Cluster.name)
        .join(Cluster, col(Cluster.id) == col(ScheduleCluster.cluster_id))
        .where(col(ScheduleCluster.schedule_id).in_(schedule_ids))
        .order_by(col(Cluster.position), col(Cluster.id))
    )
    names: dict[str, list[str]] = defaultdict(list)
    for schedule_id, name in rows:
        names[schedule_id].append(name)
    return names


def _broadcasts(
    session: Session, schedule_ids: Collection[str]
) -> dict[str, list[tuple[str, datetime]]]:
    rows = session.exec(
        select(Broadcast.schedule_id, Broadcast.id, Broadcast.starts_at)
        .where(col(Broadcast.schedule_id).in_(schedule_ids), col(Broadcast.cancelled_at).is_(None))
        .order_by(col(Broadcast.starts_at))
    )
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for schedule_id, broadcast_id, starts_at in rows:
        found[schedule_id].append((broadcast_id, starts_at))
    return found

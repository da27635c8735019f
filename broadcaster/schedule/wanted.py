"""By when and where what waits for a decision is to play: the nearest of its wishes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster
from broadcaster.schedule.tables import Schedule, ScheduleCluster
from broadcaster.schedule.taken import rule_of
from broadcaster.schedule.timetable import plays

_LOOKED_AHEAD = (timedelta(days=8), timedelta(days=400))
"""A week holds the next of most rules; a little more than a year the next of them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The nearest wish; `at` is None for *as soon as approved*."""

    at: datetime | None
    clusters: Sequence[str]


def wanted_of(
    session: Session, bulletin_ids: Collection[str], *, zone: ZoneInfo, now: datetime
) -> Mapping[str, Wanted]:
    """The nearest wish of each of these bulletins; nearest first, none without."""
    found: dict[str, Wanted] = {}
    rows = session.exec(
        select(Schedule)
        .where(
            col(Schedule.bulletin_id).in_(bulletin_ids),
            col(Schedule.cancelled_at).is_(None),
            col(Schedule.closed_at).is_(None),
        )
        .order_by(col(Schedule.created_at), col(Schedule.id))
    ).all()
    for schedule in rows:
        at = _next_play(session, schedule, zone=zone, now=now) if schedule.starts_local else None
        if schedule.starts_local and at is None:
            continue
        wanted = Wanted(at=at, clusters=_clusters(session, schedule.id))
        before = found.get(schedule.bulletin_id)
        if before is None or nearness(wanted) < nearness(before):
            found[schedule.bulletin_id] = wanted
    return dict(sorted(found.items(), key=lambda each: nearness(each[1])))


def wanted_places(
    session: Session, bulletin_ids: Collection[str], zone: ZoneInfo, now: datetime
) -> Mapping[str, Wanted]:
    """As `wanted_of`, for the page of all that waits (`app.state.wanted_places`)."""
    return wanted_of(session, bulletin_ids, zone=zone, now=now)


def nearness(wanted: Wanted | None) -> tuple[int, float]:
    """To sort by: as soon as approved, then by the hour, then what nobody wants at any time."""
    if wanted is None:
        return 2, 0.0
    return (0, 0.0) if wanted.at is None else (1, wanted.at.timestamp())


def _next_play(
    session: Session, schedule: Schedule, *, zone: ZoneInfo, now: datetime
) -> datetime | None:
    rule = rule_of(session, schedule, zone)
    for ahead in _LOOKED_AHEAD:
        found = plays(rule, after=now, until=now + ahead)
        if found:
            return found[0].at
    return None


def _clusters(session: Session, schedule_id: str) -> Sequence[str]:
    return session.exec(
        select(Cluster.name)
        .join(ScheduleCluster, col(ScheduleCluster.cluster_id) == col(Cluster.id))
        .where(ScheduleCluster.schedule_id == schedule_id)
        .order_by(col(Cluster.position), col(Cluster.id))
    ).all()

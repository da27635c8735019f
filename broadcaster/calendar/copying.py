"""Copying a day or a week: what plays there once more, at the same hours of other days.

Each is queued as if somebody had queued it: what meets something, or what the station's rules
stand against, is not copied but named, and the rest is. What repeats by itself is there already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.bulletins.desk import submit
from broadcaster.calendar.entries import Entry, entries_between
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.schedule.queueing import Queueing, queue_bulletin
from broadcaster.schedule.tables import Schedule
from broadcaster.schedule.timetable import wall_time

LONGEST_DAYS = 7


class CopyUnusable(BadInput):
    """A day cannot be copied onto itself, nor into the past."""

    code = "copy_unusable"
    message_vi = "Hãy chọn ngày đích khác ngày nguồn và không ở quá khứ."
    message_en = "Choose another day than the one that is copied, and none in the past."


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCopied:
    """What was left where it was, and why."""

    title: str
    at: datetime
    why: LoaError


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """How many there are now once more, how many stood there already, and what was left out."""

    kept: int
    standing: int
    left: Sequence[NotCopied]


def copy_days(
    session: Session,
    *,
    source: date,
    target: date,
    days: int,
    cluster_id: str,
    by: str,
    now: datetime,
    station: Station,
) -> Copied:
    """Queue what plays in `days` from `source` again from `target` on; raise CopyUnusable.

    Of one cluster, only what plays there; it plays again on all clusters that it has.
    """
    zone = ZoneInfo(station.zone)
    if source == target or not 1 <= days <= LONGEST_DAYS or target < now.astimezone(zone).date():
        raise CopyUnusable(field="target")

    def entries_from(day: date) -> list[Entry]:
        return entries_between(
            session,
            station=station,
            begins=datetime.combine(day, time.min, tzinfo=zone),
            ends=datetime.combine(day + timedelta(days=days), time.min, tzinfo=zone),
            now=now,
            cluster_id=cluster_id,
        )

    there = {(_bulletin_of(session, each), each.begins): each for each in entries_from(target)}
    kept, standing, left = 0, 0, []
    for entry in entries_from(source):
        wished = _later(entry, by=target - source, zone=zone)
        same = there.get((_bulletin_of(session, entry), wished))
        if same is not None and set(entry.clusters) <= set(same.clusters):
            standing += 1
            continue
        try:
            again = _queue_again(session, entry, wished, by=by, now=now, station=station)
        except (BadInput, Conflict) as why:
            # It refuses before it changes anything.
            left.append(NotCopied(title=entry.title, at=wished, why=why))
            continue
        submit(session, again.bulletin_id, by=by, now=now)
        kept += 1
    record(
        session,
        Act.DAYS_COPIED,
        by=by,
        about=station.id,
        at=now,
        details={
            "from": source.isoformat(), "to": target.isoformat(), "days": days,
            "kept": kept, "left": len(left),
        },
    )  # fmt: skip
    return Copied(kept=kept, standing=standing, left=tuple(left))


def _bulletin_of(session: Session, entry: Entry) -> str:
    return session.get_one(Schedule, entry.occasion.schedule_id).bulletin_id


def _later(entry: Entry, *, by: timedelta, zone: ZoneInfo) -> datetime:
    """The same hour by the clocks, so many days later."""
    local = entry.begins.astimezone(zone)
    return datetime.combine(local.date() + by, local.time(), tzinfo=zone)


def _queue_again(
    session: Session, entry: Entry, wished: datetime, *, by: str, now: datetime, station: Station
) -> Schedule:
    schedule = session.get_one(Schedule, entry.occasion.schedule_id)
    return queue_bulletin(
        session,
        Queueing(
            bulletin_id=schedule.bulletin_id,
            cluster_ids=entry.clusters,
            starts_local=wall_time(wished, ZoneInfo(station.zone)),
            times=schedule.times,
            every_min=schedule.every_min,
        ),
        by=by,
        now=now,
        station=station,
    )

"""Queueing a bulletin for clusters: checked against the station's rules before anything is kept.

What is queued waits until the bulletin's present words and sound are approved; only then does
`planning` turn it into broadcasts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.areas.tables import Cluster, Station
from broadcaster.bulletins.desk import approved_rendition, ask_anew
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.database import new_id
from broadcaster.errors import NotFound
from broadcaster.schedule.airtime import longest_airtime_ms, most_recordings
from broadcaster.schedule.errors import (
    BroadcastBegun,
    InQuietHours,
    NoCluster,
    NotRendered,
    OverrideNeedsLeader,
    SessionTooLong,
    SlotTaken,
    TimePassed,
    TooManyRecordings,
    UnknownCluster,
)
from broadcaster.schedule.occurrences import instant_of, occurrences, read_local, read_recurrence
from broadcaster.schedule.quiet_hours import QuietHours, quiet_hours
from broadcaster.schedule.slots import Slot, clash, first_room
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule, ScheduleCluster

HORIZON = timedelta(days=8)
# What one order holds: the main sound, and the recordings that follow it.
ITEMS_LIMIT = 50


def station_quiet_hours(station: Station) -> QuietHours:
    """The quiet hours of a station."""
    return quiet_hours(station.quiet_begins, station.quiet_ends, ZoneInfo(station.zone))


def queue_bulletin(
    session: Session,
    *,
    bulletin_id: str,
    cluster_ids: Sequence[str],
    starts_local: str,
    recurrence: str,
    override_reason: str,
    by: str,
    now: datetime,
    station: Station,
) -> Schedule:
    """Keep a wish to play a bulletin; raise BadInput or Conflict when the station's rules forbid.

    `starts_local` is empty for *as soon as approved*, else wall time in the station's zone;
    `recurrence` is empty or an RFC 5545 RRULE value; `by` is the account that queues.
    """
    rendition = _rendition_to_play(session, bulletin_id)
    clusters = _known_clusters(session, cluster_ids, station=station)
    airtime_ms = longest_airtime_ms(session, rendition, clusters)
    duration = timedelta(milliseconds=airtime_ms)
    if airtime_ms > station.longest_session_ms:
        raise SessionTooLong(field="script")
    if most_recordings(session, rendition, clusters) >= ITEMS_LIMIT:
        raise TooManyRecordings(field="clusters")
    starts = _wished_starts(starts_local, recurrence, now=now, station=station)
    reason = override_reason.strip()
    quiet = station_quiet_hours(station)
    if not reason and any(quiet.touched_by(start, duration) for start in starts):
        raise InQuietHours(field="starts_local")
    if starts_local:
        _check_room(
            session, clusters=clusters, starts=starts, duration=duration,
            quiet=None if reason else quiet, zone=quiet.zone,
        )  # fmt: skip
    override_by = _override_by(session, bulletin_id, by=by) if reason else None
    schedule = Schedule(
        id=new_id("sch"),
        station_id=station.id,
        bulletin_id=bulletin_id,
        starts_local=starts_local,
        recurrence=recurrence,
        override_reason=reason,
        override_by=override_by,
        created_by=by,
        created_at=now,
    )
    session.add(schedule)
    session.flush()
    session.add_all(ScheduleCluster(schedule_id=schedule.id, cluster_id=id_) for id_ in clusters)
    if reason and override_by is None:
        # The leader who reads it at this moment must not allow what they have not read.
        ask_anew(session, bulletin_id, now=now)
    return schedule


def cancel_schedule(session: Session, schedule_id: str, *, by: str, now: datetime) -> Schedule:
    """Withdraw a schedule and its broadcasts that have not begun; raise NotFound."""
    schedule = session.get(Schedule, schedule_id)
    if schedule is None:
        raise NotFound(schedule_id)
    if schedule.cancelled_at is None:
        schedule.cancelled_at, schedule.cancelled_by = now, by
        for broadcast in _coming(session, schedule_id=schedule_id, now=now):
            broadcast.cancelled_at, broadcast.withdrawn_by_person = now, True
    return schedule


def cancel_broadcast(session: Session, broadcast_id: str, *, now: datetime) -> Broadcast:
    """Withdraw one broadcast; raise NotFound or BroadcastBegun."""
    broadcast = session.get(Broadcast, broadcast_id)
    if broadcast is None:
        raise NotFound(broadcast_id)
    if broadcast.starts_at <= now:
        raise BroadcastBegun(broadcast_id)
    broadcast.cancelled_at = broadcast.cancelled_at or now
    broadcast.withdrawn_by_person = True
    return broadcast


def schedules_of(session: Session, bulletin_id: str) -> Sequence[Schedule]:
    """The schedules of a bulletin that were not withdrawn, oldest first."""
    return session.exec(
        select(Schedule)
        .where(Schedule.bulletin_id == bulletin_id, col(Schedule.cancelled_at).is_(None))
        .order_by(col(Schedule.created_at))
    ).all()


def clusters_of(session: Session, schedule_id: str) -> Sequence[str]:
    """The clusters in which a schedule plays."""
    return session.exec(
        select(ScheduleCluster.cluster_id).where(ScheduleCluster.schedule_id == schedule_id)
    ).all()


def taken_slots(session: Session, *, after: datetime) -> list[Slot]:
    """The sound already planned after an instant, on every cluster."""
    rows = session.exec(
        select(Broadcast, BroadcastOrder.cluster_id)
        .join(BroadcastOrder, col(BroadcastOrder.broadcast_id) == col(Broadcast.id))
        .where(
            col(Broadcast.starts_at) > after - timedelta(days=1),
            col(Broadcast.cancelled_at).is_(None),
        )
    ).all()
    return [
        Slot(
            cluster_id=cluster_id,
            starts_at=broadcast.starts_at,
            ends_at=broadcast.starts_at + timedelta(milliseconds=broadcast.slot_ms),
            title=broadcast.title,
        )
        for broadcast, cluster_id in rows
    ]


def _rendition_to_play(session: Session, bulletin_id: str) -> Rendition:
    bulletin = session.get(Bulletin, bulletin_id)
    if bulletin is None:
        raise NotFound(bulletin_id)
    rendition = session.get(Rendition, bulletin.rendition_id) if bulletin.rendition_id else None
    if rendition is None:
        raise NotRendered(bulletin_id)
    return rendition


def _known_clusters(
    session: Session, cluster_ids: Sequence[str], *, station: Station
) -> Sequence[str]:
    wished = list(dict.fromkeys(cluster_ids))
    if not wished:
        raise NoCluster(field="clusters")
    known = set(session.exec(select(Cluster.id).where(Cluster.station_id == station.id)).all())
    unknown = [id_ for id_ in wished if id_ not in known]
    if unknown:
        raise UnknownCluster(", ".join(unknown), field="clusters")
    return wished


def _wished_starts(
    starts_local: str, recurrence: str, *, now: datetime, station: Station
) -> tuple[datetime, ...]:
    zone = ZoneInfo(station.zone)
    if not starts_local:
        return (now,)
    local = read_local(starts_local)
    if not recurrence:
        if instant_of(local, zone) <= now:
            raise TimePassed(field="starts_local")
        return (instant_of(local, zone),)
    read_recurrence(recurrence, local)
    found = occurrences(
        starts_local=starts_local, recurrence=recurrence, zone=zone, after=now, until=now + HORIZON
    )
    return found or (instant_of(local, zone),)


def _check_room(
    session: Session,
    *,
    clusters: Sequence[str],
    starts: Sequence[datetime],
    duration: timedelta,
    quiet: QuietHours | None,
    zone: ZoneInfo,
) -> None:
    taken = taken_slots(session, after=min(starts))
    for start in starts:
        slot = clash(taken, clusters=clusters, starts_at=start, duration=duration)
        if slot is not None:
            free = first_room(
                taken, clusters=clusters, earliest=start, duration=duration, quiet=quiet
            )
            raise SlotTaken(title=slot.title, free_at=free.astimezone(zone))


def _override_by(session: Session, bulletin_id: str, *, by: str) -> str | None:
    """The leader who allows quiet hours: the one who queues, or (None) whoever approves next."""
    roles = session.exec(select(RoleGrant.role).where(RoleGrant.account_id == by)).all()
    if "leader" in roles:
        return by
    if approved_rendition(session, bulletin_id) is not None:
        raise OverrideNeedsLeader(field="override_reason")
    return None


def _coming(session: Session, *, schedule_id: str, now: datetime) -> Sequence[Broadcast]:
    return session.exec(
        select(Broadcast).where(
            Broadcast.schedule_id == schedule_id,
            col(Broadcast.starts_at) > now,
            col(Broadcast.cancelled_at).is_(None),
        )
    ).all()


def person_name(session: Session, account_id: str) -> str:
    """The display name of an account, for the record of an override."""
    account = session.get(Account, account_id)
    return account.display_name if account else account_id

"""From approved bulletins and their schedules to broadcasts: absolute instants, eight days ahead.

Run again and again it changes nothing that has begun. A broadcast whose approval was voided is
withdrawn while it has not begun; once approved again, it is planned anew.
Only what a second person approved, word and sound, ever becomes a broadcast.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import func
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import approved_rendition
from broadcaster.bulletins.tables import Approval, Bulletin, Rendition
from broadcaster.database import new_id
from broadcaster.schedule.air_rules import station_quiet_hours
from broadcaster.schedule.airtime import cues_of, is_heard_before, longest_airtime_ms
from broadcaster.schedule.finding_room import (
    Cause,
    Override,
    asked_of,
    room_for,
    wished_instants,
)
from broadcaster.schedule.occurrences import instant_of, read_local
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule, ScheduleException
from broadcaster.schedule.taken import rule_of
from broadcaster.schedule.timetable import goes_on, plays_of
from broadcaster.sources.tables import RelaySource

log = structlog.get_logger()

NOT_AFTER = timedelta(seconds=60)


def plan_broadcasts(
    session: Session, *, station: Station, now: datetime, days: int, lead: timedelta
) -> int:
    """Bring the broadcasts of the next `days` to what is approved and scheduled; count changes.

    `lead` is how far ahead *as soon as approved* begins, so that devices can fetch the audio.
    """
    changes = _withdraw_voided(session, now=now)
    open_schedules = session.exec(
        select(Schedule)
        .where(
            Schedule.station_id == station.id,
            col(Schedule.cancelled_at).is_(None),
            col(Schedule.closed_at).is_(None),
        )
        .order_by(col(Schedule.created_at))
    ).all()
    for schedule in open_schedules:
        rendition = approved_rendition(session, schedule.bulletin_id)
        if rendition is not None:
            changes += _plan_schedule(
                session, schedule, rendition, station=station, now=now, days=days, lead=lead
            )
        changes += _close_if_over(session, schedule, station=station, now=now)
    return changes


def changes_since(session: Session) -> tuple[object, ...]:
    """A fingerprint of all that planning depends on; equal while there is nothing to plan."""
    return tuple(
        session.exec(select(func.count(), func.max(column)).select_from(table)).one()
        for table, column in (
            (Approval, col(Approval.decided_at)),
            (Bulletin, col(Bulletin.edited_at)),
            # None ever goes, so their count tells; a recording makes one without an edit.
            (Rendition, col(Rendition.id)),
            (RelaySource, col(RelaySource.changed_at)),
            (Schedule, col(Schedule.created_at)),
            (Schedule, col(Schedule.changed_at)),
            (Schedule, col(Schedule.cancelled_at)),
            (ScheduleException, col(ScheduleException.changed_at)),
            (Broadcast, col(Broadcast.cancelled_at)),
            (Broadcast, col(Broadcast.stopped_at)),
        )
    )


def _withdraw_voided(session: Session, *, now: datetime) -> int:
    coming = session.exec(
        select(Broadcast).where(
            col(Broadcast.starts_at) > now, col(Broadcast.cancelled_at).is_(None)
        )
    ).all()
    withdrawn = 0
    for broadcast in coming:
        approved = approved_rendition(session, broadcast.bulletin_id)
        if approved is None or approved.id != broadcast.rendition_id:
            broadcast.cancelled_at = now
            withdrawn += 1
            schedule = session.get_one(Schedule, broadcast.schedule_id)
            if schedule.closed_because == "planned":
                schedule.closed_at, schedule.closed_because = None, ""
            log.info("broadcast_withdrawn", broadcast_id=broadcast.id, reason="approval_voided")
    session.flush()
    return withdrawn


def _plan_schedule(
    session: Session,
    schedule: Schedule,
    rendition: Rendition,
    *,
    station: Station,
    now: datetime,
    days: int,
    lead: timedelta,
) -> int:
    asked = asked_of(session, schedule, rendition)
    quiet, zone = station_quiet_hours(station), ZoneInfo(station.zone)
    planned, waiting = 0, 0
    for wished in wished_instants(
        session, schedule, station=station, now=now, days=days, lead=lead
    ):
        starts_at = room_for(session, asked, wished=wished, station=station)
        if isinstance(starts_at, Cause):
            waiting += 1
            log.info("wish_held", schedule_id=schedule.id, wished=wished, cause=starts_at)
            continue
        if not asked.validity.holds_at(starts_at, zone=zone):
            continue
        _add_broadcast(
            session, schedule, rendition,
            clusters=asked.clusters, occurs_at=wished, starts_at=starts_at, now=now,
            # What sounds by day needs nobody's leave, and its order says nothing of any.
            override=asked.override if quiet.touched_by(starts_at, asked.length) else None,
        )  # fmt: skip
        planned += 1
    until = now + timedelta(days=days)
    whole = _has_all_in_reach(session, schedule, station=station, until=until)
    if planned and whole and not waiting and not schedule.recurrence:
        schedule.closed_at, schedule.closed_because = now, "planned"
    return planned


def _has_all_in_reach(
    session: Session, schedule: Schedule, *, station: Station, until: datetime
) -> bool:
    if not schedule.starts_local:
        return True
    rule = rule_of(session, schedule, ZoneInfo(station.zone))
    return all(play.at <= until for play in plays_of(rule, schedule.starts_local))


def _add_broadcast(
    session: Session,
    schedule: Schedule,
    rendition: Rendition,
    *,
    clusters: Sequence[str],
    occurs_at: datetime,
    starts_at: datetime,
    override: Override | None,
    now: datetime,
) -> None:
    bulletin = session.get_one(Bulletin, schedule.bulletin_id)
    broadcast = Broadcast(
        id=new_id("bc"),
        schedule_id=schedule.id,
        bulletin_id=bulletin.id,
        rendition_id=rendition.id,
        title=bulletin.title,
        topic=bulletin.topic,
        priority=bulletin.priority,
        audio_sha256=rendition.audio_sha256,
        audio_size_bytes=rendition.audio_size_bytes,
        duration_ms=rendition.duration_ms,
        slot_ms=longest_airtime_ms(session, rendition, clusters),
        recordings=rendition.recordings,
        cues=cues_of(rendition),
        relay=rendition.relay,
        occurs_at=occurs_at,
        starts_at=starts_at,
        not_after=starts_at + NOT_AFTER,
        override_by=override.by if override else None,
        override_person=override.person if override else None,
        override_reason=override.reason if override else None,
        planned_at=now,
    )
    if rendition.replay and is_heard_before(session, broadcast):
        _tell_issue(broadcast, rendition.replay)
    session.add(broadcast)
    session.flush()
    session.add_all(
        BroadcastOrder(id=new_id("ord"), broadcast_id=broadcast.id, cluster_id=cluster_id)
        for cluster_id in clusters
    )
    session.flush()
    log.info(
        "broadcast_planned", broadcast_id=broadcast.id, bulletin_id=bulletin.id, starts_at=starts_at
    )


def _tell_issue(broadcast: Broadcast, replay: Mapping[str, Any]) -> None:
    """Whoever heard it before learns first from when it is."""
    broadcast.is_replay = True
    broadcast.audio_sha256 = replay["audio_sha256"]
    broadcast.audio_size_bytes = replay["audio_size_bytes"]
    broadcast.duration_ms = replay["duration_ms"]


def _close_if_over(session: Session, schedule: Schedule, *, station: Station, now: datetime) -> int:
    """Close a schedule whose last occurrence has gone by."""
    if not schedule.starts_local or schedule.closed_at is not None:
        return 0
    zone = ZoneInfo(station.zone)
    if goes_on(rule_of(session, schedule, zone), now=now):
        return 0
    missed = not schedule.recurrence and instant_of(read_local(schedule.starts_local), zone) <= now
    schedule.closed_at, schedule.closed_because = now, "missed" if missed else "ended"
    session.flush()
    log.info("schedule_closed", schedule_id=schedule.id, because=schedule.closed_because)
    return 1

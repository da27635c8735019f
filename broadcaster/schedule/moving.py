"""Moving what is scheduled: one occurrence or a whole series, its hour, its repeats.

Edits touch what is still to come only: what has begun keeps its place, its order and its record.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.bulletins.desk import ask_anew, current_rendition, renew
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.database import new_id
from broadcaster.errors import NotFound
from broadcaster.schedule.air_rules import kept_rules
from broadcaster.schedule.airtime import longest_airtime_ms
from broadcaster.schedule.errors import BroadcastBegun, NotRendered, OccurrenceGone, TimePassed
from broadcaster.schedule.kept_ways import forget_ways
from broadcaster.schedule.occurrences import instant_of, read_local
from broadcaster.schedule.overriding import override_by, record_override
from broadcaster.schedule.own_place import settle_own
from broadcaster.schedule.placing import Occasion, Wish
from broadcaster.schedule.repeats import checked_repeats
from broadcaster.schedule.series import Move, Scope, moved_rule
from broadcaster.schedule.settling import (
    LOOKED_AHEAD,
    Settled,
    carry_out,
    find_place,
    leave_out,
    move_occasion,
    withdraw_unwished,
)
from broadcaster.schedule.tables import Schedule, ScheduleCluster
from broadcaster.schedule.taken import rule_of
from broadcaster.schedule.timetable import Rule, plays, plays_of, wall_time

_A_YEAR = timedelta(days=366)


def find_schedule(session: Session, schedule_id: str, *, station_id: str) -> Schedule:
    """A schedule of this station that nobody withdrew; raise NotFound."""
    schedule = session.get(Schedule, schedule_id)
    if schedule is None or schedule.station_id != station_id or schedule.cancelled_at is not None:
        raise NotFound(schedule_id)
    return schedule


def move_schedule(
    session: Session, move: Move, *, by: str, now: datetime, station: Station
) -> Schedule:
    """Move an occurrence or its whole series; give back the schedule that it belongs to now.

    Raises NotFound, OccurrenceGone, BroadcastBegun, TimeUnreadable, TimePassed, RepeatsUnusable,
    SeriesDayFixed, OverrideNeedsLeader, and what `find_place` raises.
    """
    schedule = find_schedule(session, move.schedule_id, station_id=station.id)
    zone = ZoneInfo(station.zone)
    begins = begins_at(session, schedule, move.occurrence, zone=zone, now=now)
    to = instant_of(read_local(move.to_local), zone)
    if to <= now:
        raise TimePassed(field="starts_local")
    length = length_of(session, schedule)
    checked_repeats(move.times, move.every_min, length=length)
    if not schedule.recurrence or move.scope is Scope.ALL:
        return _move_all(session, schedule, move, delta=to - begins, length=length, by=by, now=now,
                         station=station)  # fmt: skip
    repeats = (move.times, move.every_min)
    if move.reason or repeats != (schedule.times, schedule.every_min):
        return _move_apart(session, schedule, move, length=length, by=by, now=now, station=station)
    return _move_one(session, schedule, move, delta=to - begins, length=length, by=by, now=now,
                     station=station)  # fmt: skip


def skip(
    session: Session,
    schedule_id: str,
    occurrence: str,
    *,
    by: str,
    now: datetime,
    station: Station,
) -> None:
    """Leave one occurrence out; raise NotFound, OccurrenceGone or BroadcastBegun."""
    schedule = find_schedule(session, schedule_id, station_id=station.id)
    zone = ZoneInfo(station.zone)
    begins_at(session, schedule, occurrence, zone=zone, now=now)
    leave_out(session, Occasion(schedule_id, occurrence), by=by, now=now, zone=zone)


def begins_at(
    session: Session, schedule: Schedule, occurrence: str, *, zone: ZoneInfo, now: datetime
) -> datetime:
    """When an occurrence begins that may still be changed; raise OccurrenceGone, BroadcastBegun."""
    read_local(occurrence)
    if not schedule.starts_local:
        raise OccurrenceGone(occurrence)
    found = plays_of(rule_of(session, schedule, zone), occurrence)
    if not found:
        raise OccurrenceGone(occurrence)
    if found[0].at <= now:
        raise BroadcastBegun(schedule.id)
    return found[0].at


def next_occurrence(session: Session, schedule: Schedule, *, zone: ZoneInfo, now: datetime) -> str:
    """The next occurrence that may still be changed; raise OccurrenceGone."""
    if schedule.starts_local:
        found = plays(rule_of(session, schedule, zone), after=now, until=now + _A_YEAR)
        for play in found:
            if play.number == 0:
                return play.occurrence
    raise OccurrenceGone(schedule.id)


def _move_one(
    session: Session,
    schedule: Schedule,
    move: Move,
    *,
    delta: timedelta,
    length: timedelta,
    by: str,
    now: datetime,
    station: Station,
) -> Schedule:
    zone = ZoneInfo(station.zone)
    occasion = Occasion(schedule.id, move.occurrence)
    there = plays_of(rule_of(session, schedule, zone), move.occurrence)
    wish = _wish(session, schedule, length, {move.occurrence: [play.at + delta for play in there]})
    settled = _placed(session, schedule, wish, move, beside=occasion, now=now, station=station)
    later = delta + settled.own.get(move.occurrence, timedelta())
    forget_ways(session, schedule.id, move.occurrence)
    carry_out(session, settled, move.choice, schedule=schedule, priority=wish.priority, by=by,
              now=now, zone=zone)  # fmt: skip
    move_occasion(session, occasion, by_delta=later, by=by, now=now, zone=zone)
    return schedule


def _move_apart(
    session: Session,
    schedule: Schedule,
    move: Move,
    *,
    length: timedelta,
    by: str,
    now: datetime,
    station: Station,
) -> Schedule:
    """One occurrence leaves its series: what is allowed for it is allowed for nothing else."""
    zone = ZoneInfo(station.zone)
    rule = Rule(starts_local=move.to_local, zone=zone, times=move.times, every_min=move.every_min)
    starts = [play.at for play in plays_of(rule, move.to_local)]
    wish = _wish(session, schedule, length, {move.to_local: starts})
    occasion = Occasion(schedule.id, move.occurrence)
    settled = _placed(session, schedule, wish, move, beside=occasion, now=now, station=station)
    begins = starts[0] + settled.own.get(move.to_local, timedelta())
    apart = Schedule(
        id=new_id("sch"),
        station_id=station.id,
        bulletin_id=schedule.bulletin_id,
        starts_local=wall_time(begins, zone),
        times=move.times,
        every_min=move.every_min,
        created_by=by,
        created_at=now,
    )
    session.add(apart)
    session.flush()
    session.add_all(
        ScheduleCluster(schedule_id=apart.id, cluster_id=cluster) for cluster in wish.clusters
    )
    leave_out(session, occasion, by=by, now=now, zone=zone)
    carry_out(session, settled, move.choice, schedule=apart, priority=wish.priority, by=by,
              now=now, zone=zone)  # fmt: skip
    record(
        session,
        Act.SCHEDULE_MOVED,
        by=by,
        about=apart.id,
        at=now,
        details={
            "from": f"{schedule.id}@{move.occurrence}", "starts_local": apart.starts_local,
            "times": move.times, "every_min": move.every_min,
        },
    )  # fmt: skip
    _ask(session, apart, settled, move.reason, by=by, now=now)
    return apart


def _move_all(
    session: Session,
    schedule: Schedule,
    move: Move,
    *,
    delta: timedelta,
    length: timedelta,
    by: str,
    now: datetime,
    station: Station,
) -> Schedule:
    zone = ZoneInfo(station.zone)
    moved = moved_rule(rule_of(session, schedule, zone), move, delta=delta)
    wished = plays(moved, after=now, until=max(now, _first(moved)) + LOOKED_AHEAD)
    by_occurrence: dict[str, list[datetime]] = {}
    for play in wished:
        by_occurrence.setdefault(play.occurrence, []).append(play.at)
    if not by_occurrence:
        raise OccurrenceGone(move.occurrence)
    wish = _wish(session, schedule, length, by_occurrence)
    settled = _placed(session, schedule, wish, move, beside=schedule.id, now=now, station=station)
    forget_ways(session, schedule.id)
    carry_out(session, settled, move.choice, schedule=schedule, priority=wish.priority, by=by,
              now=now, zone=zone)  # fmt: skip
    settle_own(session, schedule, moved, settled, by=by, now=now)
    wished_now = plays(rule_of(session, schedule, zone), after=now, until=now + LOOKED_AHEAD)
    withdraw_unwished(session, schedule, wished=frozenset(play.at for play in wished_now), now=now)
    schedule.closed_at, schedule.closed_because, schedule.changed_at = None, "", now
    record(
        session,
        Act.SCHEDULE_MOVED,
        by=by,
        about=schedule.id,
        at=now,
        details={
            "from": move.occurrence, "starts_local": schedule.starts_local,
            "times": schedule.times, "every_min": schedule.every_min,
        },
    )  # fmt: skip
    if session.get_one(Bulletin, schedule.bulletin_id).kind == BulletinKind.RELAY:
        renew(session, schedule.bulletin_id, by=by, now=now)
    _ask(session, schedule, settled, move.reason, by=by, now=now)
    return schedule


def _first(rule: Rule) -> datetime:
    return instant_of(read_local(rule.starts_local), rule.zone)


def _wish(
    session: Session,
    schedule: Schedule,
    length: timedelta,
    by_occurrence: dict[str, list[datetime]],
) -> Wish:
    bulletin = session.get_one(Bulletin, schedule.bulletin_id)
    return Wish(
        clusters=_clusters(session, schedule.id),
        length=length,
        priority=bulletin.priority,
        plays=by_occurrence,
    )


def _placed(
    session: Session,
    schedule: Schedule,
    wish: Wish,
    move: Move,
    *,
    beside: Occasion | str,
    now: datetime,
    station: Station,
) -> Settled:
    return find_place(
        session, wish, station=station, bulletin_id=schedule.bulletin_id, beside=beside,
        choice=move.choice, reason=move.reason, now=now,
    )  # fmt: skip


def _ask(
    session: Session, schedule: Schedule, settled: Settled, reason: str, *, by: str, now: datetime
) -> None:
    """Keep for what a reason was given, and who answers for it; without need for one, nothing."""
    if not settled.broken:
        schedule.override_reason, schedule.override_rules = "", ""
        schedule.override_by, schedule.override_asked_at = None, None
        return
    schedule.override_reason = reason
    schedule.override_rules = kept_rules(settled.broken)
    schedule.override_by = override_by(session, schedule.bulletin_id, by=by)
    schedule.override_asked_at = now
    record_override(session, schedule, by=by, now=now)
    if schedule.override_by is None:
        ask_anew(session, schedule.bulletin_id, now=now)


def _clusters(session: Session, schedule_id: str) -> Sequence[str]:
    return session.exec(
        select(ScheduleCluster.cluster_id)
        .where(ScheduleCluster.schedule_id == schedule_id)
        .order_by(col(ScheduleCluster.cluster_id))
    ).all()


def length_of(session: Session, schedule: Schedule) -> timedelta:
    """How long one of its plays takes where it takes longest; raise NotRendered."""
    bulletin = session.get_one(Bulletin, schedule.bulletin_id)
    rendition = current_rendition(session, bulletin)
    if rendition is None:
        raise NotRendered(bulletin.id)
    return timedelta(
        milliseconds=longest_airtime_ms(session, rendition, _clusters(session, schedule.id))
    )

"""A place for a wish: checked against the station's rules and against all that stands there.

Whatever a person chose about a conflict is carried out in the same transaction, and recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.bulletins.desk import approved_rendition, renew
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.schedule.air_rules import refuse_broken, station_air_rules
from broadcaster.schedule.errors import (
    NoRoomNear,
    OccurrenceGone,
    SlotTaken,
    WayNotOpen,
)
from broadcaster.schedule.kept_ways import keep_ways
from broadcaster.schedule.limits import AirRules, BrokenRule, Span, broken
from broadcaster.schedule.placing import (
    PRIORITY,
    Choice,
    Occasion,
    Settlement,
    Taken,
    Wish,
    choices,
    clashes,
    settle,
)
from broadcaster.schedule.slots import first_whole_minute
from broadcaster.schedule.tables import Broadcast, Schedule, ScheduleException
from broadcaster.schedule.taken import rule_of, taken_by
from broadcaster.schedule.timetable import LEFT_OUT, plays_of, wall_time

log = structlog.get_logger()

LOOKED_AHEAD = timedelta(days=31)
"""How far ahead a series is compared with what stands there."""

_UNTIL_APPROVED = timedelta(minutes=10)
"""So much later than it was asked for, with leave, may begin what waits for its approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Where a wish found its place: how much later its occurrences begin, and what it breaks.

    `waits` names for each occurrence the schedules that make way for it once it is approved; until
    then nothing is done to `others`.
    """

    own: Mapping[str, timedelta]
    others: Settlement
    clashing: Sequence[Taken]
    broken: Mapping[BrokenRule, datetime]
    waits: Mapping[str, Sequence[str]] = field(default_factory=dict)


def find_place(
    session: Session,
    wish: Wish,
    *,
    station: Station,
    bulletin_id: str,
    beside: Occasion | str | None,
    choice: Choice | None,
    reason: str,
    now: datetime,
) -> Settled:
    """A place for a wish of a bulletin, changing nothing yet.

    `beside` is what the wish itself has there so far and gives up: a schedule by its id, or one
    occasion of it. Raises the first broken rule's error where there is no `reason`; SlotTaken
    where something plays there and no `choice` was made; WayNotOpen, NoRoomNear. What is approved
    makes way for what is not only once that is approved too (`waits`).
    """
    rules = station_air_rules(session, station)
    starts = [at for plays in wish.plays.values() for at in plays]
    around = timedelta(days=2)
    taken = [
        slot
        for slot in taken_by(
            session, station=station, after=min(starts) - around, until=max(starts) + around
        )
        if beside not in (slot.occasion, slot.occasion.schedule_id)
    ]
    against = _broken(rules, wish, taken, later={})
    refuse_broken(against, reason=reason)
    clashing = clashes(wish, taken)
    settlement, waits = Settlement(), {}
    if clashing:
        keeps = _keeps_its_place(session, bulletin_id, clashing)
        settlement = _settlement(
            wish, taken, clashing, rules, choice, keeps=keeps, reason=reason, now=now
        )
        left = [slot for slot in taken if slot.occasion not in settlement.left_out]
        against = _broken(rules, wish, left, later=settlement.own)
        refuse_broken(against, reason=reason)
        if keeps and choice is not Choice.AFTER:
            waits = _in_the_way_of(wish, clashing)
    return Settled(
        own=settlement.own, others=settlement, clashing=clashing, broken=against, waits=waits
    )


def only_rules(session: Session, wish: Wish, *, station: Station, reason: str) -> Settled:
    """What a wish breaks whose time is not known yet; it gets the first room that there is.

    With a `reason`, leave is asked for what it would break a few minutes later too: asked for just
    before quiet hours and approved in them, it must not wait for the morning.
    """
    rules = station_air_rules(session, station)
    starts = [at for plays in wish.plays.values() for at in plays]
    around = timedelta(days=2)
    taken = taken_by(
        session, station=station, after=min(starts) - around, until=max(starts) + around
    )
    against = _broken(rules, wish, taken, later={})
    refuse_broken(against, reason=reason)
    if reason:
        later = dict.fromkeys(wish.plays, _UNTIL_APPROVED)
        against = {**_broken(rules, wish, taken, later=later), **against}
    return Settled(own={}, others=Settlement(), clashing=(), broken=against)


def carry_out(
    session: Session,
    settled: Settled,
    choice: Choice | None,
    *,
    schedule: Schedule,
    priority: int,
    by: str,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Do to the others what was chosen, or keep it until the newcomer is approved; record it."""
    if settled.waits and choice is not None:
        keep_ways(session, schedule.id, settled.waits, choice, by=by, now=now)
    else:
        for occasion in settled.others.left_out:
            leave_out(session, occasion, by=by, now=now, zone=zone)
        for occasion, later in settled.others.others.items():
            move_occasion(session, occasion, by_delta=later, by=by, now=now, zone=zone)
    if choice is None or not settled.clashing:
        return
    others = list(dict.fromkeys(slot.occasion for slot in settled.clashing))
    named = " ".join(f"{each.schedule_id}@{each.occurrence}" for each in others)
    record(
        session,
        Act.CONFLICT_SETTLED,
        by=by,
        about=schedule.id,
        at=now,
        details={
            "choice": str(choice), "others": named, "once_approved": bool(settled.waits),
        },
    )  # fmt: skip
    if settled.waits:
        return
    if priority <= PRIORITY and any(slot.priority <= PRIORITY for slot in settled.clashing):
        first = schedule.id if choice is Choice.SHIFT else named
        record(
            session,
            Act.PRIORITY_ITEMS_ORDERED,
            by=by,
            about=schedule.id,
            at=now,
            details={"first": first, "beside": named},
        )


def move_occasion(
    session: Session,
    occasion: Occasion,
    *,
    by_delta: timedelta,
    by: str,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """Let one occurrence begin later (or earlier); raise OccurrenceGone."""
    schedule = _schedule(session, occasion)
    begins = _begins(session, schedule, occasion, zone)
    moved_to = wall_time(begins + by_delta, zone)
    _withdraw_plays(session, schedule, occasion, now=now, zone=zone)
    if schedule.recurrence:
        _except(session, occasion, moved_to=moved_to, by=by, now=now)
    else:
        schedule.starts_local = moved_to
    _reopen(session, schedule, by=by, now=now)
    record(
        session,
        Act.OCCURRENCE_MOVED,
        by=by,
        about=schedule.id,
        at=now,
        details={"occurrence": occasion.occurrence, "moved_to": moved_to},
    )


def leave_out(
    session: Session, occasion: Occasion, *, by: str, now: datetime, zone: ZoneInfo
) -> None:
    """Let one occurrence not play; of what plays only once its schedule is withdrawn."""
    schedule = _schedule(session, occasion)
    _withdraw_plays(session, schedule, occasion, now=now, zone=zone)
    if schedule.recurrence:
        _except(session, occasion, moved_to=LEFT_OUT, by=by, now=now)
        schedule.changed_at = now
    else:
        schedule.cancelled_at, schedule.cancelled_by = now, by
    session.flush()
    record(
        session,
        Act.OCCURRENCE_LEFT_OUT,
        by=by,
        about=schedule.id,
        at=now,
        details={"occurrence": occasion.occurrence},
    )


def withdraw_unwished(
    session: Session, schedule: Schedule, *, wished: frozenset[datetime], now: datetime
) -> None:
    """Take back the broadcasts of a schedule that have not begun and are not among the wished."""
    coming = session.exec(
        select(Broadcast).where(
            Broadcast.schedule_id == schedule.id,
            col(Broadcast.starts_at) > now,
            col(Broadcast.cancelled_at).is_(None),
        )
    ).all()
    for broadcast in coming:
        if broadcast.occurs_at not in wished:
            broadcast.cancelled_at = now
            log.info("broadcast_withdrawn", broadcast_id=broadcast.id, reason="moved")
    session.flush()


def _settlement(
    wish: Wish,
    taken: Sequence[Taken],
    clashing: Sequence[Taken],
    rules: AirRules,
    choice: Choice | None,
    *,
    keeps: bool,
    reason: str,
    now: datetime,
) -> Settlement:
    own_quiet = None if reason else rules.quiet
    open_ways = choices(wish, clashing, now=now)
    if choice is None:
        first = min(at for plays in wish.plays.values() for at in plays)
        free_at = first_whole_minute(
            taken,
            clusters=sorted(wish.clusters),
            earliest=max(first, min(slot.starts_at for slot in clashing)),
            duration=wish.length,
            quiet=own_quiet,
        )
        raise SlotTaken(
            title=clashing[0].title,
            free_at=free_at.astimezone(rules.zone),
            clashing=clashing,
            choices=open_ways,
            once_approved=keeps,
        )
    if choice not in open_ways:
        raise WayNotOpen(field="choice")
    settlement = settle(wish, taken, choice, quiet=rules.quiet, own_quiet=own_quiet)
    if settlement is None:
        raise NoRoomNear(field="choice")
    return settlement


def _keeps_its_place(session: Session, bulletin_id: str, clashing: Sequence[Taken]) -> bool:
    """Whether something approved is there, and the bulletin that wants its place is not.

    It might never be: then the one would have gone off the air for nothing, and unseen. A relay is
    decided anew wherever it is put.
    """
    is_relay = session.get_one(Bulletin, bulletin_id).kind == BulletinKind.RELAY
    if not is_relay and approved_rendition(session, bulletin_id) is not None:
        return False
    there = {slot.bulletin_id for slot in clashing} - {bulletin_id}
    return any(approved_rendition(session, each) is not None for each in there)


def _in_the_way_of(wish: Wish, clashing: Sequence[Taken]) -> dict[str, Sequence[str]]:
    """The schedules that stand in the way of each occurrence; those without any are left out."""
    found: dict[str, Sequence[str]] = {}
    for occurrence, starts in wish.plays.items():
        there = clashes(replace(wish, plays={occurrence: starts}), clashing)
        if there:
            found[occurrence] = sorted({slot.occasion.schedule_id for slot in there})
    return found


def _broken(
    rules: AirRules, wish: Wish, taken: Sequence[Taken], *, later: Mapping[str, timedelta]
) -> dict[BrokenRule, datetime]:
    wished = [
        Span(
            at + later.get(occurrence, timedelta()),
            at + later.get(occurrence, timedelta()) + wish.length,
        )
        for occurrence, plays in wish.plays.items()
        for at in plays
    ]
    beside = [
        [Span(slot.starts_at, slot.ends_at) for slot in taken if slot.cluster_id == cluster]
        for cluster in sorted(wish.clusters)
    ]
    return broken(rules, wished, beside=beside)


def _schedule(session: Session, occasion: Occasion) -> Schedule:
    schedule = session.get(Schedule, occasion.schedule_id)
    if schedule is None or schedule.cancelled_at is not None:
        raise OccurrenceGone(occasion.schedule_id)
    return schedule


def _begins(session: Session, schedule: Schedule, occasion: Occasion, zone: ZoneInfo) -> datetime:
    """When an occurrence begins at present."""
    if schedule.starts_local:
        plays = plays_of(rule_of(session, schedule, zone), occasion.occurrence)
        if not plays:
            raise OccurrenceGone(occasion.occurrence)
        return plays[0].at
    broadcast = session.exec(
        select(Broadcast).where(
            Broadcast.schedule_id == schedule.id, col(Broadcast.cancelled_at).is_(None)
        )
    ).first()
    if broadcast is None:
        raise OccurrenceGone(occasion.occurrence)
    return broadcast.occurs_at


def _withdraw_plays(
    session: Session, schedule: Schedule, occasion: Occasion, *, now: datetime, zone: ZoneInfo
) -> None:
    if schedule.recurrence:
        gone = {play.at for play in plays_of(rule_of(session, schedule, zone), occasion.occurrence)}
        others = session.exec(
            select(Broadcast.occurs_at).where(Broadcast.schedule_id == schedule.id)
        ).all()
        withdraw_unwished(session, schedule, wished=frozenset(others) - gone, now=now)
    else:
        withdraw_unwished(session, schedule, wished=frozenset(), now=now)


def _except(session: Session, occasion: Occasion, *, moved_to: str, by: str, now: datetime) -> None:
    session.merge(
        ScheduleException(
            schedule_id=occasion.schedule_id,
            occurrence=occasion.occurrence,
            moved_to=moved_to,
            changed_by=by,
            changed_at=now,
        )
    )
    session.flush()


def _reopen(session: Session, schedule: Schedule, *, by: str, now: datetime) -> None:
    """It is to be planned anew; a relay is decided anew, since where and when belong to it."""
    schedule.closed_at, schedule.closed_because = None, ""
    schedule.changed_at = now
    session.flush()
    if session.get_one(Bulletin, schedule.bulletin_id).kind == BulletinKind.RELAY:
        renew(session, schedule.bulletin_id, by=by, now=now)

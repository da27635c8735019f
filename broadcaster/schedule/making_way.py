"""What makes way for a newcomer in the decision that approves it: shown before, done then, or said.

Only what somebody chose, only schedules that were in the way then, and only as it was shown to
whoever decides. What has begun, became a priority item or was replaced by a third keeps its place:
the newcomer then takes the first room, as if nobody had chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Bulletin
from broadcaster.database.columns import to_ms
from broadcaster.schedule.air_rules import station_air_rules
from broadcaster.schedule.conflict_shown import InTheWay, in_the_way
from broadcaster.schedule.errors import WaysChanged
from broadcaster.schedule.kept_ways import forget_ways, kept_ways
from broadcaster.schedule.limits import AirRules
from broadcaster.schedule.moving import length_of
from broadcaster.schedule.placing import (
    Choice,
    Occasion,
    Settlement,
    Taken,
    Wish,
    choices,
    clashes,
    settle,
)
from broadcaster.schedule.settling import Settled, carry_out
from broadcaster.schedule.tables import MakingWay, Schedule, ScheduleCluster
from broadcaster.schedule.taken import rule_of, taken_by
from broadcaster.schedule.timetable import plays_of

_AROUND = timedelta(days=2)


class Stays(StrEnum):
    """Why nothing makes way any more."""

    BEGUN = "begun"
    CHANGED = "changed"
    """Another is there now than when it was chosen, or it became a priority item."""
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What one occurrence of a newcomer does to those in its way; with `stays`, nothing."""

    occasion: Occasion
    begins: datetime
    choice: Choice
    clashing: Sequence[Taken]
    settlement: Settlement
    stays: Stays | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WayShown:
    """One thing in the way as people read it; `moves_to` is None for what does not play."""

    other: InTheWay
    choice: Choice
    moves_to: datetime | None
    stays: Stays | None


def ways_of(
    session: Session, bulletin_id: str, *, station: Station, now: datetime
) -> Sequence[Way]:
    """What the approval of a bulletin does to others, as all stands now; nothing is changed."""
    found: list[Way] = []
    for schedule in _open_schedules(session, bulletin_id):
        found += _ways_of_schedule(session, schedule, station=station, now=now)
    return found


def ways_version(ways: Sequence[Way]) -> str:
    """By what a decision names exactly the ways that were shown; empty for none."""
    if not ways:
        return ""
    return sha256("\n".join(line for way in ways for line in _facts(way)).encode()).hexdigest()


def ways_shown(session: Session, ways: Sequence[Way], *, zone: ZoneInfo) -> list[WayShown]:
    """The ways as people read them, in order."""
    return [
        WayShown(
            other=other,
            choice=way.choice,
            moves_to=other.begins + later if later is not None else None,
            stays=way.stays,
        )
        for way in ways
        for other in in_the_way(session, way.clashing, zone=zone)
        for later in (_later(way, other),)
    ]


def ways_by_schedule(
    session: Session, bulletin_id: str, *, station: Station, now: datetime
) -> Mapping[str, Sequence[WayShown]]:
    """What makes way for each schedule of a bulletin; those for which nothing does are left out."""
    found: dict[str, list[Way]] = {}
    for way in ways_of(session, bulletin_id, station=station, now=now):
        found.setdefault(way.occasion.schedule_id, []).append(way)
    zone = ZoneInfo(station.zone)
    return {id_: ways_shown(session, ways, zone=zone) for id_, ways in found.items()}


def make_way(
    session: Session, bulletin_id: str, *, shown: str, by: str, now: datetime, station: Station
) -> None:
    """Do what was chosen, in the transaction that approves; raise WaysChanged.

    `shown` is the version of what whoever decides has seen.
    """
    ways = ways_of(session, bulletin_id, station=station, now=now)
    if ways_version(ways) != shown:
        raise WaysChanged
    priority = session.get_one(Bulletin, bulletin_id).priority
    for way in ways:
        if way.stays is None:
            settled = Settled(own={}, others=way.settlement, clashing=way.clashing, broken={})
            schedule = session.get_one(Schedule, way.occasion.schedule_id)
            carry_out(session, settled, way.choice, schedule=schedule, priority=priority, by=by,
                      now=now, zone=ZoneInfo(station.zone))  # fmt: skip
    for schedule in _open_schedules(session, bulletin_id):
        forget_ways(session, schedule.id)


def _open_schedules(session: Session, bulletin_id: str) -> Sequence[Schedule]:
    return session.exec(
        select(Schedule)
        .where(
            Schedule.bulletin_id == bulletin_id,
            col(Schedule.cancelled_at).is_(None),
            col(Schedule.closed_at).is_(None),
            col(Schedule.id).in_(select(MakingWay.schedule_id)),
        )
        .order_by(col(Schedule.created_at), col(Schedule.id))
    ).all()


def _ways_of_schedule(
    session: Session, schedule: Schedule, *, station: Station, now: datetime
) -> list[Way]:
    rule = rule_of(session, schedule, ZoneInfo(station.zone))
    rows = kept_ways(session, schedule.id)
    starts = {row.occurrence: [play.at for play in plays_of(rule, row.occurrence)] for row in rows}
    ahead = [row for row in rows if starts[row.occurrence] and starts[row.occurrence][0] > now]
    if not ahead:
        return []
    wish = Wish(
        clusters=session.exec(
            select(ScheduleCluster.cluster_id).where(ScheduleCluster.schedule_id == schedule.id)
        ).all(),
        length=length_of(session, schedule),
        priority=session.get_one(Bulletin, schedule.bulletin_id).priority,
        plays={},
    )
    instants = [at for row in ahead for at in starts[row.occurrence]]
    rules = station_air_rules(session, station)
    taken: Sequence[Taken] = taken_by(
        session, station=station, after=min(instants) - _AROUND, until=max(instants) + _AROUND
    )
    found: list[Way] = []
    for row in ahead:
        one = replace(wish, plays={row.occurrence: starts[row.occurrence]})
        way = _way(one, row, taken, rules=rules, now=now)
        if way is not None:
            found.append(way)
            taken = _once_done(taken, way)
    return found


def _way(
    wish: Wish, row: MakingWay, taken: Sequence[Taken], *, rules: AirRules, now: datetime
) -> Way | None:
    """What one kept choice comes to now; None where nothing is in the way any more."""
    occasion = Occasion(row.schedule_id, row.occurrence)
    beside = [slot for slot in taken if slot.occasion != occasion]
    clashing = clashes(wish, beside)
    if not clashing:
        return None
    choice, settlement, stays = Choice(row.choice), None, None
    if any(slot.starts_at <= now for slot in clashing):
        stays = Stays.BEGUN
    elif choice not in choices(wish, clashing, now=now) or any(
        slot.occasion.schedule_id not in row.others.split() for slot in clashing
    ):
        stays = Stays.CHANGED
    else:
        settlement = settle(wish, beside, choice, quiet=rules.quiet, own_quiet=rules.quiet)
        stays = Stays.NO_ROOM if settlement is None else None
    return Way(
        occasion=occasion,
        begins=min(wish.plays[row.occurrence]),
        choice=choice,
        clashing=clashing,
        settlement=settlement or Settlement(),
        stays=stays,
    )


def _once_done(taken: Sequence[Taken], way: Way) -> Sequence[Taken]:
    """What is taken once this is done, for those that come after it."""
    later = way.settlement.others
    return [
        replace(
            slot,
            starts_at=slot.starts_at + later.get(slot.occasion, timedelta()),
            ends_at=slot.ends_at + later.get(slot.occasion, timedelta()),
        )
        for slot in taken
        if slot.occasion not in way.settlement.left_out
    ]


def _later(way: Way, other: InTheWay) -> timedelta | None:
    """By how much one in the way moves; None for what is dropped, or stays."""
    for slot in way.clashing:
        if slot.bulletin_id == other.bulletin_id and slot.starts_at == other.begins:
            return way.settlement.others.get(slot.occasion)
    return None


def _facts(way: Way) -> Sequence[str]:
    """All that a person who is shown a way may rely on, line by line."""
    own = f"{way.occasion.schedule_id}@{way.occasion.occurrence} {to_ms(way.begins)}"
    return [
        f"{own} {way.choice} {way.stays or ''} {slot.occasion.schedule_id} "
        f"{slot.occasion.occurrence} {slot.cluster_id} {to_ms(slot.starts_at)} "
        f"{way.settlement.others.get(slot.occasion, timedelta()) // timedelta(seconds=1)}"
        for slot in way.clashing
    ]

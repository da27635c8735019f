"""Where what is approved finds room, and what keeps it from any: the one answer for plan and page.

What is asked for *as soon as approved* has no time while it is queued, so the commune's rules are
held against the instant that is found for it. Broken without leave, it waits: the next day that has
room takes it. It is not dropped, for it was approved; and it does not play against the rules, for
nobody allowed that. Meanwhile Today names it with what keeps it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Approval, Rendition
from broadcaster.schedule.air_rules import rules_kept, station_air_rules, station_quiet_hours
from broadcaster.schedule.airtime import longest_airtime_ms
from broadcaster.schedule.limits import BrokenRule, Span, broken
from broadcaster.schedule.queueing import clusters_of, person_name
from broadcaster.schedule.slots import first_room
from broadcaster.schedule.tables import Broadcast, Schedule
from broadcaster.schedule.taken import rule_of, taken_by, taken_slots
from broadcaster.schedule.timetable import plays
from broadcaster.schedule.validity import Validity, validity_of

_SHIFT_LIMIT = timedelta(minutes=30)


class Cause(StrEnum):
    """What keeps an approved wish from becoming a broadcast."""

    TOO_LONG = "too_long"
    NO_CLUSTER = "no_cluster"
    TAKEN = "taken"
    QUIET_HOURS = "quiet_hours"
    WEEKEND = "weekend"
    SESSIONS = "sessions"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True)
class Override:
    """What a leader allowed, for which reason."""

    by: str
    person: str
    reason: str
    rules: Collection[BrokenRule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An approved schedule with what its plays need: clusters, time on air, leave."""

    schedule: Schedule
    clusters: Sequence[str]
    length: timedelta
    override: Override | None
    validity: Validity

    def allows(self, rule: BrokenRule) -> bool:
        """Whether a leader allowed to break a rule."""
        return self.override is not None and rule in self.override.rules


def asked_of(session: Session, schedule: Schedule, rendition: Rendition) -> Asked:
    """What an approved schedule needs."""
    clusters = clusters_of(session, schedule.id)
    return Asked(
        schedule=schedule,
        clusters=clusters,
        length=timedelta(milliseconds=longest_airtime_ms(session, rendition, clusters)),
        override=_override(session, schedule),
        validity=validity_of(session, rendition),
    )


def wished_instants(
    session: Session,
    schedule: Schedule,
    *,
    station: Station,
    now: datetime,
    days: int,
    lead: timedelta,
) -> Sequence[datetime]:
    """The instants of a schedule that have no broadcast yet."""
    if not schedule.starts_local:
        return (now + lead,)
    rule = rule_of(session, schedule, ZoneInfo(station.zone))
    found = plays(rule, after=now, until=now + timedelta(days=days))
    planned = _occurrences_planned(session, schedule.id, now=now)
    return [play.at for play in found if play.at not in planned]


def room_for(
    session: Session, asked: Asked, *, wished: datetime, station: Station
) -> datetime | Cause:
    """When an approved wish may begin, or what keeps it from that."""
    if asked.length > timedelta(milliseconds=station.longest_session_ms):
        # Longer since it was queued, by a recording or a new rule: every device would refuse it.
        return Cause.TOO_LONG
    if not asked.clusters:
        return Cause.NO_CLUSTER
    quiet = station_quiet_hours(station)
    starts_at = first_room(
        taken_slots(session, after=wished),
        clusters=asked.clusters,
        earliest=wished,
        duration=asked.length,
        quiet=None if asked.allows(BrokenRule.QUIET_HOURS) else quiet,
    )
    if not asked.schedule.starts_local:
        return _against_rules(session, asked, starts_at, station=station) or starts_at
    if starts_at - wished <= _SHIFT_LIMIT:
        return starts_at
    return Cause.QUIET_HOURS if quiet.touched_by(wished, asked.length) else Cause.TAKEN


def _against_rules(
    session: Session, asked: Asked, starts_at: datetime, *, station: Station
) -> Cause | None:
    """The first of the commune's rules that it would break there without leave."""
    around = timedelta(days=2)
    taken = taken_by(session, station=station, after=starts_at - around, until=starts_at + around)
    beside = [
        [Span(slot.starts_at, slot.ends_at) for slot in taken if slot.cluster_id == cluster]
        for cluster in sorted(asked.clusters)
    ]
    wished = [Span(starts_at, starts_at + asked.length)]
    against = broken(station_air_rules(session, station), wished, beside=beside)
    for rule in BrokenRule:
        if rule in against and not asked.allows(rule):
            return Cause(rule.value)
    return None


def _occurrences_planned(session: Session, schedule_id: str, *, now: datetime) -> set[datetime]:
    rows = session.exec(
        select(Broadcast.occurs_at).where(
            Broadcast.schedule_id == schedule_id,
            col(Broadcast.occurs_at) > now - timedelta(days=1),
            # One that a person withdrew stays withdrawn; one that lost its approval may return.
            (col(Broadcast.cancelled_at).is_(None)) | (col(Broadcast.withdrawn_by_person)),
        )
    )
    return set(rows)


def _override(session: Session, schedule: Schedule) -> Override | None:
    """The override that a leader gave: the one who queued it, or who approved it afterwards."""
    if not schedule.override_reason:
        return None
    leader = (
        schedule.override_by
        or session.exec(
            select(Approval.approver_id)
            .where(
                Approval.bulletin_id == schedule.bulletin_id,
                col(Approval.approved),
                col(Approval.decided_at) >= (schedule.override_asked_at or schedule.created_at),
            )
            .order_by(col(Approval.decided_at).desc())
            .limit(1)
        ).first()
    )
    if leader is None:
        return None
    return Override(
        by=leader,
        person=person_name(session, leader),
        reason=schedule.override_reason,
        rules=rules_kept(schedule.override_rules),
    )

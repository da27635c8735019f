"""Queueing a bulletin for clusters: checked against the station's rules before anything is kept.

What is queued waits until the bulletin's present words and sound are approved; only then does
`planning` turn it into broadcasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.accounts.tables import Account
from broadcaster.areas.tables import Cluster, Station
from broadcaster.audit import Act, record
from broadcaster.bulletins.desk import ask_anew, renew
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.database import new_id
from broadcaster.errors import NotFound
from broadcaster.schedule.air_rules import kept_rules
from broadcaster.schedule.airtime import longest_airtime_ms, most_recordings
from broadcaster.schedule.errors import (
    BroadcastBegun,
    NoCluster,
    NotRendered,
    OutsideValidity,
    RepeatsUnusable,
    SessionTooLong,
    TimePassed,
    TooManyRecordings,
    UnknownCluster,
)
from broadcaster.schedule.occurrences import instant_of, read_local, read_recurrence
from broadcaster.schedule.overriding import override_by, record_override
from broadcaster.schedule.own_place import settle_own
from broadcaster.schedule.placing import Choice, Wish
from broadcaster.schedule.repeats import checked_repeats, shortest_every_min
from broadcaster.schedule.settling import LOOKED_AHEAD, Settled, carry_out, find_place, only_rules
from broadcaster.schedule.stopping import find_broadcast
from broadcaster.schedule.tables import Broadcast, Schedule, ScheduleCluster
from broadcaster.schedule.timetable import Rule, plays
from broadcaster.schedule.validity import validity_of

HORIZON = timedelta(days=8)
# What one order holds: the main sound, and the recordings that follow it.
ITEMS_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Queueing:
    """Where and when somebody wants a bulletin to play.

    `starts_local` is empty for *as soon as approved*, else wall time in the station's zone;
    `recurrence` is empty or an RFC 5545 RRULE value; `choice` is what becomes of a conflict.
    """

    bulletin_id: str
    cluster_ids: Sequence[str]
    starts_local: str = ""
    recurrence: str = ""
    times: int = 1
    every_min: int = 0
    choice: Choice | None = None
    override_reason: str = ""


def queue_bulletin(
    session: Session, wish: Queueing, *, by: str, now: datetime, station: Station
) -> Schedule:
    """Keep a wish to play a bulletin; raise BadInput or Conflict when the station's rules forbid.

    `by` is the account that queues.
    """
    rendition = _rendition_to_play(session, wish.bulletin_id, station=station)
    clusters = _known_clusters(session, wish.cluster_ids, station=station)
    length = _length(session, rendition, clusters, station=station)
    reason = wish.override_reason.strip()
    rule = _rule(wish, length=length, now=now, station=station)
    ahead = _ahead(wish, rule, now=now)
    validity = validity_of(session, rendition)
    if not any(validity.holds_at(at, zone=rule.zone) for each in ahead.values() for at in each):
        raise OutsideValidity(field="starts_local")
    priority = session.get_one(Bulletin, wish.bulletin_id).priority
    settled = _settled(session, wish, ahead, reason=reason, station=station, now=now,
                       place=(clusters, length, priority))  # fmt: skip
    if rendition.relay is not None:
        # Nobody hears a relay beforehand: where and when it is are approved with what it is.
        renew(session, wish.bulletin_id, by=by, now=now)
    schedule = Schedule(
        id=new_id("sch"),
        station_id=station.id,
        bulletin_id=wish.bulletin_id,
        starts_local=wish.starts_local,
        recurrence=wish.recurrence,
        times=wish.times,
        every_min=wish.every_min if wish.times > 1 else 0,
        created_by=by,
        created_at=now,
    )
    if reason:
        # Kept even where it was not needed: whoever reads it sees what was said.
        schedule.override_reason = reason
        schedule.override_rules = kept_rules(settled.broken)
        schedule.override_asked_at = now
        schedule.override_by = override_by(session, wish.bulletin_id, by=by)
    session.add(schedule)
    session.flush()
    session.add_all(ScheduleCluster(schedule_id=schedule.id, cluster_id=id_) for id_ in clusters)
    if wish.starts_local:
        settle_own(session, schedule, rule, settled, by=by, now=now)
    _record(session, schedule, clusters, by=by, now=now)
    carry_out(session, settled, wish.choice, schedule=schedule, priority=priority, by=by, now=now,
              zone=rule.zone)  # fmt: skip
    if reason and schedule.override_by is None:
        # The leader who reads it at this moment must not allow what they have not read.
        ask_anew(session, wish.bulletin_id, now=now)
    return schedule


def _length(
    session: Session, rendition: Rendition, clusters: Sequence[str], *, station: Station
) -> timedelta:
    airtime_ms = longest_airtime_ms(session, rendition, clusters)
    if airtime_ms > station.longest_session_ms:
        raise SessionTooLong(field="script")
    if most_recordings(session, rendition, clusters) >= ITEMS_LIMIT:
        raise TooManyRecordings(field="clusters")
    return timedelta(milliseconds=airtime_ms)


def _rule(wish: Queueing, *, length: timedelta, now: datetime, station: Station) -> Rule:
    """What is wished, once it can be read and lies ahead; *as soon as approved* is now."""
    checked_repeats(wish.times, wish.every_min, length=length)
    if wish.times > 1 and not wish.starts_local:
        raise RepeatsUnusable(shortest_min=shortest_every_min(length))
    zone = ZoneInfo(station.zone)
    if not wish.starts_local:
        return Rule(
            starts_local=now.astimezone(zone).replace(tzinfo=None).isoformat(),
            zone=zone,
        )
    local = read_local(wish.starts_local)
    if wish.recurrence:
        read_recurrence(wish.recurrence, local)
    elif instant_of(local, zone) <= now:
        raise TimePassed(field="starts_local")
    return Rule(
        starts_local=wish.starts_local,
        zone=zone,
        recurrence=wish.recurrence,
        times=wish.times,
        every_min=wish.every_min if wish.times > 1 else 0,
    )


def _ahead(wish: Queueing, rule: Rule, *, now: datetime) -> dict[str, list[datetime]]:
    """The instants of every occurrence in reach."""
    first = instant_of(read_local(rule.starts_local), rule.zone)
    by_occurrence: dict[str, list[datetime]] = {}
    for play in plays(
        rule,
        after=min(now, first) - timedelta(seconds=1) if not wish.starts_local else now,
        until=max(now, first) + LOOKED_AHEAD,
    ):
        by_occurrence.setdefault(play.occurrence, []).append(play.at)
    return by_occurrence or {wish.starts_local: [first]}


def _settled(
    session: Session,
    wish: Queueing,
    ahead: dict[str, list[datetime]],
    *,
    place: tuple[Sequence[str], timedelta, int],
    reason: str,
    station: Station,
    now: datetime,
) -> Settled:
    clusters, length, priority = place
    wanted = Wish(clusters=clusters, length=length, priority=priority, plays=ahead)
    if not wish.starts_local:
        return only_rules(session, wanted, station=station, reason=reason)
    return find_place(
        session, wanted, station=station, bulletin_id=wish.bulletin_id, beside=None,
        choice=wish.choice, reason=reason, now=now,
    )  # fmt: skip


def _record(
    session: Session, schedule: Schedule, clusters: Sequence[str], *, by: str, now: datetime
) -> None:
    record(
        session,
        Act.SCHEDULED,
        by=by,
        about=schedule.id,
        at=now,
        details={
            "bulletin": schedule.bulletin_id,
            "starts_local": schedule.starts_local,
            "recurrence": schedule.recurrence,
            "times": schedule.times,
            "every_min": schedule.every_min,
            "clusters": " ".join(clusters),
        },
    )
    if schedule.override_reason:
        record_override(session, schedule, by=by, now=now)


def cancel_schedule(
    session: Session, schedule_id: str, *, station_id: str, by: str, now: datetime
) -> Schedule:
    """Withdraw a schedule and its broadcasts that have not begun; raise NotFound."""
    schedule = session.get(Schedule, schedule_id)
    if schedule is None or schedule.station_id != station_id:
        raise NotFound(schedule_id)
    if schedule.cancelled_at is None:
        schedule.cancelled_at, schedule.cancelled_by = now, by
        record(session, Act.SCHEDULE_WITHDRAWN, by=by, about=schedule_id, at=now)
        for broadcast in _coming(session, schedule_id=schedule_id, now=now):
            broadcast.cancelled_at, broadcast.withdrawn_by_person = now, True
    return schedule


def cancel_broadcast(
    session: Session, broadcast_id: str, *, station_id: str, by: str, now: datetime
) -> Broadcast:
    """Withdraw one broadcast; raise NotFound or BroadcastBegun."""
    broadcast = find_broadcast(session, broadcast_id, station_id=station_id)
    if broadcast.starts_at <= now:
        raise BroadcastBegun(broadcast_id)
    if not broadcast.withdrawn_by_person:
        record(session, Act.BROADCAST_WITHDRAWN, by=by, about=broadcast_id, at=now)
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


def _rendition_to_play(session: Session, bulletin_id: str, *, station: Station) -> Rendition:
    bulletin = session.get(Bulletin, bulletin_id)
    if bulletin is None or bulletin.station_id != station.id:
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

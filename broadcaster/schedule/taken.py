"""What stands on the station's clusters already: planned broadcasts, and wishes not planned yet.

A wish that waits for its approval, or that lies further ahead than is planned, takes its slot too:
else two would be told that they have it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.schedule.airtime import airtime_ms, main_ms_of, villages_in
from broadcaster.schedule.placing import Occasion, Taken
from broadcaster.schedule.slots import Slot
from broadcaster.schedule.tables import (
    Broadcast,
    BroadcastOrder,
    Schedule,
    ScheduleCluster,
    ScheduleException,
)
from broadcaster.schedule.timetable import Play, Rule, plays, wall_time

_LONGEST_AGO = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A schedule that nobody withdrew, with what its plays are made of.

    `settled` are the instants that have a broadcast, or had one that a person withdrew.
    """

    schedule: Schedule
    bulletin: Bulletin
    clusters: Sequence[str]
    length: timedelta | None
    rule: Rule | None
    settled: frozenset[datetime] = frozenset()

    def wished(self, *, after: datetime, until: datetime) -> tuple[Play, ...]:
        """The plays in `(after, until]` that have no broadcast yet; none of one that is closed."""
        if self.rule is None or self.length is None or self.schedule.closed_at is not None:
            return ()
        found = plays(self.rule, after=after, until=until)
        return tuple(play for play in found if play.at not in self.settled)


def rule_of(session: Session, schedule: Schedule, zone: ZoneInfo) -> Rule:
    """When a schedule wishes to play (one that has a time)."""
    rows = session.exec(
        select(ScheduleException).where(ScheduleException.schedule_id == schedule.id)
    )
    return rule_with(schedule, zone, {row.occurrence: row.moved_to for row in rows})


def rule_with(schedule: Schedule, zone: ZoneInfo, exceptions: Mapping[str, str]) -> Rule:
    """The rule of a schedule whose exceptions are known."""
    return Rule(
        starts_local=schedule.starts_local,
        zone=zone,
        recurrence=schedule.recurrence,
        times=schedule.times,
        every_min=schedule.every_min,
        exceptions=exceptions,
    )


def taken_slots(session: Session, *, after: datetime) -> list[Slot]:
    """The sound already planned after an instant, on every cluster."""
    return [
        Slot(
            cluster_id=cluster_id,
            starts_at=broadcast.starts_at,
            ends_at=_end(broadcast),
            title=broadcast.title,
        )
        for broadcast, cluster_id in _planned(session, after=after)
    ]


def taken_by(
    session: Session, *, station: Station, after: datetime, until: datetime
) -> list[Taken]:
    """All that takes a slot and ends after `after` or begins until `until`, and whose it is."""
    standing = standing_schedules(session, station=station, after=after)
    by_id = {each.schedule.id: each for each in standing}
    zone = ZoneInfo(station.zone)
    found = [
        Taken(
            cluster_id=cluster_id,
            starts_at=broadcast.starts_at,
            ends_at=_end(broadcast),
            title=broadcast.title,
            occasion=occasion_of(broadcast, by_id.get(broadcast.schedule_id), zone),
            bulletin_id=broadcast.bulletin_id,
            priority=broadcast.priority,
        )
        for broadcast, cluster_id in _planned(session, after=after)
        if broadcast.starts_at <= until
    ]
    for each in standing:
        for play in each.wished(after=after - _LONGEST_AGO, until=until):
            found += _slots_of(each, play)
    return found


def occasion_of(broadcast: Broadcast, standing: Standing | None, zone: ZoneInfo) -> Occasion:
    """Which occurrence a broadcast is; where its schedule has none there any more, its own time."""
    if standing is not None and standing.rule is not None:
        instant = timedelta(seconds=1)
        at = broadcast.occurs_at
        for play in plays(standing.rule, after=at - instant, until=at):
            if play.at == at:
                return Occasion(broadcast.schedule_id, play.occurrence)
    return Occasion(broadcast.schedule_id, wall_time(broadcast.occurs_at, zone))


def open_schedules(session: Session, *, station: Station) -> list[Standing]:
    """The schedules that nobody withdrew and that are not closed: what still wants a place."""
    return _standing(session, col(Schedule.closed_at).is_(None), station=station)


def standing_schedules(session: Session, *, station: Station, after: datetime) -> list[Standing]:
    """The schedules that nobody withdrew: open ones, and those that play after an instant."""
    recent = select(Broadcast.schedule_id).where(col(Broadcast.starts_at) > after - _LONGEST_AGO)
    wanted = col(Schedule.closed_at).is_(None) | col(Schedule.id).in_(recent)
    return _standing(session, wanted, station=station)


def _standing(session: Session, wanted: ColumnElement[bool], *, station: Station) -> list[Standing]:
    rows = session.exec(
        select(Schedule, Bulletin)
        .join(Bulletin, col(Bulletin.id) == col(Schedule.bulletin_id))
        .where(
            Schedule.station_id == station.id,
            col(Schedule.cancelled_at).is_(None),
            wanted,
        )
        .order_by(col(Schedule.created_at), col(Schedule.id))
    ).all()
    ids = [schedule.id for schedule, _ in rows]
    sounds = _sounds(session, {bulletin.id for _, bulletin in rows})
    clusters, exceptions = _clusters(session, ids), _exceptions(session, ids)
    settled = _settled(session, ids)
    # Most have no recording beside their sound: that lasts as long in every village.
    recorded = {bulletin_id for bulletin_id, sound in sounds.items() if sound.recordings}
    differ = (row.id for row, bulletin in rows if bulletin.id in recorded)
    villages = villages_in(session, {each for id_ in differ for each in clusters[id_]})
    zone = ZoneInfo(station.zone)
    return [
        Standing(
            schedule=schedule,
            bulletin=bulletin,
            clusters=clusters[schedule.id],
            length=_length(
                sounds.get(bulletin.id),
                {each: villages.get(each, ()) for each in clusters[schedule.id]},
            ),
            rule=rule_with(schedule, zone, exceptions[schedule.id])
            if schedule.starts_local
            else None,
            settled=frozenset(settled[schedule.id]),
        )
        for schedule, bulletin in rows
    ]


def _slots_of(standing: Standing, play: Play) -> list[Taken]:
    assert standing.length is not None  # noqa: S101 - such a one wishes nothing
    return [
        Taken(
            cluster_id=cluster,
            starts_at=play.at,
            ends_at=play.at + standing.length,
            title=standing.bulletin.title,
            occasion=Occasion(standing.schedule.id, play.occurrence),
            bulletin_id=standing.bulletin.id,
            priority=standing.bulletin.priority,
        )
        for cluster in standing.clusters
    ]


def _planned(session: Session, *, after: datetime) -> Sequence[tuple[Broadcast, str]]:
    return session.exec(
        select(Broadcast, BroadcastOrder.cluster_id)
        .join(BroadcastOrder, col(BroadcastOrder.broadcast_id) == col(Broadcast.id))
        .where(
            col(Broadcast.starts_at) > after - _LONGEST_AGO,
            col(Broadcast.cancelled_at).is_(None),
        )
    ).all()


def _end(broadcast: Broadcast) -> datetime:
    return broadcast.starts_at + timedelta(milliseconds=broadcast.slot_ms)


@dataclass(frozen=True, slots=True)
class _Sound:
    """How long a bulletin's main sound lasts at the most, and the recordings beside it."""

    main_ms: int
    recordings: Sequence[Mapping[str, Any]]


def _sounds(session: Session, bulletin_ids: Collection[str]) -> dict[str, _Sound]:
    """Of the rendition that each bulletin has; not the words in it, which are the most of it."""
    rows = session.exec(
        select(Bulletin.id, Rendition.duration_ms, Rendition.replay, Rendition.recordings)
        .join(Rendition, col(Rendition.id) == col(Bulletin.rendition_id))
        .where(col(Bulletin.id).in_(bulletin_ids))
    )
    return {
        bulletin_id: _Sound(main_ms_of(duration_ms, replay), recordings)
        for bulletin_id, duration_ms, replay, recordings in rows
    }


def _length(sound: _Sound | None, villages: Mapping[str, Collection[str]]) -> timedelta | None:
    if sound is None:
        return None
    return timedelta(milliseconds=airtime_ms(sound.main_ms, sound.recordings, villages))


def _clusters(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for schedule_id, cluster_id in session.exec(
        select(ScheduleCluster.schedule_id, ScheduleCluster.cluster_id).where(
            col(ScheduleCluster.schedule_id).in_(ids)
        )
    ):
        found[schedule_id].append(cluster_id)
    return found


def _exceptions(session: Session, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for schedule_id, occurrence, moved_to in session.exec(
        select(
            ScheduleException.schedule_id,
            ScheduleException.occurrence,
            ScheduleException.moved_to,
        ).where(col(ScheduleException.schedule_id).in_(ids))
    ):
        found[schedule_id][occurrence] = moved_to
    return found


def _settled(session: Session, ids: Sequence[str]) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = defaultdict(list)
    rows = session.exec(
        select(Broadcast.schedule_id, Broadcast.occurs_at).where(
            col(Broadcast.schedule_id).in_(ids),
            col(Broadcast.cancelled_at).is_(None) | col(Broadcast.withdrawn_by_person),
        )
    )
    for schedule_id, occurs_at in rows:
        found[schedule_id].append(occurs_at)
    return found

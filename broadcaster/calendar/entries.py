"""The entries of a calendar: one for each occurrence, with what became of it or will.

What is planned is a broadcast; what waits for its approval, or lies further ahead than is planned,
is what its schedule wishes.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, or_, select

from broadcaster.areas.tables import Cluster, Station
from broadcaster.bulletins.standing import approved_rendition, states_of
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.schedule.finding_room import Cause, asked_of, room_for
from broadcaster.schedule.placing import Occasion
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from broadcaster.schedule.taken import Standing, occasion_of, standing_schedules


class EntryState(StrEnum):
    """How far an entry has come."""

    OVER = "over"
    ON_AIR = "on_air"
    PLANNED = "planned"
    APPROVED = "approved"
    """Approved, and further ahead than is planned."""
    HELD = "held"
    """Approved and within reach of the plan, and there is no place for it."""
    WAITING = "waiting"
    UNSENT = "unsent"
    """Nobody is asked to approve it: not submitted, or sent back."""


_TOLD = {
    BulletinState.APPROVED: EntryState.APPROVED,
    BulletinState.SUBMITTED: EntryState.WAITING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One occurrence; `plays` are the instants at which it sounds.

    `movable` says whether it is still to come and has a place of its own in a schedule;
    `cause` is what keeps a held one.
    """

    occasion: Occasion
    title: str
    kind: BulletinKind
    priority: int
    clusters: Sequence[str]
    cluster_names: Sequence[str]
    plays: Sequence[datetime]
    length: timedelta
    state: EntryState
    repeats: bool
    movable: bool
    broadcast_id: str = ""
    override_reason: str = ""
    cause: Cause | None = None

    @property
    def begins(self) -> datetime:
        """When the first of its plays begins."""
        return self.plays[0]

    @property
    def ends(self) -> datetime:
        """When the last of its plays is over (half-open)."""
        return self.plays[-1] + self.length


def entries_between(
    session: Session,
    *,
    station: Station,
    begins: datetime,
    ends: datetime,
    now: datetime,
    cluster_id: str = "",
    plan_days: int = 0,
) -> list[Entry]:
    """What plays in `[begins, ends)`, in order; of one cluster, or of all.

    Of what the plan reaches, `plan_days` ahead, it is said whether there is a place for it.
    """
    names = _cluster_names(session, station.id)
    standing = standing_schedules(session, station=station, after=begins)
    by_id = {each.schedule.id: each for each in standing}
    found = _broadcast_entries(session, by_id, names, station=station, span=(begins, ends), now=now)
    states = states_of(session, [each.bulletin for each in standing])
    reach = now + timedelta(days=plan_days)
    for each in standing:
        state = _TOLD.get(states[each.bulletin.id], EntryState.UNSENT)
        for wish in _wished_entries(each, names, span=(max(begins, now), ends), state=state):
            found.append(_judged(session, each, wish, station=station, reach=reach))
    kept = (each for each in found if not cluster_id or cluster_id in each.clusters)
    return sorted(kept, key=lambda each: (each.begins, each.title, each.occasion))


def _broadcast_entries(
    session: Session,
    standing: dict[str, Standing],
    names: dict[str, str],
    *,
    station: Station,
    span: tuple[datetime, datetime],
    now: datetime,
) -> list[Entry]:
    zone = ZoneInfo(station.zone)
    rows = session.exec(
        select(Broadcast, Bulletin.kind)
        .join(Bulletin, col(Bulletin.id) == col(Broadcast.bulletin_id))
        .where(
            Bulletin.station_id == station.id,
            col(Broadcast.starts_at) >= span[0],
            col(Broadcast.starts_at) < span[1],
            or_(
                col(Broadcast.cancelled_at).is_(None),
                col(Broadcast.cancelled_at) > col(Broadcast.starts_at),
            ),
        )
        .order_by(col(Broadcast.starts_at), col(Broadcast.id))
    ).all()
    clusters = _clusters_of(session, [broadcast.id for broadcast, _ in rows])
    grouped: dict[Occasion, list[tuple[Broadcast, str]]] = defaultdict(list)
    for broadcast, kind in rows:
        occasion = occasion_of(broadcast, standing.get(broadcast.schedule_id), zone)
        grouped[occasion].append((broadcast, kind))
    order = {cluster_id: position for position, cluster_id in enumerate(names)}
    places = {
        broadcast_id: {each: names[each] for each in sorted(own, key=order.__getitem__)}
        for broadcast_id, own in clusters.items()
    }
    return [
        _of_broadcasts(occasion, of_one, standing.get(occasion.schedule_id), places, now=now)
        for occasion, of_one in grouped.items()
    ]


def _of_broadcasts(
    occasion: Occasion,
    rows: Sequence[tuple[Broadcast, str]],
    standing: Standing | None,
    places: Mapping[str, Mapping[str, str]],
    *,
    now: datetime,
) -> Entry:
    first, kind = rows[0]
    length = max(timedelta(milliseconds=each.slot_ms) for each, _ in rows)
    plays = [each.starts_at for each, _ in rows]
    own = {each: name for row, _ in rows for each, name in places[row.id].items()}
    return Entry(
        occasion=occasion,
        title=first.title,
        kind=BulletinKind(kind),
        priority=first.priority,
        clusters=list(own),
        cluster_names=list(own.values()),
        plays=plays,
        length=length,
        state=_state(plays, length, now),
        repeats=standing is not None and standing.schedule.recurrence != "",
        movable=standing is not None and standing.rule is not None and plays[0] > now,
        broadcast_id=first.id,
        override_reason=first.override_reason or "",
    )


def _state(plays: Sequence[datetime], length: timedelta, now: datetime) -> EntryState:
    if now >= plays[-1] + length:
        return EntryState.OVER
    return EntryState.PLANNED if now < plays[0] else EntryState.ON_AIR


def _judged(
    session: Session, standing: Standing, entry: Entry, *, station: Station, reach: datetime
) -> Entry:
    """The entry of a wish, once it is asked whether what was approved holds and finds a place."""
    if entry.state is not EntryState.APPROVED:
        return entry
    rendition = approved_rendition(session, standing.bulletin.id)
    if rendition is None:
        return replace(entry, state=EntryState.UNSENT)
    if entry.begins > reach:
        return entry
    asked = asked_of(session, standing.schedule, rendition)
    for at in entry.plays:
        cause = room_for(session, asked, wished=at, station=station)
        if isinstance(cause, Cause):
            return replace(entry, state=EntryState.HELD, cause=cause)
    return entry


def _wished_entries(
    standing: Standing,
    names: dict[str, str],
    *,
    span: tuple[datetime, datetime],
    state: EntryState,
) -> list[Entry]:
    instant = timedelta(milliseconds=1)
    wished = standing.wished(after=span[0] - instant, until=span[1] - instant)
    if not wished or standing.length is None:
        return []
    bulletin = standing.bulletin
    by_occurrence: dict[str, list[datetime]] = defaultdict(list)
    for play in wished:
        by_occurrence[play.occurrence].append(play.at)
    own = sorted(standing.clusters, key=list(names).index)
    return [
        Entry(
            occasion=Occasion(standing.schedule.id, occurrence),
            title=bulletin.title,
            kind=BulletinKind(bulletin.kind),
            priority=bulletin.priority,
            clusters=own,
            cluster_names=[names[each] for each in own],
            plays=plays,
            length=standing.length,
            state=state,
            repeats=standing.schedule.recurrence != "",
            movable=True,
            # A reason that was written down without need stands against no rule.
            override_reason=standing.schedule.override_reason
            if standing.schedule.override_rules
            else "",
        )
        for occurrence, plays in by_occurrence.items()
    ]


def _cluster_names(session: Session, station_id: str) -> dict[str, str]:
    rows = session.exec(
        select(Cluster.id, Cluster.name)
        .where(Cluster.station_id == station_id)
        .order_by(col(Cluster.position), col(Cluster.id))
    )
    return dict(rows.all())


def _clusters_of(session: Session, broadcast_ids: Collection[str]) -> dict[str, list[str]]:
    rows = session.exec(
        select(BroadcastOrder.broadcast_id, BroadcastOrder.cluster_id).where(
            col(BroadcastOrder.broadcast_id).in_(broadcast_ids)
        )
    )
    found: dict[str, list[str]] = defaultdict(list)
    for broadcast_id, cluster_id in rows:
        found[broadcast_id].append(cluster_id)
    return found

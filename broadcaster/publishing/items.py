"""What went on air, one item a bulletin: what feeds, player and lists are made of.

Only what a second person approved, and what at least one loudspeaker confirmed that it began, is
here: *đã phát* is said of nothing that nobody confirmed. Nothing claims that it was heard. Relays
are other stations' and emergencies have channels of their own; neither is listed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster
from broadcaster.bulletins.tables import Bulletin, BulletinEdit, BulletinKind, Rendition
from broadcaster.bulletins.texts import sha256_of
from broadcaster.ledger.tables import Play
from broadcaster.publishing.tables import WithheldBulletin
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule

Airing = tuple[Broadcast, Rendition, Bulletin]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A part of a playlist, and where it begins in its sound (ms)."""

    at_ms: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A bulletin as it was put on air last; `first_at` is when these words were first.

    `words` are those that were written, `spoken` those that were said.
    """

    bulletin_id: str
    title: str
    topic: str
    contributor: str
    words: str
    spoken: str
    audio_sha256: str
    audio_size_bytes: int
    duration_ms: int
    first_at: datetime
    last_at: datetime
    chapters: tuple[Chapter, ...] = ()
    is_withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A broadcast in the public calendar: planned, on air or past."""

    broadcast_id: str
    title: str
    topic: str
    clusters: tuple[str, ...]
    starts_at: datetime
    slot_ms: int


def public_items(session: Session, *, station_id: str, now: datetime, limit: int) -> Sequence[Item]:
    """What anybody may hear again, what went on air last first."""
    return _items(session, station_id=station_id, now=now, limit=limit, with_withheld=False)


def aired_items(session: Session, *, station_id: str, now: datetime, limit: int) -> Sequence[Item]:
    """As `public_items`, with what is kept back: for the station's own people."""
    return _items(session, station_id=station_id, now=now, limit=limit, with_withheld=True)


def aired_item(
    session: Session, bulletin_id: str, *, station_id: str, now: datetime
) -> Item | None:
    """One bulletin that went on air; None if it did not."""
    found = _items(
        session,
        station_id=station_id,
        now=now,
        limit=1,
        with_withheld=True,
        bulletin_id=bulletin_id,
    )
    return found[0] if found else None


def announced(
    session: Session, *, station_id: str, begins: datetime, ends: datetime
) -> Sequence[Announced]:
    """The broadcasts that start in `[begins, ends)` and stand, in their order."""
    rows = session.exec(
        select(Broadcast, Cluster.name)
        .join(Schedule, col(Schedule.id) == col(Broadcast.schedule_id))
        .join(BroadcastOrder, col(BroadcastOrder.broadcast_id) == col(Broadcast.id))
        .join(Cluster, col(Cluster.id) == col(BroadcastOrder.cluster_id))
        .where(
            Schedule.station_id == station_id,
            col(Broadcast.starts_at) >= begins,
            col(Broadcast.starts_at) < ends,
            col(Broadcast.cancelled_at).is_(None),
            col(Broadcast.bulletin_id).not_in(select(WithheldBulletin.bulletin_id)),
        )
        .order_by(col(Broadcast.starts_at), col(Broadcast.id), col(Cluster.position))
    ).all()
    names: dict[str, list[str]] = {}
    broadcasts = {}
    for broadcast, name in rows:
        broadcasts[broadcast.id] = broadcast
        names.setdefault(broadcast.id, []).append(name)
    return [
        Announced(
            broadcast_id=each.id,
            title=each.title,
            topic=each.topic,
            clusters=tuple(names[each.id]),
            starts_at=each.starts_at,
            slot_ms=each.slot_ms,
        )
        for each in broadcasts.values()
    ]


def _items(
    session: Session,
    *,
    station_id: str,
    now: datetime,
    limit: int,
    with_withheld: bool,
    bulletin_id: str | None = None,
) -> Sequence[Item]:
    last_at = func.max(col(Broadcast.starts_at)).label("last_at")
    aired = (
        select(Broadcast.bulletin_id, last_at)
        .join(Schedule, col(Schedule.id) == col(Broadcast.schedule_id))
        .join(Bulletin, col(Bulletin.id) == col(Broadcast.bulletin_id))
        .where(
            Schedule.station_id == station_id,
            col(Bulletin.kind) != BulletinKind.RELAY,
            *_begun(now),
        )
        .group_by(col(Broadcast.bulletin_id))
    )
    withheld = select(WithheldBulletin.bulletin_id)
    if not with_withheld:
        aired = aired.where(col(Broadcast.bulletin_id).not_in(withheld))
    if bulletin_id is not None:
        aired = aired.where(Broadcast.bulletin_id == bulletin_id)
    newest = aired.order_by(last_at.desc(), col(Broadcast.bulletin_id)).limit(limit)
    order = [bulletin_id for bulletin_id, _ in session.exec(newest)]
    held = set(session.exec(withheld))
    airings = _last_airings(session, order, now=now)
    first = _first_instants(session, order, now=now)
    return [
        _item(
            session,
            airings[each],
            first_at=first[each, airings[each][1].id],
            is_withheld=each in held,
        )
        for each in order
    ]


def _begun(now: datetime) -> tuple[ColumnElement[bool], ...]:
    confirmed = exists().where(
        col(Play.broadcast_id) == col(Broadcast.id), col(Play.started_at).is_not(None)
    )
    return col(Broadcast.starts_at) <= now, confirmed


def _last_airings(
    session: Session, bulletin_ids: Collection[str], *, now: datetime
) -> dict[str, Airing]:
    """The last broadcast of each bulletin that began, with its sound; of two at once the first."""
    begun = _begun(now)
    last = (
        select(Broadcast.bulletin_id, func.max(col(Broadcast.starts_at)).label("last_at"))
        .where(col(Broadcast.bulletin_id).in_(bulletin_ids), *begun)
        .group_by(col(Broadcast.bulletin_id))
        .subquery()
    )
    rows = session.exec(
        select(Broadcast, Rendition, Bulletin)
        .join(Rendition, col(Rendition.id) == col(Broadcast.rendition_id))
        .join(Bulletin, col(Bulletin.id) == col(Broadcast.bulletin_id))
        .join(
            last,
            (last.c.bulletin_id == col(Broadcast.bulletin_id))
            & (last.c.last_at == col(Broadcast.starts_at)),
        )
        .where(*begun)
        .order_by(col(Broadcast.id).desc())
    )
    return {airing[0].bulletin_id: airing for airing in rows}


def _first_instants(
    session: Session, bulletin_ids: Collection[str], *, now: datetime
) -> dict[tuple[str, str], datetime]:
    """When each sound of each bulletin was first on air."""
    rows = session.exec(
        select(Broadcast.bulletin_id, Broadcast.rendition_id, func.min(Broadcast.starts_at))
        .where(col(Broadcast.bulletin_id).in_(bulletin_ids), *_begun(now))
        .group_by(col(Broadcast.bulletin_id), col(Broadcast.rendition_id))
    )
    return {(bulletin_id, rendition_id): at for bulletin_id, rendition_id, at in rows}


def _item(session: Session, airing: Airing, *, first_at: datetime, is_withheld: bool) -> Item:
    broadcast, rendition, bulletin = airing
    return Item(
        bulletin_id=bulletin.id,
        title=broadcast.title,
        topic=broadcast.topic,
        contributor=bulletin.contributor,
        words=_written(session, bulletin, rendition),
        spoken=rendition.spoken,
        audio_sha256=rendition.audio_sha256,
        audio_size_bytes=rendition.audio_size_bytes,
        duration_ms=rendition.duration_ms,
        first_at=first_at,
        last_at=broadcast.starts_at,
        chapters=tuple(
            Chapter(at_ms=int(part["start_ms"]), title=str(part["title"]))
            for part in rendition.parts
        ),
        is_withheld=is_withheld,
    )


def _written(session: Session, bulletin: Bulletin, rendition: Rendition) -> str:
    """The words as they were written for this sound; a playlist, and what cannot be found, as said.

    The bulletin may have been edited since; what was not approved is not shown to anybody.
    """
    if bulletin.kind == BulletinKind.ITEM:
        if sha256_of(bulletin.script) == rendition.script_sha256:
            return bulletin.script
        edits = session.exec(
            select(BulletinEdit.script)
            .where(BulletinEdit.bulletin_id == bulletin.id)
            .order_by(col(BulletinEdit.id).desc())
        )
        for script in edits:
            if sha256_of(script) == rendition.script_sha256:
                return str(script)
    return rendition.spoken

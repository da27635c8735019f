"""Relays written, changed and made anew; else they are as bulletins are."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import UnknownBulletin
from broadcaster.bulletins.tables import Bulletin, BulletinKind, Rendition
from broadcaster.bulletins.texts import NORMAL, Written, checked
from broadcaster.relays.content import Fallback, RelayContent
from broadcaster.relays.errors import (
    FallbackNotApproved,
    RelayLengthUnusable,
    RelaySourceMissing,
    StallUnusable,
    UnknownRelay,
)
from broadcaster.relays.tables import RelaySlot
from broadcaster.sources.desk import find_source
from broadcaster.sources.errors import UnknownSource
from broadcaster.sources.holding import facts_of, source_holds

SHORTEST_MS = 1_000
STALL_MS = 10_000
SHORTEST_STALL_MS, LONGEST_STALL_MS = 1_000, 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRelay:
    """A relay as somebody asked for it; without a title it is called after its source."""

    source_id: str
    duration_ms: int
    stall_timeout_ms: int = STALL_MS
    fallback_id: str | None = None
    title: str = ""
    topic: str = ""
    priority: int = NORMAL


def find_relay(session: Session, relay_id: str, *, station_id: str) -> Bulletin:
    """A relay of this station; raise UnknownRelay."""
    try:
        found = desk.find_bulletin(session, relay_id, station_id=station_id)
    except UnknownBulletin:
        raise UnknownRelay from None
    if found.kind != BulletinKind.RELAY:
        raise UnknownRelay
    return found


def write_relay(
    session: Session, given: GivenRelay, *, station_id: str, by: str, now: datetime
) -> Bulletin:
    """Keep a new relay, ready to be queued and submitted; raise a BadInput that names its field."""
    content = _content(session, given, station_id=station_id)
    relay = desk.write_bulletin(
        session,
        station_id=station_id,
        written=_written(given, content),
        by=by,
        now=now,
        kind=BulletinKind.RELAY,
    )
    session.add(_slot(relay.id, given))
    desk.attach_rendition(session, relay.id, sound=content, now=now, by=by)
    return relay


def change_relay(
    session: Session,
    relay_id: str,
    given: GivenRelay,
    *,
    station_id: str,
    by: str,
    now: datetime,
) -> Bulletin:
    """Change a relay, which voids its approval; raise what writing raises, and UnknownRelay."""
    before = given_of(session, find_relay(session, relay_id, station_id=station_id))
    content = _content(session, given, station_id=station_id)
    relay = desk.edit(
        session,
        relay_id,
        written=_written(given, content),
        by=by,
        now=now,
        kind=BulletinKind.RELAY,
        # The words say by its title what fills in, and two bulletins may have the same.
        else_changed=before.fallback_id != given.fallback_id,
    )
    session.merge(_slot(relay_id, given))
    desk.attach_rendition(session, relay_id, sound=content, now=now, by=by)
    return relay


def make_relay_anew(
    session: Session, relay_id: str, *, station_id: str, by: str, now: datetime
) -> Bulletin:
    """Take source and what fills in as they are now; unchanged, nothing changes."""
    given = given_of(session, find_relay(session, relay_id, station_id=station_id))
    return change_relay(session, relay_id, given, station_id=station_id, by=by, now=now)


def given_of(session: Session, relay: Bulletin) -> GivenRelay:
    """What was asked for."""
    slot = session.get_one(RelaySlot, relay.id)
    return GivenRelay(
        source_id=slot.source_id,
        duration_ms=slot.duration_ms,
        stall_timeout_ms=slot.stall_timeout_ms,
        fallback_id=slot.fallback_id,
        title=relay.title,
        topic=relay.topic,
        priority=relay.priority,
    )


def present_of(session: Session, relay: Bulletin) -> Rendition:
    """What is, or would be, decided on: a relay is never without."""
    rendition = desk.current_rendition(session, relay)
    if rendition is None:
        raise UnknownRelay(relay.id)
    return rendition


def _content(session: Session, given: GivenRelay, *, station_id: str) -> RelayContent:
    try:
        source = find_source(session, given.source_id, station_id=station_id)
    except UnknownSource:
        raise RelaySourceMissing(field="source_id") from None
    if not source_holds(session, facts_of(source)):
        raise RelaySourceMissing(field="source_id")
    longest_ms = session.get_one(Station, station_id).longest_session_ms
    if not SHORTEST_MS <= given.duration_ms <= longest_ms:
        raise RelayLengthUnusable(longest_ms=longest_ms, field="duration")
    if not SHORTEST_STALL_MS <= given.stall_timeout_ms <= LONGEST_STALL_MS:
        raise StallUnusable(field="stall")
    return RelayContent(
        source=source,
        duration_ms=given.duration_ms,
        stall_timeout_ms=given.stall_timeout_ms,
        fallback=_fallback(session, given.fallback_id, station_id=station_id),
    )


def _fallback(session: Session, fallback_id: str | None, *, station_id: str) -> Fallback | None:
    if fallback_id is None:
        return None
    try:
        bulletin = desk.find_bulletin(session, fallback_id, station_id=station_id)
    except UnknownBulletin:
        raise FallbackNotApproved(field="fallback_id") from None
    rendition = desk.approved_rendition(session, fallback_id)
    if bulletin.kind != BulletinKind.ITEM or rendition is None:
        raise FallbackNotApproved(field="fallback_id")
    return Fallback(bulletin, rendition)


def _written(given: GivenRelay, content: RelayContent) -> Written:
    return checked(
        title=given.title.strip() or f"Tiếp sóng {content.source.name}",
        script=content.script,
        topic=given.topic,
        priority=given.priority,
    )


def _slot(relay_id: str, given: GivenRelay) -> RelaySlot:
    return RelaySlot(
        relay_id=relay_id,
        source_id=given.source_id,
        duration_ms=given.duration_ms,
        stall_timeout_ms=given.stall_timeout_ms,
        fallback_id=given.fallback_id,
    )

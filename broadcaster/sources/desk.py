"""The list of sources: who may be relayed, kept by admins; each host is allowed for devices."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import structlog
from sqlmodel import Session, col, select

from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.fleet.behaviour import checked_hosts, keep_relay_hosts, relay_hosts_of
from broadcaster.fleet.errors import RelayHostForbidden, RelayHostUnusable
from broadcaster.outward import is_this_machine
from broadcaster.sources.errors import (
    NAME_LIMIT_CHARACTERS,
    SourceChoiceUnknown,
    SourceHostForbidden,
    SourceListed,
    SourceNameUnusable,
    SourceUrlUnusable,
    UnknownSource,
)
from broadcaster.sources.tables import RelaySource, SourceKind, SourceLevel
from devices.protocol.fields import HttpsUrl
from devices.reception.hosts import host_of

log = structlog.get_logger()

_ID = re.compile(r"[a-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSource:
    """A source as it will be kept."""

    name: str
    level: SourceLevel
    kind: SourceKind
    url: str

    @property
    def host(self) -> str:
        """The host that devices must be allowed to open."""
        return host_of(self.url) or ""


def checked_source(*, name: str, level: str, kind: str, url: str) -> GivenSource:
    """What was given, as it will be kept; raise a BadInput that names its field."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LIMIT_CHARACTERS or not name.isprintable():
        raise SourceNameUnusable(field="name")
    if level not in list(SourceLevel):
        raise SourceChoiceUnknown(field="level")
    if kind not in list(SourceKind):
        raise SourceChoiceUnknown(field="kind")
    return GivenSource(
        name=name, level=SourceLevel(level), kind=SourceKind(kind), url=_checked_url(url)
    )


def add_source(
    session: Session, given: GivenSource, *, station_id: str, by: str, now: datetime
) -> RelaySource:
    """Put a source on the list and allow its host.

    Raises SourceListed, SourceHostForbidden, TooManyRelayHosts.
    """
    _require_unlisted(session, given.url, station_id=station_id)
    source = RelaySource(
        id=new_id("src"),
        station_id=station_id,
        name=given.name,
        level=given.level,
        kind=given.kind,
        url=given.url,
        added_by=by,
        added_at=now,
        changed_at=now,
    )
    session.add(source)
    session.flush()
    _record(session, Act.SOURCE_ADDED, source, by=by, now=now)
    _allow_host(session, given.host, station_id=station_id, by=by, now=now)
    log.info("relay_source_added", source_id=source.id, url=source.url, by=by)
    return source


def change_source(
    session: Session,
    source_id: str,
    given: GivenSource,
    *,
    station_id: str,
    by: str,
    now: datetime,
) -> RelaySource:
    """Change a source, which voids the approval of every relay of it; raise what adding raises."""
    source = find_source(session, source_id, station_id=station_id)
    if (source.name, source.level, source.kind, source.url) != (
        given.name, given.level, given.kind, given.url,
    ):  # fmt: skip
        if source.url != given.url:
            _require_unlisted(session, given.url, station_id=station_id)
            source.checked_at, source.found = None, None
        source.name, source.level = given.name, given.level
        source.kind, source.url = given.kind, given.url
        source.changed_at = now
        session.flush()
        _record(session, Act.SOURCE_CHANGED, source, by=by, now=now)
        log.info("relay_source_changed", source_id=source_id, url=source.url, by=by)
    _allow_host(session, given.host, station_id=station_id, by=by, now=now)
    return source


def retire_source(
    session: Session, source_id: str, *, station_id: str, by: str, now: datetime
) -> None:
    """Relay it no more; its host stays allowed until somebody takes it from the hosts."""
    source = find_source(session, source_id, station_id=station_id)
    source.retired_at = source.changed_at = now
    session.flush()
    record(session, Act.SOURCE_RETIRED, by=by, about=source_id, at=now)
    log.info("relay_source_retired", source_id=source_id, by=by)


def keep_finding(
    session: Session, source_id: str, found: dict[str, Any], *, url: str, now: datetime
) -> None:
    """Remember what a trial of this address found; what was changed since stays untried."""
    source = session.get(RelaySource, source_id)
    if source is not None and source.url == url:
        source.checked_at, source.found = now, found


def find_source(session: Session, source_id: str, *, station_id: str) -> RelaySource:
    """A source in use; raise UnknownSource."""
    # What could name nothing never reaches the database, which might not even keep it.
    source = session.get(RelaySource, source_id) if _ID.fullmatch(source_id) else None
    if source is None or source.station_id != station_id or source.retired_at is not None:
        raise UnknownSource(source_id)
    return source


def sources_of(session: Session, station_id: str) -> Sequence[RelaySource]:
    """The sources in use, by level from the nation down, then by name."""
    rows = session.exec(
        select(RelaySource)
        .where(RelaySource.station_id == station_id, col(RelaySource.retired_at).is_(None))
        .order_by(col(RelaySource.name), col(RelaySource.id))
    ).all()
    return sorted(rows, key=lambda source: list(SourceLevel).index(SourceLevel(source.level)))


def _record(session: Session, act: Act, source: RelaySource, *, by: str, now: datetime) -> None:
    """What it is called and where it lies were typed by somebody, so they stay outside."""
    record(
        session,
        act,
        by=by,
        about=source.id,
        at=now,
        details={"level": source.level, "kind": source.kind, "host": host_of(source.url)},
        private={"name": source.name, "url": source.url},
    )


def _checked_url(given: str) -> str:
    url = given.strip()
    try:
        msgspec.convert(url, HttpsUrl)
        checked_hosts([host_of(url) or ""])
    except RelayHostForbidden as error:
        raise SourceHostForbidden(field="url") from error
    except (msgspec.ValidationError, RelayHostUnusable) as error:
        raise SourceUrlUnusable(field="url") from error
    if not url.isascii() or not url.isprintable():
        raise SourceUrlUnusable(field="url")
    return url


def _require_unlisted(session: Session, url: str, *, station_id: str) -> None:
    listed = select(RelaySource.id).where(
        RelaySource.station_id == station_id,
        RelaySource.url == url,
        col(RelaySource.retired_at).is_(None),
    )
    if session.exec(listed).first() is not None:
        raise SourceListed(field="url")


def _allow_host(session: Session, host: str, *, station_id: str, by: str, now: datetime) -> None:
    # Each machine has a loopback of its own, so that this one is no broadcaster's: it is allowed
    # where the hosts themselves are entered, never by the way.
    allowed = relay_hosts_of(session, station_id)
    if is_this_machine(host) and host not in allowed:
        raise SourceHostForbidden(field="url")
    keep_relay_hosts(
        session, checked_hosts([*allowed, host]), station_id=station_id, by=by, now=now
    )

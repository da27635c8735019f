"""Sources as pages show them, each with its relays' hosts checked and its last finding."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from broadcaster.fleet.behaviour import relay_hosts_of
from broadcaster.sources.desk import sources_of
from broadcaster.sources.tables import RelaySource
from broadcaster.sources.trial import Found, from_kept
from devices.reception.hosts import AllowedHosts


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShown:
    """One source; `found` is None while nobody has tried it as it is."""

    source_id: str
    name: str
    level: str
    kind: str
    url: str
    host_allowed: bool
    checked_at: datetime | None
    found: Found | None


def sources_shown(session: Session, station_id: str) -> list[SourceShown]:
    """The sources in use."""
    allowed = AllowedHosts(hosts=frozenset(relay_hosts_of(session, station_id)))
    return [shown(source, allowed=allowed) for source in sources_of(session, station_id)]


def shown(source: RelaySource, *, allowed: AllowedHosts) -> SourceShown:
    """One source."""
    return SourceShown(
        source_id=source.id,
        name=source.name,
        level=source.level,
        kind=source.kind,
        url=source.url,
        host_allowed=allowed.may_open(source.url),
        checked_at=source.checked_at,
        found=from_kept(source.found) if source.found else None,
    )


def choices_of(sources: Sequence[SourceShown]) -> list[tuple[str, str]]:
    """Id and name of each, for a form."""
    return [(each.source_id, each.name) for each in sources]

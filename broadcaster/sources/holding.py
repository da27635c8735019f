"""Whether what was approved of a source still is what the list says, and its host still allowed."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from broadcaster.fleet.behaviour import relay_hosts_of
from broadcaster.sources.tables import RelaySource
from devices.reception.hosts import AllowedHosts


def facts_of(source: RelaySource) -> dict[str, Any]:
    """What a relay copies of its source, and people approve."""
    return {
        "source_id": source.id,
        "source": source.name,
        "level": source.level,
        "url": source.url,
    }


def source_holds(session: Session, relay: Mapping[str, Any]) -> bool:
    """Whether a relay's source is in use, says what it said then, and may be opened by devices."""
    source = session.get(RelaySource, relay["source_id"])
    if source is None or source.retired_at is not None:
        return False
    allowed = AllowedHosts(hosts=frozenset(relay_hosts_of(session, source.station_id)))
    return allowed.may_open(source.url) and all(
        relay.get(name) == said for name, said in facts_of(source).items()
    )

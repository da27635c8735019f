"""What the province orders to be relayed: a stream, for how long at most, and from when. Pure.

`TiepAm`, live (5) and FM (6) are the same to a station: somebody else's programme is passed on. A
stream is an https address, or the name of a source that the station has on its own list.
"""

from dataclasses import dataclass
from datetime import datetime

from broadcaster.exchange.kinds import Kind
from broadcaster.exchange.mapping import ForeignBulletin

SHORTEST_MS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOrder:
    """One order; `address` or `source_name` is given, `starts_at` only where the province says."""

    address: str
    source_name: str
    longest_ms: int
    starts_at: datetime | None
    is_live: bool


def is_relay_order(bulletin: ForeignBulletin) -> bool:
    """Whether it asks for somebody else's programme instead of bringing words or a sound."""
    return bulletin.relay or bulletin.kind in {Kind.LIVE, Kind.FM}


def addresses_of(bulletin: ForeignBulletin) -> list[str]:
    """Whatever in it looks like the address of a stream, whoever could play it."""
    given = (bulletin.relay_source.strip(), bulletin.content_url.strip())
    return [each for each in given if "://" in each]


def relay_order(bulletin: ForeignBulletin) -> RelayOrder | None:
    """The order in it; None where there is none, or where a station could not carry it out."""
    https = [each for each in addresses_of(bulletin) if each.lower().startswith("https://")]
    name = "" if addresses_of(bulletin) else " ".join(bulletin.relay_source.split())
    longest_ms = bulletin.duration_ms or 0
    if not is_relay_order(bulletin) or not (https or name) or longest_ms < SHORTEST_MS:
        return None
    return RelayOrder(
        address=https[0] if https else "",
        source_name=name,
        longest_ms=longest_ms,
        starts_at=bulletin.starts_at,
        is_live=bulletin.kind == Kind.LIVE,
    )

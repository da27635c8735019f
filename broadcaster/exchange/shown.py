"""The exchange as pages and the API show it: the link, what waits to go up, what came down."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.exchange.codes import Priority
from broadcaster.exchange.intake import acted_on, bulletin_in, emergency_of, key_of, standing_of
from broadcaster.exchange.link import has_secret, link_of
from broadcaster.exchange.mapping import ForeignBulletin
from broadcaster.exchange.outbox import Waiting, waiting_by_kind
from broadcaster.exchange.relay_orders import RelayOrder, relay_order
from broadcaster.exchange.relaying import listed_source
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.tables import ExchangeLink, ReceivedBulletin
from broadcaster.exchange.taking import received_lately
from broadcaster.sources.tables import RelaySource


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedLine:
    """One version of a bulletin of the province in a list."""

    row: ReceivedBulletin
    standing: Standing
    acted_on: Sequence[ReceivedBulletin]
    """Older versions that somebody took or ordered by: what waits here concerns them."""

    @property
    def waits(self) -> bool:
        """Whether a person is to look at it."""
        return self.standing == Standing.WAITING

    @property
    def is_emergency(self) -> bool:
        """Whether it is khẩn cấp."""
        return self.row.priority == Priority.EMERGENCY


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedShown:
    """One version with all that its page says; `unknown` is what nobody here understands."""

    line: ReceivedLine
    foreign: ForeignBulletin | None
    request_key: str
    emergency_id: str | None
    unknown: str
    order: RelayOrder | None
    source: RelaySource | None
    """The source of the station's list that a relay order means; None is what is to be added."""

    longest_ms: int
    """How long a relay of it would be: no longer than a session of the station."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeShown:
    """The link and both ways."""

    link: ExchangeLink | None
    has_secret: bool
    outgoing: Sequence[Waiting]
    lines: Sequence[ReceivedLine]


def exchange_shown(session: Session, *, station_id: str, keys_dir: Path) -> ExchangeShown:
    """All that the page of the exchange shows."""
    return ExchangeShown(
        link=link_of(session, station_id=station_id),
        has_secret=has_secret(keys_dir, station_id),
        outgoing=waiting_by_kind(session, station_id=station_id),
        lines=[line_of(session, row) for row in received_lately(session, station_id=station_id)],
    )


def line_of(session: Session, row: ReceivedBulletin) -> ReceivedLine:
    """A version as a list shows it."""
    return ReceivedLine(
        row=row, standing=standing_of(session, row), acted_on=tuple(acted_on(session, row))
    )


def received_shown(session: Session, row: ReceivedBulletin) -> ReceivedShown:
    """A version as its page shows it."""
    foreign = bulletin_in(row)
    emergency = emergency_of(session, row)
    order = relay_order(foreign) if foreign else None
    longest_ms = session.get_one(Station, row.station_id).longest_session_ms
    return ReceivedShown(
        line=line_of(session, row),
        foreign=foreign,
        request_key=key_of(row),
        emergency_id=emergency.id if emergency else None,
        unknown=_told(foreign.unknown) if foreign else row.content,
        order=order,
        source=listed_source(session, order, station_id=row.station_id) if order else None,
        longest_ms=min(order.longest_ms, longest_ms) if order else 0,
    )


def _told(unknown: Mapping[str, Any]) -> str:
    return json.dumps(unknown, ensure_ascii=False, indent=1, sort_keys=True) if unknown else ""

"""Relays as pages and the API show them: what was asked for, what is approved, whether it holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from broadcaster.bulletins.desk import newest_bulletins
from broadcaster.bulletins.shown import Line, Shown, lines_of, shown
from broadcaster.bulletins.standing import relay_holds
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.relays.desk import GivenRelay, given_of, present_of

NEWEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayShown:
    """One relay with all that its page says."""

    base: Shown
    given: GivenRelay
    relay: dict[str, Any]
    holds: bool

    @property
    def fallback_url(self) -> str:
        """Where what fills in is heard; empty for silence."""
        fallback = self.relay["fallback"]
        return f"/audio/{fallback['audio_sha256']}.mp3" if fallback else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayLine:
    """One relay in a list."""

    line: Line
    source: str
    level: str
    holds: bool


def relay_shown(session: Session, row: Bulletin) -> RelayShown:
    """A relay with its source, what fills in, and all that was decided."""
    rendition = present_of(session, row)
    return RelayShown(
        base=shown(session, row),
        given=given_of(session, row),
        relay=rendition.relay or {},
        holds=relay_holds(session, rendition),
    )


def relay_lines(session: Session, *, station_id: str) -> Sequence[RelayLine]:
    """The station's relays, last edited first."""
    rows = newest_bulletins(session, station_id=station_id, limit=NEWEST, kind=BulletinKind.RELAY)
    return [_line(session, line) for line in lines_of(session, rows)]


def _line(session: Session, line: Line) -> RelayLine:
    rendition = present_of(session, line.row)
    relay = rendition.relay or {}
    return RelayLine(
        line=line,
        source=relay["source"],
        level=relay["level"],
        holds=relay_holds(session, rendition),
    )

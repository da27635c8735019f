"""What can be put into an empty slot of the calendar: bulletins with a sound that still hold."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from broadcaster.bulletins.desk import find_bulletin, newest_bulletins
from broadcaster.bulletins.shown import Line, lines_of
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import BulletinKind

OFFERED = 100
"""How many are offered at once; a search finds the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A bulletin, programme or relay to choose.

    `plays_at_once` says that it needs no further decision; a relay is decided on with its hour.
    """

    bulletin_id: str
    title: str
    kind: BulletinKind
    priority: int
    duration_ms: int
    plays_at_once: bool


def ready_bulletins(
    session: Session, *, station_id: str, day: date, query: str = "", chosen: str = ""
) -> list[Ready]:
    """Those with a sound that hold on `day`, last edited first; the `chosen` one always.

    Raises UnknownBulletin for a chosen one that is not this station's.
    """
    newest = list(newest_bulletins(session, station_id=station_id, limit=OFFERED, query=query))
    if chosen and chosen not in {each.id for each in newest}:
        newest.insert(0, find_bulletin(session, chosen, station_id=station_id))
    return [
        _ready(line, duration_ms=line.duration_ms)
        for line in lines_of(session, newest)
        if line.duration_ms is not None and (line.row.id == chosen or _holds_on(line, day))
    ]


def _ready(line: Line, *, duration_ms: int) -> Ready:
    kind = BulletinKind(line.row.kind)
    return Ready(
        bulletin_id=line.row.id,
        title=line.row.title,
        kind=kind,
        priority=line.row.priority,
        duration_ms=duration_ms,
        plays_at_once=line.state is BulletinState.APPROVED and kind is not BulletinKind.RELAY,
    )


def _holds_on(line: Line, day: date) -> bool:
    first, last = line.row.valid_from, line.row.valid_until
    return (first is None or first <= day) and (last is None or day <= last)

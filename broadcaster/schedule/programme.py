"""How far a programme has come: its parts, and how many devices said that they began each.

Only what devices said counts. A device that began a later part has the earlier ones behind it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from broadcaster.bulletins.tables import Rendition
from broadcaster.ledger.item_queries import items_reached
from broadcaster.ledger.items import ItemBegun
from broadcaster.schedule.tables import Broadcast

_PROGRAMME = 0
"""A playlist is the first sound of its order; what its villages hear besides comes after it."""


@dataclass(frozen=True, slots=True)
class PartReached:
    """One part of a programme, and how many plays said that they had begun it."""

    kind: str
    title: str
    begun: int


def parts_reached(
    session: Session, broadcast_id: str, *, villages: frozenset[str] | None
) -> tuple[PartReached, ...]:
    """The parts of a playlist's broadcast; none for a single bulletin. `None` sees all villages."""
    broadcast = session.get_one(Broadcast, broadcast_id)
    parts = session.get_one(Rendition, broadcast.rendition_id).parts
    if not parts:
        return ()
    reached = items_reached(session, broadcast_id, villages=villages)
    return counted(parts, reached.values())


def counted(
    parts: Sequence[Mapping[str, Any]], furthest: Iterable[ItemBegun]
) -> tuple[PartReached, ...]:
    """The parts with how many plays came that far; `furthest` is one statement of each play."""
    places = [(each.item, -1 if each.cue is None else each.cue) for each in furthest]
    return tuple(
        PartReached(
            kind=part["kind"],
            title=part["title"],
            begun=sum(place >= (_PROGRAMME, number) for place in places),
        )
        for number, part in enumerate(parts)
    )

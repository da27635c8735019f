"""How far devices have come in a programme, asked of their statements as they came in."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, func, select
from sqlmodel import Session

from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.fold import Word
from broadcaster.ledger.items import ItemBegun, items_begun
from broadcaster.ledger.plays import PlayKey
from broadcaster.ledger.queries import Villages, play_in_view
from broadcaster.ledger.tables import CONFIRMATIONS, PLAYS
from devices.protocol.messages import Confirmation, Kind

_READ = msgspec.json.Decoder(Confirmation)
_BEGUN = CONFIRMATIONS.c.kind == Kind.ITEM_STARTED.value
_OF_PLAY = and_(
    CONFIRMATIONS.c.order_id == PLAYS.c.order_id,
    CONFIRMATIONS.c.repeat == PLAYS.c.repeat,
    CONFIRMATIONS.c.device_id == PLAYS.c.device_id,
    CONFIRMATIONS.c.quarantined.is_(False),
)
_KEY = (PLAYS.c.order_id, PLAYS.c.repeat, PLAYS.c.device_id)
_WORD = (CONFIRMATIONS.c.epoch, CONFIRMATIONS.c.entry, CONFIRMATIONS.c.received_at)


def items_reached(
    session: Session, broadcast_id: str, *, villages: Villages = None
) -> dict[PlayKey, ItemBegun]:
    """The last part that each device's play of a broadcast has begun, in one query.

    A play of which nothing has begun is left out. `villages=None` sees all.
    """
    newest = (
        select(*_KEY, CONFIRMATIONS.c.epoch, func.max(CONFIRMATIONS.c.seq).label("seq"))
        .join(CONFIRMATIONS, _OF_PLAY)
        .where(PLAYS.c.broadcast_id == broadcast_id, _BEGUN, play_in_view(villages))
        .group_by(*_KEY, CONFIRMATIONS.c.epoch)
        .subquery()
    )
    statement = (
        select(*_KEY, PLAYS.c.starts_at, *_WORD)
        .join(CONFIRMATIONS, _OF_PLAY)
        .join(
            newest,
            and_(
                CONFIRMATIONS.c.device_id == newest.c.device_id,
                CONFIRMATIONS.c.epoch == newest.c.epoch,
                CONFIRMATIONS.c.seq == newest.c.seq,
            ),
        )
        .where(PLAYS.c.broadcast_id == broadcast_id)
    )
    return {key: begun[-1] for key, begun in _begun(session, statement).items()}


def items_of_play(session: Session, key: PlayKey) -> tuple[ItemBegun, ...]:
    """Every part that one device's play has begun, in the order of the programme."""
    order_id, repeat, device_id = key
    statement = (
        select(*_KEY, PLAYS.c.starts_at, *_WORD)
        .join(CONFIRMATIONS, _OF_PLAY)
        .where(
            PLAYS.c.order_id == order_id,
            PLAYS.c.repeat == repeat,
            PLAYS.c.device_id == device_id,
            _BEGUN,
        )
    )
    return _begun(session, statement).get(key, ())


def _begun(session: Session, statement: Select[Any]) -> dict[PlayKey, tuple[ItemBegun, ...]]:
    words: dict[PlayKey, list[Word]] = defaultdict(list)
    starts: dict[PlayKey, datetime] = {}
    for row in connection_of(session).execute(statement):
        key: PlayKey = (row.order_id, row.repeat, row.device_id)
        words[key].append(_word(row))
        starts[key] = row.starts_at
    return {key: items_begun(said, starts_at=starts[key]) for key, said in words.items()}


def _word(row: Row[Any]) -> Word:
    return Word(epoch=row.epoch, said=_READ.decode(row.entry), received_at=row.received_at)

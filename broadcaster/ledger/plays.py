"""Plays kept at what the confirmations say: refolded where word came, or where a deadline passed.

A play's expectation is a record; everything folded is a projection that `rebuild_plays` can make
again from the confirmations alone.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, select
from sqlmodel import Session

from broadcaster.fleet.tables import Device
from broadcaster.ledger.alerts import Owed, sync_alerts
from broadcaster.ledger.bulk import chunks, connection_of
from broadcaster.ledger.fold import Expected, Fold, Word, fold
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import CONFIRMATIONS, PLAYS
from devices.protocol.messages import Confirmation

PlayKey = tuple[str, int, str]
"""Order, repeat and device."""

_FOLDED = tuple(Fold.__dataclass_fields__)
_READ = msgspec.json.Decoder(Confirmation)
_REBUILT_AT_ONCE = 1_000
_PLAYS_LOCK = int.from_bytes(b"loaplays")


@dataclass(frozen=True, slots=True)
class _Change:
    key: PlayKey
    owed: Owed
    before: str
    after: Fold


def lock_plays(connection: Connection) -> None:
    """Keep every other process off the plays until the transaction ends.

    For what changes plays of many devices at once. SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_PLAYS_LOCK)))


def lock_devices(connection: Connection, device_ids: Collection[str]) -> set[str]:
    """Keep other ingests off these devices until the transaction ends; return those not retired.

    Ingests share the plays among themselves and wait for each other by device only, in one
    order, so that they wait for each other instead of for ever.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(_PLAYS_LOCK)))
    device = Device.metadata.tables["device"]
    rows = connection.execute(
        select(device.c.id, device.c.retired_at)
        .where(device.c.id.in_(sorted(device_ids)))
        .order_by(device.c.id)
        .with_for_update(key_share=True)
    )
    return {device_id for device_id, retired_at in rows if retired_at is None}


def refold(connection: Connection, keys: Collection[PlayKey], *, now: datetime) -> int:
    """Fold these plays again and write those that changed; they must be locked."""
    changes: list[_Change] = []
    for some in chunks(sorted(keys)):
        changes += _changes(connection, some, now=now)
    _write(connection, changes, now=now)
    turned = {
        change.owed
        for change in changes
        if PlayState.NOT_CONFIRMED in {change.before, change.after.state}
    }
    sync_alerts(connection, turned, now=now)
    return len(changes)


def rebuild_plays(session: Session, *, now: datetime) -> int:
    """Fold every play again from the confirmations; return how many stood wrong."""
    connection = connection_of(session)
    lock_plays(connection)
    rows = connection.execute(select(PLAYS.c.order_id, PLAYS.c.repeat, PLAYS.c.device_id))
    keys: Sequence[PlayKey] = sorted((order, repeat, device) for order, repeat, device in rows)
    changed = 0
    for some in chunks(keys, size=_REBUILT_AT_ONCE):
        changed += refold(connection, some, now=now)
    return changed


def _changes(connection: Connection, keys: Sequence[PlayKey], *, now: datetime) -> list[_Change]:
    words = _words(connection, keys)
    changes: list[_Change] = []
    for row in _rows(connection, keys):
        key: PlayKey = (row.order_id, row.repeat, row.device_id)
        folded = fold(_expected(row), words.get(key, ()), now=now)
        if any(getattr(row, name) != getattr(folded, name) for name in _FOLDED):
            owed = (row.broadcast_id, row.device_id)
            changes.append(_Change(key, owed, row.state, folded))
    return changes


def _rows(connection: Connection, keys: Sequence[PlayKey]) -> list[Row[Any]]:
    found = connection.execute(
        select(PLAYS).where(
            PLAYS.c.order_id.in_({order for order, _, _ in keys}),
            PLAYS.c.device_id.in_({device for _, _, device in keys}),
        )
    )
    wanted = set(keys)
    return [row for row in found if (row.order_id, row.repeat, row.device_id) in wanted]


def _words(connection: Connection, keys: Sequence[PlayKey]) -> dict[PlayKey, list[Word]]:
    c = CONFIRMATIONS.c
    rows = connection.execute(
        select(c.order_id, c.repeat, c.device_id, c.epoch, c.entry, c.received_at).where(
            c.order_id.in_({order for order, _, _ in keys}),
            c.device_id.in_({device for _, _, device in keys}),
            c.quarantined.is_(False),
        )
    )
    wanted = set(keys)
    words: dict[PlayKey, list[Word]] = defaultdict(list)
    for order, repeat, device, epoch, entry, received_at in rows:
        if (order, repeat, device) in wanted:
            word = Word(epoch=epoch, said=_READ.decode(entry), received_at=received_at)
            words[order, repeat, device].append(word)
    return words


def _expected(row: Row[Any]) -> Expected:
    return Expected(
        simulated=row.simulated,
        asked_ms=row.asked_ms,
        starts_at=row.starts_at,
        start_due_at=row.start_due_at,
        end_due_at=row.end_due_at,
    )


def _write(connection: Connection, changes: Sequence[_Change], *, now: datetime) -> None:
    if not changes:
        return
    statement = (
        PLAYS.update()
        .where(
            PLAYS.c.order_id == bindparam("the_order"),
            PLAYS.c.repeat == bindparam("the_repeat"),
            PLAYS.c.device_id == bindparam("the_device"),
        )
        .values({name: bindparam(f"new_{name}") for name in (*_FOLDED, "folded_at")})
    )
    connection.execute(
        statement,
        [
            {
                "the_order": change.key[0],
                "the_repeat": change.key[1],
                "the_device": change.key[2],
                "new_folded_at": now,
                **{f"new_{name}": value for name, value in asdict(change.after).items()},
            }
            for change in changes
        ],
    )

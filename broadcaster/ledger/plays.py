"""Plays kept at what the confirmations say: refolded where word came, or where a deadline passed.

A play's expectation is a record; everything folded is a projection that `rebuild_plays` can make
again from the confirmations alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, select
from sqlmodel import Session

from broadcaster.database.columns import from_ms, to_ms
from broadcaster.database.hex_columns import hex_of
from broadcaster.database.kept_entries import entry_octets
from broadcaster.ledger.alerts import Owed, sync_alerts
from broadcaster.ledger.bulk import chunks, connection_of, execute_many, rows_of
from broadcaster.ledger.fold import Expected, Fold, Word, fold
from broadcaster.ledger.marks import mark_coverage
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.tables import PLAYS
from devices.protocol.messages import Confirmation

PlayKey = tuple[str, int, str]
"""Order, repeat and device."""

WordKey = tuple[str, bytes, int]
"""Device, epoch as it is kept, and number."""

_FOLDED = tuple(Fold.__dataclass_fields__)
_READ = msgspec.json.Decoder(Confirmation)
_REBUILT_AT_ONCE = 1_000
_NOTHING_READ: Mapping[WordKey, Confirmation] = MappingProxyType({})
# The words of a play are mostly of one epoch.
_name_of = lru_cache(maxsize=10_000)(hex_of)
_PLAYS_LOCK = int.from_bytes(b"loaplays")


@dataclass(frozen=True, slots=True)
class _Change:
    key: PlayKey
    owed: Owed
    before: str
    frozen: bool
    after: Fold


class _Held(NamedTuple):
    """A play as it stands; instants in Unix ms, truth as the database tells it."""

    order_id: str
    repeat: int
    device_id: str
    broadcast_id: str
    frozen: bool | int
    relay: bool | int
    asked_ms: int
    starts_at: int
    start_due_at: int
    end_due_at: int
    state: str
    reached: str
    code: str | None
    started_at: int | None
    ended_at: int | None
    start_offset_us: int | None
    played_ms: int
    clock_doubtful: bool | int
    simulated: bool | int
    evidence_epoch: str | None
    evidence_seq: int | None

    @property
    def key(self) -> PlayKey:
        return self[:3]

    @property
    def folded(self) -> tuple[object, ...]:
        return self[-len(_FOLDED) :]


_WANTED = "WITH wanted (order_id, repeat, device_id) AS (VALUES ??)"
_OF_WANTED = "USING (order_id, repeat, device_id)"
_PLAYS_HELD = (
    f"{_WANTED} SELECT {', '.join(_Held._fields)} "  # noqa: S608 - the schema's names
    f"FROM wanted JOIN play {_OF_WANTED}"
)
_WORDS_ON_PLAYS = (
    f"{_WANTED} SELECT order_id, repeat, device_id, epoch, seq, entry, received_at "  # noqa: S608
    f"FROM wanted JOIN confirmation {_OF_WANTED} WHERE NOT quarantined"
)
_FOLD_PLAY = (
    f"UPDATE play SET {', '.join(f'{name} = ?' for name in (*_FOLDED, 'folded_at'))} "  # noqa: S608
    "WHERE order_id = ? AND repeat = ? AND device_id = ?"
)


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
    if not device_ids:
        return set()
    statement = "SELECT id, retired_at FROM device WHERE id IN ?? ORDER BY id"
    if connection.dialect.name == "postgresql":
        statement += " FOR NO KEY UPDATE"
    rows = rows_of(connection, statement, set(device_ids))
    return {device_id for device_id, retired_at in rows if retired_at is None}


def refold(
    connection: Connection,
    keys: Collection[PlayKey],
    *,
    now: datetime,
    read: Mapping[WordKey, Confirmation] = _NOTHING_READ,
) -> int:
    """Fold these plays again and write those that changed; they must be locked.

    What is in `read` was stored in this transaction, and is not read from the database again.
    """
    changes: list[_Change] = []
    for some in chunks(sorted(keys)):
        changes += _changes(connection, some, now=now, read=read)
    _write(connection, changes, now=now)
    silent = PlayState.NOT_CONFIRMED
    turned = {
        change.owed
        for change in changes
        if (change.before == silent) != (change.after.state == silent)
    }
    sync_alerts(connection, turned, now=now)
    mark_coverage(connection, {change.owed[0] for change in changes if change.frozen})
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


def _changes(
    connection: Connection,
    keys: Sequence[PlayKey],
    *,
    now: datetime,
    read: Mapping[WordKey, Confirmation],
) -> list[_Change]:
    words = _words(connection, keys, read)
    changes: list[_Change] = []
    for held in _rows(connection, keys):
        folded = fold(_expected(held), words[held.key], now=now)
        if _as_kept(folded) != held.folded:
            owed = (held.broadcast_id, held.device_id)
            changes.append(_Change(held.key, owed, held.state, bool(held.frozen), folded))
    return changes


def _rows(connection: Connection, keys: Sequence[PlayKey]) -> list[_Held]:
    return [_Held(*row) for row in rows_of(connection, _PLAYS_HELD, set(keys))]


def _words(
    connection: Connection, keys: Sequence[PlayKey], read: Mapping[WordKey, Confirmation]
) -> dict[PlayKey, list[Word]]:
    rows = rows_of(connection, _WORDS_ON_PLAYS, set(keys))
    words: dict[PlayKey, list[Word]] = {key: [] for key in keys}
    for order, repeat, device, epoch, seq, entry, received_at in rows:
        said = read.get((device, epoch, seq)) or _READ.decode(entry_octets(entry))
        words[order, repeat, device].append(Word(_name_of(epoch), said, from_ms(received_at)))
    return words


def _expected(held: _Held) -> Expected:
    return Expected(
        simulated=bool(held.simulated),
        relay=bool(held.relay),
        asked_ms=held.asked_ms,
        starts_at=from_ms(held.starts_at),
        start_due_at=from_ms(held.start_due_at),
        end_due_at=from_ms(held.end_due_at),
    )


def _write(connection: Connection, changes: Sequence[_Change], *, now: datetime) -> None:
    at_ms = to_ms(now)
    execute_many(
        connection,
        _FOLD_PLAY,
        [(*_as_kept(change.after), at_ms, *change.key) for change in changes],
    )


def _as_kept(folded: Fold) -> tuple[object, ...]:
    """What is folded, in the order of its columns and as the driver takes it."""
    return (
        str(folded.state),
        str(folded.reached),
        folded.code,
        _kept_instant(folded.started_at),
        _kept_instant(folded.ended_at),
        folded.start_offset_us,
        folded.played_ms,
        folded.clock_doubtful,
        folded.simulated,
        folded.evidence_epoch,
        folded.evidence_seq,
    )


def _kept_instant(instant: datetime | None) -> int | None:
    return None if instant is None else to_ms(instant)

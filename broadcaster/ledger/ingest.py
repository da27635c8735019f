"""Ingest: from what came over the wire to durable confirmations, plays and receipts.

One transaction for a batch of deliveries, indifferent to their order and to repetition: evidence
and confirmations are inserted by key, the heads of journals move over what is contiguous and
verified, and a receipt says how far. What breaks the contract becomes an incident beside them.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from msgspec import UNSET
from nacl.signing import VerifyKey
from sqlalchemy import Connection
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.audit.roots import newest_root
from broadcaster.database.columns import to_ms
from broadcaster.ledger.bulk import connection_of, execute_many, insert_tuples_once
from broadcaster.ledger.epochs import look_at_epochs
from broadcaster.ledger.health import store_health
from broadcaster.ledger.incidents import record_incidents
from broadcaster.ledger.journals import (
    Journal,
    JournalKey,
    advance,
    load_journals,
)
from broadcaster.ledger.opening import (
    UNKNOWN_DEVICE,
    Opened,
    OpenedBatch,
    OpenedEntry,
    OpenedHealth,
    OpenedStatus,
    Refused,
    open_delivery,
)
from broadcaster.ledger.plays import PlayKey, WordKey, lock_devices, refold
from broadcaster.ledger.repeated_roots import contradicted
from broadcaster.ledger.statuses import store_statuses
from broadcaster.ledger.tables import BATCHES, CONFIRMATIONS
from broadcaster.wire import Delivery
from devices.protocol.messages import AuditRoot, Confirmation, Receipt

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a batch of deliveries came to; the receipts may go out once it is committed."""

    new: int = 0
    duplicates: int = 0
    refused: int = 0
    statuses: int = 0
    health: int = 0
    plays_changed: int = 0
    receipts: tuple[Receipt, ...] = ()


_CONFIRMATION_COLUMNS = (
    "device_id", "epoch", "seq", "prev_sha256", "entry_sha256", "entry", "kind", "order_id",
    "repeat", "batch_sha256", "received_at", "quarantined",
)  # fmt: skip
_BATCH_COLUMNS = ("sha256", "device_id", "message", "received_at")
_MOVE_HEADS = """
    INSERT INTO journal_head (device_id, epoch, seq, chain_sha256, moved_at)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (device_id, epoch) DO UPDATE SET
        seq = excluded.seq, chain_sha256 = excluded.chain_sha256, moved_at = excluded.moved_at
    WHERE excluded.seq > journal_head.seq
"""


@dataclass(slots=True)
class _Brought:
    """What the batches together brought, before it is written."""

    new: list[tuple[OpenedBatch, Sequence[OpenedEntry]]] = field(default_factory=list)
    refusals: list[Refused] = field(default_factory=list)
    duplicates: int = 0

    @property
    def plays(self) -> set[PlayKey]:
        """The plays of which something is said."""
        return {
            (each.said.order, each.said.repeat, opened.batch.device)
            for opened, entries in self.new
            for each in entries
            if each.said.order is not None
        }

    @property
    def said(self) -> dict[WordKey, Confirmation]:
        """What was read already, by the keys under which it is stored."""
        said: dict[WordKey, Confirmation] = {}
        for opened, entries in self.new:
            device, epoch = opened.batch.device, opened.epoch
            for each in entries:
                said[device, epoch, each.said.seq] = each.said
        return said


def store(
    session: Session,
    deliveries: Sequence[Delivery],
    *,
    now: datetime,
    keys: Mapping[str, VerifyKey],
    station: Station,
) -> Stored:
    """Verify and store deliveries in the caller's transaction; return the receipts due.

    `keys` are those of the devices enrolled. Nothing that a device says raises: what is wrong
    with it becomes an incident.
    """
    opened = open_deliveries(deliveries, keys=keys, station=station)
    return store_opened(session, opened, now=now, station=station)


def open_deliveries(
    deliveries: Sequence[Delivery], *, keys: Mapping[str, VerifyKey], station: Station
) -> list[Opened]:
    """Verify deliveries: half of all the work, and none of it needs the database."""
    return [open_delivery(each, keys=keys, station=station) for each in deliveries]


def store_opened(
    session: Session, opened: Sequence[Opened], *, now: datetime, station: Station
) -> Stored:
    """Store what was verified before, in the caller's transaction; return the receipts due."""
    connection = connection_of(session)
    enrolled = lock_devices(connection, {_device(each) for each in opened} - {""})
    batches = [o for o in opened if isinstance(o, OpenedBatch) and _device(o) in enrolled]
    journals = load_journals(connection, batches, station_id=station.id)
    brought = _accept(batches, journals)
    brought.refusals += [each for each in opened if isinstance(each, Refused)]
    brought.refusals += _of_retired(opened, enrolled)
    standing = look_at_epochs(connection, batches, journals, now=now)
    brought.refusals += standing.incidents
    rows = _rows(brought, standing.quarantined, now=now)
    insert_tuples_once(connection, BATCHES, _BATCH_COLUMNS, _evidence(brought, now=now))
    insert_tuples_once(connection, CONFIRMATIONS, _CONFIRMATION_COLUMNS, rows)
    _move_heads(connection, journals, now=now)
    plays_changed = refold(connection, brought.plays, now=now, read=brought.said)
    statuses = [o for o in opened if isinstance(o, OpenedStatus) and _device(o) in enrolled]
    brought.refusals += contradicted(connection, statuses)
    changed = store_statuses(connection, [each.status for each in statuses], now=now)
    health = [o.health for o in opened if isinstance(o, OpenedHealth) and _device(o) in enrolled]
    record_incidents(connection, brought.refusals, now=now)
    root = newest_root(connection)
    return Stored(
        new=len(rows),
        duplicates=brought.duplicates,
        refused=len(brought.refusals),
        statuses=changed,
        health=store_health(connection, health, now=now),
        plays_changed=plays_changed,
        receipts=tuple(
            _receipt(journal, station_id=station.id, now=now, root=root)
            for journal in journals.values()
            if journal.seq
        ),
    )


def _device(opened: object) -> str:
    match opened:
        case OpenedBatch():
            return opened.batch.device
        case OpenedStatus():
            return opened.status.device
        case OpenedHealth():
            return opened.health.device
    return ""


def _accept(batches: Sequence[OpenedBatch], journals: Mapping[JournalKey, Journal]) -> _Brought:
    brought = _Brought()
    for opened in batches:
        batch = opened.batch
        accepted = journals[batch.device, batch.epoch].accept(opened)
        brought.duplicates += accepted.duplicates
        if accepted.violation:
            brought.refusals.append(_violation(opened, accepted.violation))
        if accepted.new:
            brought.new.append((opened, accepted.new))
    return brought


def _evidence(brought: _Brought, *, now: datetime) -> list[tuple[Any, ...]]:
    at_ms = to_ms(now)
    return [(opened.sha256, opened.batch.device, opened.kept, at_ms) for opened, _ in brought.new]


def _rows(
    brought: _Brought, quarantined: Container[JournalKey], *, now: datetime
) -> list[tuple[Any, ...]]:
    at_ms = to_ms(now)
    rows: list[tuple[Any, ...]] = []
    for opened, entries in brought.new:
        device, lost = opened.batch.device, (opened.batch.device, opened.batch.epoch) in quarantined
        epoch, batch = opened.epoch, opened.sha256
        rows += [
            (
                device, epoch, said.seq, prev, sha256, kept,
                said.kind.value, said.order, said.repeat, batch, at_ms, lost,
            )
            for said, sha256, prev, kept in entries
        ]  # fmt: skip
    return rows


def _violation(opened: OpenedBatch, violation: tuple[str, int]) -> Refused:
    code, seq = violation
    detail = f"epoch {opened.batch.epoch}, entry {seq}"
    return Refused(opened.batch.device, code, detail, opened.payload, signed=True)


def _of_retired(opened: Sequence[object], enrolled: set[str]) -> list[Refused]:
    """What comes from a device that was retired after the keys were read."""
    return [
        Refused(_device(each), UNKNOWN_DEVICE, "retired", each.payload)
        for each in opened
        if isinstance(each, OpenedBatch | OpenedStatus | OpenedHealth)
        and _device(each) not in enrolled
    ]


def _move_heads(
    connection: Connection, journals: Mapping[JournalKey, Journal], *, now: datetime
) -> None:
    advance(connection, journals)
    at_ms = to_ms(now)
    moved = [
        (journal.device_id, journal.epoch, journal.seq, journal.chain.hex(), at_ms)
        for journal in journals.values()
        if journal.moved
    ]
    execute_many(connection, _MOVE_HEADS, moved)


def _receipt(
    journal: Journal, *, station_id: str, now: datetime, root: AuditRoot | None
) -> Receipt:
    return Receipt(
        station=station_id,
        device=journal.device_id,
        epoch=journal.epoch,
        seq=journal.seq,
        chain=journal.chain.hex(),
        issued_at_ms=to_ms(now),
        audit_root=root or UNSET,
    )

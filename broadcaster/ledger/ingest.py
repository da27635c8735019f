"""Ingest: from what came over the wire to durable confirmations, plays and receipts.

One transaction for a batch of deliveries, indifferent to their order and to repetition: evidence
and confirmations are inserted by key, the heads of journals move over what is contiguous and
verified, and a receipt says how far. What breaks the contract becomes an incident beside them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from nacl.signing import VerifyKey
from sqlalchemy import Connection
from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.database.columns import to_ms
from broadcaster.ledger.bulk import connection_of, insert_once, insert_or_replace
from broadcaster.ledger.epochs import look_at_epochs
from broadcaster.ledger.health import store_health
from broadcaster.ledger.incidents import record_incidents
from broadcaster.ledger.journals import (
    Accepted,
    Journal,
    JournalKey,
    links_after,
    load_journals,
)
from broadcaster.ledger.opening import (
    UNKNOWN_DEVICE,
    OpenedBatch,
    OpenedHealth,
    OpenedStatus,
    Refused,
    open_delivery,
)
from broadcaster.ledger.plays import PlayKey, lock_devices, refold
from broadcaster.ledger.statuses import store_statuses
from broadcaster.ledger.tables import BATCHES, CONFIRMATIONS, HEADS
from broadcaster.wire import Delivery
from devices.protocol.messages import Receipt

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


@dataclass(slots=True)
class _Brought:
    """What the batches together brought, before it is written."""

    evidence: list[dict[str, Any]] = field(default_factory=list)
    confirmations: list[dict[str, Any]] = field(default_factory=list)
    plays: set[PlayKey] = field(default_factory=set)
    refusals: list[Refused] = field(default_factory=list)
    duplicates: int = 0


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
    opened = [open_delivery(each, keys=keys, station=station) for each in deliveries]
    connection = connection_of(session)
    enrolled = lock_devices(connection, {_device(each) for each in opened} - {""})
    batches = [o for o in opened if isinstance(o, OpenedBatch) and _device(o) in enrolled]
    journals = load_journals(connection, batches, station_id=station.id)
    brought = _accept(batches, journals, now=now)
    brought.refusals += [each for each in opened if isinstance(each, Refused)]
    brought.refusals += _of_retired(opened, enrolled)
    standing = look_at_epochs(connection, batches, journals, now=now)
    brought.refusals += standing.incidents
    for row in brought.confirmations:
        row["quarantined"] = (row["device_id"], row["epoch"]) in standing.quarantined
    insert_once(connection, BATCHES, brought.evidence)
    insert_once(connection, CONFIRMATIONS, brought.confirmations)
    _move_heads(connection, journals, now=now)
    plays_changed = refold(connection, brought.plays, now=now)
    statuses = [o.status for o in opened if isinstance(o, OpenedStatus) and _device(o) in enrolled]
    changed = store_statuses(connection, statuses, now=now)
    health = [o.health for o in opened if isinstance(o, OpenedHealth) and _device(o) in enrolled]
    record_incidents(connection, brought.refusals, now=now)
    return Stored(
        new=len(brought.confirmations),
        duplicates=brought.duplicates,
        refused=len(brought.refusals),
        statuses=changed,
        health=store_health(connection, health, now=now),
        plays_changed=plays_changed,
        receipts=tuple(
            _receipt(journal, station_id=station.id, now=now)
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


def _accept(
    batches: Sequence[OpenedBatch], journals: Mapping[JournalKey, Journal], *, now: datetime
) -> _Brought:
    brought = _Brought()
    for opened in batches:
        batch = opened.batch
        accepted = journals[batch.device, batch.epoch].accept(opened)
        brought.duplicates += accepted.duplicates
        if accepted.violation:
            brought.refusals.append(_violation(opened, accepted.violation))
        if accepted.new:
            _take(brought, opened, accepted, now=now)
    return brought


def _take(brought: _Brought, opened: OpenedBatch, accepted: Accepted, *, now: datetime) -> None:
    batch = opened.batch
    brought.evidence.append(
        {
            "sha256": opened.sha256,
            "device_id": batch.device,
            "message": opened.payload,
            "received_at": now,
        }
    )
    for new in accepted.new:
        said = new.confirmation
        brought.confirmations.append(
            {
                "device_id": batch.device,
                "epoch": batch.epoch,
                "seq": said.seq,
                "prev_sha256": said.prev,
                "entry_sha256": new.sha256,
                "entry": new.entry,
                "kind": said.kind.value,
                "order_id": said.order,
                "repeat": said.repeat,
                "batch_sha256": opened.sha256,
                "received_at": now,
            }
        )
        if said.order is not None:
            brought.plays.add((said.order, said.repeat, batch.device))


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
    for journal in journals.values():
        journal.advance(links_after(connection, journal))
    insert_or_replace(
        connection,
        HEADS,
        [
            {
                "device_id": journal.device_id,
                "epoch": journal.epoch,
                "seq": journal.seq,
                "chain_sha256": journal.chain,
                "moved_at": now,
            }
            for journal in journals.values()
            if journal.moved
        ],
        only_if_greater="seq",
    )


def _receipt(journal: Journal, *, station_id: str, now: datetime) -> Receipt:
    return Receipt(
        station=station_id,
        device=journal.device_id,
        epoch=journal.epoch,
        seq=journal.seq,
        chain=journal.chain,
        issued_at_ms=to_ms(now),
    )

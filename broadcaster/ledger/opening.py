"""Opening what devices say: signature, address and shape, before anything is believed.

Pure. Whatever breaks the contract comes out as a `Refused`, with what is needed to keep it as
evidence; it is never counted, and it never stops the ingest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from nacl.signing import VerifyKey

from broadcaster.areas.tables import Station
from broadcaster.database.kept_entries import packed_entry
from broadcaster.database.signed_messages import packed_parts
from broadcaster.wire import Delivery
from devices.errors import ContractViolation, WrongAddress
from devices.protocol.chain import read_hashed_entries
from devices.protocol.envelope import open_batch_to_keep, open_from_device
from devices.protocol.messages import Ask, Batch, Confirmation, Health, Status
from devices.protocol.topics import FromDevice, Upward, parse_from_device

Said = TypeVar("Said", Status, Health, Ask)

UNKNOWN_DEVICE = "unknown_device"
SIMULATED_IN_SERVICE = "simulated_in_service"


class OpenedEntry(NamedTuple):
    """A well-formed entry: what it says, its hash and the one that it names before it, as octets.

    `kept` is the entry as the ledger keeps it.
    """

    said: Confirmation
    sha256: bytes
    prev: bytes
    kept: bytes


@dataclass(frozen=True, slots=True)
class OpenedBatch:
    """A signed batch whose entries are well-formed and chained among themselves.

    `kept` is its message as the ledger keeps it; its hash and its epoch are octets.
    """

    sha256: bytes
    epoch: bytes
    payload: bytes
    kept: bytes
    batch: Batch
    entries: Sequence[OpenedEntry]


@dataclass(frozen=True, slots=True)
class OpenedStatus:
    """A signed status."""

    payload: bytes
    status: Status


@dataclass(frozen=True, slots=True)
class OpenedHealth:
    """A signed word on what a device measured."""

    payload: bytes
    health: Health


@dataclass(frozen=True, slots=True)
class Refused:
    """What was said and cannot be counted. `signed` means that a device must answer for it."""

    device_id: str | None
    code: str
    detail: str
    payload: bytes
    signed: bool = False


Opened = OpenedBatch | OpenedStatus | OpenedHealth | Refused | None


def open_delivery(delivery: Delivery, *, keys: Mapping[str, VerifyKey], station: Station) -> Opened:
    """Verify one message; None for a question, of which nothing is kept."""
    try:
        said_by = parse_from_device(delivery.topic)
    except ContractViolation as violation:
        return _refused(None, violation, delivery.payload)
    key = keys.get(said_by.device)
    if key is None:
        return Refused(said_by.device, UNKNOWN_DEVICE, delivery.topic, delivery.payload)
    try:
        return _open(delivery.payload, said_by, key=key, station=station)
    except ContractViolation as violation:
        return _refused(said_by.device, violation, delivery.payload)


def _open(payload: bytes, said_by: FromDevice, *, key: VerifyKey, station: Station) -> Opened:
    if said_by.station != station.id:
        raise WrongAddress(said_by.station)
    match said_by.what:
        case Upward.CONFIRM:
            return _open_batch(payload, said_by, key=key, station=station)
        case Upward.STATUS:
            status = _said(payload, Status, said_by, key=key)
            if status.simulated and not station.rehearsal:
                return _simulated(said_by.device, payload)
            return OpenedStatus(payload, status)
        case Upward.HEALTH:
            health = _said(payload, Health, said_by, key=key)
            if health.simulated and not station.rehearsal:
                return _simulated(said_by.device, payload)
            return OpenedHealth(payload, health)
        case Upward.ASK:
            _said(payload, Ask, said_by, key=key)
            return None


def _open_batch(payload: bytes, said_by: FromDevice, *, key: VerifyKey, station: Station) -> Opened:
    batch, parts = open_batch_to_keep(
        payload, station=said_by.station, device=said_by.device, key=key
    )
    confirmations = read_hashed_entries(batch)
    if not station.rehearsal and any(each.simulated for each, _ in confirmations):
        return _simulated(said_by.device, payload)
    # What is kept is made here, where no transaction waits for it.
    return OpenedBatch(
        sha256=hashlib.sha256(payload).digest(),
        epoch=bytes.fromhex(batch.epoch),
        payload=payload,
        kept=packed_parts(parts.header, parts.payload, parts.signature),
        batch=batch,
        entries=[
            OpenedEntry(said, bytes.fromhex(sha256), bytes.fromhex(said.prev), packed_entry(entry))
            for (said, sha256), entry in zip(confirmations, batch.entries, strict=True)
        ],
    )


def _said(payload: bytes, kind: type[Said], said_by: FromDevice, *, key: VerifyKey) -> Said:
    return open_from_device(payload, kind, station=said_by.station, device=said_by.device, key=key)


def _simulated(device_id: str, payload: bytes) -> Refused:
    return Refused(
        device_id, SIMULATED_IN_SERVICE, "this station is no rehearsal", payload, signed=True
    )


def _refused(device_id: str | None, violation: ContractViolation, payload: bytes) -> Refused:
    return Refused(device_id, violation.code, violation.detail, payload)

"""Opening what devices say: signature, address and shape, before anything is believed.

Pure. Whatever breaks the contract comes out as a `Refused`, with what is needed to keep it as
evidence; it is never counted, and it never stops the ingest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nacl.signing import VerifyKey

from broadcaster.areas.tables import Station
from broadcaster.wire import Delivery
from devices.errors import ContractViolation, WrongAddress
from devices.protocol.chain import read_entries
from devices.protocol.envelope import open_batch, open_status
from devices.protocol.messages import Batch, Confirmation, Status
from devices.protocol.topics import FromDevice, Upward, parse_from_device

UNKNOWN_DEVICE = "unknown_device"
SIMULATED_IN_SERVICE = "simulated_in_service"


@dataclass(frozen=True, slots=True)
class OpenedBatch:
    """A signed batch whose entries are well-formed and chained among themselves."""

    sha256: str
    payload: bytes
    batch: Batch
    confirmations: Sequence[Confirmation]


@dataclass(frozen=True, slots=True)
class OpenedStatus:
    """A signed status."""

    payload: bytes
    status: Status


@dataclass(frozen=True, slots=True)
class Refused:
    """What was said and cannot be counted. `signed` means that a device must answer for it."""

    device_id: str | None
    code: str
    detail: str
    payload: bytes
    signed: bool = False


Opened = OpenedBatch | OpenedStatus | Refused | None


def open_delivery(delivery: Delivery, *, keys: Mapping[str, VerifyKey], station: Station) -> Opened:
    """Verify one message; None for a kind that the ledger does not keep."""
    try:
        said_by = parse_from_device(delivery.topic)
    except ContractViolation as violation:
        return _refused(None, violation, delivery.payload)
    if said_by.what is Upward.HEALTH:
        return None
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
    if said_by.what is Upward.STATUS:
        status = open_status(payload, station=station.id, device=said_by.device, key=key)
        if status.simulated and not station.rehearsal:
            return _simulated(said_by.device, payload)
        return OpenedStatus(payload, status)
    batch = open_batch(payload, station=station.id, device=said_by.device, key=key)
    confirmations = read_entries(batch)
    if not station.rehearsal and any(each.simulated for each in confirmations):
        return _simulated(said_by.device, payload)
    return OpenedBatch(hashlib.sha256(payload).hexdigest(), payload, batch, confirmations)


def _simulated(device_id: str, payload: bytes) -> Refused:
    return Refused(
        device_id, SIMULATED_IN_SERVICE, "this station is no rehearsal", payload, signed=True
    )


def _refused(device_id: str | None, violation: ContractViolation, payload: bytes) -> Refused:
    return Refused(device_id, violation.code, violation.detail, payload)

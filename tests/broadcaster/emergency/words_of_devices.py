"""What devices say of an emergency, put into the ledger's table as ingest would have stored it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, func, select

from broadcaster.database.columns import to_ms
from broadcaster.emergency.tables import EmergencyOrder, EmergencyPart
from broadcaster.fleet.tables import Device
from broadcaster.ledger.tables import ConfirmationBatch, ConfirmationRow
from devices.protocol.messages import Confirmation, Kind, encode

EPOCH = "ef" * 16
ZEROS = "0" * 64


def let_say(
    session: Session,
    device_id: str,
    emergency_id: str,
    *kinds: Kind,
    at: datetime,
    part: str = "message",
    repeat: int = 0,
    code: str | None = None,
) -> None:
    """Let a device say these things of a part, all at one instant."""
    device = session.get_one(Device, device_id)
    order_id = session.exec(
        select(EmergencyOrder.id)
        .join(EmergencyPart)
        .where(
            EmergencyPart.emergency_id == emergency_id,
            EmergencyPart.kind == part,
            EmergencyOrder.cluster_id == device.cluster_id,
        )
    ).one()
    for kind in kinds:
        _say(session, device_id, order_id, kind, at=at, repeat=repeat, code=code)


def let_all_say(
    session: Session,
    device_ids: Sequence[str],
    emergency_id: str,
    *kinds: Kind,
    at: datetime,
    part: str = "message",
) -> None:
    """Let many say the same."""
    for device_id in device_ids:
        let_say(session, device_id, emergency_id, *kinds, at=at, part=part)


def _say(
    session: Session,
    device_id: str,
    order_id: str,
    kind: Kind,
    *,
    at: datetime,
    repeat: int,
    code: str | None,
) -> None:
    seq = 1 + (
        session.exec(
            select(func.max(ConfirmationRow.seq)).where(ConfirmationRow.device_id == device_id)
        ).one()
        or 0
    )
    said = Confirmation(
        seq=seq,
        prev=ZEROS,
        kind=kind,
        at_ms=to_ms(at),
        order=order_id,
        repeat=repeat,
        code=code,
        first_sample_at_us=to_ms(at) * 1_000 if kind is Kind.TONE_STARTED else None,
    )
    digest = hashlib.sha256(f"{device_id} {seq}".encode()).hexdigest()
    session.add(ConfirmationBatch(sha256=digest, device_id=device_id, message=b"", received_at=at))
    session.flush()
    session.add(
        ConfirmationRow(
            device_id=device_id,
            epoch=EPOCH,
            seq=seq,
            prev_sha256=ZEROS,
            entry_sha256=ZEROS,
            entry=encode(said).decode(),
            kind=kind,
            order_id=order_id,
            repeat=repeat,
            batch_sha256=digest,
            received_at=at,
        )
    )
    session.flush()

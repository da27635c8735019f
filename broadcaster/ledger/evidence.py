"""One confirmation followed down to what the device signed, and whether it holds at this moment."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey
from sqlalchemy import Row, exists, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from broadcaster.fleet.tables import Device, DeviceShare, JoinedDevice
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.tables import BATCHES, CONFIRMATIONS, PLAYS, SHARES
from devices.errors import ContractViolation
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.envelope import open_from_device
from devices.protocol.jws import key_id
from devices.protocol.messages import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One entry of a device's journal as the ledger holds it."""

    seq: int
    kind: str
    entry: str
    entry_sha256: str
    prev_sha256: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A confirmation, the signed batch that brought it, and its neighbours in the journal.

    `signature_holds`: the device's registered key signed the batch, and the batch holds exactly
    this entry. `chain_holds`: hash and links agree with the neighbours that are held.
    """

    device_id: str
    device_name: str
    cluster_id: str
    epoch: str
    statement: Statement
    order_id: str | None
    repeat: int
    broadcast_id: str | None
    before: Statement | None
    after: Statement | None
    batch_sha256: str
    batch: str
    public_key: str
    key_id: str
    signature_holds: bool
    chain_holds: bool


def device_evidence(
    session: Session, device_id: str, epoch: str, seq: int, *, villages: frozenset[str] | None
) -> Evidence | None:
    """The evidence of one confirmation; None when there is none or it is not theirs to see."""
    device = session.get(Device, device_id)
    if device is None or not _in_view(session, device_id, villages):
        return None
    connection = connection_of(session)
    c = CONFIRMATIONS.c
    around = {
        row.seq: row
        for row in connection.execute(
            select(CONFIRMATIONS).where(
                c.device_id == device_id, c.epoch == epoch, c.seq.between(seq - 1, seq + 1)
            )
        )
    }
    row = around.get(seq)
    if row is None:
        return None
    message = connection.execute(
        select(BATCHES.c.message).where(BATCHES.c.sha256 == row.batch_sha256)
    ).scalar_one()
    broadcast_id = connection.execute(
        select(PLAYS.c.broadcast_id).where(
            PLAYS.c.order_id == row.order_id,
            PLAYS.c.repeat == row.repeat,
            PLAYS.c.device_id == device_id,
        )
    ).scalar()
    key = VerifyKey(device.public_key.encode(), encoder=HexEncoder)
    signs_as = _signs_as(session, device)
    return Evidence(
        device_id=device_id,
        device_name=device.name,
        cluster_id=device.cluster_id,
        epoch=epoch,
        statement=_statement(row),
        order_id=row.order_id,
        repeat=row.repeat,
        broadcast_id=broadcast_id,
        before=_statement(around[seq - 1]) if seq - 1 in around else None,
        after=_statement(around[seq + 1]) if seq + 1 in around else None,
        batch_sha256=row.batch_sha256,
        batch=message.decode(errors="replace"),
        public_key=device.public_key,
        key_id=key_id(key),
        signature_holds=_is_signed(row, message, signs_as=signs_as, key=key),
        chain_holds=_is_chained(row, around, signs_as=signs_as),
    )


def _in_view(session: Session, device_id: str, villages: frozenset[str] | None) -> bool:
    """Whether a device reaches, or reached on the day of a play, a village in view."""
    if villages is None:
        return True
    serves = session.exec(
        select_rows(DeviceShare.id).where(
            DeviceShare.device_id == device_id, col(DeviceShare.village_id).in_(villages)
        )
    ).first()
    if serves is not None:
        return True
    served = exists().where(SHARES.c.device_id == device_id, SHARES.c.village_id.in_(villages))
    return bool(connection_of(session).execute(select(served)).scalar())


def _statement(row: Row[Any]) -> Statement:
    return Statement(
        seq=row.seq,
        kind=row.kind,
        entry=row.entry,
        entry_sha256=row.entry_sha256,
        prev_sha256=row.prev_sha256,
        received_at=row.received_at,
    )


def _signs_as(session: Session, device: Device) -> tuple[str, str]:
    """The station and the id that it signs with: of one that came with a station, those there."""
    joined = session.get(JoinedDevice, device.id)
    if joined is None:
        return device.station_id, device.id
    return joined.joined_station_id, joined.signed_as


def _is_signed(row: Row[Any], message: bytes, *, signs_as: tuple[str, str], key: VerifyKey) -> bool:
    if hashlib.sha256(message).hexdigest() != row.batch_sha256:
        return False
    station, name = signs_as
    try:
        batch = open_from_device(message, Batch, station=station, device=name, key=key)
    except ContractViolation:
        return False
    place = row.seq - batch.first
    is_there = batch.epoch == row.epoch and 0 <= place < len(batch.entries)
    return bool(is_there and batch.entries[place] == row.entry)


def _is_chained(row: Row[Any], around: dict[int, Row[Any]], *, signs_as: tuple[str, str]) -> bool:
    before, after = around.get(row.seq - 1), around.get(row.seq + 1)
    if row.seq == 1:
        station, name = signs_as
        begins = genesis(station=station, device=name, epoch=row.epoch)
        follows = row.prev_sha256 == begins
    else:
        follows = before is None or row.prev_sha256 == before.entry_sha256
    is_named = after is None or after.prev_sha256 == row.entry_sha256
    return bool(entry_hash(row.entry) == row.entry_sha256 and follows and is_named)

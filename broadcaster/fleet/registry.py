"""The device registry: who is enrolled, with which key, in which cluster, reaching whom.

A retired device keeps its row, because the ledger's history refers to it; its key and its broker
login end with it. After a change the broker's file is written again (`credentials`).
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

import structlog
from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey
from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Station
from broadcaster.fleet.credentials import reserved_usernames
from broadcaster.fleet.errors import (
    DeviceEnrolled,
    DeviceKeyUnreadable,
    DeviceNameUnusable,
    SharesExceedVillage,
    SimulatedInService,
    UnknownDevice,
)
from broadcaster.fleet.tables import Device, DeviceShare
from devices.errors import WrongAddress
from devices.protocol.topics import check_name

log = structlog.get_logger()

_ROUNDING = 1e-9


def enrol(
    session: Session,
    *,
    device_id: str,
    cluster: Cluster,
    name: str,
    public_key_hex: str,
    broker_salt: str,
    broker_verifier: str,
    now: datetime,
    simulated: bool = False,
) -> Device:
    """Enrol a controller by its public key; the broker's verifier comes from `verifier_of`.

    Raises DeviceNameUnusable, DeviceKeyUnreadable, DeviceEnrolled or SimulatedInService.
    """
    station = session.get_one(Station, cluster.station_id)
    if simulated and not station.rehearsal:
        raise SimulatedInService(device_id)
    key = _read_key(public_key_hex)
    check_free(session, device_id, station_id=station.id)
    _check_key_free(session, device_id, key=key)
    device = Device(
        id=device_id,
        station_id=station.id,
        cluster_id=cluster.id,
        name=name,
        public_key=key,
        broker_salt=broker_salt,
        broker_verifier=broker_verifier,
        simulated=simulated,
        enrolled_at=now,
    )
    session.add(device)
    session.flush()
    log.info("device_enrolled", device_id=device_id, cluster_id=cluster.id, simulated=simulated)
    return device


def share_village(
    session: Session,
    *,
    village_id: str,
    share: float,
    device_id: str | None,
    valid_from: date,
    valid_until: date | None = None,
) -> DeviceShare:
    """Record the share of a village's residents that a pole reaches in `[valid_from, valid_until)`.

    Without a device it is a pole that cannot confirm: wired or FM. Raises SharesExceedVillage
    when on any day more than the whole village would be shared out. A retired device reaches
    nobody any more: what takes its place may have its share.
    """
    added = DeviceShare(
        device_id=device_id,
        village_id=village_id,
        share=share,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    standing = session.exec(
        select(DeviceShare)
        .join(Device, col(Device.id) == col(DeviceShare.device_id), isouter=True)
        .where(DeviceShare.village_id == village_id, col(Device.retired_at).is_(None))
    ).all()
    if not 0 < share <= 1 or most_shared([*standing, added]) > 1 + _ROUNDING:
        raise SharesExceedVillage(village_id)
    session.add(added)
    session.flush()
    return added


def most_shared(shares: Sequence[DeviceShare]) -> float:
    """The largest sum that these shares reach on any one day."""
    return max(
        sum(each.share for each in shares if holds_on(each, day=begin))
        for begin in {each.valid_from for each in shares}
    )


def holds_on(share: DeviceShare, *, day: date) -> bool:
    """Whether a share holds on that day; the interval is half-open."""
    return share.valid_from <= day and (share.valid_until is None or day < share.valid_until)


def held_on(day: date) -> ColumnElement[bool]:
    """The same, asked of the table."""
    return and_(
        col(DeviceShare.valid_from) <= day,
        col(DeviceShare.valid_until).is_(None) | (col(DeviceShare.valid_until) > day),
    )


def devices_of(session: Session, cluster_ids: Collection[str]) -> Sequence[Device]:
    """The devices in these clusters that are not retired, in a stable order."""
    return session.exec(
        select(Device)
        .where(col(Device.cluster_id).in_(cluster_ids), col(Device.retired_at).is_(None))
        .order_by(col(Device.cluster_id), col(Device.id))
    ).all()


def enrolled_devices(session: Session, station_id: str) -> Sequence[Device]:
    """All devices of a station that are not retired."""
    return session.exec(
        select(Device)
        .where(Device.station_id == station_id, col(Device.retired_at).is_(None))
        .order_by(col(Device.id))
    ).all()


class KnownDevice(NamedTuple):
    """A device in service by name: a province has ten thousand."""

    id: str
    name: str
    cluster_id: str


def known_devices(
    session: Session,
    station_id: str,
    *,
    of_clusters: Collection[str] | None = None,
    beside: Collection[str] = (),
) -> Sequence[KnownDevice]:
    """The devices of a station, or of some clusters, that are not retired, by their ids.

    `beside` names devices that are wanted whichever cluster they are of.
    """
    wanted = (
        select(Device.id, Device.name, Device.cluster_id)
        .where(Device.station_id == station_id, col(Device.retired_at).is_(None))
        .order_by(col(Device.id))
    )
    if of_clusters is not None:
        wanted = wanted.where(
            or_(col(Device.cluster_id).in_(of_clusters), col(Device.id).in_(beside))
        )
    return [KnownDevice(*row) for row in session.exec(wanted)]


def device_in_service(
    session: Session, device_id: str, *, station_id: str, locked: bool = False
) -> Device:
    """A device of this station that is not retired; raise UnknownDevice.

    Two people may change it at once: `locked` lets the second wait for the first.
    """
    device = session.get(Device, device_id, with_for_update=locked or None)
    if device is None or device.station_id != station_id or device.retired_at is not None:
        raise UnknownDevice(device_id)
    return device


def device_ever(session: Session, device_id: str, *, station_id: str) -> Device:
    """A device that is or was in service of this station; raise UnknownDevice."""
    device = session.get(Device, device_id)
    if device is None or device.station_id != station_id:
        raise UnknownDevice(device_id)
    return device


def verify_keys(session: Session, station_id: str) -> dict[str, VerifyKey]:
    """The public key of each device that is not retired."""
    rows = session.exec(
        select(Device.id, Device.public_key).where(
            Device.station_id == station_id, col(Device.retired_at).is_(None)
        )
    )
    return {
        device_id: VerifyKey(public_key.encode(), encoder=HexEncoder)
        for device_id, public_key in rows
    }


def retire(session: Session, device_id: str, *, now: datetime) -> Device:
    """End a device's enrolment; raise UnknownDevice. Its history stays as it was.

    Its login ends when the broker's file is written after the commit.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise UnknownDevice(device_id)
    if device.retired_at is None:
        device.retired_at = now
        session.flush()
        log.info("device_retired", device_id=device_id)
    return device


def _read_key(public_key_hex: str) -> str:
    try:
        key = VerifyKey(public_key_hex.strip().encode(), encoder=HexEncoder)
    except (ValueError, TypeError) as error:
        raise DeviceKeyUnreadable(field="public_key") from error
    return key.encode(HexEncoder).decode()


def check_free(session: Session, device_id: str, *, station_id: str) -> None:
    """Raise DeviceNameUnusable or DeviceEnrolled unless a new device may have this id."""
    try:
        check_name(device_id)
    except WrongAddress as error:
        raise DeviceNameUnusable(device_id, field="device_id") from error
    if device_id in reserved_usernames(station_id):
        raise DeviceNameUnusable(device_id, field="device_id")
    if session.get(Device, device_id) is not None:
        raise DeviceEnrolled(device_id, field="device_id")


def _check_key_free(session: Session, device_id: str, *, key: str) -> None:
    taken = session.exec(select(Device.id).where(Device.public_key == key)).first()
    if taken is not None:
        raise DeviceEnrolled(device_id)

"""The devices in service with what they last said: for a plain list, not a diagnosis."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Village
from broadcaster.fleet.registry import holds_on
from broadcaster.fleet.tables import Device, DeviceShare, DeviceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """One device. `online` is None for one that was never heard of."""

    device_id: str
    name: str
    cluster_id: str
    cluster_name: str
    villages: Sequence[str]
    simulated: bool
    online: bool | None
    said_at: datetime | None
    software: str | None
    plan_version: int | None
    enrolled_at: datetime


def device_lines(
    session: Session, *, station_id: str, day: date, only: str | None = None
) -> list[DeviceLine]:
    """The station's devices in service, cluster by cluster, with the villages that they reach.

    `only` asks for one device.
    """
    wanted = (
        select(Device, Cluster.name, DeviceStatus)
        .join(Cluster, col(Cluster.id) == col(Device.cluster_id))
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id), isouter=True)
        .where(Device.station_id == station_id, col(Device.retired_at).is_(None))
        .order_by(col(Cluster.position), col(Cluster.id), col(Device.name), col(Device.id))
    )
    if only is not None:
        wanted = wanted.where(Device.id == only)
    rows = session.exec(wanted).all()
    villages = _villages_reached(session, station_id=station_id, day=day)
    return [
        _line(device, cluster_name, status, villages=villages[device.id])
        for device, cluster_name, status in rows
    ]


def _line(
    device: Device, cluster_name: str, status: DeviceStatus | None, *, villages: Sequence[str]
) -> DeviceLine:
    return DeviceLine(
        device_id=device.id,
        name=device.name,
        cluster_id=device.cluster_id,
        cluster_name=cluster_name,
        villages=villages,
        simulated=device.simulated,
        online=status.online if status else None,
        said_at=status.said_at if status else None,
        software=status.software if status else None,
        plan_version=status.plan_version if status else None,
        enrolled_at=device.enrolled_at,
    )


def _villages_reached(session: Session, *, station_id: str, day: date) -> dict[str, list[str]]:
    rows = session.exec(
        select(DeviceShare, Village.name)
        .join(Village, col(Village.id) == col(DeviceShare.village_id))
        .join(Device, col(Device.id) == col(DeviceShare.device_id))
        .where(Device.station_id == station_id)
        .order_by(col(Village.position), col(Village.id))
    )
    reached: dict[str, list[str]] = defaultdict(list)
    for share, village in rows:
        if share.device_id and holds_on(share, day=day):
            reached[share.device_id].append(village)
    return reached

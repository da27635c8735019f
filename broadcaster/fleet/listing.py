"""The devices in service with what they last said: for a plain list, not a diagnosis."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Village
from broadcaster.fleet.registry import held_on
from broadcaster.fleet.tables import Device, DeviceShare, DeviceStatus


class Contact(StrEnum):
    """Whether a device can be reached, by its own newest word."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNHEARD = "unheard"


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSums:
    """How many devices in service stand in each contact."""

    online: int = 0
    offline: int = 0
    unheard: int = 0

    @property
    def devices(self) -> int:
        """All of them."""
        return self.online + self.offline + self.unheard

    def of(self, contact: Contact | None) -> int:
        """One contact's number, or all."""
        return self.devices if contact is None else int(getattr(self, contact))


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
    latitude: float | None = None
    longitude: float | None = None


def fleet_sums(session: Session, *, station_id: str, cluster_id: str = "") -> FleetSums:
    """How many devices of the station, or of one cluster, are connected, lost, never heard of."""
    counted = _of_station(
        core_select(col(DeviceStatus.online), func.count()).select_from(Device),
        station_id=station_id,
        cluster_id=cluster_id,
    ).group_by(col(DeviceStatus.online))
    found = {online: int(times) for online, times in session.connection().execute(counted)}
    return FleetSums(
        online=found.get(True, 0), offline=found.get(False, 0), unheard=found.get(None, 0)
    )


def device_lines(
    session: Session,
    *,
    station_id: str,
    day: date,
    only: str | None = None,
    cluster_id: str = "",
    contact: Contact | None = None,
    part: slice | None = None,
) -> list[DeviceLine]:
    """The station's devices in service, cluster by cluster, with the villages that they reach.

    `only` asks for one device, `cluster_id` and `contact` for some, `part` for a part of the list.
    """
    wanted = (
        _of_station(core_select(*_COLUMNS), station_id=station_id, cluster_id=cluster_id)
        .join(Cluster, col(Cluster.id) == col(Device.cluster_id))
        .order_by(col(Cluster.position), col(Cluster.id), col(Device.name), col(Device.id))
    )
    if only is not None:
        wanted = wanted.where(col(Device.id) == only)
    if contact is not None:
        wanted = wanted.where(_IN_CONTACT[contact])
    if part is not None:
        wanted = wanted.offset(part.start).limit(part.stop - part.start)
    rows = session.connection().execute(wanted).all()
    some = None if only is None and part is None else [row.id for row in rows]
    villages = _villages_reached(session, station_id=station_id, day=day, only=some)
    return [
        DeviceLine(
            device_id=row.id,
            name=row.name,
            cluster_id=row.cluster_id,
            cluster_name=row.cluster_name,
            villages=villages.get(row.id, ()),
            simulated=row.simulated,
            online=row.online,
            said_at=row.said_at,
            software=row.software,
            plan_version=row.plan_version,
            enrolled_at=row.enrolled_at,
            latitude=row.latitude,
            longitude=row.longitude,
        )
        for row in rows
    ]


_COLUMNS: list[Any] = [
    col(Device.id),
    col(Device.name),
    col(Device.cluster_id),
    col(Cluster.name).label("cluster_name"),
    col(Device.simulated),
    col(Device.enrolled_at),
    col(Device.latitude),
    col(Device.longitude),
    col(DeviceStatus.online),
    col(DeviceStatus.said_at),
    col(DeviceStatus.software),
    col(DeviceStatus.plan_version),
]
_IN_CONTACT: dict[Contact, ColumnElement[bool]] = {
    Contact.ONLINE: col(DeviceStatus.online).is_(True),
    Contact.OFFLINE: col(DeviceStatus.online).is_(False),
    Contact.UNHEARD: col(DeviceStatus.online).is_(None),
}


def _of_station(
    wanted: Any,  # noqa: ANN401 - a select of any columns
    *,
    station_id: str,
    cluster_id: str,
) -> Select[Any]:
    """The devices in service, each with what it last said."""
    found: Select[Any] = wanted.join(
        DeviceStatus, col(DeviceStatus.device_id) == col(Device.id), isouter=True
    ).where(col(Device.station_id) == station_id, col(Device.retired_at).is_(None))
    return found.where(col(Device.cluster_id) == cluster_id) if cluster_id else found


def _villages_reached(
    session: Session, *, station_id: str, day: date, only: Collection[str] | None
) -> dict[str, list[str]]:
    wanted = (
        select(DeviceShare.device_id, Village.name)
        .join(Village, col(Village.id) == col(DeviceShare.village_id))
        .join(Device, col(Device.id) == col(DeviceShare.device_id))
        .where(Device.station_id == station_id, held_on(day))
        .order_by(col(Village.position), col(Village.id))
    )
    if only is not None:
        wanted = wanted.where(col(DeviceShare.device_id).in_(only))
    reached: dict[str, list[str]] = defaultdict(list)
    for device_id, village in session.exec(wanted):
        if device_id:
            reached[device_id].append(village)
    return reached

"""One device: what it last said of itself, what it measured, and how it is to behave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from broadcaster.fleet.behaviour import Behaviour, behaviour_of
from broadcaster.fleet.listing import DeviceLine, device_lines
from broadcaster.fleet.registry import device_in_service
from broadcaster.fleet.tables import DeviceHealth, DeviceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDetail:
    """A device in service; `status` and `measured` are its own words, believed for nothing."""

    line: DeviceLine
    behaviour: Behaviour
    status: DeviceStatus | None
    measured: Mapping[str, Any] = field(default_factory=dict)
    measured_at: datetime | None = None


def device_detail(session: Session, device_id: str, *, station_id: str, day: date) -> DeviceDetail:
    """Everything that is known of a device; raise UnknownDevice."""
    device_in_service(session, device_id, station_id=station_id)
    (line,) = device_lines(session, station_id=station_id, day=day, only=device_id)
    health = session.get(DeviceHealth, device_id)
    return DeviceDetail(
        line=line,
        behaviour=behaviour_of(session, device_id),
        status=session.get(DeviceStatus, device_id),
        measured=health.said if health else {},
        measured_at=health.received_at if health else None,
    )

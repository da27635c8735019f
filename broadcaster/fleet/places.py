"""Where a device stands, as somebody entered it: degrees of latitude and longitude (WGS 84)."""

import re
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session

from broadcaster.audit import Act, record
from broadcaster.fleet.errors import PlaceUnusable
from broadcaster.fleet.registry import device_in_service

log = structlog.get_logger()

_WRITTEN = re.compile(r"\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*")


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the earth, in degrees; north and east are positive."""

    latitude: float
    longitude: float


def checked_place(latitude: float, longitude: float) -> Place:
    """A place that exists; raise PlaceUnusable."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise PlaceUnusable(f"{latitude}, {longitude}", field="place")
    return Place(latitude, longitude)


def read_place(typed: str) -> Place | None:
    """A place as maps hand it out, `10.3759, 105.4185`; None for nothing. Raise PlaceUnusable."""
    if not typed.strip():
        return None
    read = _WRITTEN.fullmatch(typed)
    if read is None:
        raise PlaceUnusable(typed[:60], field="place")
    return checked_place(float(read[1]), float(read[2]))


def written_place(latitude: float | None, longitude: float | None) -> str:
    """A place as `read_place` reads it; empty where none is known."""
    return "" if latitude is None or longitude is None else f"{latitude:.6f}, {longitude:.6f}"


def keep_place(
    session: Session,
    device_id: str,
    place: Place | None,
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> None:
    """Record where a device stands, or that nobody knows; raise UnknownDevice."""
    device = device_in_service(session, device_id, station_id=station_id, locked=True)
    device.latitude = place.latitude if place else None
    device.longitude = place.longitude if place else None
    session.add(device)
    session.flush()
    record(
        session,
        Act.DEVICE_PLACED,
        by=by or "",
        about=device_id,
        at=now,
        details={"place": written_place(device.latitude, device.longitude)},
    )
    log.info("device_place_changed", device_id=device_id, by=by)

"""Where a village lies on the map: in the middle of the loudspeakers that people hear there.

Nobody draws villages: what is entered is where each loudspeaker stands, and the rest follows.
"""

from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from broadcaster.fleet.places import Place
from broadcaster.fleet.registry import held_on
from broadcaster.fleet.tables import Device, DeviceShare


def village_places(session: Session, *, station_id: str, day: date) -> dict[str, Place]:
    """The place of each village on that day; one that no placed device reaches is left out."""
    rows = session.exec(
        select(DeviceShare.village_id, func.avg(Device.latitude), func.avg(Device.longitude))
        .join(Device, col(Device.id) == col(DeviceShare.device_id))
        .where(
            Device.station_id == station_id,
            col(Device.retired_at).is_(None),
            col(Device.latitude).is_not(None),
            col(Device.longitude).is_not(None),
            held_on(day),
        )
        .group_by(col(DeviceShare.village_id))
    )
    return {village_id: Place(latitude, longitude) for village_id, latitude, longitude in rows}

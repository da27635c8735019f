"""Where a village lies on the map: in the middle of the loudspeakers that people hear there.

Nobody draws villages: where each loudspeaker stands is entered, and the rest follows. What somebody
entered as a village's own middle serves until a loudspeaker there has its place.
"""

from datetime import date, datetime

import structlog
from sqlalchemy import ColumnElement, exists, func, or_
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from broadcaster.areas.languages import find_village
from broadcaster.areas.queries import villages_at
from broadcaster.areas.tables import Village
from broadcaster.audit import Act, record
from broadcaster.fleet.places import Place, written_place
from broadcaster.fleet.registry import held_on
from broadcaster.fleet.tables import Device, DeviceShare, VillagePlace

log = structlog.get_logger()


def village_places(session: Session, *, station_id: str, day: date) -> dict[str, Place]:
    """The place of each village on that day; one of which nothing is entered is left out."""
    session.flush()
    rows = session.connection().execute(
        core_select(
            col(DeviceShare.village_id), func.avg(Device.latitude), func.avg(Device.longitude)
        )
        .join(Device, col(Device.id) == col(DeviceShare.device_id))
        .where(*_is_placed_pole(station_id, day))
        .group_by(col(DeviceShare.village_id))
    )
    by_poles = {village_id: Place(latitude, longitude) for village_id, latitude, longitude in rows}
    return entered_places(session, station_id=station_id) | by_poles


def has_place_on(day: date, *, station_id: str) -> ColumnElement[bool]:
    """The condition on a village that `village_places` knows its place."""
    entered = exists().where(col(VillagePlace.village_id) == col(Village.id)).correlate(Village)
    by_a_pole = (
        exists()
        .where(
            col(DeviceShare.village_id) == col(Village.id),
            col(Device.id) == col(DeviceShare.device_id),
            *_is_placed_pole(station_id, day),
        )
        .correlate(Village)
    )
    return or_(entered, by_a_pole)


def _is_placed_pole(station_id: str, day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Device.station_id) == station_id,
        col(Device.retired_at).is_(None),
        col(Device.latitude).is_not(None),
        col(Device.longitude).is_not(None),
        held_on(day),
    )


def entered_places(session: Session, *, station_id: str) -> dict[str, Place]:
    """The middles of villages that somebody entered."""
    rows = session.exec(
        select(VillagePlace.village_id, VillagePlace.latitude, VillagePlace.longitude).where(
            col(VillagePlace.village_id).in_(villages_at(station_id))
        )
    )
    return {village_id: Place(latitude, longitude) for village_id, latitude, longitude in rows}


def keep_village_place(
    session: Session,
    village_id: str,
    place: Place | None,
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> None:
    """Record where a village lies, or that nobody knows; raise NoSuchVillage."""
    village = find_village(session, village_id, station_id=station_id)
    row = session.get(VillagePlace, village.id)
    if row is not None and place is None:
        session.delete(row)
    elif row is not None and place is not None:
        row.latitude, row.longitude = place.latitude, place.longitude
    elif place is not None:
        session.add(
            VillagePlace(village_id=village.id, latitude=place.latitude, longitude=place.longitude)
        )
    session.flush()
    written = written_place(place.latitude, place.longitude) if place else ""
    record(session, Act.VILLAGE_PLACED, by=by, about=village.id, at=now, details={"place": written})
    log.info("village_place_changed", village_id=village.id, by=by)

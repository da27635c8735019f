"""Where villages lie on the map of the emergency page."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.areas.tables import Village
from broadcaster.emergency.map_points import points_of_clusters
from broadcaster.fleet.registry import retire
from broadcaster.fleet.tables import Device, DeviceShare
from tests.broadcaster.pages.commune import found_commune
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.trail import connect


@pytest.fixture
def station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """A commune whose first village has two placed loudspeakers."""
    database = connect(sqlite_url)
    station = found_commune(database, state_dir=tmp_path)
    with database.writing() as session:
        for device_id, latitude in (("loa-dong-1-1", 10.0), ("loa-dong-1-2", 12.0)):
            device = session.get_one(Device, device_id)
            device.latitude, device.longitude = latitude, 105.0
    yield station
    database.dispose()


def points(station: SmallStation) -> dict[str, list[tuple[str, float, float]]]:
    """What the page gets."""
    day = station.clock().date()
    with station.database.reading() as session:
        found = points_of_clusters(session, station_id=STATION_ID, day=day)
    return {cluster: list(each) for cluster, each in found.items()}


def test_a_village_lies_amid_its_loudspeakers(station: SmallStation) -> None:
    """Its place is their middle; villages of which nobody entered a place are left to the list."""
    assert points(station) == {"dong": [("Thôn Đông Hạ", 11.0, 105.0)]}


def test_a_loudspeaker_that_went_leaves_no_pin(station: SmallStation) -> None:
    """Retired, or heard elsewhere from today on: neither says where the village lies."""
    day = station.clock().date()
    with station.database.writing() as session:
        retire(session, "loa-dong-1-1", now=station.clock())
    assert points(station) == {"dong": [("Thôn Đông Hạ", 12.0, 105.0)]}
    with station.database.writing() as session:
        village = session.exec(select(Village.id).where(Village.name == "Thôn Đông Hạ")).one()
        for share in session.exec(select(DeviceShare).where(DeviceShare.village_id == village)):
            share.valid_from, share.valid_until = day - timedelta(days=9), day

    assert points(station) == {}

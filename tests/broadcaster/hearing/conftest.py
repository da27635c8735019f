"""Fixtures: the commune on its afternoon, with people in its villages."""

from pathlib import Path

import pytest

from broadcaster.accounts.tables import RoleGrant
from broadcaster.database import Database
from tests.broadcaster.pages.commune import add_afternoon, found_commune
from tests.broadcaster.small_station import SmallStation
from tests.broadcaster.station_keys import STATION_ID


@pytest.fixture
def commune(database: Database, tmp_path: Path) -> SmallStation:
    """The commune on its afternoon; `head` and `neighbour` live in Đông Thượng, `other` in Chợ."""
    station = found_commune(database, state_dir=tmp_path)
    for name in ("operator", "leader", "admin", "head", "neighbour", "other"):
        station.member(name)
    with database.writing() as session:
        for name, village_id in (("head", "dong-2"), ("neighbour", "dong-2"), ("other", "trung-1")):
            session.add(
                RoleGrant(
                    account_id=f"acc-{name}",
                    station_id=STATION_ID,
                    role="village_head",
                    village_id=village_id,
                )
            )
        add_afternoon(session, operator="acc-operator", leader="acc-leader", now=station.clock())
    return station

"""A small station for every test of its own words."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.small_station import STATION_ID, SmallStation, found_station
from tests.trail import connect, keep_keys


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """One station, on SQLite and on PostgreSQL."""
    return found_station(database, state_dir=tmp_path)


@pytest.fixture
def sqlite_station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """One station on SQLite, where a test is not about the database."""
    database = connect(sqlite_url)
    keep_keys(tmp_path / "keys", STATION_ID)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()

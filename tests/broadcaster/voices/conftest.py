"""A small station for every test of voices."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.database import Database, connect
from tests.broadcaster.small_station import SmallStation, found_station


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """One station, on SQLite and on PostgreSQL."""
    return found_station(database, state_dir=tmp_path)


@pytest.fixture
def sqlite_station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """One station on SQLite, where a test is not about the database."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()

"""A small station for the tests of its area."""

from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.small_station import SmallStation, found_station


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """One station, on SQLite and on PostgreSQL."""
    return found_station(database, state_dir=tmp_path)

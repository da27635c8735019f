"""A small station for tests of sources."""

from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.small_station import SmallStation, found_station


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """A station with one cluster at noon of a Monday."""
    return found_station(database, state_dir=tmp_path)

"""A small station for every test of accounts."""

from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.small_station import SmallStation, found_station


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """One station, one cluster, two villages, nobody yet."""
    return found_station(database, state_dir=tmp_path)

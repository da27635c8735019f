"""A small station whose rehearsal is directed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broadcaster.small_station import SmallStation, found_station
from tests.trail import connect


@pytest.fixture
def sqlite_station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """The station on SQLite; what is asked here does not depend on the database."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()

"""Fixtures: a small station with people, for feedback of its villages."""

from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.small_station import SmallStation, found_station


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """One cluster, two villages; an operator, and the head of village one."""
    small = found_station(database, state_dir=tmp_path)
    for name in ("operator", "head"):
        small.member(name)
    return small

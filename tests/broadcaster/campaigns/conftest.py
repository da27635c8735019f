"""Fixtures: a small station with people, for its campaigns."""

from pathlib import Path

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.database import Database
from tests.broadcaster.pages.commune import found_commune
from tests.broadcaster.small_station import SmallStation, found_station


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """One cluster, two villages, and an operator; Monday 23/11/2026, noon."""
    small = found_station(database, state_dir=tmp_path)
    small.member("operator", Role.OPERATOR)
    return small


@pytest.fixture
def commune(database: Database, tmp_path: Path) -> SmallStation:
    """Nine villages of 1,200 with two poles each, Sunday 22/11/2026; nothing was broadcast."""
    found = found_commune(database, state_dir=tmp_path)
    found.member("operator", Role.OPERATOR)
    found.member("leader", Role.LEADER)
    return found

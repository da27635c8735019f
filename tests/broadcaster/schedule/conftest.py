"""A small station for tests of schedules."""

from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.newsroom import Newsroom, open_newsroom


@pytest.fixture
def newsroom(database: Database, tmp_path: Path) -> Newsroom:
    """A station with two clusters at noon of a Monday, an operator and a leader."""
    return open_newsroom(database, state_dir=tmp_path)

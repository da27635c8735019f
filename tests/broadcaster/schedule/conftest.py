"""A small station for tests of schedules."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.database import Database
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.trail import connect


@pytest.fixture
def newsroom(database: Database, tmp_path: Path) -> Newsroom:
    """A station with two clusters at noon of a Monday, an operator and a leader."""
    return open_newsroom(database, state_dir=tmp_path)


@pytest.fixture
def newsroom_on_sqlite(sqlite_url: str, tmp_path: Path) -> Iterator[Newsroom]:
    """The same where one database is enough: what is tested is decided before it is stored."""
    database = connect(sqlite_url)
    yield open_newsroom(database, state_dir=tmp_path)
    database.dispose()

"""Fixtures: the commune with something to report; built once a module, because it is only read."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.broadcaster.reports.scene import Scene, lively_scene
from tests.conftest import BOTH
from tests.postgres import RunningPostgres
from tests.trail import connect


@contextmanager
def scene_at(url: str, state_dir: Path) -> Iterator[Scene]:
    """The third quarter of 2026 in a migrated, empty database."""
    database = connect(url)
    try:
        yield lively_scene(database, state_dir=state_dir)
    finally:
        database.dispose()


@pytest.fixture(scope="module", params=BOTH)
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """The third quarter of 2026, on each kind of database; to be read, not changed."""
    folder = tmp_path_factory.mktemp("reports")
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, folder / "station.sqlite3")
        with scene_at(f"sqlite:///{folder / 'station.sqlite3'}", folder) as found:
            yield found
        return
    server: RunningPostgres = request.getfixturevalue("postgres_server")
    name = server.create_database(template="loa_template")
    with scene_at(server.url(name), folder) as found:
        yield found
    server.drop_database(name)


@pytest.fixture(scope="module")
def told_quarter(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """The same on SQLite alone, for tests whose subject is a file's form."""
    folder = tmp_path_factory.mktemp("quarter")
    shutil.copy(sqlite_template, folder / "station.sqlite3")
    with scene_at(f"sqlite:///{folder / 'station.sqlite3'}", folder) as found:
        yield found

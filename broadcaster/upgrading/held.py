"""A database that nobody else has open, its copy as it is, and the way of a better one into it.

SQLite's file stays locked from the copy to the end; PostgreSQL tells who else is connected.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.engine import make_url

from broadcaster.backup.snapshot import take_older_snapshot
from broadcaster.database import connect
from broadcaster.database.migrate import migrate
from broadcaster.upgrading.errors import StationRuns

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


class Held(Protocol):
    """A database that is ours alone for a while."""

    def copy_to(self, file: Path) -> None:
        """All of it as it is, as a new SQLite file of the same schema."""

    def bring_up(self, better: Path) -> None:
        """Put what was migrated and verified in its place, in one transaction or not at all."""


@contextmanager
def held(url: str) -> Iterator[Held]:
    """Hold the database at this address; raise StationRuns where somebody else has it open."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        yield _OnServer(url)
        return
    with closing(
        sqlite3.connect(str(parsed.database), timeout=1.0, isolation_level=None)
    ) as connection:
        try:
            # SQLite leaves its write-ahead log only where no other connection is open.
            connection.execute("PRAGMA journal_mode=DELETE")
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise StationRuns(str(error)) from error
        yield _InFile(connection)


class _InFile:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._own = connection

    def copy_to(self, file: Path) -> None:
        """Page by page, under our lock."""
        with closing(sqlite3.connect(file)) as copy:
            self._own.backup(copy)

    def bring_up(self, better: Path) -> None:
        """One transaction of SQLite's own: cut off, its journal leads back to what was."""
        with closing(sqlite3.connect(better)) as copy:
            copy.backup(self._own)


class _OnServer:
    def __init__(self, url: str) -> None:
        self._url = url
        self._refuse_others()

    def copy_to(self, file: Path) -> None:
        """Of one instant, table by table."""
        database = connect(self._url)
        try:
            take_older_snapshot(database, file)
        finally:
            database.dispose()

    def bring_up(self, better: Path) -> None:  # noqa: ARG002 - the copy was the rehearsal
        """The same steps that held on the copy, all in one transaction of the server."""
        self._refuse_others()
        database = connect(self._url)
        try:
            migrate(database, at_once=True)
        finally:
            database.dispose()

    def _refuse_others(self) -> None:
        database = connect(self._url)
        try:
            with database.engine.connect() as connection:
                others = connection.execute(_OTHERS).scalar_one()
        finally:
            database.dispose()
        if others:
            raise StationRuns(str(others))

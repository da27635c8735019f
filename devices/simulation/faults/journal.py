"""The disk under the journal as its conditions make it: full, or gone with the power."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

Refuses = Callable[[], bool]


class FillingConnection(sqlite3.Connection):
    """A database that begins no transaction while its disk has no room."""

    refuses: Refuses | None = None

    def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        """Run a statement; a transaction is where writing begins."""
        if self.refuses is not None and sql.startswith("BEGIN") and self.refuses():
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, parameters)  # type: ignore[arg-type]


def filling(refuses: Refuses) -> Callable[[Path], sqlite3.Connection]:
    """How to open a journal's file on a disk that `refuses` now and then."""

    def connect(path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(
            path, isolation_level=None, factory=FillingConnection, cached_statements=32
        )
        database.refuses = refuses
        return database

    return connect

"""The database at one instant as one SQLite file, whichever database it is; and back into either.

One form for both is what lets a commune that outgrew SQLite go on with PostgreSQL, or the other
way round, with the backup that it has.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

import broadcaster.schema  # noqa: F401 - every table must be known
from broadcaster.backup.contents import BESIDE_A_DATABASE
from broadcaster.backup.errors import BackupBroken, BackupOfNewerVersion
from broadcaster.database import Database, connect
from broadcaster.database.migrate import is_known_revision, migrate, revision_of

_ROWS_AT_ONCE = 2_000
_VERSION = "alembic_version"


def take_snapshot(database: Database, into: Path) -> None:
    """Write all of the database as it is at one instant into a new file; nobody waits for it."""
    if database.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(database.engine.url.database))) as connection:
            connection.execute("VACUUM INTO ?", (str(into),))
        return
    copy = connect(f"sqlite:///{into}")
    try:
        migrate(copy)
        reading = database.engine.execution_options(isolation_level="REPEATABLE READ")
        with reading.connect() as source, copy.engine.begin() as target:
            _copy(source, target)
    finally:
        alone(copy)


def take_older_snapshot(database: Database, into: Path) -> None:
    """The same of a database on a server whose schema is an older version's, as it is.

    What the tables were then is read from them, and not from the code.
    """
    copy = connect(f"sqlite:///{into}")
    try:
        migrate(copy, to=revision_of(database) or "base")
        there, here = MetaData(), MetaData()
        there.reflect(database.engine)
        here.reflect(copy.engine)
        reading = database.engine.execution_options(isolation_level="REPEATABLE READ")
        with reading.connect() as source, copy.engine.connect() as target:
            # Rows that point at later ones: whether all lead somewhere is asked of the whole.
            driver: Any = target.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            with target.begin():
                target.execute(delete(here.tables[_VERSION]))
                for name, table in here.tables.items():
                    for rows in _rows(source, there.tables[name]):
                        target.execute(insert(table), rows)
    finally:
        alone(copy)


def check_snapshot(file: Path) -> None:
    """Raise BackupBroken for no whole database, BackupOfNewerVersion for one not known here."""
    with closing(sqlite3.connect(file)) as connection:
        try:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.DatabaseError as error:
            raise BackupBroken(str(error)) from error
    if said != "ok" or revision is None:
        raise BackupBroken(str(said)[:200])
    if not is_known_revision(revision[0]):
        raise BackupOfNewerVersion(revision[0])


def bring_up(file: Path) -> None:
    """Bring a snapshot of an older version to this one's schema."""
    database = connect(f"sqlite:///{file}")
    try:
        migrate(database)
    finally:
        alone(database)


def is_empty(url: str) -> bool:
    """Whether there is nothing at a database's address that a restore could overwrite."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return not Path(parsed.database or "").exists()
    database = connect(url)
    try:
        return not inspect(database.engine).get_table_names()
    finally:
        database.dispose()


def fill(url: str, file: Path) -> None:
    """Put a snapshot of this version into an empty database on a server."""
    source, target = connect(f"sqlite:///{file}"), connect(url)
    try:
        migrate(target)
        with source.engine.connect() as reading, target.engine.begin() as writing:
            _copy(reading, writing)
            _go_on_counting(writing)
    finally:
        target.dispose()
        alone(source)


def _copy(source: Connection, target: Connection) -> None:
    """Every row of every table; rows that name others of their table point to them at the end."""
    for table in SQLModel.metadata.sorted_tables:
        own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
        late: list[dict[str, Any]] = []
        for rows in _rows(source, table):
            late += [row for row in rows if any(row[name] is not None for name in own)]
            target.execute(insert(table), [row | dict.fromkeys(own) for row in rows])
        for row in late:
            is_it = [column == row[column.name] for column in table.primary_key]
            target.execute(update(table).where(*is_it).values({name: row[name] for name in own}))


def _rows(source: Connection, table: Table) -> Iterator[Sequence[dict[str, Any]]]:
    found = source.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
    for some in found.mappings().partitions():
        yield [dict(row) for row in some]


def _go_on_counting(target: Connection) -> None:
    """Numbers that the database gives itself go on after the last one that came."""
    for table in SQLModel.metadata.sorted_tables:
        (key, *more) = table.primary_key
        if more or key.type.python_type is not int:
            continue
        last = target.execute(select(func.max(key))).scalar()
        sequence = target.execute(
            text("SELECT pg_get_serial_sequence(:of, :key)"), {"of": table.name, "key": key.name}
        ).scalar()
        if last is not None and sequence is not None:
            target.execute(text("SELECT setval(:of, :last)"), {"of": sequence, "last": last})


def alone(database: Database) -> None:
    """Make one file of a SQLite database that nobody uses any more."""
    file = Path(str(database.engine.url.database))
    database.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    for ending in BESIDE_A_DATABASE:
        file.with_name(file.name + ending).unlink(missing_ok=True)

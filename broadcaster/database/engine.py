"""One way to reach the database: durable commits, short transactions, SQLite or PostgreSQL.

SQLite runs in WAL mode with `synchronous=FULL`, and a writing transaction begins IMMEDIATE, so
that two writers wait for each other instead of failing half-way. A PostgreSQL that is set to answer
before its log is on disk is told otherwise: a receipt that goes out after a commit must hold.
No connection is closed because others are open: in a crowd each page would open one for itself.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from broadcaster.database.busy import count_commit
from broadcaster.database.turns import Turns
from broadcaster.database.waiting_line import Place, WaitingLine

_BUSY_TIMEOUT_MS = 15_000
_LOOKED_AGAIN_FOR_MS = 3
"""How long SQLite itself waits before it is asked anew: until then it looks every few ms."""

_KEPT_FILES = 40
"""Connections to SQLite that stay open, as many as there are threads that answer pages.

Opening one reads the whole schema (over 1 ms of a processor) and finds none of the pages that are
remembered; more may be opened for a while, so that nobody waits for one while holding another.
"""

_KEPT_ON_SERVER = 15
"""Connections to PostgreSQL of one process, which allows a hundred to all: one waits for the next.

As many as SQLAlchemy opens by itself, but of those it closes ten after each use.
"""


class Keeper(Protocol):
    """What looks at both ends of every writing transaction: the audit trail (`keep_trail`)."""

    def begin(self, session: Session) -> None:
        """Look at a session before anything is done in it."""

    def end(self, session: Session) -> None:
        """Write what belongs to it, as its last statements; whatever is raised undoes it all."""

    def committed(self, session: Session) -> None:
        """Note outside the database what is in it for good; it must not raise."""


class Database:
    """An engine, and the two kinds of transaction that the station uses."""

    def __init__(self, engine: Engine, *, turns: Turns | None = None) -> None:
        self.engine = engine
        self._turns = turns or Turns(None)
        self._line = WaitingLine()
        self.keeper: Keeper | None = None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that changes nothing; what it read can still be read after it is closed."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at the end, or changes nothing at all.

        SQLite's one place to write is taken with the first statement: what can be made ready
        before it holds nobody up.
        """
        place = Place(self._line)
        try:
            with (
                Session(
                    self.engine.execution_options(loa_writes=place), expire_on_commit=False
                ) as session,
                session.begin(),
            ):
                if self.keeper is not None:
                    self.keeper.begin(session)
                yield session
                if self.keeper is not None:
                    self.keeper.end(session)
        finally:
            place.leave()
        if self.keeper is not None:
            self.keeper.committed(session)
        count_commit()

    @contextmanager
    def writing_in_bulk(self) -> Iterator[Session]:
        """The same, for who writes again and again: whoever saves a page comes in between.

        PostgreSQL lets both write at once; SQLite has one place, which is left free for a moment.
        """
        with self._turns.taken(), self.writing() as session:
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._turns.close()


def connect(url: str) -> Database:
    """Reach the database at `url` (SQLAlchemy's form; `postgresql://` means psycopg 3)."""
    parsed = make_url(url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        engine = create_engine(
            parsed,
            pool_pre_ping=True,
            pool_size=_KEPT_ON_SERVER,
            max_overflow=0,
            pool_use_lifo=True,
        )
        event.listen(engine, "connect", _prepare_postgres)
        return Database(engine)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    turns = Turns(Path(f"{parsed.database}-turns") if parsed.database else None)
    engine = create_engine(
        parsed,
        connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000},
        poolclass=QueuePool,
        pool_size=_KEPT_FILES,
        max_overflow=-1,
        pool_use_lifo=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine, turns=turns)


def _prepare_postgres(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
            " WHERE current_setting('synchronous_commit') = 'off'"
        )
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin a transaction: one that writes as soon as no other does.

    SQLite lets nobody queue: who waits looks again, ever more seldom, in the end ten times a
    second. A page would wait for seconds beside two ingests that take turns; so it looks often.
    Within a process one looks and the others stand in line until its transaction is over: who looks
    again and again takes the interpreter from all, and first from the one whose end it waits for.
    """
    place: Place | None = connection.get_execution_options().get("loa_writes")
    if place is None:
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA busy_timeout={_LOOKED_AGAIN_FOR_MS}")
    try:
        if not _has_begun_to_write(driver, place):
            # Once more, so that it fails as every other statement does.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")


def _has_begun_to_write(driver: Any, place: Place) -> bool:  # noqa: ANN401 - the driver's own type
    """Whether its turn came in time."""
    deadline_s = time.monotonic() + _BUSY_TIMEOUT_MS / 1_000
    return place.take(within_s=_BUSY_TIMEOUT_MS / 1_000) and _began_before(deadline_s, driver)


def _began_before(deadline_s: float, driver: Any) -> bool:  # noqa: ANN401 - the driver's own type
    while time.monotonic() < deadline_s:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
        else:
            return True
    return False

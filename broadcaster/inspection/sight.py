"""Several processes that look at one and the same instant of a database that goes on being written.

On PostgreSQL the others take over the first one's snapshot. SQLite has no such thing: nobody may
write in the few milliseconds in which all of them begin. What each reads needs no way through
another process then, and a core more is a core more.
"""

import gc
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection, Engine, text

from broadcaster.inspection import checking
from broadcaster.inspection.checking import Known, Task, check_devices
from broadcaster.inspection.device_book import Checked
from broadcaster.inspection.spoilt_text import whatever_stands_there

log = structlog.get_logger()

_LOCK_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a database is, as its driver takes it; `snapshot` is PostgreSQL's instant."""

    is_sqlite: bool
    arguments: Sequence[Any]
    named: dict[str, Any]
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Another process at the same instant; `give` it devices, and `take` what came of them."""

    pipe: Pipe

    def give(self, tasks: Sequence[Task], known: Known) -> None:
        """Have it check some devices; it takes one such at a time."""
        self.pipe.send((tasks, known))

    def take(self) -> Checked:
        """Wait for what came of them; what it raised is raised here."""
        came = self.pipe.recv()
        if isinstance(came, BaseException):
            raise came
        checked: Checked = came
        return checked


@dataclass(frozen=True, slots=True)
class Sight:
    """A database as it is at one instant: a connection here, and others in other processes."""

    connection: Connection
    beside: Any = None
    """A driver's own connection, for a thread beside the first; None where there are no readers."""
    readers: Sequence[Reader] = ()


@contextmanager
def seen_at_one_instant(engine: Engine, *, processes: int = 0) -> Iterator[Sight]:
    """Look at a database from here and from so many other processes; from here alone with none."""
    with ExitStack() as opened:
        pipes = [opened.enter_context(_process()) for _ in range(processes)]
        for pipe in pipes:
            pipe.recv()  # It has imported all it needs.
        lock = opened.enter_context(_nobody_writes(engine)) if pipes else None
        connection = opened.enter_context(_looking(engine))
        if not pipes or lock is None:
            yield Sight(connection)
            return
        place = _place(engine, connection)
        for pipe in pipes:
            pipe.send(place)
        for pipe in pipes:
            pipe.recv()  # It looks.
        beside = opened.enter_context(closing(look_at(place)))
        if place.is_sqlite:
            opened.enter_context(whatever_stands_there(beside))
        lock()
        yield Sight(connection, beside, [Reader(pipe) for pipe in pipes])


def look_at(place: Place) -> Any:  # noqa: ANN401 - a driver's connection
    """A driver's own connection, in a transaction that reads from now on, or from the snapshot."""
    if place.is_sqlite:
        connection = _reach(place)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return connection
    reached = psycopg.connect(*place.arguments, **place.named, autocommit=True)
    reached.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    reached.execute(f"SET TRANSACTION SNAPSHOT '{place.snapshot}'".encode())
    return reached


def _reach(place: Place) -> sqlite3.Connection:
    # Used by one thread at a time, which need not be the one that opened it.
    named = {**place.named, "check_same_thread": False, "isolation_level": None}
    connection: sqlite3.Connection = sqlite3.connect(*place.arguments, **named)
    return connection


def read_when_told(pipe: Pipe) -> None:
    """What a reader does: look when told where, check what it is given, end when told None."""
    # Rows are values that name no other value: looking for circles among them finds none.
    gc.disable()
    pipe.send("ready")
    place = pipe.recv()
    if place is None:
        return
    with closing(look_at(place)) as connection:
        pipe.send("looking")
        while (given := pipe.recv()) is not None:
            pipe.send(_came_of(connection, *given))


def _came_of(
    connection: Any,  # noqa: ANN401 - a driver's connection
    tasks: Sequence[Task],
    known: Known,
) -> Checked | Exception:
    try:
        return check_devices(connection, tasks, known)
    except Exception as error:  # noqa: BLE001 - raised where it can be told
        return error


@contextmanager
def _looking(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            if connection.dialect.name == "sqlite":
                connection.execute(text("SELECT count(*) FROM sqlite_master"))
                with whatever_stands_there(connection.connection.driver_connection):
                    yield connection
            else:
                yield connection


@contextmanager
def _nobody_writes(engine: Engine) -> Iterator[Callable[[], object] | None]:
    """Keep writers of a SQLite file off until what is yielded is called; None where one may not.

    Where the file itself may not be written, nobody knows who else writes it.
    """
    if engine.dialect.name != "sqlite":
        yield lambda: None
        return
    arguments, _ = engine.dialect.create_connect_args(engine.url)
    place = Place(is_sqlite=True, arguments=arguments, named={"timeout": _LOCK_WITHIN_S})
    with closing(_reach(place)) as lock:
        try:
            lock.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            log.warning("verified_by_one_process", reason=str(error))
            yield None
            return
        yield lock.rollback


def _place(engine: Engine, connection: Connection) -> Place:
    arguments, named = engine.dialect.create_connect_args(engine.url)
    if engine.dialect.name == "sqlite":
        return Place(is_sqlite=True, arguments=arguments, named={})
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    # SQLAlchemy's own table of types goes to no other process, and is not needed there.
    told = {name: value for name, value in named.items() if name != "context"}
    return Place(is_sqlite=False, arguments=arguments, named=told, snapshot=snapshot)


@contextmanager
def _process() -> Iterator[Pipe]:
    # Not copied from here: nothing of this process's connections and threads goes along.
    context = get_context("forkserver")
    context.set_forkserver_preload([checking.__name__, __name__])
    here, there = context.Pipe()
    process = context.Process(target=read_when_told, args=(there,))
    process.start()
    there.close()
    try:
        yield here
    finally:
        try:
            here.send(None)
        except OSError:
            log.warning("reader_gone", exit_code=process.exitcode)
        here.close()
        process.join()
        process.close()

"""Storing signed confirmations, against the same rows by `executemany` alone."""

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.areas.tables import Station
from broadcaster.database import Database, connect
from broadcaster.database.migrate import migrate
from broadcaster.fleet.registry import verify_keys
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.ingest import store
from broadcaster.wire import Delivery
from tests.benchmarks.comparison import Comparison, best_seconds
from tests.broadcaster.ledger import commune

GATHERED = 100
"""Deliveries in one transaction: what a storm brings together."""


def ingesting(*, poles: int = 40, orders: int = 50, rounds: int = 3) -> Comparison:
    """Microseconds a confirmation: verified, chained, folded into plays, and receipted or not."""
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        founded = [
            _founded(Path(name) / f"{number}.sqlite3", poles=poles, orders=orders)
            for number in range(rounds)
        ]
        waiting = iter(founded)
        ours = best_seconds(lambda: _store(*next(waiting)), rounds=rounds)
        rows = _rows(founded[0][0])
        files = iter(Path(name) / f"bare-{number}.sqlite3" for number in range(rounds))
        baseline = best_seconds(lambda: _insert(next(files), rows), rounds=rounds)
        for database, _ in founded:
            database.dispose()
    return Comparison(
        name="ingest",
        work=f"{len(rows):,} confirmations of {poles} poles on SQLite",
        ours=ours / len(rows) * 1e6,
        baseline=baseline / len(rows) * 1e6,
        unit="µs/confirmation",
        against="`sqlite3.executemany` of the same rows, same transactions, same syncs",
    )


def _founded(path: Path, *, poles: int, orders: int) -> tuple[Database, Sequence[Delivery]]:
    """A station that expects every order of every pole, and what the poles then send."""
    database = connect(f"sqlite:///{path}")
    migrate(database)
    with database.writing() as session:
        commune.found(session)
        raised = [
            commune.raise_pole(session, f"loa-{number}", thon_1=1 / poles)
            for number in range(poles)
        ]
        names = [f"ord-{number}" for number in range(orders)]
        for name in names:
            expect(session, commune.order(name, broadcast=f"bc-{name}"), now=commune.BEFORE)
    for pole in raised:
        for name in names:
            pole.play(order=name)
    return database, [batch for pole in raised for batch in pole.batches(size=50)]


def _store(database: Database, deliveries: Sequence[Delivery]) -> None:
    with database.reading() as session:
        station = session.get_one(Station, commune.STATION)
        keys = verify_keys(session, commune.STATION)
    for first in range(0, len(deliveries), GATHERED):
        with database.writing() as session:
            stored = store(
                session,
                deliveries[first : first + GATHERED],
                now=commune.STARTS,
                keys=keys,
                station=station,
            )
            assert (stored.refused, stored.duplicates) == (0, 0)


def _rows(database: Database) -> list[tuple[object, ...]]:
    path = database.engine.url.database
    assert path is not None
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM confirmation ORDER BY device_id, seq").fetchall()


def _insert(path: Path, rows: Sequence[tuple[object, ...]]) -> None:
    """The rows into a table with the same key and index, as few commits, as durable."""
    places = ", ".join("?" * len(rows[0]))
    columns = ", ".join(f"c{number}" for number in range(len(rows[0])))
    together = GATHERED * 50
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"CREATE TABLE confirmation ({columns}, PRIMARY KEY (c0, c1, c2))")
        connection.execute("CREATE INDEX by_play ON confirmation (c7, c8, c0)")
        for first in range(0, len(rows), together):
            with connection:
                connection.executemany(
                    f"INSERT INTO confirmation VALUES ({places})",  # noqa: S608 - only marks
                    rows[first : first + together],
                )

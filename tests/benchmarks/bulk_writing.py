"""Writing confirmations in bulk as the ingest does, against `executemany` of the same rows.

Both into a table of the same schema, with its key and its index, in transactions of as many rows,
as durable (WAL, `synchronous=FULL`), from values in memory. The bare driver is handed what is kept;
the ingest has first to make it of what a device said. Verifying is another measure.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import process_time
from typing import Any

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.database import Database, connect
from broadcaster.database.columns import to_ms
from broadcaster.database.kept_entries import packed_entry
from broadcaster.database.migrate import migrate
from broadcaster.ledger.bulk import connection_of, insert_tuples_once
from broadcaster.ledger.tables import CONFIRMATIONS
from devices.protocol.chain import entry_hash
from devices.protocol.messages import Confirmation, decode
from tests.benchmarks.comparison import Comparison, by_turns
from tests.broadcaster.ledger import commune

IN_A_TRANSACTION = 1_000
_COLUMNS = (
    "device_id", "epoch", "seq", "prev_sha256", "entry_sha256", "entry", "kind", "order_id",
    "repeat", "batch_sha256", "received_at", "quarantined",
)  # fmt: skip


def bulk_writing(*, rows: int = 50_000, rounds: int = 5) -> Comparison:
    """Microseconds a row."""
    values = _rows(rows)
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        folder = Path(name)
        template = folder / "template.sqlite3"
        database = connect(f"sqlite:///{template}")
        migrate(database)
        database.dispose()
        with closing(sqlite3.connect(template)) as raw:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        octets = template.read_bytes()
        bare = (_copy(folder / f"bare-{number}.sqlite3", octets) for number in range(rounds))
        ours = (_copy(folder / f"ours-{number}.sqlite3", octets) for number in range(rounds))
        kept = [_kept(each) for each in values]
        turns = by_turns(
            baseline=lambda: _executemany(next(bare), kept),
            ours=lambda: _insert_once(next(ours), values),
            cpu_s=process_time,
            rounds=rounds,
        )
    best_bare, best = (min(each.wall_s for each in side) for side in (turns.baseline, turns.ours))
    used, bare_used = (min(each.cpu_s for each in side) for side in (turns.ours, turns.baseline))
    return Comparison(
        name="bulk write",
        work=(
            f"{rows:,} confirmations, {IN_A_TRANSACTION:,} in a transaction, SQLite: "
            f"{rows / best:,.0f} rows/s, {best_bare / best:.2f} of the bare rate, in processor "
            f"time {bare_used / used:.2f} (goal: 0.6)"
        ),
        ours=best / rows * 1e6,
        baseline=best_bare / rows * 1e6,
        unit="µs/row",
        against="`sqlite3.executemany` of the same rows",
        ratios=turns.wall_ratios,
    )


def _copy(path: Path, octets: bytes) -> Path:
    path.write_bytes(octets)
    return path


def _rows(wanted: int) -> list[dict[str, Any]]:
    """As the ingest makes them of what 40 poles say."""
    poles = [commune.Pole(f"loa-{number:03}") for number in range(40)]
    found: list[dict[str, Any]] = []
    number = 0
    while len(found) < wanted:
        pole = poles[number % len(poles)]
        pole.play(order=f"ord-{number // len(poles)}")
        for entry in pole.entries[-5:]:
            said = decode(entry, Confirmation)
            found.append(
                {
                    "device_id": pole.device,
                    "epoch": pole.epoch,
                    "seq": said.seq,
                    "prev_sha256": said.prev,
                    "entry_sha256": entry_hash(entry),
                    "entry": entry,
                    "kind": said.kind.value,
                    "order_id": said.order,
                    "repeat": said.repeat,
                    "batch_sha256": said.prev,
                    "received_at": commune.STARTS + timedelta(seconds=number),
                    "quarantined": False,
                }
            )
        number += 1
    return found[:wanted]


def _kept(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """A row as the driver takes it, made as the ingest makes it."""
    return (
        row["device_id"], bytes.fromhex(row["epoch"]), row["seq"],
        bytes.fromhex(row["prev_sha256"]), bytes.fromhex(row["entry_sha256"]),
        packed_entry(row["entry"]), row["kind"], row["order_id"], row["repeat"],
        bytes.fromhex(row["batch_sha256"]), to_ms(row["received_at"]), row["quarantined"],
    )  # fmt: skip


def _insert_once(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    database = connect(f"sqlite:///{path}")
    _without_others(database)
    for some in _together(rows):
        with database.writing() as session:
            insert_tuples_once(
                connection_of(session), CONFIRMATIONS, _COLUMNS, [_kept(each) for each in some]
            )
    database.dispose()


def _without_others(database: Database) -> None:
    """Neither side has the devices and batches that rows name: only this table is measured."""
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")


def _executemany(path: Path, rows: Sequence[tuple[Any, ...]]) -> None:
    places = ", ".join("?" * len(_COLUMNS))
    statement = f"INSERT INTO confirmation ({', '.join(_COLUMNS)}) VALUES ({places})"  # noqa: S608
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        for some in _together(rows):
            with connection:
                connection.executemany(statement, some)


def _together(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[at : at + IN_A_TRANSACTION] for at in range(0, len(rows), IN_A_TRANSACTION))

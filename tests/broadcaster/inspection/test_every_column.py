"""Any column of any row, changed by whoever owns the database, is found, and its row is named.

The columns are taken from the schema, so that a new one is tested before anybody thinks of it.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import JSON, Boolean, Column, Connection, Float, Table
from sqlalchemy.types import BigInteger, Integer

from broadcaster.audit import tables as audit_tables
from broadcaster.audit.facts import REGISTRY, table_named
from broadcaster.database import Database
from broadcaster.inspection.findings import Finding
from broadcaster.ledger import tables as ledger_tables
from tests.broadcaster.inspection.scene import Scene, play_a_day
from tests.trail import connect

LEDGER = [
    each
    for each in vars(ledger_tables).values()
    # What the next beat has to count again: it says nothing, and is gone when that is done.
    if isinstance(each, Table) and each is not ledger_tables.MARKS
]
TRAIL = [each for each in vars(audit_tables).values() if isinstance(each, Table)]
NOT_IN_THIS_SCENE = {
    "approval",
    "role_grant",
    "account",
    "emergency_authorisation",
    "live_permit",
    "hearing",
    "joined_station",
    "joined_device",
}
"""Nobody acts in it: what stands before an emergency or a talk, and what people heard, is spoilt
where those are tested; so is what came with another station."""

FACTS = [table_named(name) for name in REGISTRY if name not in NOT_IN_THIS_SCENE]

UNSEEN = {
    "play.folded_at": "when the projection was last written: no figure rests on it",
    "alert.resolved_at": "when late word came is a note; whether it is open is found, see below",
    "alert.frozen": "whether it is still to be written: turned off, it is written once more",
    "device.broker_salt": "a secret's verifier: the broker itself refuses another one",
    "device.broker_verifier": "a secret's verifier: the broker itself refuses another one",
    "device_share.valid_until": "empty in this scene; changed by hand below",
    "device.retired_at": "empty in this scene; changed by hand below",
}
"""The columns that may be changed without a finding, each with the reason."""

COLUMNS = [
    pytest.param(table.name, column.name, id=f"{table.name}.{column.name}")
    for table in (*LEDGER, *TRAIL, *FACTS)
    for column in table.columns
    if f"{table.name}.{column.name}" not in UNSEEN
]


@pytest.fixture(scope="session")
def day(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Scene]:
    """One SQLite file with a day in it, to copy from."""
    file = tmp_path_factory.mktemp("day") / "day.sqlite3"
    shutil.copy(sqlite_template, file)
    database = connect(f"sqlite:///{file}")
    scene = play_a_day(database)
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file, scene


@pytest.fixture
def copy(day: tuple[Path, Scene], tmp_path: Path) -> Iterator[tuple[sqlite3.Connection, Scene]]:
    """A copy of it that may be spoilt, open past every program of the station."""
    template, scene = day
    file = tmp_path / "copy.sqlite3"
    shutil.copy(template, file)
    raw = sqlite3.connect(file, isolation_level=None)
    database = connect(f"sqlite:///{file}")
    yield raw, Scene(database, scene.good, scene.silent, scene.doubled)
    raw.close()
    database.dispose()


def other(column: Column[object], value: object) -> object:
    """Another value that the column can hold."""
    match column.type, value:
        case Boolean(), _:
            return 0 if value else 1
        case Float(), _:
            return float(value or 0) / 2 + 0.125  # type: ignore[arg-type]
        case _, bytes():
            return bytes([*value[:-1], value[-1] ^ 1]) if value else b"x"
        case _, None:
            is_number = isinstance(column.type, BigInteger | Integer) or _is_instant(column)
            return 1_795_000_000_000 if is_number else "x"
        case _, int():
            return value + (1_000 if column.primary_key else 1)
    return _another_text(column, str(value))


def _another_text(column: Column[object], text: str) -> str:
    if column.table.name == "play" and column.name == "state":
        return "confirmed" if text != "confirmed" else "failed"
    if column.table.name == "play" and column.name == "reached":
        return "cached" if text != "cached" else "started"
    if len(text) == 10 and text[4] == text[7] == "-":  # a day
        return "2001" + text[4:]
    if not text:
        return "x"
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def _is_instant(column: Column[object]) -> bool:
    return type(column.type).__name__ == "InstantColumn"


def test_an_untouched_ledger_holds(copy: tuple[sqlite3.Connection, Scene]) -> None:
    """And everything in it was looked at."""
    verdict = copy[1].verdict()

    assert verdict.findings == []
    assert (verdict.devices, verdict.confirmations, verdict.plays) == (3, 8, 3)
    assert (verdict.entries, verdict.roots) == (5, 1)


def test_every_table_has_rows_to_spoil(copy: tuple[sqlite3.Connection, Scene]) -> None:
    """Or the test below would show nothing."""
    raw = copy[0]
    empty = [
        table.name
        for table in (*LEDGER, *TRAIL, *FACTS)
        if raw.execute(f"SELECT count(*) FROM {table.name}").fetchone() == (0,)  # noqa: S608
    ]

    assert empty == []


@pytest.mark.parametrize(("table_name", "column_name"), COLUMNS)
def test_a_changed_column_is_found_and_named(
    copy: tuple[sqlite3.Connection, Scene], table_name: str, column_name: str
) -> None:
    """In the first row and in the last; the finding names the table."""
    raw, scene = copy
    column = table_named(table_name).c[column_name]
    rowids = [row[0] for row in raw.execute(f"SELECT rowid FROM {table_name} ORDER BY rowid")]  # noqa: S608
    for rowid in {rowids[0], rowids[-1]}:
        (value,) = raw.execute(
            f'SELECT "{column_name}" FROM {table_name} WHERE rowid = ?',  # noqa: S608
            (rowid,),
        ).fetchone()
        spoilt = other(column, value)
        change(raw, table_name, column_name, spoilt, rowid)

        findings = scene.found()

        assert names(findings, table_name), (value, findings)
        # A whole number that is the only key is SQLite's own name of the row, which then has moved.
        stays = raw.execute(f"SELECT 1 FROM {table_name} WHERE rowid = ?", (rowid,)).fetchone()  # noqa: S608
        change(raw, table_name, column_name, value, rowid if stays else int(str(spoilt)))
    assert scene.found() == []


@pytest.mark.postgres
def test_a_changed_column_is_found_on_postgresql_too(postgres_url: str) -> None:
    """One column of each table, chosen by a seed, and changed back."""
    database, rng = connect(postgres_url), Random(2026)
    scene = play_a_day(database)
    unseen = []
    for table in (*LEDGER, *TRAIL, *FACTS):
        column = rng.choice(
            [
                each
                for each in table.columns
                if f"{table.name}.{each.name}" not in UNSEEN and not isinstance(each.type, JSON)
            ]
        )
        with spoilt_first(database, table, column):
            if not names(scene.found(), table.name):
                unseen.append(f"{table.name}.{column.name}")
    holds = scene.verdict().holds
    database.dispose()

    assert unseen == []
    assert holds


@contextmanager
def spoilt_first(database: Database, table: Table, column: Column[object]) -> Iterator[None]:
    """Another value in the first row for a while, as PostgreSQL's own user can write it."""
    key = ", ".join(f'"{each.name}"' for each in table.primary_key)
    with database.engine.connect() as connection:
        # As whoever owns it can: without foreign keys.
        connection.exec_driver_sql("SET session_replication_role = replica")
        first, value = connection.exec_driver_sql(
            f'SELECT ctid, "{column.name}" FROM "{table.name}" ORDER BY {key} LIMIT 1'  # noqa: S608
        ).one()
        spoilt = other(column, value)
        as_boolean = isinstance(column.type, Boolean)
        there = _written(connection, table, column, bool(spoilt) if as_boolean else spoilt, first)
        yield
        _written(connection, table, column, value, there)


def _written(
    connection: Connection, table: Table, column: Column[object], value: object, row: object
) -> object:
    """Write a value for all to see; where the row is then."""
    there = connection.exec_driver_sql(
        f'UPDATE "{table.name}" SET "{column.name}" = %s WHERE ctid = %s RETURNING ctid',  # noqa: S608
        (value, row),
    ).scalar_one()
    connection.commit()
    return there


def change(raw: sqlite3.Connection, table: str, column: str, value: object, rowid: int) -> None:
    """Write past all programs, keys and constraints."""
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (value, rowid))  # noqa: S608


def names(findings: list[Finding], table: str) -> bool:
    """Whether something is said of a row of this table."""
    return any(each.table == table for each in findings)


@pytest.mark.parametrize("table", [each.name for each in (*LEDGER, *TRAIL, *FACTS)])
@pytest.mark.parametrize("which", ["ASC", "DESC"])
def test_a_removed_row_is_found_and_named(
    copy: tuple[sqlite3.Connection, Scene], table: str, which: str
) -> None:
    """The first of its table, and the last."""
    raw, scene = copy
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute(
        f"DELETE FROM {table} WHERE rowid ="  # noqa: S608
        f" (SELECT rowid FROM {table} ORDER BY rowid {which} LIMIT 1)"
    )

    if table == "station":
        return  # without it there is nothing to look at; the command says that no station is there
    assert names(scene.found(), table), scene.found()


def test_an_alert_that_was_closed_by_hand_is_found(
    copy: tuple[sqlite3.Connection, Scene],
) -> None:
    """Whoever hides that a village heard nothing."""
    raw, scene = copy
    raw.execute("UPDATE alert SET resolved_at = 1795000000000")

    assert names(scene.found(), "alert")


def test_a_share_that_was_ended_by_hand_is_found(copy: tuple[sqlite3.Connection, Scene]) -> None:
    """And a device that was retired by hand."""
    raw, scene = copy
    raw.execute("UPDATE device_share SET valid_until = '2026-12-01'")
    raw.execute("UPDATE device SET retired_at = 1795000000000")

    findings = scene.found()

    assert names(findings, "device_share")
    assert names(findings, "device")

"""No room for what devices say: nothing is receipted that is not held, and a person is told.

The disk is full for SQLite where its file may not grow, and for PostgreSQL where the server says
so. A real full disk under a real server is a case of `make soak` (`full-disk`).
"""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DataError, DBAPIError, InternalError, OperationalError
from sqlmodel import func, select

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.ledger.service import DatabaseAway, Ingest
from broadcaster.ledger.storage import (
    GROWS_OLD_AFTER,
    Reason,
    StorageAway,
    StorageFile,
    is_away,
    reason_of,
    storage_away,
    storage_file,
)
from broadcaster.ledger.tables import ConfirmationRow, Incident
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import STARTS, STATION, Pole, found, raise_pole
from tests.brokers import start_embedded
from tests.ingest_under_load import stage

PAUSE = timedelta(seconds=4)
ENTRIES = 200


@dataclass
class FullDisk:
    """A database that takes no more rows until there is room."""

    database: Database
    room: bool = True

    def fill(self) -> None:
        """Let it take nothing more."""
        self.room = False
        with self.database.writing() as session:
            if session.connection().dialect.name == "postgresql":
                session.connection().execute(
                    text(
                        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                        " RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full';"
                        " END $$"
                    )
                )
                session.connection().execute(
                    text(
                        "CREATE TRIGGER full_disk BEFORE INSERT ON confirmation"
                        " EXECUTE FUNCTION no_room()"
                    )
                )
                return
        event.listen(self.database.engine, "checkout", self._limit)

    def free(self) -> None:
        """Make room."""
        self.room = True
        with self.database.reading() as session:
            is_postgres = session.connection().dialect.name == "postgresql"
        if is_postgres:
            with self.database.writing() as session:
                session.connection().execute(text("DROP TRIGGER full_disk ON confirmation"))

    def _limit(self, connection: Any, *_: object) -> None:  # noqa: ANN401 - the driver's own type
        """SQLite's own way to have no room: not a page more than there are."""
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages if not self.room else 2**30}")


@dataclass
class Waiting:
    """An ingest whose pauses pass at once, and what it told in them."""

    disk: FullDisk
    frees_after: int
    now: datetime = STARTS
    told: list[StorageAway | None] = field(default_factory=list)
    pauses: int = 0
    stops: bool = False

    def pause(self, _seconds: float) -> bool:
        """Let time pass; make room after so many."""
        self.pauses += 1
        self.now += PAUSE
        if self.pauses == self.frees_after:
            self.disk.free()
        return self.stops

    def ingest(self) -> Ingest:
        """The ingest itself."""
        with self.disk.database.reading() as session:
            station = session.get_one(Station, STATION)
        return Ingest(
            self.disk.database,
            station,
            now=lambda: self.now,
            pause=self.pause,
            tell=self.told.append,
        )


@pytest.fixture
def pole(database: Database) -> Pole:
    """One pole with more to say than fits."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1")
    for _ in range(ENTRIES):
        pole.say(Kind.CACHED, order=None)
    return pole


def held(database: Database) -> int:
    """How many confirmations the ledger holds."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(ConfirmationRow)).one()


def test_waits_for_room_and_says_so(database: Database, pole: Pole) -> None:
    """While it waits nothing of it is held; with room again all is, and the time is on record."""
    disk = FullDisk(database)
    waiting = Waiting(disk, frees_after=3)
    ingest = waiting.ingest()
    disk.fill()
    (stored,) = ingest.store(pole.batches(size=50))
    with database.reading() as session:
        incidents = session.exec(select(Incident)).all()

    assert (stored.new, stored.receipts[0].seq, held(database)) == (ENTRIES, ENTRIES, ENTRIES)
    assert [each.reason for each in waiting.told if each] == [Reason.DISK_FULL] * 3
    assert waiting.told[-1] is None
    assert [each.code for each in incidents] == ["storage_away"]
    assert incidents[0].detail.endswith("disk_full")
    assert incidents[0].device_id is None


def test_told_to_stop_it_has_acknowledged_nothing(database: Database, pole: Pole) -> None:
    """A full disk and a restart of the machine together lose nothing either."""
    disk = FullDisk(database)
    waiting = Waiting(disk, frees_after=99, stops=True)
    ingest = waiting.ingest()
    disk.fill()
    with pytest.raises(DatabaseAway):
        ingest.store(pole.batches(size=50))

    assert held(database) == 0


@pytest.mark.processes
@pytest.mark.timeout(300)
def test_a_running_ingest_recovers_by_itself(sqlite_url: str, tmp_path: Path) -> None:
    """Its files may not grow, not even its log: it waits, tells, and goes on once they may."""
    rng = Random(2026)
    with stage(sqlite_url, tmp_path, start=start_embedded) as on:
        ingest = on.start_ingest()
        on.live(1.0, rng)
        on.let_ingest_write(64 * 1024)

        def told() -> StorageAway | None:
            return storage_away(on.settings.state_dir, now=datetime.now(UTC))

        # It goes on until what is there is full; then it has nothing more to receipt.
        while told() is None:
            on.live(0.5, rng)
        receipted = [each.receipted for each in on.speakers]
        on.live(1.0, rng)
        still = [each.receipted for each in on.speakers]
        on.let_ingest_write()
        on.settle(rng)

        assert still == receipted
        assert ingest.poll() is None
        on.assert_whole()
        assert on.incidents() == ["storage_away"]
        assert told() is None


def away(*, since: datetime, tried_at: datetime) -> StorageAway:
    """A database that takes nothing."""
    return StorageAway(since=since, tried_at=tried_at, reason=Reason.DISK_FULL)


def test_what_is_not_said_again_counts_no_more(tmp_path: Path) -> None:
    """The longest wait is told; a short one is none; one of a process that has ended grows old."""
    files = [StorageFile(storage_file(tmp_path, number=number)) for number in (1, 2)]
    tried_at = STARTS + timedelta(seconds=30)
    nothing = storage_away(tmp_path, now=tried_at)
    files[0].tell(away(since=tried_at - timedelta(seconds=1), tried_at=tried_at))
    short = storage_away(tmp_path, now=tried_at)
    files[0].tell(away(since=STARTS + timedelta(seconds=5), tried_at=tried_at))
    files[1].tell(away(since=STARTS, tried_at=tried_at))
    longest = storage_away(tmp_path, now=tried_at)
    old = storage_away(tmp_path, now=tried_at + GROWS_OLD_AFTER)
    files[1].tell(None)
    other = storage_away(tmp_path, now=tried_at)
    for file in files:
        file.close()

    assert (nothing, short, old) == (None, None, None)
    assert longest == away(since=STARTS, tried_at=tried_at)
    assert other is not None
    assert other.since == STARTS + timedelta(seconds=5)


def test_a_file_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    """No room for it, or half a word in it: nothing is told, and nobody fails."""
    (tmp_path / "ingest").write_text("a file where the folder belongs")
    file = StorageFile(storage_file(tmp_path, number=1))
    file.tell(away(since=STARTS, tried_at=STARTS + timedelta(minutes=1)))
    file.close()
    (tmp_path / "other" / "ingest").mkdir(parents=True)
    storage_file(tmp_path / "other", number=1).write_text('{"since_ms": 1')

    assert storage_away(tmp_path, now=STARTS) is None
    assert storage_away(tmp_path / "other", now=STARTS) is None


@pytest.mark.parametrize(
    ("error", "waits"),
    [
        (OperationalError("", {}, sqlite3.OperationalError("disk I/O error")), True),
        (OperationalError("", {}, psycopg.errors.AdminShutdown("terminating")), True),
        # A provider whose disk is full lets a server only read.
        (InternalError("", {}, psycopg.errors.ReadOnlySqlTransaction("read-only")), True),
        (InternalError("", {}, psycopg.errors.InternalError_("could not extend file")), True),
        (DataError("", {}, psycopg.errors.NumericValueOutOfRange("out of range")), False),
    ],
)
def test_only_what_lies_in_the_words_is_not_waited_for(error: DBAPIError, *, waits: bool) -> None:
    """What may pass is waited for, with nothing acknowledged; what never will is set aside."""
    assert is_away(error) is waits


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (sqlite3.OperationalError("database or disk is full"), Reason.DISK_FULL),
        (psycopg.errors.DiskFull("could not extend file"), Reason.DISK_FULL),
        (sqlite3.OperationalError("database is locked"), Reason.NO_ANSWER),
    ],
)
def test_a_full_disk_is_named(error: Exception, reason: Reason) -> None:
    """A person can make room only where it is said that there is none."""
    assert reason_of(OperationalError("INSERT", {}, error)) is reason

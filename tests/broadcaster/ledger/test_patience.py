"""A database that is away: the ingest waits with what it has, and acknowledges nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import DataError, OperationalError
from sqlmodel import Session, func, select

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.ledger.ingest import Stored
from broadcaster.ledger.service import DatabaseAway, Ingest, newest_receipts
from broadcaster.ledger.tables import ConfirmationRow, Incident
from devices.protocol.messages import Kind, Receipt
from tests.broadcaster.ledger.commune import STARTS, STATION, Pole, found, raise_pole


class MoodyDatabase(Database):
    """The same database, failing at the given writes; a mood of None works."""

    def __init__(self, database: Database, moods: list[Exception | None]) -> None:
        super().__init__(database.engine)
        self._moods = moods

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Fail as long as the mood lasts."""
        mood = self._moods.pop(0) if self._moods else None
        if mood is not None:
            raise mood
        with super().writing() as session:
            yield session


def locked() -> OperationalError:
    """What SQLite says when another writer does not end."""
    return OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))


def refused() -> DataError:
    """What a database says of a value that it cannot hold."""
    return DataError("INSERT", {}, ValueError("a value out of range"))


@pytest.fixture
def pole(database: Database) -> Pole:
    """One enrolled pole that has said two things."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1")
    pole.say(Kind.RECEIVED)
    pole.say(Kind.CACHED)
    return pole


def ingest_of(
    database: Database, moods: list[Exception | None], *, stops_after: int = 99
) -> tuple[Ingest, list[float]]:
    """An ingest whose pauses are counted instead of slept; told to stop after so many."""
    pauses: list[float] = []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) > stops_after

    with database.reading() as session:
        station = session.get_one(Station, STATION)
    return Ingest(MoodyDatabase(database, moods), station, now=lambda: STARTS, pause=pause), pauses


def count(database: Database, table: type) -> int:
    """How many rows a table holds."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def test_waits_for_the_database(database: Database, pole: Pole) -> None:
    """Away twice, it is asked a third time after growing pauses; then all is stored."""
    ingest, pauses = ingest_of(database, [locked(), locked()])
    outcomes = ingest.store([pole.batch()])

    assert [each.new for each in outcomes] == [2]
    assert pauses == [0.1, 0.5]


def test_stops_waiting_when_told_to(database: Database, pole: Pole) -> None:
    """Told to stop while the database is away, it gives up with nothing acknowledged."""
    ingest, _ = ingest_of(database, [locked()] * 9, stops_after=2)
    with pytest.raises(DatabaseAway):
        ingest.store([pole.batch()])

    assert count(database, ConfirmationRow) == 0


def test_one_bad_delivery_does_not_hold_up_the_others(database: Database, pole: Pole) -> None:
    """What the database itself refuses is kept as an incident; what came with it is stored."""
    ingest, _ = ingest_of(database, [refused(), None, refused()])
    outcomes = ingest.store([pole.batch(1, 1), pole.batch(2, 2)])
    with database.reading() as session:
        codes = session.exec(select(Incident.code)).all()

    assert [(each.new, each.refused) for each in outcomes] == [(1, 0), (0, 1)]
    assert codes == ["unstorable"]
    assert count(database, ConfirmationRow) == 1


def test_says_the_most_it_can_in_a_receipt() -> None:
    """Of several receipts for one journal only the one that says most goes out."""
    receipts = [
        Receipt(
            station=STATION,
            device=device,
            epoch="a" * 32,
            seq=seq,
            chain="0" * 64,
            issued_at_ms=0,
        )
        for device, seq in (("loa-1", 3), ("loa-2", 1), ("loa-1", 7), ("loa-1", 5))
    ]
    outcomes = [Stored(receipts=tuple(receipts[:2])), Stored(receipts=tuple(receipts[2:]))]
    sent = {receipt.device: receipt.seq for receipt in newest_receipts(outcomes)}

    assert sent == {"loa-1": 7, "loa-2": 1}


def test_a_storm_is_stored_in_pieces_so_that_others_may_write_between(
    database: Database, pole: Pole
) -> None:
    """One that is away between two pieces is waited for, and nothing is stored twice."""
    for _ in range(8):
        pole.say(Kind.CACHED)
    deliveries = pole.batches()
    ingest, pauses = ingest_of(database, [None, locked()])
    ingest.portions.octets = len(deliveries[0].payload) * 4
    outcomes = ingest.store(deliveries)

    assert len(outcomes) > 1
    assert sum(each.new for each in outcomes) == count(database, ConfirmationRow) == 10
    assert pauses == [0.1]

"""Asking again: for what a device has written and this ledger does not hold, and for no more."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, delete, select, update

from broadcaster.database import Database
from broadcaster.fleet.registry import retire
from broadcaster.fleet.tables import DeviceStatus
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.resync import PATIENCE, Gap, Resyncs, gaps
from broadcaster.ledger.tables import ConfirmationBatch, ConfirmationRow, JournalHead
from broadcaster.wire import Delivery
from devices.protocol.messages import Command, Kind, decode, encode
from tests.broadcaster.ledger.commune import STARTS, STATION, Pole, found, ingest, raise_pole

LATER = STARTS + PATIENCE
MINUTE = timedelta(minutes=1)
GAP = Gap("loa-1", "ab" * 16, 3)


@pytest.fixture
def pole(database: Database) -> Pole:
    """A pole that has said ten things, of which six are held, and tells of all of them."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1")
        for _ in range(10):
            pole.say(Kind.RECEIVED, order=None)
        ingest(session, [pole.batch(1, 6), tells(pole)])
    return pole


def tells(pole: Pole, *, online: bool = True, seq: int | None = None, at_ms: int = 5) -> Delivery:
    """A status that speaks of the pole's journal."""
    said = len(pole.entries) if seq is None else seq
    return pole.status(online=online, at_ms=at_ms, epoch=pole.epoch, seq=said)


def missing(session: Session, *, after: timedelta = PATIENCE) -> list[Gap]:
    """What is missing some time after the status came."""
    return list(gaps(connection_of(session), station_id=STATION, now=STARTS + after))


def test_what_does_not_come_by_itself_is_missed(database: Database, pole: Pole) -> None:
    """After some patience; everything behind what is held without a gap."""
    with database.reading() as session:
        soon = missing(session, after=PATIENCE - timedelta(seconds=1))
        late = missing(session)

    assert (soon, late) == ([], [Gap("loa-1", pole.epoch, 6)])


def test_what_has_come_is_not_missed(database: Database, pole: Pole) -> None:
    """Also where it came in pieces."""
    with database.writing() as session:
        ingest(session, [pole.batch(9, 10)])
        between = missing(session)
        ingest(session, [pole.batch(7, 8)])

        assert missing(session) == []
    assert between == [Gap("loa-1", pole.epoch, 6)]


def test_of_a_journal_that_nobody_holds_everything_is_missed(
    database: Database, pole: Pole
) -> None:
    """A backup from before the device began it."""
    with database.writing() as session:
        for table in (JournalHead, ConfirmationRow, ConfirmationBatch):
            session.exec(delete(table))

        assert missing(session) == [Gap("loa-1", pole.epoch, 0)]


@pytest.mark.parametrize("state", ["offline", "retired", "silent", "another_station"])
def test_nobody_is_asked_who_cannot_answer(database: Database, pole: Pole, state: str) -> None:
    """Nor one that says nothing of its journal."""
    with database.writing() as session:
        if state == "offline":
            ingest(session, [tells(pole, online=False, at_ms=9)])
        elif state == "retired":
            retire(session, "loa-1", now=STARTS)
        elif state == "silent":
            session.exec(update(DeviceStatus).values(epoch=None))
        station = "xa-khac" if state == "another_station" else STATION

        assert gaps(connection_of(session), station_id=station, now=LATER) == []


def test_a_command_names_the_journal_and_where_to_begin() -> None:
    """As devices read it; each with a higher number, whatever the clock does."""
    resyncs = Resyncs(STATION)
    (first,) = resyncs.commands([GAP], now=STARTS)
    (second,) = resyncs.commands([Gap("loa-1", "cd" * 16, 0)], now=STARTS - timedelta(days=1))

    assert decode(encode(first), Command) == first
    assert first.resync is not None
    assert (first.device, first.resync.epoch, first.resync.after_seq) == ("loa-1", "ab" * 16, 3)
    assert first.expires_at_ms > first.issued_at_ms
    assert second.sequence > first.sequence


def test_it_asks_ever_more_seldom_while_nothing_comes() -> None:
    """A device that only claims to have more is no work; what moves is asked on at once."""
    resyncs = Resyncs(STATION)
    asked = [
        minute for minute in range(300) if resyncs.commands([GAP], now=STARTS + minute * MINUTE)
    ]
    moved = resyncs.commands([Gap("loa-1", "ab" * 16, 4)], now=STARTS + 300 * MINUTE)

    assert asked[:5] == [0, 1, 3, 7, 15]
    assert asked[-1] - asked[-2] == 60
    assert len(moved) == 1


def test_a_gap_that_was_closed_is_forgotten() -> None:
    """The next one is asked for at once."""
    resyncs = Resyncs(STATION)
    resyncs.commands([GAP], now=STARTS)
    resyncs.commands([], now=STARTS + MINUTE / 2)

    assert len(resyncs.commands([GAP], now=STARTS + MINUTE / 2)) == 1


def test_a_restored_ledger_gets_every_row_back(database: Database, pole: Pole) -> None:
    """What was receipted and lost with the disk is asked for, told again and held once."""
    with database.writing() as session:
        (gap,) = missing(session)
        ingest(session, [pole.batch(gap.held + 1)])
        rows = session.exec(select(ConfirmationRow.entry).order_by(col(ConfirmationRow.seq))).all()

        assert list(rows) == pole.entries
        assert missing(session) == []

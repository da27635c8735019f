"""Journals that a device begins: one after the other is an incident, two at once an alarm."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select

from broadcaster.database import Database
from broadcaster.ledger.epochs import LATE
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.plays import rebuild_plays
from broadcaster.ledger.tables import (
    ConfirmationBatch,
    ConfirmationRow,
    Incident,
    JournalHead,
    KnownJournal,
    Play,
)
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import (
    BEFORE,
    STARTS,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)

LATER = STARTS + LATE + timedelta(seconds=1)


@pytest.fixture
def pole(database: Database) -> Pole:
    """One enrolled pole with two orders before it."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        expect(session, order(), order("ord-2", broadcast="bc-2"), now=BEFORE)
    return pole


def another_journal(pole: Pole) -> Pole:
    """The same device with a new journal: its own after a loss, or a clone's."""
    return Pole(pole.device, key=pole.key)


def tell(database: Database, pole: Pole, *, first: int = 1, now: datetime = STARTS) -> int:
    """Bring what a journal holds from `first` on; how far it is receipted."""
    with database.writing() as session:
        stored = ingest(session, [pole.batch(first)], now=now)
    return max((receipt.seq for receipt in stored.receipts), default=0)


def incidents(session: Session) -> list[tuple[str, bytes]]:
    """What was noticed, with its evidence, in the order in which it was."""
    rows = session.exec(select(Incident).order_by(col(Incident.id)))
    return [(row.code, row.evidence) for row in rows]


def states(session: Session) -> dict[str, str]:
    """How the plays stand, by order."""
    return {play.order_id: play.state for play in session.exec(select(Play))}


def test_a_lost_journal_is_one_incident_with_its_first_batch(
    database: Database, pole: Pole
) -> None:
    """The words of the new one count; however many batches come of it, it was lost once."""
    pole.say(Kind.RECEIVED)
    tell(database, pole)
    second = another_journal(pole)
    second.play()
    tell(database, second, now=LATER)
    evidence = second.batch().payload
    second.play(order="ord-2")
    tell(database, second, first=6, now=LATER + LATE)
    with database.reading() as session:
        assert incidents(session) == [("new_epoch", evidence)]
        assert states(session) == {"ord-1": "confirmed", "ord-2": "confirmed"}


def test_two_journals_that_live_at_once_are_quarantined(database: Database, pole: Pole) -> None:
    """The older goes on beside the newer: both are kept, chained and receipted; neither counts."""
    pole.say(Kind.RECEIVED, order=None)
    tell(database, pole)
    clone = another_journal(pole)
    clone.say(Kind.RECEIVED, order=None)
    tell(database, clone)
    pole.play()
    alarm = pole.batch(2).payload
    receipted = tell(database, pole, first=2, now=LATER)
    clone.play(order="ord-2")
    also = tell(database, clone, first=2, now=LATER)
    with database.writing() as session:
        rows = session.exec(select(ConfirmationRow)).all()
        assert [code for code, _ in incidents(session)] == ["new_epoch", "two_live_epochs"]
        assert incidents(session)[1][1] == alarm
        assert states(session) == {"ord-1": "planned", "ord-2": "planned"}
        assert rebuild_plays(session, now=STARTS) == 0

    assert (receipted, also, len(rows)) == (6, 6, 12)
    assert [row.quarantined for row in rows if row.seq == 1] == [False, False]
    assert all(row.quarantined for row in rows if row.seq > 1)


def test_what_counted_before_the_alarm_still_counts(database: Database, pole: Pole) -> None:
    """Nobody takes a confirmed play back; what comes now cannot be told apart, and only that."""
    pole.play()
    tell(database, pole)
    clone = another_journal(pole)
    clone.say(Kind.RECEIVED, order=None)
    tell(database, clone)
    pole.say(Kind.FAILED, code="audio_missing")
    tell(database, pole, first=6, now=LATER)
    with database.reading() as session:
        assert states(session)["ord-1"] == "confirmed"


def test_it_is_one_alarm_however_long_it_goes_on(database: Database, pole: Pole) -> None:
    """Two boxes that take turns for a day fill no list."""
    clone = another_journal(pole)
    now = STARTS
    for _ in range(5):
        for each in (pole, clone):
            each.say(Kind.RECEIVED, order=None)
            now += LATE + timedelta(seconds=1)
            tell(database, each, first=len(each.entries), now=now)
    with database.reading() as session:
        assert [code for code, _ in incidents(session)] == ["new_epoch", "two_live_epochs"]


def test_a_journal_begun_anew_counts_again(database: Database, pole: Pole) -> None:
    """Whoever mends the pole empties its folder: from its third journal on it is believed."""
    clone = another_journal(pole)
    for each, now in ((pole, STARTS), (clone, STARTS)):
        each.say(Kind.RECEIVED, order=None)
        tell(database, each, now=now)
    pole.say(Kind.RECEIVED, order=None)
    tell(database, pole, first=2, now=LATER)
    mended = another_journal(pole)
    mended.play()
    tell(database, mended, now=LATER + LATE)
    with database.reading() as session:
        assert states(session)["ord-1"] == "confirmed"
        assert [code for code, _ in incidents(session)].count("new_epoch") == 2


def test_a_thief_does_not_silence_the_alarm_by_a_third_journal(
    database: Database, pole: Pole
) -> None:
    """The honest journal goes on beside it, so it is no better than the second."""
    second, third = another_journal(pole), another_journal(pole)
    for each in (pole, second):
        each.say(Kind.RECEIVED, order=None)
        tell(database, each)
    pole.say(Kind.RECEIVED, order=None)
    tell(database, pole, first=2, now=LATER)
    third.say(Kind.RECEIVED, order=None)
    tell(database, third, now=LATER)
    pole.say(Kind.RECEIVED, order=None)
    tell(database, pole, first=3, now=LATER + LATE)
    third.play()
    tell(database, third, first=2, now=LATER + LATE)
    with database.reading() as session:
        assert [code for code, _ in incidents(session)].count("two_live_epochs") == 2
        assert states(session)["ord-1"] == "not_confirmed"


def test_words_that_were_overtaken_are_no_second_life(database: Database, pole: Pole) -> None:
    """Nor is what is only repeated, whenever that is: it still counts as it did."""
    pole.play()
    second = another_journal(pole)
    second.say(Kind.RECEIVED, order=None)
    with database.writing() as session:
        ingest(session, [pole.batch(1, 2), second.batch()])
        ingest(session, [pole.batch(3)], now=STARTS + LATE / 2)
        ingest(session, [pole.batch()], now=LATER + LATE)
    with database.reading() as session:
        assert [code for code, _ in incidents(session)] == ["new_epoch"]
        assert states(session)["ord-1"] == "confirmed"


def test_a_clock_that_is_set_back_makes_no_alarm(database: Database, pole: Pole) -> None:
    """Which journal is older is told by the order in which they were heard of."""
    pole.say(Kind.RECEIVED, order=None)
    tell(database, pole, now=STARTS + timedelta(days=30))
    second = another_journal(pole)
    second.say(Kind.RECEIVED, order=None)
    tell(database, second, now=STARTS)
    second.play()
    tell(database, second, first=2, now=LATER)
    with database.reading() as session:
        assert [code for code, _ in incidents(session)] == ["new_epoch"]
        assert states(session)["ord-1"] == "confirmed"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(turns=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 90)), max_size=14))
def test_whatever_journals_do_every_word_is_kept_and_receipted(
    database: Database, pole: Pole, turns: list[tuple[int, int]]
) -> None:
    """Each journal is held whole; the alarm comes when an old one goes on beside one long known."""
    journals = [another_journal(pole) for _ in range(3)]
    begun: dict[int, tuple[int, datetime]] = {}
    expected, now = False, STARTS
    with database.writing() as session:
        for table in (ConfirmationRow, ConfirmationBatch, JournalHead, KnownJournal, Incident):
            session.exec(delete(table))
    for number, pause_s in turns:
        now += timedelta(seconds=pause_s)
        each = journals[number]
        each.say(Kind.RECEIVED, order=None)
        assert tell(database, each, first=len(each.entries), now=now) == len(each.entries)
        place, _ = begun.setdefault(number, (len(begun), now))
        expected |= any(later > place and at <= now - LATE for later, at in begun.values())
    with database.reading() as session:
        held = session.exec(select(ConfirmationRow.entry)).all()
        codes = [code for code, _ in incidents(session)]

    assert sorted(held) == sorted(entry for each in journals for entry in each.entries)
    assert ("two_live_epochs" in codes) == expected
    assert codes.count("new_epoch") == max(len(begun) - 1, 0)

"""The journal: numbers without gaps, a chain over exact bytes, and a memory that outlives power."""

from pathlib import Path

import pytest

from devices.controller.journal import REMEMBERED_MS, Journal
from devices.controller.journal_file import note_end, open_journal
from devices.controller.statements import Statement
from devices.errors import JournalUnusable
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.messages import JournalEnd, Kind, OrderKey


def statement(kind: Kind, order: str = "sang", *, at_ms: int = 1, **fields: object) -> Statement:
    """Something said of an order."""
    return Statement(kind=kind, order=order, at_ms=at_ms, **fields)  # type: ignore[arg-type]


def opened(folder: Path) -> Journal:
    """The journal of the tests' device."""
    return open_journal(folder, station="binh-an", device="loa-01")


def test_a_journal_begins_an_epoch_of_its_own(tmp_path: Path) -> None:
    """128 random bits, kept over restarts, different in another folder."""
    first, again = opened(tmp_path), opened(tmp_path)
    (tmp_path / "other").mkdir()
    other = opened(tmp_path / "other")

    assert len(first.head.epoch) == 32
    assert again.head == first.head
    assert other.head.epoch != first.head.epoch
    assert first.head.hash == genesis(station="binh-an", device="loa-01", epoch=first.head.epoch)
    for journal in (first, again, other):
        journal.close()


def test_the_chain_runs_over_restarts(tmp_path: Path) -> None:
    """The next entry names the hash of the exact bytes of the one before."""
    journal = opened(tmp_path)
    journal.say(statement(Kind.RECEIVED), statement(Kind.CACHED))
    journal.close()
    journal = opened(tmp_path)
    (third,) = journal.say(statement(Kind.STARTED))

    _, second_bytes = journal.entries(first=1, last=2)
    assert third.seq == 3
    assert third.prev == entry_hash(second_bytes)
    assert journal.head.hash == journal.hash_at(3)
    journal.close()


def test_what_began_and_has_no_end_was_interrupted(tmp_path: Path) -> None:
    """Known from the disk alone; an end takes it off."""
    journal = opened(tmp_path)
    journal.say(statement(Kind.STARTED, "mot"), statement(Kind.STARTED, "hai"))
    journal.say(statement(Kind.FINISHED, "hai"), statement(Kind.RECEIVED, "ba"))
    journal.close()
    journal = opened(tmp_path)

    assert journal.interrupted == [OrderKey("mot", 0)]
    assert journal.settled == {OrderKey("mot", 0), OrderKey("hai", 0)}
    assert journal.has_said(statement(Kind.RECEIVED, "ba"))
    assert not journal.has_said(statement(Kind.RECEIVED, "ba", repeat=1))
    journal.close()


def test_a_write_that_fails_takes_no_number(tmp_path: Path) -> None:
    """A full disk leaves head, memory and plan as they were, and says so."""
    journal = opened(tmp_path)
    journal.say(statement(Kind.RECEIVED))
    before = journal.head
    journal._database.execute("PRAGMA max_page_count = 1")
    long = statement(Kind.STARTED, "dai", code="x" * 200_000)

    with pytest.raises(JournalUnusable, match="full"):
        journal.accept_plan(
            b"plan", cluster="cum-1", version=1, marks={"plan": 1}, statements=[long]
        )
    assert journal.head == before
    assert journal.plan("cum-1") is None
    assert journal.mark("plan") == 0
    assert OrderKey("dai", 0) not in journal.settled
    journal._database.execute("PRAGMA max_page_count = 100000")
    assert [each.seq for each in journal.say(statement(Kind.CACHED))] == [2]
    journal.close()


def test_what_was_said_is_forgotten_after_sixty_days(tmp_path: Path) -> None:
    """Only of orders that no plan holds any more."""
    journal = opened(tmp_path)
    journal.say(*(statement(Kind.FINISHED, name, at_ms=1) for name in ("cu", "con")))
    journal.prune(now_ms=REMEMBERED_MS, planned=frozenset())
    assert len(journal.settled) == 2
    journal.prune(now_ms=REMEMBERED_MS + 2, planned=frozenset({OrderKey("con", 0)}))

    assert journal.settled == journal.ended == {OrderKey("con", 0)}
    assert not journal.has_said(statement(Kind.FINISHED, "cu"))
    journal.close()


def test_a_file_that_is_no_journal_is_put_aside(tmp_path: Path) -> None:
    """A broken file is kept as it is; the new epoch names how far the old one was known."""
    first = opened(tmp_path)
    first.say(statement(Kind.RECEIVED))
    note_end(tmp_path, first.head)
    first.close()
    (tmp_path / "controller.sqlite3").write_bytes(b"not a database" * 100)
    second = opened(tmp_path)

    assert second.previous == JournalEnd(epoch=first.head.epoch, seq=1, chain=first.head.hash)
    assert second.head.epoch != first.head.epoch
    assert second.head.seq == 0
    (aside,) = tmp_path.glob("controller.sqlite3.broken-0")
    assert aside.read_bytes().startswith(b"not a database")
    second.close()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """Where no journal can be, nothing is played by heart."""
    (tmp_path / "controller.sqlite3").mkdir()

    with pytest.raises(JournalUnusable):
        opened(tmp_path)


def test_what_is_owed_is_written_in_its_order_with_the_next_write(tmp_path: Path) -> None:
    """It is remembered at once, and takes its numbers before what comes after it."""
    journal = opened(tmp_path)
    journal.owe(statement(Kind.RECEIVED, "mot"))
    assert journal.owes
    assert journal.has_said(statement(Kind.RECEIVED, "mot"))
    assert journal.head.seq == 0
    confirmations = journal.say(statement(Kind.RECEIVED, "hai"))

    assert [(each.seq, each.order) for each in confirmations] == [(1, "mot"), (2, "hai")]
    assert not journal.owes
    journal.close()


def test_a_mark_that_was_replaced_is_not_raised_by_what_was_owed_before(tmp_path: Path) -> None:
    """The root takes a time back while the disk is full; it stays taken back."""
    journal = opened(tmp_path)
    journal._database.execute("PRAGMA query_only = ON")
    journal.raise_marks({"floor_ms": 900}, owed=True)
    journal.accept_config(b"config", version=1, marks={"config:x": 1}, replaced={"floor_ms": 500})
    journal.raise_marks({"floor_ms": 600}, owed=True)
    assert journal.mark("floor_ms") == 600
    journal._database.execute("PRAGMA query_only = OFF")
    journal.settle()
    journal.close()
    journal = opened(tmp_path)

    assert journal.mark("floor_ms") == 600
    assert journal.config() == (1, b"config")
    journal.close()


def test_words_of_a_moment_that_are_owed_and_dropped_leave_nothing(tmp_path: Path) -> None:
    """Neither in memory nor on the disk, however many came while it was full."""
    journal = opened(tmp_path)
    journal._database.execute("PRAGMA query_only = ON")
    for sequence in range(1, 1_000):
        journal.accept_moment(
            b"x" * 100, sequence=sequence, marks={"now:x": sequence}, statements=(), owed=True
        )
        journal.drop_moments([sequence - 1])
    assert journal.moments() == [(999, b"x" * 100)]
    assert sum(word is not None for word in journal._owed.moments.values()) == 1
    journal._database.execute("PRAGMA query_only = OFF")
    journal.settle()

    assert journal.moments() == [(999, b"x" * 100)]
    assert journal.mark("now:x") == 999
    journal.close()

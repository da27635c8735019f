"""Signed messages are kept small, come back to the byte, and show every octet that was changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text, update

from broadcaster.database import Database
from broadcaster.database.migrate import migrate, undo_migrations
from broadcaster.database.signed_messages import packed, restored
from broadcaster.ledger.tables import BATCHES
from tests.broadcaster.ledger.commune import Pole, found, ingest, raise_pole


def a_message(*, entries: int = 5) -> bytes:
    """A pole's signed batch."""
    pole = Pole("loa-1")
    pole.play()
    return pole.batch(1, entries).payload


@pytest.mark.parametrize(("entries", "share"), [(1, 0.5), (4, 0.4)])
def test_a_batch_is_kept_in_less_than_half_its_size(entries: int, share: float) -> None:
    """Most of it are the words of the contract, and base64."""
    message = a_message(entries=entries)

    assert len(packed(message)) < len(message) * share


@given(message=st.binary(max_size=2_000))
def test_whatever_is_kept_comes_back_to_the_byte(message: bytes) -> None:
    """Also what nobody signed."""
    assert restored(packed(message)) == message


@given(st.lists(st.sampled_from([b".", b"eyJ", b"A" * 86, b"=", b"\0", b"\1", b"_", b"B"])))
def test_what_only_looks_like_a_message_comes_back_too(parts: list[bytes]) -> None:
    """Other spellings of base64, none of them the one that is written."""
    message = b"".join(parts)

    assert restored(packed(message)) == message


def test_a_message_from_before_is_read_as_it_stands() -> None:
    """Rows that no migration has reached, and exports."""
    message = a_message()

    assert restored(message) == message


def test_no_octet_can_be_changed_unseen() -> None:
    """Each one, in each of its bits: what comes out is not what was signed."""
    message = a_message(entries=2)
    kept = packed(message)

    for at, octet in enumerate(kept):
        for bit in range(8):
            spoilt = kept[:at] + bytes([octet ^ (1 << bit)]) + kept[at + 1 :]

            assert restored(spoilt) != message


def test_what_was_cut_off_or_added_is_seen() -> None:
    """From the beginning, at the end, and all of it."""
    message = a_message()
    kept = packed(message)

    assert all(restored(kept[:length]) != message for length in range(len(kept)))
    assert restored(kept + b"\0") != message


def test_nothing_is_inflated_beyond_the_longest_message() -> None:
    """A row made to fill the memory is no message."""
    longest = b"e30." + b"A" * 300_000 + b"." + b"A" * 86

    assert packed(longest) == b"\0" + longest


def test_evidence_of_an_older_version_is_deflated_and_comes_back(database: Database) -> None:
    """Up and down: the database holds what each version reads."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        pole.play()
        ingest(session, pole.batches(size=2))
    messages = sorted(each.payload for each in pole.batches(size=2))

    assert max(map(len, kept_in(database))) < min(map(len, messages))

    undo_migrations(database, to="0015")

    assert sorted(kept_in(database)) == messages

    migrate(database)
    with database.reading() as session:
        read = session.connection().execute(BATCHES.select()).all()

    assert sorted(row.message for row in read) == messages
    assert max(map(len, kept_in(database))) < min(map(len, messages))


def test_what_was_spoilt_is_read_as_it_is_kept(database: Database) -> None:
    """Reading goes on; what is read verifies nowhere."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        pole.play()
        ingest(session, pole.batches(size=5))
    with database.writing() as session:
        session.connection().execute(
            text("UPDATE confirmation_batch SET message = :m"), {"m": b"\1x"}
        )
        read = session.connection().execute(BATCHES.select()).one()
        session.connection().execute(update(BATCHES).values(message=b"\1x"))

    assert read.message == b"\1x"
    assert kept_in(database) == [b"\0\1x"]


def kept_in(database: Database) -> list[bytes]:
    """The octets of the column as the database has them."""
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT message FROM confirmation_batch"))
        return [bytes(message) for (message,) in rows]

"""Hashes and epochs are kept as octets, come back as hex, and what was spoilt is seen."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from broadcaster.database import Database
from broadcaster.database.hex_columns import hex_of, octets_of
from broadcaster.database.migrate import migrate, undo_migrations
from broadcaster.ledger.tables import BATCHES, CONFIRMATIONS
from tests.broadcaster.ledger.commune import Pole, found, ingest, raise_pole

HASH = sha256(b"").hexdigest()


def played(database: Database) -> Pole:
    """A pole that played, its journal stored in batches of two."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        pole.play()
        ingest(session, pole.batches(size=2))
    return pole


@given(octets=st.binary(min_size=16, max_size=16) | st.binary(min_size=32, max_size=32))
def test_a_hash_or_an_epoch_takes_half_the_room(octets: bytes) -> None:
    """And is the same again."""
    assert octets_of(octets.hex()) == octets
    assert hex_of(octets) == octets.hex()


@given(written=st.text(max_size=80).filter(lambda each: len(each.encode()) not in {16, 32}))
def test_what_is_no_hash_stays_what_it_is(written: str) -> None:
    """Whoever wrote it there is to be seen."""
    assert hex_of(octets_of(written)) == written


@given(octets=st.binary(max_size=80))
def test_whatever_was_written_past_the_station_can_be_read(octets: bytes) -> None:
    """No octets stop whoever verifies."""
    assert isinstance(hex_of(octets), str)


@pytest.mark.parametrize("spoilt", [HASH, HASH.encode(), HASH.upper(), bytes.fromhex(HASH)[:-1]])
def test_a_hash_in_another_form_is_not_that_hash(spoilt: str | bytes) -> None:
    """Who looks it up by its octets would not find it."""
    assert hex_of(spoilt) != HASH


def test_rows_of_an_older_version_become_small_and_come_back(database: Database) -> None:
    """Up and down with rows: what each version reads is in the database, and whole."""
    pole = played(database)
    before = everything(database)
    sizes = kept_octets(database)

    undo_migrations(database, to="0029")

    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM confirmation ORDER BY seq")).mappings().all()
        batches = connection.execute(text("SELECT sha256 FROM confirmation_batch")).scalars().all()
    assert [row["entry"] for row in rows] == pole.entries
    assert [row["entry_sha256"] for row in rows] == [
        sha256(entry.encode()).hexdigest() for entry in pole.entries
    ]
    assert {row["epoch"] for row in rows} == {pole.epoch}
    assert {row["batch_sha256"] for row in rows} == set(batches)

    migrate(database)

    assert everything(database) == before
    assert kept_octets(database) == sizes


def test_a_row_still_needs_its_batch_after_the_migration(database: Database) -> None:
    """The tables were written anew, and what one names in the other is still demanded."""
    played(database)
    undo_migrations(database, to="0029")
    migrate(database)

    with (
        pytest.raises(IntegrityError),
        database.writing() as session,
    ):
        session.connection().execute(BATCHES.delete())


def test_what_somebody_spoilt_before_does_not_stop_the_migration(database: Database) -> None:
    """It is there afterwards as it was, for whoever verifies."""
    played(database)
    undo_migrations(database, to="0029")
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE confirmation SET prev_sha256 = 'spoilt', entry = '{}' WHERE seq = 2")
        )

    migrate(database)

    spoilt = CONFIRMATIONS.c.prev_sha256, CONFIRMATIONS.c.entry
    with database.reading() as session:
        row = session.connection().execute(select(*spoilt).where(CONFIRMATIONS.c.seq == 2)).one()
    assert tuple(row) == ("spoilt", "{}")

    undo_migrations(database, to="0029")

    with database.engine.connect() as connection:
        again = connection.execute(
            text("SELECT prev_sha256, entry FROM confirmation WHERE seq = 2")
        ).one()
    assert tuple(again) == ("spoilt", "{}")


def everything(database: Database) -> list[list[tuple[object, ...]]]:
    """All rows of both tables as the station reads them."""
    with database.reading() as session:
        connection = session.connection()
        return [
            [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in (BATCHES, CONFIRMATIONS)
        ]


def kept_octets(database: Database) -> list[tuple[int, ...]]:
    """How long epoch, hash, entry and batch's hash are in the database."""
    lengths = ", ".join(
        f"octet_length({each})" if database.engine.dialect.name == "postgresql" else
        f"length({each})"
        for each in ("epoch", "entry_sha256", "batch_sha256", "entry")
    )  # fmt: skip
    with database.engine.connect() as connection:
        rows = connection.execute(text(f"SELECT {lengths} FROM confirmation ORDER BY seq"))  # noqa: S608
        found = [tuple(row) for row in rows]
    assert {row[:3] for row in found} == {(16, 32, 32)}
    return found

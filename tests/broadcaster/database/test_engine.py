"""Instants, ids and transactions, on both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from sqlmodel import select

from broadcaster.accounts.tables import Account
from broadcaster.database import Database, connect, new_id
from broadcaster.database.columns import from_ms, to_ms
from devices.protocol.topics import check_name

NOON = datetime(2026, 11, 22, 5, 0, 0, 123_000, tzinfo=UTC)


def account(name: str, created_at: datetime = NOON) -> Account:
    """An account to keep."""
    return Account(
        id=new_id("acc"),
        username=name,
        display_name=name,
        password_hash="-",
        created_at=created_at,
    )


def test_an_instant_comes_back_aware_and_in_utc(database: Database) -> None:
    """The same instant returns, to the millisecond, whatever zone it was given in."""
    at_home = NOON.astimezone(timezone(timedelta(hours=7)))
    with database.writing() as session:
        session.add(account("hanh", at_home))
    with database.reading() as session:
        kept = session.exec(select(Account)).one()

    assert kept.created_at == NOON
    assert kept.created_at.utcoffset() == timedelta()


def test_a_naive_time_is_refused(database: Database) -> None:
    """A time without a zone is a programming error, said at once."""
    with pytest.raises(StatementError), database.writing() as session:
        session.add(account("hanh", datetime(2026, 11, 22, 5, 0)))


def test_a_transaction_that_fails_changes_nothing(database: Database) -> None:
    """All of it or none of it."""

    def add_and_fail() -> None:
        with database.writing() as session:
            session.add(account("hanh"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()

    with database.reading() as session:
        assert session.exec(select(Account)).all() == []


def test_a_reading_session_keeps_nothing(database: Database) -> None:
    """What is added while reading is rolled back."""
    with database.reading() as session:
        session.add(account("hanh"))
        session.flush()

    with database.reading() as session:
        assert session.exec(select(Account)).all() == []


@given(
    st.datetimes(
        min_value=datetime(1970, 1, 1), max_value=datetime(9000, 1, 1), timezones=st.just(UTC)
    )
)
def test_milliseconds_and_instants_are_each_others_inverse(instant: datetime) -> None:
    """To milliseconds and back loses only what is finer than a millisecond."""
    assert timedelta() <= instant - from_ms(to_ms(instant)) < timedelta(milliseconds=1)


def test_every_new_id_may_stand_in_a_topic() -> None:
    """Ids are made to be levels of a topic, and do not repeat."""
    made = {new_id("loa") for _ in range(1000)}

    assert len(made) == 1000
    assert all(check_name(id_) == id_ for id_ in made)


def test_a_commit_is_durable_whatever_the_server_is_set_to(postgres_url: str) -> None:
    """A server that answers before its log is on disk would let a receipt promise too much."""
    with psycopg.connect(postgres_url) as stranger:
        found = stranger.execute("SHOW synchronous_commit").fetchone()
    ours = connect(postgres_url)
    with ours.writing() as session:
        told = session.connection().execute(text("SHOW synchronous_commit")).scalar_one()
    ours.dispose()

    assert (found, told) == (("off",), "on")


def test_who_waits_to_write_writes_as_soon_as_the_other_has(database: Database) -> None:
    """Longer than SQLite itself is asked to wait at a time: both transactions are kept."""
    has_begun, may_end = threading.Event(), threading.Event()

    def write_first() -> None:
        with database.writing() as session:
            session.add(account("hanh"))
            session.flush()
            has_begun.set()
            may_end.wait(10)

    first = threading.Thread(target=write_first)
    first.start()
    assert has_begun.wait(10)
    ending = threading.Timer(0.2, may_end.set)
    ending.start()
    with database.writing() as session:
        session.add(account("minh"))
    first.join()
    ending.join()

    with database.reading() as session:
        assert {each.username for each in session.exec(select(Account))} == {"hanh", "minh"}

"""Instants, ids and transactions, on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError
from sqlmodel import select

from broadcaster.accounts.tables import Account
from broadcaster.database import Database, new_id
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

"""Instants, ids and transactions, on both databases."""

import threading
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text
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


def test_a_crowd_that_comes_again_finds_its_connections_open(database: Database) -> None:
    """Twelve who read at once open twelve connections, and none the next time."""
    opened: list[object] = []
    database.dispose()
    event.listen(database.engine, "connect", lambda *_: opened.append(None))

    for _ in range(2):
        with ExitStack() as crowd:
            for _ in range(12):
                crowd.enter_context(database.reading()).connection()

    assert len(opened) == 12


def test_nobody_at_a_file_waits_for_a_connection(sqlite_url: str) -> None:
    """However many pages are made at once, and whatever each holds: more are opened meanwhile."""
    database = connect(sqlite_url)
    with ExitStack() as crowd:
        for _ in range(60):
            crowd.enter_context(database.reading()).connection()
        held: Any = database.engine.pool
        at_once = held.checkedout()
    kept = held.checkedin()
    database.dispose()

    assert (at_once, kept) == (60, 40)


def test_of_those_who_wait_to_write_one_looks_and_the_others_stand_behind(sqlite_url: str) -> None:
    """Another process writes: who looks again and again takes the processor from all the others."""
    database, another = connect(sqlite_url), connect(sqlite_url)
    waiting, looks = threading.Semaphore(0), Counter[int]()
    looked_often = threading.Event()

    def follow(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
        def note(statement: str) -> None:
            if statement == "PRAGMA busy_timeout=3":
                waiting.release()
            elif statement == "BEGIN IMMEDIATE":
                looks[id(connection)] += 1
                if looks.total() > 20:
                    looked_often.set()

        connection.set_trace_callback(note)

    def write() -> None:
        with database.writing() as session:
            session.connection()

    with ExitStack() as ending:
        session = ending.enter_context(another.writing())
        session.connection()
        event.listen(database.engine, "connect", follow)
        crowd = [threading.Thread(target=write) for _ in range(3)]
        for each in crowd:
            each.start()
        for _ in crowd:
            assert waiting.acquire(timeout=10)
        assert looked_often.wait(10)
        looked = len(looks)
    for each in crowd:
        each.join()
    database.dispose()
    another.dispose()

    assert looked == 1
    assert len(looks) == 3


def test_behind_a_transaction_of_the_same_process_nobody_looks(sqlite_url: str) -> None:
    """Whoever ends hands the place on: three who wait begin once each, when it is theirs."""
    database, begun = connect(sqlite_url), Counter[str]()
    standing = threading.Semaphore(0)

    def follow(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own type
        def note(statement: str) -> None:
            begun[statement] += 1
            if statement == "PRAGMA busy_timeout=3":
                standing.release()

        connection.set_trace_callback(note)

    def write() -> None:
        with database.writing() as session:
            session.connection()

    event.listen(database.engine, "connect", follow)
    with database.writing() as session:
        session.connection()
        assert standing.acquire(timeout=10)
        crowd = [threading.Thread(target=write) for _ in range(3)]
        for each in crowd:
            each.start()
        for _ in crowd:
            assert standing.acquire(timeout=10)
    for each in crowd:
        each.join()
    database.dispose()

    assert begun["BEGIN IMMEDIATE"] == 4

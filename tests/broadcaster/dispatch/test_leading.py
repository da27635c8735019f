"""One process leads the schedule: who takes over, when, and what a deposed one can still do."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import delete, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.tables import Approval
from broadcaster.database import Database, connect
from broadcaster.dispatch.leading import (
    ASK_EVERY_S,
    PATIENCE_S,
    Deposed,
    Lead,
    is_gone,
    this_process,
)
from broadcaster.dispatch.service import stood_by
from broadcaster.dispatch.tables import ScheduleLead
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID, found_station
from tests.trail import followed


@dataclass
class Clock:
    """Seconds since the boot, moved by hand."""

    now_s: float = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """All processes' clock; they compare it with nobody's."""
    return Clock()


@pytest.fixture
def a_process(newsroom: Newsroom, clock: Clock) -> Callable[[str], Lead]:
    """A process of another machine, of which nobody can see whether it lives."""
    return lambda name: Lead(
        newsroom.small.database, station_id=STATION_ID, holder=name, clock=clock
    )


def stands_by(lead: Lead, clock: Clock, *, seconds: float, leader: Lead | None = None) -> bool:
    """Look every half second, the leader every second; whether it took over."""
    for half in range(round(seconds * 2)):
        if leader is not None and half % 2 == 0:
            leader.look()
        if lead.take():
            return True
        clock.now_s += 0.5
    return False


def test_the_first_leads_at_once_and_the_second_stands_by(
    a_process: Callable[[str], Lead], clock: Clock
) -> None:
    """However long it waits."""
    first, second = a_process("first"), a_process("second")

    assert first.take()
    assert not stands_by(second, clock, seconds=120, leader=first)
    assert first.leads


def test_a_silent_leader_is_followed_in_less_than_ten_seconds(
    a_process: Callable[[str], Lead], clock: Clock
) -> None:
    """Wherever in the asking it fell silent."""
    first, second = a_process("first"), a_process("second")
    first.take()
    stands_by(second, clock, seconds=7.5, leader=first)

    assert stands_by(second, clock, seconds=PATIENCE_S + ASK_EVERY_S + 1)
    assert second.leads


def test_a_leader_that_ends_in_order_is_followed_at_once(
    a_process: Callable[[str], Lead],
) -> None:
    """An upgrade leaves no gap."""
    first, second = a_process("first"), a_process("second")
    first.take()
    first.release()

    assert second.take()


def test_of_two_that_stand_by_one_takes_over(
    a_process: Callable[[str], Lead], clock: Clock
) -> None:
    """And the other one stands by for it."""
    first, second, third = (a_process(name) for name in ("first", "second", "third"))
    first.take()
    took = []
    while len(took) < 1:
        took = [lead for lead in (second, third) if lead.take()]
        clock.now_s += 0.5
    leader, other = (second, third) if took == [second] else (third, second)

    assert not stands_by(other, clock, seconds=60, leader=leader)


def test_a_deposed_leader_stores_and_publishes_nothing(
    newsroom: Newsroom, a_process: Callable[[str], Lead], clock: Clock
) -> None:
    """It wakes up in the middle of its work: the transaction falls, the wire stays shut."""
    first, second = a_process("first"), a_process("second")
    first.take()
    stands_by(second, clock, seconds=20)
    database = newsroom.small.database

    def overwrite() -> None:
        with database.writing() as session:
            session.get_one(Station, STATION_ID).name = "Đài bị ghi đè"
            first.hold(session)

    with pytest.raises(Deposed):
        overwrite()
    with database.reading() as session:
        assert session.get_one(Station, STATION_ID).name != "Đài bị ghi đè"
    assert not first.leads
    with pytest.raises(Deposed):
        first.assure()
    with pytest.raises(Deposed):
        first.look()
    assert second.leads


def test_a_leader_that_did_not_look_for_long_looks_before_it_publishes(
    a_process: Callable[[str], Lead], clock: Clock
) -> None:
    """A beat that took long is no reason to fall, if nobody else took over."""
    first = a_process("first")
    first.take()
    clock.now_s += 60

    assert not first.leads
    first.assure()
    assert first.leads


def test_a_long_transaction_is_a_sign_of_life(
    newsroom: Newsroom, a_process: Callable[[str], Lead], clock: Clock
) -> None:
    """Signing for a whole province may take longer than anybody's patience."""
    first, second = a_process("first"), a_process("second")
    first.take()
    assert not second.take()
    with newsroom.small.database.writing() as session:
        first.hold(session)
        clock.now_s += 60

    assert not second.take()


@pytest.mark.postgres
def test_one_that_is_frozen_in_a_transaction_does_not_keep_others_waiting(
    postgres_url: str,
) -> None:
    """PostgreSQL ends its connection and lets go of what it locked; it can store nothing more."""
    database = connect(postgres_url)
    found_station(database, state_dir=Path("unused"))
    frozen = Lead(database, station_id=STATION_ID, stopped_after_s=0.2)
    assert frozen.take()
    other = Lead(database, station_id=STATION_ID, holder="another machine")

    def be_frozen_in_the_middle() -> None:
        with database.writing() as session:
            frozen.hold(session)
            # Without the server's limit this would wait for as long as the transaction is open.
            assert not other.take()
            session.exec(select(ScheduleLead)).all()

    with pytest.raises(DBAPIError):
        be_frozen_in_the_middle()
    database.dispose()


def test_nothing_is_written_while_nobody_asks(
    newsroom: Newsroom, a_process: Callable[[str], Lead], clock: Clock
) -> None:
    """A station of one box wears out no memory card by leading."""
    first = a_process("first")
    first.take()
    with newsroom.small.database.reading() as session:
        before = session.get_one(ScheduleLead, STATION_ID).model_dump()
    writes = []
    event.listen(
        newsroom.small.database.engine,
        "before_cursor_execute",
        lambda *call: writes.append(call[2]) if call[2].startswith("UPDATE") else None,
    )
    for _ in range(60):
        clock.now_s += 1
        first.look()
        with newsroom.small.database.writing() as session:
            first.hold(session)
    assert writes == []
    with newsroom.small.database.reading() as session:
        assert session.get_one(ScheduleLead, STATION_ID).model_dump() == before


def test_who_stands_by_has_read_the_trail_by_the_time_that_it_leads(
    newsroom: Newsroom, a_process: Callable[[str], Lead]
) -> None:
    """A take-over in a storm does not begin with the reading of ten years."""
    database, trail, stopping = newsroom.small.database, followed(), threading.Event()
    bulletin = newsroom.bulletin()
    assert a_process("first").take()
    asked: list[str] = []

    def note(*call: Any) -> None:  # noqa: ANN401
        asked.append(call[2])
        if "audit_entry" in call[2]:
            stopping.set()

    event.listen(database.engine, "before_cursor_execute", note)
    assert not stood_by(a_process("second"), database, trail, stopping=stopping)
    with database.reading() as session:
        decision = session.exec(select(Approval).where(Approval.bulletin_id == bulletin)).one()
        asked.clear()
        assert trail.is_newest_decision(session, decision)
    event.remove(database.engine, "before_cursor_execute", note)

    assert asked == []


def test_a_process_of_this_machine_that_ended_is_followed_at_once(newsroom: Newsroom) -> None:
    """A program that was killed and started again does not wait for itself."""
    code = "from broadcaster.dispatch.leading import this_process; print(this_process())"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    killed = Lead(newsroom.small.database, station_id=STATION_ID, holder=ended)
    assert killed.take()

    assert is_gone(ended)
    assert Lead(newsroom.small.database, station_id=STATION_ID).take()


@pytest.mark.parametrize(
    "holder",
    ["", "x", "host boot pid:[1] 1 1 aa", f"{os.uname().nodename} boot pid:[1] 999999 5 aa"],
)
def test_of_a_process_elsewhere_nothing_is_known(holder: str) -> None:
    """Another machine, another boot, another container: only its silence tells."""
    assert not is_gone(holder)


def test_a_living_process_is_not_gone() -> None:
    """This one, for example."""
    assert not is_gone(this_process())


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    """The smaller of the two databases: this counts, it does not compare them."""
    database = connect(sqlite_url)
    yield database
    database.dispose()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(acts=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["take", "look", "wait"]))))
def test_never_do_two_lead(on_sqlite: Database, acts: list[tuple[int, str]]) -> None:
    """Whatever each of three does, and whoever sleeps: two that may publish are never there."""
    clock = Clock()
    with on_sqlite.writing() as session:
        session.exec(delete(ScheduleLead))
        if session.get(Station, STATION_ID) is None:
            session.add(
                Station(
                    id=STATION_ID,
                    name="Đài truyền thanh xã Thượng",
                    commune="Thượng",
                    province="Hà Nội",
                    public_key="00" * 32,
                )
            )
    three = [
        Lead(on_sqlite, station_id=STATION_ID, holder=f"{number}", clock=clock)
        for number in range(3)
    ]
    for number, act in acts:
        lead = three[number]
        if act == "wait":
            clock.now_s += 1.5
        elif act == "take" and not lead.leads:
            lead.take()
        elif act == "look" and lead.leads:
            lead.look()
        assert sum(each.leads for each in three) <= 1

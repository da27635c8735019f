"""A pole that was stolen may talk as much as it likes; the others are heard all the same."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import func, select

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.ledger.allowance import Allowance
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.incidents import DAILY_LIMIT
from broadcaster.ledger.opening import Refused, open_delivery
from broadcaster.ledger.service import Ingest
from broadcaster.ledger.tables import ConfirmationRow, Incident
from broadcaster.wire import Delivery
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import (
    BEFORE,
    STARTS,
    STATION,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)


@pytest.fixture
def poles(on_sqlite: Database) -> tuple[Pole, Pole]:
    """One pole that floods, and one that has a play to tell of."""
    with on_sqlite.writing() as session:
        found(session)
        two = raise_pole(session, "loa-1"), raise_pole(session, "loa-2", thon_1=1.0)
        expect(session, order(), now=BEFORE)
    return two


def held(database: Database, device: str) -> int:
    """How many confirmations of a device the ledger holds."""
    with database.reading() as session:
        rows = select(func.count()).select_from(ConfirmationRow)
        return session.exec(rows.where(ConfirmationRow.device_id == device)).one()


def test_a_flood_leaves_room_for_the_others(on_sqlite: Database, poles: tuple[Pole, Pole]) -> None:
    """Beyond its allowance a pole is neither stored nor receipted; its neighbour is both."""
    loud, honest = poles
    for _ in range(400):
        loud.say(Kind.REJECTED, code="x" * 64)
    honest.play()
    with on_sqlite.reading() as session:
        station = session.get_one(Station, STATION)
    service = Ingest(
        on_sqlite,
        station,
        now=lambda: STARTS,
        pause=lambda _: True,
        allowance=Allowance(at_once_bytes=20_000, bytes_a_second=0.0),
    )
    outcomes = service.store([*loud.batches(size=10), honest.batch()])
    again = service.store([honest.batch()])

    receipts = {each.device: each.seq for outcome in outcomes for each in outcome.receipts}
    assert held(on_sqlite, honest.device) == receipts[honest.device] == 5
    assert 0 < held(on_sqlite, loud.device) == receipts[loud.device] < 100
    assert [each.duplicates for each in again] == [5]


@given(steps=st.lists(st.tuples(st.floats(0, 100), st.integers(0, 5_000)), min_size=1, max_size=50))
def test_nobody_gets_more_than_is_allowed(steps: list[tuple[float, int]]) -> None:
    """In any span of time: what may come at once, and what came back meanwhile."""
    allowance = Allowance(at_once_bytes=8_000, bytes_a_second=10.0)
    now_s, taken = 0.0, [(0.0, 0)]
    for pause_s, size in steps:
        now_s += pause_s
        one = Delivery("loa/1/a/from/b/confirm", b"x" * size, ack=lambda: None)
        got = sum(len(each.payload) for each in allowance.within([one], now_s=now_s))
        taken.append((now_s, taken[-1][1] + got))

    for (first_s, before), (last_s, after) in pairwise([taken[0], taken[-1]]):
        assert after - before <= 8_000 + 10.0 * (last_s - first_s) + 1


def test_an_honest_month_at_once_is_taken(poles: tuple[Pole, Pole]) -> None:
    """A pole that was away for thirty days of twenty plays tells all of it in one go."""
    honest = poles[1]
    for _ in range(30 * 20):
        honest.play()
    batches = honest.batches(size=50)

    assert Allowance().within(batches, now_s=0.0) == batches


def test_what_a_device_does_wrong_fills_no_disk(
    on_sqlite: Database, poles: tuple[Pole, Pole]
) -> None:
    """Incidents are counted in the database up to a limit a day, each device for itself."""
    loud, other = poles
    rubbish = [loud.deliver(f"no {number}") for number in range(DAILY_LIMIT + 100)]
    with on_sqlite.writing() as session:
        for part in (rubbish[:150], rubbish[150:], [other.deliver("no")]):
            ingest(session, part)
        kept = session.exec(select(Incident.device_id)).all()

    assert kept.count(loud.device) == DAILY_LIMIT
    assert kept.count(other.device) == 1


@given(
    topic=st.sampled_from(
        [f"loa/1/{STATION}/from/loa-1/{what}" for what in ("confirm", "status", "health")]
    )
    | st.text(max_size=80),
    payload=st.binary(max_size=400)
    | st.lists(st.binary(max_size=60), min_size=3, max_size=3).map(b".".join),
)
def test_no_bytes_stop_the_ingest(topic: str, payload: bytes) -> None:
    """Whatever comes on whatever topic is opened or refused, and nothing is raised."""
    pole = Pole("loa-1")
    station = Station(
        id=STATION, name="x", commune="x", province="x", rehearsal=True, public_key=""
    )
    delivery = Delivery(topic, payload, ack=lambda: None)

    opened = open_delivery(delivery, keys={pole.device: pole.key.verify_key}, station=station)

    assert opened is None or isinstance(opened, Refused)

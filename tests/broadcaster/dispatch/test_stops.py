"""A stopped broadcast falls silent by two ways: the fast one, and the plan for who missed it."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import timedelta

import pytest
from sqlmodel import col, select

from broadcaster.accounts.tables import Account
from broadcaster.areas.tables import Station
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.nows import OF_USE_FOR
from broadcaster.dispatch.outbox import mark_nows_published, nows_to_publish, publish_nows
from broadcaster.dispatch.signing import newest_plan, sign_changed_plans
from broadcaster.dispatch.stops import KEPT_FOR, sign_new_stops
from broadcaster.dispatch.tables import SignedNow
from broadcaster.schedule.errors import BroadcastNotOnAir
from broadcaster.schedule.stopping import stop_broadcast
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from broadcaster.wire import BrokerUnreachable
from devices.protocol.envelope import open_now
from devices.protocol.messages import Now, Stop
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys, plan_as_devices_see, trust_of
from tests.trail import followed

KEYS = made_keys()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def on_air(newsroom: Newsroom) -> Broadcast:
    """A broadcast that began a second ago, signed for both clusters."""
    newsroom.queue(newsroom.bulletin())
    (planned,) = newsroom.plan()
    sign(newsroom)
    newsroom.clock.move(planned.starts_at - newsroom.now() + timedelta(seconds=1))
    return planned


def sign(newsroom: Newsroom) -> Sequence[SignedNow]:
    """What the dispatch signs at a beat."""
    with newsroom.small.database.writing() as session:
        station = session.get_one(Station, STATION_ID)
        stops = sign_new_stops(session, station=station, keys=KEYS, now=newsroom.now())
        sign_changed_plans(
            session,
            station=station,
            keys=KEYS,
            trail=followed(),
            now=newsroom.now(),
            days=8,
            start_within=MINUTE,
            end_within=MINUTE,
        )
        session.expunge_all()
    return stops


def stop(newsroom: Newsroom, broadcast: Broadcast) -> None:
    """Press the button."""
    with newsroom.small.database.writing() as session:
        account = session.exec(select(Account.id).order_by(Account.id)).first()
        assert account is not None
        stop_broadcast(session, broadcast.id, station_id=STATION_ID, by=account, now=newsroom.now())


def orders_of(newsroom: Newsroom, broadcast: Broadcast) -> dict[str, str]:
    """Its order in each cluster."""
    with newsroom.small.database.reading() as session:
        rows = session.exec(
            select(BroadcastOrder.cluster_id, BroadcastOrder.id).where(
                BroadcastOrder.broadcast_id == broadcast.id
            )
        ).all()
    return dict(rows)


def stops_planned(newsroom: Newsroom, cluster_id: str) -> tuple[Stop, ...]:
    """The stops in a cluster's newest plan, as a device would read them."""
    with newsroom.small.database.reading() as session:
        signed = newest_plan(session, cluster_id)
        assert signed is not None
        plan = plan_as_devices_see(signed.message, keys=KEYS, cluster=cluster_id)
    return plan.all_stops


def opened(row: SignedNow) -> Now:
    """A message of the fast path, as a device would read it."""
    now, _ = open_now(
        row.message.encode(),
        station=STATION_ID,
        cluster=row.cluster_id,
        trust=trust_of(KEYS),
        now_ms=0,
    )
    return now


def test_a_stop_goes_both_ways_with_the_same_order(newsroom: Newsroom, on_air: Broadcast) -> None:
    """Each cluster hears of its own order, on the fast path and in the plan."""
    stop(newsroom, on_air)
    signed = sign(newsroom)

    expected = {
        cluster_id: Stop(order=order_id, at_ms=to_ms(newsroom.now()))
        for cluster_id, order_id in orders_of(newsroom, on_air).items()
    }
    assert {row.cluster_id: opened(row).stop for row in signed} == expected
    for cluster_id, stopped in expected.items():
        assert stops_planned(newsroom, cluster_id) == (stopped,)
    assert sign(newsroom) == []


def test_sequences_only_grow_also_with_a_clock_set_back(
    newsroom: Newsroom, on_air: Broadcast
) -> None:
    """Devices act on no sequence that is not above all before it."""
    stop(newsroom, on_air)
    first = [row.sequence for row in sign(newsroom)]
    with newsroom.small.database.writing() as session:
        for row in session.exec(select(SignedNow)).all():
            session.delete(row)
        session.add(
            SignedNow(
                sequence=first[-1] + 10**9,
                cluster_id="cl-1",
                order_id="khac",
                message="",
                signed_at=newsroom.now(),
                expires_at=newsroom.now(),
            )
        )
    second = [row.sequence for row in sign(newsroom)]

    assert sorted(first) == first
    assert len(set(first)) == len(first)
    assert min(second) > first[-1] + 10**9


def test_only_what_is_on_air_can_be_stopped(newsroom: Newsroom) -> None:
    """Before it begins it is cancelled; after its latest end there is nothing to silence."""
    newsroom.queue(newsroom.bulletin())
    (planned,) = newsroom.plan()

    with pytest.raises(BroadcastNotOnAir):
        stop(newsroom, planned)
    newsroom.clock.move(
        planned.not_after - newsroom.now() + timedelta(milliseconds=planned.slot_ms + 1)
    )
    with pytest.raises(BroadcastNotOnAir):
        stop(newsroom, planned)


def test_the_first_to_stop_it_is_remembered(newsroom: Newsroom, on_air: Broadcast) -> None:
    """A second press changes nothing."""
    stop(newsroom, on_air)
    at = newsroom.now()
    newsroom.clock.move(timedelta(seconds=5))
    stop(newsroom, on_air)

    with newsroom.small.database.reading() as session:
        assert session.get_one(Broadcast, on_air.id).stopped_at == at


def test_a_stop_stays_in_the_plan_for_who_comes_back(newsroom: Newsroom, on_air: Broadcast) -> None:
    """A pole without power for hours must not join what was stopped; a day later it is over."""
    stop(newsroom, on_air)
    newsroom.clock.move(KEPT_FOR - MINUTE)
    sign(newsroom)
    assert stops_planned(newsroom, "cl-1") != ()

    newsroom.clock.move(2 * MINUTE)
    sign(newsroom)
    assert stops_planned(newsroom, "cl-1") == ()


class Wire:
    """A way to the broker that may be cut."""

    def __init__(self) -> None:
        self.is_cut = False
        self.sent: list[tuple[str, bool]] = []

    def publish_soon(self, topic: str, payload: bytes, *, retain: bool = False) -> Future[None]:
        """Send it, or do not."""
        assert payload
        if self.is_cut:
            raise BrokerUnreachable(topic)
        self.sent.append((topic, retain))
        published: Future[None] = Future()
        published.set_result(None)
        return published


def test_the_fast_path_is_sent_once_not_retained_and_not_late(
    newsroom: Newsroom, on_air: Broadcast
) -> None:
    """What could not be sent waits while it is of use; then the plan alone says it."""
    stop(newsroom, on_air)
    sign(newsroom)
    wire = Wire()

    def beat() -> None:
        with newsroom.small.database.writing() as session:
            waiting = nows_to_publish(session, now=newsroom.now())
            sent = publish_nows(waiting, wire=wire, station_id=STATION_ID)  # type: ignore[arg-type]
            mark_nows_published(session, sent, now=newsroom.now())

    wire.is_cut = True
    beat()
    wire.is_cut = False
    beat()
    beat()
    assert sorted(wire.sent) == [
        (f"loa/1/{STATION_ID}/now/cl-1", False),
        (f"loa/1/{STATION_ID}/now/cl-2", False),
    ]

    with newsroom.small.database.writing() as session:
        for row in session.exec(select(SignedNow).where(col(SignedNow.sequence) > 0)).all():
            row.published_at = None
    newsroom.clock.move(OF_USE_FOR)
    beat()
    assert len(wire.sent) == 2

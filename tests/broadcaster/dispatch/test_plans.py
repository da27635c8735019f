"""The plan of a cluster, derived from its broadcasts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broadcaster.database.columns import to_ms
from broadcaster.dispatch.plans import PlannedBroadcast, orders_of, orders_sha256
from broadcaster.schedule.tables import Broadcast
from devices.protocol.messages import Plan, decode, encode

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SHA256 = "ab" * 32


def planned(
    number: int = 1,
    *,
    starts_in: timedelta = timedelta(minutes=5),
    cancelled: bool = False,
    override: tuple[str, str] | None = None,
) -> PlannedBroadcast:
    """A broadcast of one minute and the order by which a cluster plays it."""
    starts_at = NOW + starts_in
    broadcast = Broadcast(
        id=f"bc-{number}",
        schedule_id="sch-1",
        bulletin_id="bul-1",
        rendition_id="ren-1",
        title="Lịch tiêm chủng",
        priority=3,
        audio_sha256=SHA256,
        audio_size_bytes=48_000,
        duration_ms=60_000,
        slot_ms=60_000,
        occurs_at=starts_at,
        starts_at=starts_at,
        not_after=starts_at + timedelta(seconds=60),
        override_person=override[0] if override else None,
        override_reason=override[1] if override else None,
        planned_at=NOW,
        cancelled_at=NOW if cancelled else None,
    )
    return PlannedBroadcast(order_id=f"ord-{number}", broadcast=broadcast)


def ids(*each: PlannedBroadcast, now: datetime = NOW) -> list[str]:
    """The orders that stand in the plan of these broadcasts."""
    return [order.id for order in orders_of(each, now=now, days=8)]


def test_it_holds_the_next_eight_days_by_their_start() -> None:
    """What comes later than eight days is not in it yet."""
    soon, later = planned(2), planned(1, starts_in=timedelta(days=8))
    too_late = planned(3, starts_in=timedelta(days=8, seconds=1))

    assert ids(too_late, later, soon) == ["ord-2", "ord-1"]


def test_what_has_begun_stays_until_its_not_after() -> None:
    """A device that was away a moment still finds it; after *not after* it is gone."""
    begun = planned(1, starts_in=timedelta(seconds=-59))

    assert ids(begun) == ["ord-1"]
    assert ids(begun, now=NOW + timedelta(seconds=1)) == []


def test_what_was_withdrawn_is_gone() -> None:
    """A cancelled broadcast leaves the plan."""
    assert ids(planned(1, cancelled=True), planned(2)) == ["ord-2"]


def test_an_order_says_what_a_device_needs_to_play_it_alone() -> None:
    """Instant, limit, sound and length are all in the order."""
    (order,) = orders_of([planned()], now=NOW, days=8)

    assert order.starts_at_ms == to_ms(NOW + timedelta(minutes=5))
    assert order.not_after_ms == order.starts_at_ms + 60_000
    assert [(item.sha256, item.duration_ms) for item in order.items] == [(SHA256, 60_000)]
    assert order.override is None


def test_an_override_names_the_person_and_the_reason() -> None:
    """Devices see who allowed sound in quiet hours."""
    (order,) = orders_of([planned(override=("Trần Văn Thành", "Lũ lên"))], now=NOW, days=8)

    assert order.override is not None
    assert (order.override.person, order.override.reason) == ("Trần Văn Thành", "Lũ lên")


def test_a_reason_without_a_person_is_no_override() -> None:
    """Nobody allowed it, so the order does not claim that somebody did."""
    (order,) = orders_of([planned(override=("", "Lũ lên"))], now=NOW, days=8)

    assert order.override is None


@given(st.permutations([planned(n, starts_in=timedelta(minutes=n % 3)) for n in range(6)]))
def test_the_same_broadcasts_give_the_same_plan(shuffled: list[PlannedBroadcast]) -> None:
    """In whatever order rows come, nothing has to be published anew."""
    in_order = sorted(shuffled, key=lambda each: each.order_id)

    assert orders_sha256(orders_of(shuffled, now=NOW, days=8)) == orders_sha256(
        orders_of(in_order, now=NOW, days=8)
    )


def test_a_plan_survives_the_wire() -> None:
    """What is encoded is what is decoded."""
    plan = Plan(
        station="st-1",
        cluster="cum-1",
        version=1,
        issued_at_ms=to_ms(NOW),
        orders=orders_of([planned(), planned(2)], now=NOW, days=8),
    )

    assert decode(encode(plan), Plan) == plan

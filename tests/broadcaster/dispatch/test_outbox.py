"""The outbox: a plan is marked only when the broker has it, and goes out again after a loss."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadcaster.database import Database
from broadcaster.dispatch.outbox import (
    mark_published,
    plans_to_publish,
    publish,
    unpublished_since,
)
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.wire import BrokerUnreachable
from tests.broadcaster.newsroom import open_newsroom

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class FakeWire:
    """A broker that takes so many messages and then is gone."""

    def __init__(self, *, takes: int) -> None:
        self.takes = takes
        self.published: list[tuple[str, bytes, bool]] = []

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Take a message, or be unreachable."""
        if len(self.published) >= self.takes:
            raise BrokerUnreachable(topic)
        self.published.append((topic, payload, retain))


@pytest.fixture
def outbox(database: Database, tmp_path: Path) -> Database:
    """Two clusters with signed plans: one version of the first, two of the second."""
    open_newsroom(database, state_dir=tmp_path)
    with database.writing() as session:
        for cluster_id, version in (("cl-1", 7), ("cl-2", 7), ("cl-2", 8)):
            session.add(
                SignedPlan(
                    cluster_id=cluster_id,
                    version=version,
                    orders_sha256="-",
                    message=f"plan {cluster_id} {version}",
                    signed_at=NOON,
                )
            )
    return database


def send(database: Database, wire: FakeWire, *, again: bool = False) -> int:
    """Publish what waits and mark what the broker took."""
    with database.reading() as session:
        waiting = plans_to_publish(session, again=again)
    taken = publish(waiting, wire=wire, station_id="st-1")
    with database.writing() as session:
        mark_published(session, taken, now=NOON)
    return len(taken)


def test_only_the_newest_of_a_cluster_goes_out_retained(outbox: Database) -> None:
    """Older versions are superseded; what goes out is retained at the broker."""
    wire = FakeWire(takes=10)

    assert send(outbox, wire) == 2

    assert sorted(wire.published) == [
        ("loa/1/st-1/plan/cl-1", b"plan cl-1 7", True),
        ("loa/1/st-1/plan/cl-2", b"plan cl-2 8", True),
    ]


def test_what_the_broker_took_does_not_go_out_again(outbox: Database) -> None:
    """A second look finds nothing to publish."""
    send(outbox, FakeWire(takes=10))

    assert send(outbox, FakeWire(takes=10)) == 0


def test_what_the_broker_did_not_take_stays_in_the_outbox(outbox: Database) -> None:
    """It was gone after one; the other goes out when it is back."""
    assert send(outbox, FakeWire(takes=1)) == 1
    assert send(outbox, FakeWire(takes=10)) == 1
    assert send(outbox, FakeWire(takes=10)) == 0


def test_after_a_new_connection_all_newest_go_out(outbox: Database) -> None:
    """A broker may have lost what it retained."""
    send(outbox, FakeWire(takes=10))

    assert send(outbox, FakeWire(takes=10), again=True) == 2


def test_it_says_since_when_a_plan_waits_for_the_broker(outbox: Database) -> None:
    """The oldest that waits counts; with all of them published nothing waits."""
    with outbox.reading() as session:
        assert unpublished_since(session) == NOON

    send(outbox, FakeWire(takes=10))

    with outbox.reading() as session:
        assert unpublished_since(session) is None

"""The outbox: a plan is marked only when the broker has it, and goes out again after a loss."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from broadcaster.database import Database
from broadcaster.dispatch.outbox import (
    configs_to_publish,
    mark_configs_published,
    mark_published,
    plans_to_publish,
    publish,
    publish_configs,
    unpublished_since,
)
from broadcaster.dispatch.tables import SignedConfig, SignedPlan
from tests.broadcaster.dispatch.fleet import FakeWire, add_device
from tests.broadcaster.newsroom import open_newsroom

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


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


def sign_configs(database: Database, *signed: tuple[str, int, str]) -> None:
    """Put configurations into the outbox: device, version, message."""
    with database.writing() as session:
        for device_id, version, message in signed:
            session.add(
                SignedConfig(
                    device_id=device_id,
                    version=version,
                    config_sha256="-",
                    key_id="-",
                    message=message,
                    signed_at=NOON,
                )
            )


@pytest.fixture
def configured(outbox: Database) -> Database:
    """Three devices with configurations, one of them in two versions."""
    with outbox.writing() as session:
        for number in (1, 2, 3):
            add_device(session, number, now=NOON)
    sign_configs(outbox, ("loa-1", 5, "old"), ("loa-1", 6, "a"), ("loa-2", 5, "b"))
    sign_configs(outbox, ("loa-3", 5, "c"))
    return outbox


def send_configs(database: Database, wire: FakeWire, *, again: bool = False) -> int:
    """Publish the configurations that wait and mark what the broker took."""
    with database.reading() as session:
        waiting = configs_to_publish(session, again=again)
    taken = publish_configs(waiting, wire=wire, station_id="st-1")
    with database.writing() as session:
        mark_configs_published(session, taken, now=NOON)
    return len(taken)


def test_each_device_gets_its_newest_configuration_retained(configured: Database) -> None:
    """One message a device; the version before is superseded by it."""
    wire = FakeWire(takes=10)

    assert send_configs(configured, wire) == 3
    assert wire.published == [
        ("loa/1/st-1/config/loa-1", b"a", True),
        ("loa/1/st-1/config/loa-2", b"b", True),
        ("loa/1/st-1/config/loa-3", b"c", True),
    ]
    assert send_configs(configured, FakeWire(takes=10)) == 0


@pytest.mark.parametrize("answers", [True, False])
def test_configurations_that_the_broker_did_not_take_stay(
    configured: Database, answers: bool
) -> None:
    """Whether it refused the rest or never acknowledged it, they go out when it is back."""
    assert send_configs(configured, FakeWire(takes=1, answers=answers)) == (1 if answers else 0)
    assert send_configs(configured, FakeWire(takes=10)) == (2 if answers else 3)


def test_after_a_new_connection_all_configurations_go_out(configured: Database) -> None:
    """A broker may have lost what it retained."""
    send_configs(configured, FakeWire(takes=10))

    assert send_configs(configured, FakeWire(takes=10), again=True) == 3


def test_what_was_noted_before_is_not_written_again(configured: Database) -> None:
    """After a new connection thousands go out at once; only what is new costs a writing."""
    send_configs(configured, FakeWire(takes=10))
    sign_configs(configured, ("loa-1", 6_000, "newer"))
    with configured.reading() as session:
        waiting = configs_to_publish(session, again=True)
    marked: list[int] = []

    def note(*about: Any) -> None:  # noqa: ANN401 - what SQLAlchemy tells of a statement
        _, _, statement, values, _, many = about
        if statement.startswith("UPDATE signed_config"):
            marked.append(len(values) if many else 1)

    event.listen(configured.engine, "before_cursor_execute", note)
    with configured.writing() as session:
        mark_configs_published(session, waiting, now=NOON)
    event.remove(configured.engine, "before_cursor_execute", note)

    assert len(waiting) == 3
    assert marked == [1]
    assert send_configs(configured, FakeWire(takes=10)) == 0


def test_what_is_taken_back_is_emptied_once(configured: Database) -> None:
    """The broker forgets what it retained; nothing is said again of a device that is gone."""
    send_configs(configured, FakeWire(takes=10))
    sign_configs(configured, ("loa-1", 7, ""))
    wire = FakeWire(takes=10)
    send_configs(configured, wire)

    assert wire.published == [("loa/1/st-1/config/loa-1", b"", True)]
    assert send_configs(configured, FakeWire(takes=10), again=True) == 2


def test_a_configuration_that_waits_is_said_as_well(configured: Database) -> None:
    """Whatever was signed and is not at the broker counts."""
    send(configured, FakeWire(takes=10))
    with configured.reading() as session:
        assert unpublished_since(session) == NOON

    send_configs(configured, FakeWire(takes=10))

    with configured.reading() as session:
        assert unpublished_since(session) is None

"""One beat after the other: configurations before plans, and what changes is on its way at once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlmodel
from sqlalchemy import select, text
from structlog.testing import capture_logs

from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import SESSION_LIFE
from broadcaster.accounts.tables import SignInSession
from broadcaster.areas.tables import Station
from broadcaster.audit.tables import ROOTS
from broadcaster.dispatch.conductor import Conductor, tick
from broadcaster.fleet.registry import retire
from broadcaster.keys import StationKeys
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.marks import mark_coverage
from broadcaster.ledger.tables import MARKS
from tests.broadcaster.dispatch.fleet import FakeWire, add_device, leading
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys
from tests.trail import followed

ALL = ["config/loa-1", "config/loa-2", "plan/cl-1", "plan/cl-2"]


@dataclass
class Led:
    """A station that is led beat by beat, with a broker that takes everything."""

    newsroom: Newsroom
    keys: StationKeys = field(default_factory=made_keys)
    wire: FakeWire = field(default_factory=lambda: FakeWire(takes=1_000))
    clock_s: Callable[[], float] = lambda: 0.0

    def __post_init__(self) -> None:
        """Begin to lead."""
        self.conductor = Conductor(
            database=self.newsroom.small.database,
            settings=self.newsroom.small.settings,
            keys=lambda: self.keys,
            wire=self.wire,  # type: ignore[arg-type]
            lead=leading(self.newsroom.small.database),
            trail=followed(),
            clock_s=self.clock_s,
        )

    def beat(self) -> list[str]:
        """One beat, a second after the last; the topics that it published on."""
        before = len(self.wire.published)
        self.newsroom.clock.move(timedelta(seconds=1))
        tick(self.conductor, self.newsroom.now())
        new = self.wire.published[before:]
        return [topic.removeprefix(f"loa/1/{STATION_ID}/") for topic, _, _ in new]


@pytest.fixture
def led(newsroom: Newsroom) -> Led:
    """Two devices in two clusters."""
    with newsroom.small.database.writing() as session:
        for number in (1, 2):
            add_device(session, number, cluster=f"cl-{number}", now=newsroom.now())
    return Led(newsroom)


def test_devices_learn_whom_to_believe_before_they_get_a_plan(led: Led) -> None:
    """Each configuration goes out, then each plan; the next beat has nothing to say."""
    assert led.beat() == ALL
    assert led.beat() == []


def test_a_new_connection_gets_everything_again_in_the_same_order(led: Led) -> None:
    """The broker may have lost what it retained."""
    led.beat()
    led.wire.connections += 1

    assert led.beat() == ALL


def test_what_a_broken_connection_did_not_take_is_said_again(led: Led) -> None:
    """All of it, until all of it was taken."""
    led.wire.takes = 3

    assert led.beat() == ALL[:3]
    led.wire.takes = 1_000
    assert led.beat() == ALL


def test_other_keys_on_disk_are_used_without_a_restart(led: Led) -> None:
    """Configurations and plans are signed again by the key that is there now."""
    led.beat()
    led.keys = made_keys(seed=b"n", serial=2, also=b"k")

    assert led.beat() == ALL


def test_a_rule_of_the_station_reaches_the_poles_within_a_beat(led: Led) -> None:
    """Nobody has to wait for the minute."""
    led.beat()
    with led.newsroom.small.database.writing() as session:
        session.get_one(Station, STATION_ID).quiet_begins = "20:30"

    assert led.beat() == ALL[:2]


def test_a_long_roll_up_leaves_the_database_to_others_before_the_next(newsroom: Newsroom) -> None:
    """One that took a second rests for eight: late words of a storm are stored meanwhile."""
    # When it is looked, and where it begins ended.
    readings = iter([10.0, 11.0, 17.9, 18.0, 18.1, 18.2, 18.3])
    led = Led(newsroom, clock_s=lambda: next(readings))

    def left() -> int:
        """How many broadcasts wait to be counted again, one more having been marked."""
        database = newsroom.small.database
        with database.writing() as session:
            mark_coverage(connection_of(session), {"br-1"})
        led.conductor.roll_up(newsroom.now())
        with database.reading() as session:
            return len(session.execute(select(MARKS.c.id)).all())

    assert [left() for _ in range(4)] == [0, 1, 0, 0]


def test_a_retired_device_leaves_nothing_at_the_broker(led: Led) -> None:
    """Its retained configuration is emptied, once."""
    led.beat()
    with led.newsroom.small.database.writing() as session:
        retire(session, "loa-1", now=led.newsroom.now())

    assert led.beat() == ["config/loa-1"]
    assert led.wire.published[-1][1] == b""
    led.wire.connections += 1
    assert led.beat() == ["config/loa-2", "plan/cl-1", "plan/cl-2"]


def roots(led: Led) -> list[str]:
    """The days that have a root."""
    with led.newsroom.small.database.reading() as session:
        return list(session.execute(select(ROOTS.c.day).order_by(ROOTS.c.day)).scalars())


def test_each_day_gets_its_root_once_it_is_over(led: Led) -> None:
    """Yesterday's at the first beat; today's ten minutes after midnight, and once."""
    led.beat()
    assert roots(led) == ["2026-11-22"]

    midnight = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    led.newsroom.clock.move(midnight + timedelta(minutes=5) - led.newsroom.now())
    led.beat()
    assert roots(led) == ["2026-11-22"]

    for _ in range(3):
        led.newsroom.clock.move(timedelta(minutes=6))
        led.beat()
    assert roots(led) == ["2026-11-22", "2026-11-23"]


def test_a_day_that_cannot_be_sealed_keeps_no_plan_from_going_out(led: Led) -> None:
    """And it is sealed when it can be."""
    with led.newsroom.small.database.writing() as session:
        session.execute(text("ALTER TABLE daily_root RENAME TO away"))
    with capture_logs():
        assert "plan/cl-1" in [*led.beat(), *led.beat()]

    with led.newsroom.small.database.writing() as session:
        session.execute(text("ALTER TABLE away RENAME TO daily_root"))
    led.beat()
    assert roots(led) == ["2026-11-22"]


def test_personal_data_goes_when_its_time_is_over(led: Led) -> None:
    """Within the hour, though nobody signs in any more."""
    small = led.newsroom.small
    small.session_of("an", Role.OPERATOR)
    led.beat()

    def sessions() -> int:
        with small.database.reading() as session:
            return len(session.exec(sqlmodel.select(SignInSession)).all())

    assert sessions() == 1
    led.newsroom.clock.move(SESSION_LIFE)
    led.beat()
    assert sessions() == 0

"""The schedule's process against real brokers: what a pole gets, and when keys or poles change."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.dispatch.tables import SignedConfig
from broadcaster.fleet.ending import end_device
from broadcaster.keys import rotate_key
from broadcaster.wire import BrokerUnreachable, Wire
from tests.broadcaster.dispatch.led_station import Led, end, listened_station, process_of, until
from tests.broadcaster.ledger.commune import STATION
from tests.brokers import mosquitto_is_installed, start_embedded, start_mosquitto

pytestmark = pytest.mark.processes


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def led(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> Iterator[Led]:
    """The station, led, and its pole listening."""
    if request.param == "mosquitto" and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    start = start_embedded if request.param == "embedded" else start_mosquitto
    with listened_station(sqlite_url, tmp_path, start=start) as led:
        process = process_of(led.settings, led.broker, tmp_path / "dispatch.log")
        yield led
        end(process)


def test_a_pole_is_told_whom_to_believe_and_what_to_play(led: Led) -> None:
    """Both are retained: whoever comes late finds them, and can verify them by the root alone."""
    config, trust = led.config()
    plan = led.plan(trust)

    assert config.cluster == "cum-dong"
    assert plan.orders == ()
    assert plan.version > 0


def test_a_changed_key_reaches_the_poles_without_a_restart(led: Led) -> None:
    """The next configuration carries the new ring; the plan is signed anew, by the new key."""
    _, before = led.config()
    led.plan(before)
    rotate_key(led.settings.keys_dir, root=led.root, now=datetime.now(UTC), revoke_old=True)
    config, after = led.config(held=before)
    plan = led.plan(after)

    assert after.serial > before.serial
    assert set(after.keys).isdisjoint(before.keys)
    assert config.version > 0
    assert plan.orders == ()


def test_a_pole_that_is_ended_is_cut_off_and_leaves_nothing(led: Led) -> None:
    """Its connection ends, it is not let in again, and the broker forgets what it retained."""
    led.config()
    end_device(
        led.database,
        led.settings,
        "loa-1",
        station_id=STATION,
        by="acc",
        now=datetime.now(UTC),
    )
    led.broker.credentials_changed()

    def is_taken_back() -> bool:
        with led.database.reading() as session:
            rows = session.exec(select(SignedConfig).where(SignedConfig.message == "")).all()
        return [row.published_at is not None for row in rows] == [True]

    until(is_taken_back)
    if led.broker.name == "embedded":
        until(lambda: not led.wire.connected)
    again = Wire(led.broker.url, username="loa-1", password=led.pole.secret, client_id="loa-1")
    again.start()
    try:
        with pytest.raises(BrokerUnreachable):
            again.wait_connected(timeout_s=2.0)
    finally:
        again.stop()

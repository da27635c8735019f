"""The schedule's process against real brokers: what a pole gets, and when keys or poles change."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from sqlmodel import select

from broadcaster.database import Database, connect
from broadcaster.dispatch.tables import SignedConfig
from broadcaster.fleet.credentials import new_device_secret, verifier_of, write_registry
from broadcaster.fleet.ending import end_device
from broadcaster.fleet.tables import Device
from broadcaster.keys import founding_keys, read_root_key, rotate_key
from broadcaster.settings import Settings
from broadcaster.wire import BrokerUnreachable, Wire
from devices.protocol import topics
from devices.protocol.envelope import open_config, open_plan
from devices.protocol.keyring import NOBODY, Trust
from devices.protocol.messages import Config, Plan
from tests.broadcaster.ledger.commune import STATION, Pole, found, raise_pole
from tests.brokers import (
    RunningBroker,
    mosquitto_is_installed,
    start_embedded,
    start_mosquitto,
)

pytestmark = pytest.mark.processes
WAIT_S = 30.0


@dataclass
class Led:
    """A founded station whose schedule is led by its own process, with one pole."""

    database: Database
    settings: Settings
    broker: RunningBroker
    root: SigningKey
    pole: Pole
    wire: Wire

    def next(self) -> tuple[str, bytes]:
        """The next message to the pole: the branch of its topic, and its bytes."""
        delivery = self.wire.deliveries.get(timeout=WAIT_S)
        delivery.ack()
        return delivery.topic.split("/")[3], delivery.payload

    def config(self, *, held: Trust = NOBODY) -> tuple[Config, Trust]:
        """The next message, which must be a configuration; verified as a pole does."""
        branch, payload = self.next()
        assert branch == "config"
        return open_config(
            payload,
            station=STATION,
            device=self.pole.device,
            root=self.root.verify_key,
            held=held,
            now_ms=int(time.time() * 1_000),
        )

    def plan(self, trust: Trust) -> Plan:
        """The next message, which must be a plan; verified as a pole does."""
        branch, payload = self.next()
        assert branch == "plan"
        plan, _ = open_plan(
            payload,
            station=STATION,
            cluster="cum-dong",
            trust=trust,
            now_ms=int(time.time() * 1_000),
        )
        return plan


def process_of(settings: Settings, broker: RunningBroker, log: Path) -> subprocess.Popen[str]:
    """Run the schedule's process until it says that it leads."""
    environment = {
        **os.environ,
        "LOA_STATE_DIR": str(settings.state_dir),
        "LOA_DATABASE_URL": settings.database,
        "LOA_BROKER": broker.url,
    }
    with log.open("a") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "broadcaster.dispatch.service"],
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            env=environment,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, log.read_text()
    assert json.loads(line) == {"event": "dispatch_ready"}
    return process


def pole_in(database: Database, *, root_public_key: str) -> Pole:
    """The station of these keys, and a pole that may log in."""
    secret = new_device_secret()
    verifier = verifier_of(secret)
    with database.writing() as session:
        found(session).public_key = root_public_key
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        device = session.get_one(Device, "loa-1")
        device.broker_salt, device.broker_verifier = verifier.salt, verifier.verifier
    pole.secret = secret
    return pole


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail if it does not."""
    deadline_s = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def led(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> Iterator[Led]:
    """The station, led, and its pole listening."""
    if request.param == "mosquitto" and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    settings = Settings(state_dir=tmp_path / "state", database_url=sqlite_url)
    database = connect(sqlite_url)
    with founding_keys(
        settings.keys_dir, station_id=STATION, name="Đài", now=datetime.now(UTC)
    ) as new:
        new.keep()
    pole = pole_in(database, root_public_key=new.keys.root_public_key)
    with database.reading() as session:
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    start = start_embedded if request.param == "embedded" else start_mosquitto
    broker = start(settings.registry_file, tmp_path)
    process = process_of(settings, broker, tmp_path / "dispatch.log")
    wire = Wire(broker.url, username=pole.device, password=pole.secret, client_id=pole.device)
    for topic in (topics.config(STATION, "loa-1"), topics.plan(STATION, "cum-dong")):
        wire.subscribe(topic)
    wire.start()
    yield Led(database, settings, broker, read_root_key(new.root_told), pole, wire)
    wire.stop()
    process.terminate()
    process.wait(timeout=WAIT_S)
    assert process.stdout is not None
    process.stdout.close()
    broker.stop()
    database.dispose()


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

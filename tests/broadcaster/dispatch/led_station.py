"""A founded station whose schedule is led by processes of its own, at a real broker."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nacl.signing import SigningKey

from broadcaster.database import Database
from broadcaster.dispatch.service import READY
from broadcaster.fleet.credentials import new_device_secret, verifier_of, write_registry
from broadcaster.fleet.tables import Device
from broadcaster.keys import founding_keys, read_root_key
from broadcaster.settings import Settings
from broadcaster.wire import Wire
from devices.protocol import topics
from devices.protocol.envelope import open_config, open_plan
from devices.protocol.keyring import NOBODY, Trust
from devices.protocol.messages import Config, Plan
from tests.broadcaster.ledger.commune import STATION, Pole, found, raise_pole
from tests.brokers import RunningBroker
from tests.trail import connect

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
        return self.read_config(payload, held=held)

    def read_config(self, payload: bytes, *, held: Trust = NOBODY) -> tuple[Config, Trust]:
        """A configuration, verified as a pole does."""
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


def process_of(
    settings: Settings, broker: RunningBroker, log: Path, *, stands_by: bool = False
) -> subprocess.Popen[str]:
    """Run the schedule's process until it says that it leads, or stands by."""
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
    said = {"event": READY, "stands_by": True} if stands_by else {"event": READY}
    assert json.loads(line) == said
    return process


def end(process: subprocess.Popen[str]) -> None:
    """Ask it to end, and wait until it has."""
    process.terminate()
    process.wait(timeout=WAIT_S)
    assert process.stdout is not None
    process.stdout.close()


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


@contextmanager
def listened_station(
    url: str, folder: Path, *, start: Callable[[Path, Path], RunningBroker]
) -> Iterator[Led]:
    """The station with its broker, and its pole listening; nobody leads yet."""
    settings = Settings(state_dir=folder / "state", database_url=url)
    database = connect(url)
    with founding_keys(
        settings.keys_dir, station_id=STATION, name="Đài", now=datetime.now(UTC)
    ) as new:
        new.keep()
    pole = pole_in(database, root_public_key=new.keys.root_public_key)
    with database.reading() as session:
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    broker = start(settings.registry_file, folder)
    wire = Wire(broker.url, username=pole.device, password=pole.secret, client_id=pole.device)
    for topic in (
        topics.config(STATION, "loa-1"),
        topics.plan(STATION, "cum-dong"),
        topics.to_device(STATION, "loa-1"),
    ):
        wire.subscribe(topic)
    wire.start()
    try:
        yield Led(database, settings, broker, read_root_key(new.root_told), pole, wire)
    finally:
        wire.stop()
        broker.stop()
        database.dispose()

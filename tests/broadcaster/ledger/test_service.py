"""The ingest process against real brokers: stored, receipted, and nothing lost when killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey
from sqlalchemy import text
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.fleet.credentials import new_device_secret, verifier_of, write_registry
from broadcaster.fleet.tables import Device, DeviceHealth, DeviceStatus
from broadcaster.keys import StationKeys, founding_keys
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.tables import ConfirmationRow, Incident, Play
from broadcaster.settings import Settings
from broadcaster.wire import Wire
from devices.protocol import topics
from devices.protocol.envelope import open_to_device
from devices.protocol.keyring import open_keyring
from devices.protocol.messages import Command, Kind, Receipt, TimeAnswer
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
from tests.brokers import (
    RunningBroker,
    mosquitto_is_installed,
    start_embedded,
    start_mosquitto,
)
from tests.trail import connect

pytestmark = pytest.mark.processes
WAIT_S = 30.0
Heard = TypeVar("Heard", Receipt, TimeAnswer, Command)


@dataclass
class Commune:
    """A founded station with one pole, a broker, and the means to run the ingest."""

    database: Database
    settings: Settings
    broker: RunningBroker
    keys: StationKeys
    pole: Pole
    log: Path

    def start(self) -> subprocess.Popen[str]:
        """Run the ingest process until it says that it listens."""
        environment = {
            **os.environ,
            "LOA_STATE_DIR": str(self.settings.state_dir),
            "LOA_DATABASE_URL": self.settings.database,
            "LOA_BROKER": self.broker.url,
        }
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "broadcaster.ledger.service"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, self.log.read_text()
        assert json.loads(line) == {"event": "ingest_ready"}
        return process

    def receipt(self, wire: Wire) -> Receipt:
        """The next receipt for the pole, verified as a pole does."""
        return self.hear(wire, Receipt)

    def hear(self, wire: Wire, kind: type[Heard]) -> Heard:
        """The next message to the pole, verified as a pole that pinned the root does."""
        delivery = wire.deliveries.get(timeout=WAIT_S)
        delivery.ack()
        root = VerifyKey(self.keys.root_public_key.encode(), encoder=HexEncoder)
        return open_to_device(
            delivery.payload,
            kind,
            station=STATION,
            device=self.pole.device,
            trust=open_keyring(self.keys.keyring.encode(), station=STATION, root=root),
            now_ms=int(time.time() * 1_000),
        )


def stop(process: subprocess.Popen[str], *, how: signal.Signals = signal.SIGTERM) -> int:
    """End the process; its exit code."""
    process.send_signal(how)
    try:
        return process.wait(timeout=WAIT_S)
    finally:
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def commune(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Commune]:
    """The station on each database, with each broker."""
    settings = Settings(state_dir=tmp_path / "state", database_url=database_url)
    database = connect(database_url)
    secret = new_device_secret()
    with founding_keys(
        settings.keys_dir, station_id=STATION, name="Đài", now=datetime.now(UTC)
    ) as new:
        new.keep()
    with database.writing() as session:
        found(session).public_key = new.keys.root_public_key
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        device = session.get_one(Device, "loa-1")
        verifier = verifier_of(secret)
        device.broker_salt, device.broker_verifier = verifier.salt, verifier.verifier
        expect(session, order(), now=BEFORE)
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    if request.param == "mosquitto" and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    start = start_embedded if request.param == "embedded" else start_mosquitto
    broker = start(settings.registry_file, tmp_path)
    pole.secret = secret
    yield Commune(database, settings, broker, new.keys, pole, tmp_path / "ingest.log")
    broker.stop()
    database.dispose()


@pytest.fixture
def wire(commune: Commune) -> Iterator[Wire]:
    """The pole's own connection."""
    pole = commune.pole
    wire = Wire(
        commune.broker.url,
        username=pole.device,
        password=pole.secret,
        client_id=pole.device,
    )
    wire.subscribe(topics.to_device(STATION, pole.device))
    wire.start()
    wire.wait_subscribed(topics.to_device(STATION, pole.device), timeout_s=WAIT_S)
    yield wire
    wire.stop()


def send(wire: Wire, pole: Pole, first: int, last: int | None = None) -> None:
    """Publish part of the journal, signed."""
    delivery = pole.batch(first, last)
    wire.publish(delivery.topic, delivery.payload, timeout_s=WAIT_S)


def held(session: Session) -> list[str]:
    """The entries that the ledger holds, in their order."""
    return list(
        session.exec(select(ConfirmationRow.entry).order_by(col(ConfirmationRow.seq))).all()
    )


def test_stores_and_receipts_what_a_pole_says(commune: Commune, wire: Wire) -> None:
    """From the broker into the ledger and back: a receipt the pole can verify; SIGTERM is clean."""
    process = commune.start()
    commune.pole.play()
    send(wire, commune.pole, 1)
    receipt = commune.receipt(wire)
    wire.publish(
        topics.from_device(STATION, "loa-1", topics.Upward.CONFIRM), b"junk", timeout_s=WAIT_S
    )
    send(wire, commune.pole, 2, 3)
    repeated = commune.receipt(wire)
    code = stop(process)
    with commune.database.reading() as session:
        play = session.exec(select(Play)).one()
        incidents = session.exec(select(Incident.code)).all()

        assert held(session) == commune.pole.entries

    assert (receipt.seq, repeated.seq, play.state, incidents) == (5, 5, "confirmed", ["malformed"])
    assert code == 0
    assert "Traceback" not in commune.log.read_text()


def test_killed_it_loses_nothing_that_was_receipted(commune: Commune, wire: Wire) -> None:
    """Killed between words, it goes on from what it holds: each word once, the chain whole."""
    process = commune.start()
    for _ in range(10):
        commune.pole.say(Kind.RECEIVED, order=None)
    send(wire, commune.pole, 1, 4)
    before = commune.receipt(wire)
    stop(process, how=signal.SIGKILL)
    send(wire, commune.pole, 5, 7)
    process = commune.start()
    send(wire, commune.pole, before.seq + 1, 10)
    receipt = commune.receipt(wire)
    while receipt.seq < 10:
        receipt = commune.receipt(wire)
    stop(process)
    with commune.database.reading() as session:
        assert held(session) == commune.pole.entries

    assert before.seq == 4


def test_hears_a_device_enrolled_while_it_runs(commune: Commune, wire: Wire) -> None:
    """A key that was not there at the start is read when its device speaks."""
    process = commune.start()
    commune.pole.say(Kind.RECEIVED)
    send(wire, commune.pole, 1)
    commune.receipt(wire)
    with commune.database.writing() as session:
        assert session.get(Station, STATION) is not None
        late = raise_pole(session, "loa-2")
        late.secret = new_device_secret()
        verifier = verifier_of(late.secret)
        device = session.get_one(Device, "loa-2")
        device.broker_salt, device.broker_verifier = verifier.salt, verifier.verifier
        session.flush()
        write_registry(session, commune.settings.registry_file, keys_dir=commune.settings.keys_dir)
    commune.broker.credentials_changed()
    late.say(Kind.RECEIVED)
    other = Wire(commune.broker.url, username="loa-2", password=late.secret, client_id="loa-2")
    other.subscribe(topics.to_device(STATION, "loa-2"))
    other.start()
    try:
        other.wait_subscribed(topics.to_device(STATION, "loa-2"), timeout_s=WAIT_S)
        send(other, late, 1)
        heard = other.deliveries.get(timeout=WAIT_S)
    finally:
        other.stop()
        stop(process)

    assert heard.topic == topics.to_device(STATION, "loa-2")


def ask(wire: Wire, pole: Pole, nonce: str) -> int:
    """Ask the station for the time; when, in milliseconds."""
    asked_at_ms = int(time.time() * 1_000)
    question = pole.ask(nonce)
    wire.publish(question.topic, question.payload, timeout_s=WAIT_S)
    return asked_at_ms


def test_tells_the_time_to_whoever_asks(commune: Commune, wire: Wire) -> None:
    """Signed, to this question, of the moment between asking and hearing; nothing is stored."""
    process = commune.start()
    asked_at_ms = ask(wire, commune.pole, "ab" * 16)
    answer = commune.hear(wire, TimeAnswer)
    heard_at_ms = int(time.time() * 1_000)
    stop(process)
    with commune.database.reading() as session:
        assert held(session) == []
        assert session.exec(select(Incident)).all() == []

    assert answer.nonce == "ab" * 16
    assert asked_at_ms <= answer.at_ms <= heard_at_ms


def test_tells_the_time_while_the_database_is_away(commune: Commune, wire: Wire) -> None:
    """A pole without a clock can be told to play an emergency although nothing can be stored."""
    process = commune.start()
    commune.pole.say(Kind.RECEIVED)
    with commune.database.writing() as session:
        if session.connection().dialect.name == "postgresql":
            session.connection().execute(text("LOCK TABLE confirmation"))
        send(wire, commune.pole, 1)
        ask(wire, commune.pole, "cd" * 16)
        answer = commune.hear(wire, TimeAnswer)
    receipt = commune.receipt(wire)
    stop(process)

    assert (answer.nonce, receipt.seq) == ("cd" * 16, 1)


def test_keeps_the_last_word_on_health(commune: Commune, wire: Wire) -> None:
    """One row a device, and nothing of the ledger changes by it."""
    process = commune.start()
    for celsius in (41.5, 47.0):
        said = commune.pole.health(cpu_temperature_c=celsius)
        wire.publish(said.topic, said.payload, timeout_s=WAIT_S)
    commune.pole.say(Kind.RECEIVED)
    send(wire, commune.pole, 1)
    commune.receipt(wire)
    stop(process)
    with commune.database.reading() as session:
        kept = session.exec(select(DeviceHealth)).one()

    assert kept.said["cpu_temperature_c"] == 47.0


def test_asks_again_for_what_was_lost_with_the_disk(commune: Commune, wire: Wire) -> None:
    """A backup holds less than the pole was receipted for: it is asked, and all is held again."""
    commune.pole.play()
    with commune.database.writing() as session:
        ingest(session, [commune.pole.batch(1, 2)])
        session.add(
            DeviceStatus(
                device_id="loa-1",
                online=True,
                boot="b" * 32,
                software="test",
                plan_version=1,
                epoch=commune.pole.epoch,
                seq=len(commune.pole.entries),
                said_at=STARTS,
                received_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
        )
    process = commune.start()
    command = commune.hear(wire, Command)
    assert command.resync is not None
    send(wire, commune.pole, command.resync.after_seq + 1)
    receipt = commune.receipt(wire)
    stop(process)
    with commune.database.reading() as session:
        assert held(session) == commune.pole.entries

    assert (command.resync.epoch, command.resync.after_seq) == (commune.pole.epoch, 2)
    assert receipt.seq == 5

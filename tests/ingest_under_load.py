"""An ingest process under load: poles that speak without pause, and believe a receipt at once.

Each receipt is held against the database in the instant in which it comes: what it covers must be
there. What breaks is said in `broken`. A pole says again what has no receipt, as devices do.
"""

import json
import os
import queue
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey
from sqlalchemy import func
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from broadcaster.database import Database
from broadcaster.fleet.credentials import new_device_secret, verifier_of, write_registry
from broadcaster.fleet.tables import Device
from broadcaster.keys import StationKeys, founding_keys
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.plays import rebuild_plays
from broadcaster.ledger.tables import ConfirmationRow, Incident, Play
from broadcaster.settings import Settings
from broadcaster.wire import BrokerUnreachable, Delivery, Wire
from devices.errors import WrongKind
from devices.protocol import topics
from devices.protocol.chain import entry_hash
from devices.protocol.envelope import open_to_device
from devices.protocol.keyring import open_keyring
from devices.protocol.messages import Kind, Receipt
from tests.broadcaster.ledger.commune import (
    BEFORE,
    STATION,
    Pole,
    found,
    order,
    raise_pole,
)
from tests.brokers import RunningBroker
from tests.trail import connect

WAIT_S = 60.0
POLES = 4
_SAID_AGAIN_AFTER_S = 1.0
_TICK_S = 0.01
_MOST_AHEAD = 200


@dataclass
class Speaker:
    """A pole that speaks over the wire, and what it was receipted."""

    pole: Pole
    wire: Wire
    sent: int = 0
    receipted: int = 0
    moved_at_s: float = 0.0
    receipts: int = 0

    def speak(self, rng: Random) -> None:
        """Say a little more, and publish what is new; all that has no receipt, now and then."""
        if len(self.pole.entries) - self.receipted < _MOST_AHEAD:
            for _ in range(rng.randint(1, 4)):
                self.pole.say(Kind.CACHED, order=None)
        self.publish(rng)

    def publish(self, rng: Random) -> None:
        """Publish what was not sent, or was sent long ago and has no receipt, in random cuts."""
        if time.monotonic() - self.moved_at_s > _SAID_AGAIN_AFTER_S:
            self.sent, self.moved_at_s = self.receipted, time.monotonic()
        while self.sent < len(self.pole.entries):
            last = min(self.sent + rng.randint(1, 4), len(self.pole.entries))
            delivery = self.pole.batch(self.sent + 1, last)
            try:
                self.wire.publish_soon(delivery.topic, delivery.payload)
            except BrokerUnreachable:
                return
            self.sent = last


@dataclass
class Stage:
    """A founded station with poles that speak, a broker and an ingest that can be killed."""

    database: Database
    settings: Settings
    broker: RunningBroker
    restart: Callable[[RunningBroker], RunningBroker]
    keys: StationKeys
    log: Path
    speakers: list[Speaker] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    _ingest: subprocess.Popen[str] | None = None

    def start_ingest(self) -> subprocess.Popen[str]:
        """Run the ingest until it says that it listens."""
        environment = {
            **os.environ,
            "LOA_STATE_DIR": str(self.settings.state_dir),
            "LOA_DATABASE_URL": self.settings.database,
            "LOA_BROKER": self.broker.url,
        }
        with self.log.open("a") as log:
            self._ingest = subprocess.Popen(
                [sys.executable, "-m", "broadcaster.ledger.service"],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        assert self._ingest.stdout is not None
        line = self._ingest.stdout.readline()
        assert line, self.log.read_text()[-3_000:]
        assert json.loads(line) == {"event": "ingest_ready"}
        return self._ingest

    def end_ingest(self, *, how: signal.Signals = signal.SIGTERM) -> None:
        """End the ingest, in order or at once."""
        if self._ingest is None:
            return
        ended, self._ingest = self._ingest, None
        ended.send_signal(how)
        ended.wait(timeout=WAIT_S)
        assert ended.stdout is not None
        ended.stdout.close()

    def let_ingest_write(self, most_bytes: int = resource.RLIM_INFINITY) -> None:
        """Let no file of the running ingest grow beyond this, as where there is no room."""
        assert self._ingest is not None
        _, hard = resource.prlimit(self._ingest.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._ingest.pid, resource.RLIMIT_FSIZE, (most_bytes, hard))

    def kill_ingest(self) -> None:
        """`kill -9`."""
        self.end_ingest(how=signal.SIGKILL)

    def restart_broker(self) -> None:
        """`kill -9` the broker and have it back on its port, with nothing that it did not keep."""
        self.broker.stop(signal_number=signal.SIGKILL)
        self.broker = self.restart(self.broker)

    def live(self, seconds: float, rng: Random) -> None:
        """Let the poles speak for so long."""
        self.until(time.monotonic() + seconds, rng)

    def until(self, ends_s: float, rng: Random) -> None:
        """Let the poles speak until then."""
        while time.monotonic() < ends_s:
            for speaker in self.speakers:
                speaker.speak(rng)
            self.hear()
            time.sleep(_TICK_S)

    def settle(self, rng: Random, *, within_s: float = WAIT_S) -> None:
        """Let the poles only repeat, until all that they said is receipted."""
        self.repeat_until(
            lambda: all(each.receipted == len(each.pole.entries) for each in self.speakers),
            rng,
            within_s=within_s,
        )

    def repeat_until(
        self, holds: Callable[[], bool], rng: Random, *, within_s: float = WAIT_S
    ) -> None:
        """Let the poles only repeat, until something holds; fail if it does not in time."""
        deadline_s = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > deadline_s:
                raise AssertionError(self.log.read_text()[-3_000:])
            for speaker in self.speakers:
                speaker.publish(rng)
            self.hear()
            time.sleep(_TICK_S)

    def hear(self) -> None:
        """Take the receipts that have come, and hold each against the database."""
        for speaker in self.speakers:
            while True:
                try:
                    delivery = speaker.wire.deliveries.get_nowait()
                except queue.Empty:
                    break
                delivery.ack()
                self._take(speaker, delivery)

    def _take(self, speaker: Speaker, delivery: Delivery) -> None:
        root = VerifyKey(self.keys.root_public_key.encode(), encoder=HexEncoder)
        try:
            receipt = open_to_device(
                delivery.payload,
                Receipt,
                station=STATION,
                device=speaker.pole.device,
                trust=open_keyring(self.keys.keyring.encode(), station=STATION, root=root),
                now_ms=int(time.time() * 1_000),
            )
        except WrongKind:
            return  # A command to say again, which is done anyhow.
        speaker.receipts += 1
        if receipt.chain != entry_hash(speaker.pole.entries[receipt.seq - 1]):
            self.broken.append(f"{speaker.pole.device}: receipt {receipt.seq} of another chain")
        if self._held(speaker.pole, receipt.seq) != receipt.seq:
            self.broken.append(f"{speaker.pole.device}: receipt {receipt.seq} of what is not held")
        if receipt.seq > speaker.receipted:
            speaker.receipted, speaker.moved_at_s = receipt.seq, time.monotonic()

    def _held(self, pole: Pole, seq: int) -> int:
        statement = (
            select(func.count())
            .select_from(ConfirmationRow)
            .where(ConfirmationRow.device_id == pole.device, col(ConfirmationRow.seq) <= seq)
        )
        try:
            with self.database.reading() as session:
                return session.exec(statement).one()
        except DBAPIError:
            return seq  # It is down at this moment: looked at again when all is settled.

    def assert_whole(self) -> None:
        """Everything said is held once, in its order; each play is folded from all of it."""
        assert self.broken == []
        with self.database.writing() as session:
            for speaker in self.speakers:
                held = session.exec(
                    select(ConfirmationRow.entry)
                    .where(ConfirmationRow.device_id == speaker.pole.device)
                    .order_by(col(ConfirmationRow.seq))
                ).all()
                assert list(held) == speaker.pole.entries
            assert session.exec(select(Play.state)).all() == ["confirmed"] * len(self.speakers)
            assert rebuild_plays(session, now=datetime.now(UTC)) == 0

    def incidents(self) -> Sequence[str]:
        """The codes of all incidents."""
        with self.database.reading() as session:
            return session.exec(select(Incident.code).order_by(col(Incident.id))).all()


@contextmanager
def stage(
    database_url: str,
    folder: Path,
    *,
    start: Callable[..., RunningBroker],
    poles: int = POLES,
) -> Iterator[Stage]:
    """A station on this database and broker, its poles connected; no ingest runs yet."""
    settings = Settings(state_dir=folder / "state", database_url=database_url)
    with ExitStack() as ending:
        database = connect(database_url)
        ending.callback(database.dispose)
        with founding_keys(
            settings.keys_dir, station_id=STATION, name="Đài", now=datetime.now(UTC)
        ) as new:
            new.keep()
        raised = _raise(database, root_public_key=new.keys.root_public_key, poles=poles)
        with database.reading() as session:
            write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)

        def restart(broker: RunningBroker) -> RunningBroker:
            return start(settings.registry_file, folder, port=broker.port)

        on = Stage(
            database,
            settings,
            start(settings.registry_file, folder),
            restart,
            new.keys,
            folder / "ingest.log",
        )
        ending.callback(lambda: on.broker.stop())  # noqa: PLW0108 - the broker of that moment
        for pole in raised:
            on.speakers.append(Speaker(pole, _wire_of(pole, on.broker)))
            ending.callback(on.speakers[-1].wire.stop)
        ending.callback(on.kill_ingest)
        yield on


def _raise(database: Database, *, root_public_key: str, poles: int) -> list[Pole]:
    raised = []
    with database.writing() as session:
        found(session).public_key = root_public_key
        for number in range(1, poles + 1):
            pole = raise_pole(session, f"loa-{number}", thon_1=1 / poles)
            pole.secret = new_device_secret()
            device = session.get_one(Device, pole.device)
            verifier = verifier_of(pole.secret)
            device.broker_salt, device.broker_verifier = verifier.salt, verifier.verifier
            raised.append(pole)
        session.flush()
        expect(session, order(), now=BEFORE)
    for pole in raised:
        pole.play()
    return raised


def _wire_of(pole: Pole, broker: RunningBroker) -> Wire:
    wire = Wire(broker.url, username=pole.device, password=pole.secret, client_id=pole.device)
    heard = topics.to_device(STATION, pole.device)
    wire.subscribe(heard)
    wire.start()
    wire.wait_subscribed(heard, timeout_s=WAIT_S)
    return wire

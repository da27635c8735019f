"""A station behind a real Mosquitto, with poles that have signed journals to send, and ingests."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.database.migrate import migrate
from broadcaster.fleet.credentials import new_device_secret, verifier_of, write_registry
from broadcaster.fleet.tables import Device
from broadcaster.keys import founding_keys
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.settings import Settings
from devices.protocol import topics
from devices.protocol.credentials import (
    Credentials,
    Grants,
    credential_for,
    load_credentials,
    save_credentials,
)
from devices.protocol.topics import Upward
from tests.broadcaster.ledger import commune
from tests.broadcaster.ledger.commune import STATION, Pole
from tests.brokers import RunningBroker, start_mosquitto
from tests.trail import connect

SENDER, COUNTER = "gui-thu", "dem-thu"
EVERY_CONFIRMATION = topics.from_every(STATION, Upward.CONFIRM)
PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class Storm:
    """A founded station that expects what its poles then say; nothing runs yet."""

    folder: Path
    template: Path
    settings: Settings
    poles: Sequence[Pole]
    secret: str

    @property
    def confirmations(self) -> int:
        """How many entries all journals hold together."""
        return sum(len(pole.entries) for pole in self.poles)

    def messages(self, *, batch: int) -> list[tuple[str, str]]:
        """Topics and signed batches, the poles by turns as they would come."""
        of_poles = [pole.batches(size=batch) for pole in self.poles]
        turns = zip(*of_poles, strict=True)
        return [(one.topic, one.payload.decode()) for turn in turns for one in turn]

    def written(self, messages: Sequence[tuple[str, str]]) -> Path:
        """A file for the sender."""
        file = self.folder / "messages.tsv"
        file.write_text("".join(f"{topic}\t{message}\n" for topic, message in messages))
        return file

    def fresh_ledger(self) -> None:
        """The ledger as it was before anything came."""
        for file in self.settings.state_dir.glob("ledger.sqlite3*"):
            file.unlink()
        shutil.copy(self.template, self.settings.state_dir / "ledger.sqlite3")

    @contextmanager
    def broker(self) -> Iterator[RunningBroker]:
        """A Mosquitto that remembers nothing of the one before."""
        broker = start_mosquitto(self.settings.registry_file, self.folder)
        try:
            yield broker
        finally:
            broker.stop()

    @contextmanager
    def ingests(self, broker: RunningBroker, *, processes: int) -> Iterator[Sequence["Talking"]]:
        """The station's own ingest processes, all of them ready."""
        with ExitStack() as stack:
            yield [
                stack.enter_context(self._ingest(broker, number=number, processes=processes))
                for number in range(1, processes + 1)
            ]

    @contextmanager
    def _ingest(self, broker: RunningBroker, *, number: int, processes: int) -> Iterator["Talking"]:
        environment = {
            **os.environ,
            "LOA_STATE_DIR": str(self.settings.state_dir),
            "LOA_DATABASE_URL": self.settings.database,
            "LOA_BROKER": broker.url,
            "LOA_INGEST_PROCESSES": str(processes),
            "LOA_LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "broadcaster.ledger.service", "--number", str(number)]
        with talking(command, environment=environment, log=self.folder / "ingest.log") as said:
            assert said.next()["event"] == "ingest_ready"
            yield said

    def held(self) -> int:
        """How many confirmations receipts may cover by now."""
        with closing(sqlite3.connect(self.settings.state_dir / "ledger.sqlite3")) as ledger:
            (held,) = ledger.execute("SELECT COALESCE(SUM(seq), 0) FROM journal_head").fetchone()
            return int(held)


@dataclass(frozen=True, slots=True)
class Talking:
    """A process that says what it does in lines of JSON, and may be given a word."""

    process: subprocess.Popen[str]

    def next(self) -> dict[str, Any]:
        """The next thing that it says."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended with {self.process.wait()}"
        said: dict[str, Any] = json.loads(line)
        return said

    @property
    def processor_s(self) -> float:
        """What it has used of a processor until now, in all its threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def begin(self) -> None:
        """Give it the word."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@contextmanager
def talking(
    command: Sequence[str], *, environment: dict[str, str] | None = None, log: Path | None = None
) -> Iterator[Talking]:
    """Run a process; it is ended at the end."""
    with ExitStack() as stack:
        errors = stack.enter_context(log.open("a")) if log else None
        process = stack.enter_context(
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment,
            )
        )
        try:
            yield Talking(process)
        finally:
            process.terminate()


@contextmanager
def storm_of(folder: Path, *, poles: int, plays: int) -> Iterator[Storm]:
    """So many poles, each of which has so many plays to tell: five confirmations each."""
    template = folder / "template.sqlite3"
    state = folder / "state"
    settings = Settings(state_dir=state, database_url=f"sqlite:///{state / 'ledger.sqlite3'}")
    with founding_keys(
        settings.keys_dir, station_id=STATION, name="Đài", now=datetime.now(UTC)
    ) as new:
        new.keep()
    secret = new_device_secret()
    database = connect(f"sqlite:///{template}")
    migrate(database)
    names = [f"ord-{number}" for number in range(plays)]
    verifier = verifier_of(secret)
    with database.writing() as session:
        commune.found(session).public_key = new.keys.root_public_key
        raised = [
            commune.raise_pole(session, f"loa-{number:04}", thon_1=1 / poles)
            for number in range(poles)
        ]
        for pole in raised:
            device = session.get_one(Device, pole.device)
            device.broker_salt, device.broker_verifier = verifier.salt, verifier.verifier
        for name in names:
            expect(session, commune.order(name, broadcast=f"bc-{name}"), now=commune.BEFORE)
    with database.writing() as session:
        freeze(session, now=commune.STARTS)
    with database.reading() as session:
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    database.dispose()
    with closing(sqlite3.connect(template)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for pole in raised:
        for name in names:
            pole.play(order=name)
    _let_in(settings.registry_file, secret=secret)
    yield Storm(folder, template, settings, raised, secret)


def _let_in(registry: Path, *, secret: str) -> None:
    """Logins for the one that sends for all poles, and for the one that only counts."""
    known = load_credentials(registry).users
    added = {
        SENDER: credential_for(secret, grants=Grants(publish=(EVERY_CONFIRMATION,))),
        COUNTER: credential_for(secret, grants=Grants(subscribe=(EVERY_CONFIRMATION,))),
    }
    save_credentials(Credentials(users=known | added), registry)


def wait_until_held(storm: Storm, wanted: int) -> float:
    """The instant (Unix, s) by which receipts may cover so many."""
    deadline_s = time.monotonic() + PATIENCE_S
    while storm.held() < wanted:
        assert time.monotonic() < deadline_s, f"{storm.held()} of {wanted}"
        time.sleep(0.05)
    return time.time()

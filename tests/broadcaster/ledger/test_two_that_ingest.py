"""Two processes share the ingest by MQTT 5's shared subscriptions: one ledger, nothing lost."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, func, select

from broadcaster.ledger.service import filters
from broadcaster.ledger.tables import ConfirmationRow, Incident, JournalHead
from broadcaster.settings import Settings, SettingsInvalid, load_settings
from devices.protocol import topics
from devices.protocol.messages import Kind
from tests.broadcaster.dispatch.led_station import Led, end, listened_station, until
from tests.broadcaster.ledger.commune import STATION
from tests.brokers import RunningBroker, mosquitto_is_installed, start_mosquitto

SAID = 200

needs_mosquitto = pytest.mark.skipif(
    not mosquitto_is_installed(), reason="not run: install mosquitto"
)


def ingesting(
    settings: Settings, broker: RunningBroker, log: Path, *, number: int
) -> subprocess.Popen[str]:
    """Run one of two until it is ready."""
    environment = {
        **os.environ,
        "LOA_STATE_DIR": str(settings.state_dir),
        "LOA_DATABASE_URL": settings.database,
        "LOA_BROKER": broker.url,
        "LOA_INGEST_PROCESSES": "2",
    }
    with log.open("a") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "broadcaster.ledger.service", "--number", str(number)],
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            env=environment,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, log.read_text()
    assert json.loads(line) == {"event": "ingest_ready"}
    return process


@pytest.fixture
def station(database_url: str, tmp_path: Path) -> Iterator[Led]:
    """A station at a Mosquitto, on each database."""
    with listened_station(database_url, tmp_path, start=start_mosquitto) as led:
        yield led


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    """What each of the two says."""
    return [tmp_path / f"ingest-{number}.log" for number in (1, 2)]


@pytest.fixture
def pair(station: Led, logs: list[Path]) -> Iterator[list[subprocess.Popen[str]]]:
    """Two that share the work."""
    running = [
        ingesting(station.settings, station.broker, log, number=number)
        for number, log in enumerate(logs, start=1)
    ]
    yield running
    for process in running:
        end(process)


def stored(station: Led) -> int:
    """How many confirmations the ledger holds."""
    with station.database.reading() as session:
        return session.exec(select(func.count()).select_from(ConfirmationRow)).one()


def works(log: Path) -> int:
    """How many messages a process stored, by its own log."""
    said = (json.loads(line) for line in log.read_text().splitlines() if line.startswith("{"))
    return sum(each["deliveries"] for each in said if each["event"] == "deliveries_stored")


@needs_mosquitto
@pytest.mark.processes
@pytest.mark.mosquitto
@pytest.mark.timeout(300)
def test_each_message_is_stored_once_whoever_takes_it(
    station: Led, pair: list[subprocess.Popen[str]], logs: list[Path]
) -> None:
    """Both take their part; one is killed, the other one takes all; the receipt covers the whole.

    What the killed one had in hand is said again, as every device does until it is receipted.
    """
    pole = station.pole
    for _ in range(SAID):
        pole.say(Kind.CACHED, order=None)
    for delivery in pole.batches():
        station.wire.publish(delivery.topic, delivery.payload)
    until(lambda: stored(station) == SAID)
    # A process tells of what it stored only after it has receipted it.
    until(lambda: sum(map(works, logs)) >= SAID)
    both = [works(log) for log in logs]
    pair[1].kill()
    for _ in range(SAID):
        pole.say(Kind.CACHED, order=None)

    def is_receipted() -> bool:
        for delivery in pole.batches()[SAID:]:
            station.wire.publish(delivery.topic, delivery.payload)
        with station.database.reading() as session:
            head = session.exec(select(JournalHead)).one()
        return head.seq == 2 * SAID

    until(is_receipted)
    with station.database.reading() as session:
        rows = session.exec(select(func.count(), func.count(col(ConfirmationRow.seq).distinct())))
        assert rows.one() == (2 * SAID, 2 * SAID)
        assert session.exec(select(Incident)).all() == []
    assert all(each > SAID // 10 for each in both)


def test_one_process_alone_subscribes_to_all_as_ever() -> None:
    """The smallest station needs no MQTT 5."""
    assert filters(STATION, number=1, processes=1) == [topics.from_all(STATION)]


def test_what_is_retained_is_heard_by_the_first_alone() -> None:
    """A broker gives no retained message to those who share."""
    first, second = (filters(STATION, number=number, processes=2) for number in (1, 2))
    shared = [
        f"$share/ingest/loa/1/{STATION}/from/+/{each}" for each in ("confirm", "ask", "health")
    ]

    assert set(first) == {f"loa/1/{STATION}/from/+/status", *shared}
    assert set(second) == set(shared)


def test_the_embedded_broker_shares_nothing(tmp_path: Path) -> None:
    """Said when the settings are read, with the reason."""
    with pytest.raises(SettingsInvalid, match="shared subscriptions"):
        load_settings(state_dir=tmp_path, ingest_processes=2)

"""Two processes for one schedule: the second takes over, and the first undoes nothing."""

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from broadcaster.dispatch.service import DEPOSED_STATUS
from broadcaster.fleet.tables import DeviceSetting
from devices.protocol.keyring import Trust
from tests.broadcaster.dispatch.led_station import (
    WAIT_S,
    Led,
    end,
    listened_station,
    process_of,
)
from tests.brokers import mosquitto_is_installed, start_embedded, start_mosquitto

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

TAKE_OVER_S = 10.0
STOPPED_S = 30.0
QUIET_S = 5.0


@pytest.fixture
def station(database_url: str, tmp_path: Path) -> Iterator[Led]:
    """A station on SQLite with the embedded broker, or on PostgreSQL with Mosquitto."""
    is_small = database_url.startswith("sqlite")
    if not is_small and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    start = start_embedded if is_small else start_mosquitto
    with listened_station(database_url, tmp_path, start=start) as led:
        yield led


@pytest.fixture
def pair(station: Led, tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """One that leads, then one that stands by."""
    first = process_of(station.settings, station.broker, tmp_path / "first.log")
    second = process_of(station.settings, station.broker, tmp_path / "second.log", stands_by=True)
    yield [first, second]
    for process in (first, second):
        end(process)


def in_service(station: Led) -> Trust:
    """Whom the pole believes, after the first leader said what there was to say."""
    _, trust = station.config()
    station.plan(trust)
    return trust


def set_stagger(station: Led, stagger_ms: int) -> None:
    """Change what the pole's configuration says: whoever leads signs and publishes it."""
    with station.database.writing() as session:
        setting = session.get(DeviceSetting, "loa-1") or DeviceSetting(
            device_id="loa-1", changed_at=datetime.now(UTC)
        )
        setting.stagger_ms, setting.changed_at = stagger_ms, datetime.now(UTC)
        session.add(setting)


def told_stagger(station: Led, trust: Trust) -> int:
    """What the next configuration to the pole says; plans between are passed over."""
    while True:
        branch, payload = station.next()
        if branch == "config":
            config, _ = station.read_config(payload, held=trust)
            return config.stagger_ms


def test_a_killed_leader_is_followed(station: Led, pair: list[subprocess.Popen[str]]) -> None:
    """In less than ten seconds, and all that changed meanwhile reaches the poles."""
    trust = in_service(station)
    first, _ = pair
    killed_s = time.monotonic()
    first.kill()
    set_stagger(station, 120)

    while told_stagger(station, trust) != 120:
        pass
    assert time.monotonic() - killed_s < TAKE_OVER_S


def test_a_leader_that_slept_for_half_a_minute_publishes_nothing(
    station: Led, pair: list[subprocess.Popen[str]]
) -> None:
    """Stopped, followed, woken: it finds itself deposed, says nothing, and ends."""
    trust = in_service(station)
    first, _ = pair
    stop_between_transactions(station, first)
    stopped_s = time.monotonic()
    try:
        set_stagger(station, 120)
        while told_stagger(station, trust) != 120:
            pass
        took_s = time.monotonic() - stopped_s
        set_stagger(station, 240)
        while told_stagger(station, trust) != 240:
            pass
        time.sleep(max(0.0, STOPPED_S - (time.monotonic() - stopped_s)))
        _drain(station)
    finally:
        os.kill(first.pid, signal.SIGCONT)

    assert first.wait(WAIT_S) == DEPOSED_STATUS
    time.sleep(QUIET_S)
    assert _drain(station) == []
    assert took_s < TAKE_OVER_S


def stop_between_transactions(station: Led, process: subprocess.Popen[str]) -> None:
    """Stop it while it holds no lock; one that does is waited for longer (`STOPPED_AFTER_S`)."""
    while True:
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(0.1)
        if _nobody_is_in_a_transaction(station):
            return
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.05)


def _nobody_is_in_a_transaction(station: Led) -> bool:
    engine = station.database.engine
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return not connection.execute(_IN_A_TRANSACTION).scalar_one()
    with closing(sqlite3.connect(str(engine.url.database), timeout=1.0)) as file:
        try:
            file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


_IN_A_TRANSACTION = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'"
)


def _drain(station: Led) -> list[str]:
    """The topics of what came to the pole and was not read yet."""
    found = []
    while not station.wire.deliveries.empty():
        found.append(station.next()[0])
    return found

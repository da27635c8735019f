"""What each device costs the station's processor while nothing happens: health, and its settings.

`python -m tests.benchmarks.keeping_up [--devices N]`. A controller says its health once a minute;
whoever leads the schedule derives every device's configuration at least once a minute, and looks
each second whether anything changed. Processor time of one process, the least of a few rounds.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.database.migrate import migrate
from broadcaster.dispatch.config_signing import config_inputs, sign_changed_configs
from broadcaster.fleet.registry import verify_keys
from broadcaster.ledger.ingest import store
from broadcaster.logs import configure_logs
from broadcaster.wire import Delivery
from tests.broadcaster.ledger import commune
from tests.broadcaster.ledger.commune import STARTS, STATION, Pole
from tests.trail import connect, keys_of

TOGETHER = 200
"""Health reports of one transaction: as many as the ingest takes at once of such length."""

ROUNDS = 3


def main() -> int:
    """Measure with so many devices, and print microseconds a device."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.keeping_up", description=__doc__
    )
    parser.add_argument("--devices", type=int, default=1_000)
    devices: int = parser.parse_args().devices
    configure_logs("ERROR")
    found = keeping_up(devices=devices)
    for what, value in found.items():
        sys.stdout.write(f"{what}: {value:.1f}\n")
    sys.stdout.write(f"{devices:,} devices, load {os.getloadavg()[0]:.1f}\n")
    return 0


def keeping_up(*, devices: int) -> dict[str, float]:
    """Microseconds of a processor, by what they are spent on."""
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name:
        database, poles = _founded(Path(name) / "station.sqlite3", devices=devices)
        health = [pole.health(at_ms=1, uptime_s=1, cpu_share=0.01, link="wwan") for pole in poles]
        signed_us = _least_us(lambda: _signed(database, wanted=devices), rounds=1)
        found = {
            "health stored, µs a message": _least_us(lambda: _heard(database, health)) / devices,
            "configurations signed for the first time, µs a device": signed_us / devices,
            "configurations derived, nothing changed, µs a device": _least_us(
                lambda: _signed(database, wanted=0)
            )
            / devices,
            "looking whether anything changed, µs a device": _least_us(lambda: _looked(database))
            / devices,
        }
        database.dispose()
    return found


def _founded(path: Path, *, devices: int) -> tuple[Database, Sequence[Pole]]:
    database = connect(f"sqlite:///{path}")
    migrate(database)
    with database.writing() as session:
        commune.found(session)
        poles = [
            commune.raise_pole(session, f"loa-{number:06}", thon_1=1 / devices)
            for number in range(devices)
        ]
    return database, poles


def _least_us(work: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    used_ns = []
    for _ in range(rounds):
        began_ns = time.process_time_ns()
        work()
        used_ns.append(time.process_time_ns() - began_ns)
    return min(used_ns) / 1_000


def _heard(database: Database, deliveries: Sequence[Delivery]) -> None:
    with database.reading() as session:
        station = session.get_one(Station, STATION)
        keys = verify_keys(session, STATION)
    for first in range(0, len(deliveries), TOGETHER):
        with database.writing() as session:
            found = store(
                session,
                deliveries[first : first + TOGETHER],
                now=STARTS,
                keys=keys,
                station=station,
            )
            assert found.refused == 0


def _signed(database: Database, *, wanted: int) -> None:
    with database.writing() as session:
        signed = sign_changed_configs(
            session,
            station=session.get_one(Station, STATION),
            keys=keys_of(STATION),
            station_url="https://loa.an-phu.example",
            now=STARTS + timedelta(seconds=1),
        )
        assert signed == wanted, signed


def _looked(database: Database) -> None:
    with database.reading() as session:
        config_inputs(session)


if __name__ == "__main__":
    raise SystemExit(main())

"""How far apart controllers begin, against bare timers set for one instant on this machine."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from devices.protocol.messages import Kind
from tests.benchmarks.comparison import Comparison
from tests.brokers import start_embedded
from tests.devices.sounds import tone
from tests.devices.station import Station, audio_server, order, unix_ms

AHEAD_MS = 5_000
TONE_MS = 1_500
ORDER = "sang"


def starting(*, controllers: int = 24) -> Comparison:
    """Milliseconds of the worst first sample from the planned instant."""
    late_us = _of_controllers(controllers)
    bare_us = worst_of_timers(controllers)
    return Comparison(
        name="start skew",
        work=f"{controllers} controllers, a process each, by MQTT and HTTP",
        ours=max(map(abs, late_us)) / 1_000,
        baseline=bare_us / 1_000,
        unit="ms, worst",
        against=f"{controllers} processes in `time.sleep` until the same instant",
    )


def _of_controllers(controllers: int) -> Sequence[int]:
    names = [f"loa-{number:03}" for number in range(controllers)]
    with (
        tempfile.TemporaryDirectory(prefix="loa-bench-") as name,
        audio_server() as audio,
        _station(Station(Path(name), audio), names) as station,
    ):
        sound = tone(TONE_MS)
        audio.files[sound.sha256] = sound.mp3
        at_ms = unix_ms() + AHEAD_MS
        station.publish_plan(order(ORDER, starts_at_ms=at_ms, items=[sound.item]))
        heard = station.heard
        station.wait_for(
            lambda: all(Kind.FINISHED in heard[each].kinds(ORDER) for each in names), within_s=25
        )
        said = [each for name in names for each in heard[name].of(ORDER)]
        firsts = [each.first_sample_at_us for each in said if each.kind is Kind.FINISHED]
        return [first_us - at_ms * 1_000 for first_us in firsts if first_us is not None]


@contextmanager
def _station(station: Station, names: Sequence[str]) -> Iterator[Station]:
    """The station at a broker, with a fleet that is connected; all of it ended afterwards."""
    station.found(names)
    broker = start_embedded(station.registry, station.folder)
    fleet_dir = station.folder / "fleet"
    for name in names:
        station.enrol(name, fleet_dir / name, broker_url=broker.url)
    fleet = subprocess.Popen(
        [sys.executable, "-m", "devices.simulation", "--fleet", fleet_dir, "--log-level", "error"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        station.connect(broker.port)
        assert fleet.stdout is not None
        assert json.loads(fleet.stdout.readline())["devices"] == len(names)
        yield station
    finally:
        fleet.terminate()
        fleet.communicate(timeout=20)
        station.disconnect()
        broker.stop()


def worst_of_timers(timers: int) -> int:
    """By how many microseconds the latest of so many bare timers wakes late."""
    at_us = (unix_ms() + 1_500) * 1_000
    ended = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bare_timers", str(timers), str(at_us)],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    return max(abs(int(line)) for line in ended.stdout.split())

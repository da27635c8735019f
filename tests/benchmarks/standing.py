"""What a controller costs a box while nothing plays: memory, and a core's time.

A process of its own with all that a real one has, connected to a broker and configured; its least
is a Python with an event loop, TLS and SQLite in it that sleeps.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devices.protocol.messages import Kind
from tests.benchmarks.comparison import Comparison
from tests.brokers import start_embedded
from tests.devices.sounds import tone
from tests.devices.station import Station, audio_server, order, unix_ms

NAME = "loa-001"
SETTLES_S = 3
BARE = """
import asyncio, sqlite3, ssl
async def main():
    while True:
        await asyncio.sleep(1)
asyncio.run(main())
"""


def resident(*, sink: str = "null") -> Comparison:
    """Megabytes that stay in memory, after it has played something."""
    with _controller(sink) as (station, controller), _bare() as bare:
        _play(station)
        time.sleep(SETTLES_S)
        return Comparison(
            name="resident memory",
            work=f"a controller that has played, sink {sink} (goal: 60 MB)",
            ours=_resident_mb(controller.pid),
            baseline=_resident_mb(bare.pid),
            unit="MB",
            against="Python with asyncio, ssl and sqlite3",
        )


def idling(*, seconds: float = 30, sink: str = "null") -> Comparison:
    """Milliseconds of a core in each second that nothing happens."""
    with _controller(sink) as (_, controller), _bare() as bare:
        time.sleep(SETTLES_S)
        ours_ns, bare_ns = _used_ns(controller.pid), _used_ns(bare.pid)
        time.sleep(seconds)
        return Comparison(
            name="idle",
            work=f"a controller that waits {seconds:g} s, sink {sink} (goal: 30 ms, 3 %)",
            ours=(_used_ns(controller.pid) - ours_ns) / 1e6 / seconds,
            baseline=(_used_ns(bare.pid) - bare_ns) / 1e6 / seconds,
            unit="ms of a core a second",
            against="an event loop that wakes once a second",
        )


@contextmanager
def _controller(sink: str) -> Iterator[tuple[Station, subprocess.Popen[bytes]]]:
    """One controller, online at its station's broker."""
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name, audio_server() as audio:
        station = Station(Path(name), audio)
        station.found([NAME])
        broker = start_embedded(station.registry, station.folder)
        station.enrol(NAME, station.folder / NAME, broker_url=broker.url)
        station.connect(broker.port)
        program = [sys.executable, "-m", "devices.controller"]
        controller = subprocess.Popen(
            [*program, "--home", station.folder / NAME, "--sink", sink],
            stderr=subprocess.DEVNULL,
        )
        try:
            station.wait_for(lambda: any(each.online for each in station.heard[NAME].statuses))
            yield station, controller
        finally:
            controller.terminate()
            controller.wait(20)
            station.disconnect()
            broker.stop()


@contextmanager
def _bare() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", BARE])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _play(station: Station) -> None:
    sound = tone(1_500)
    station.audio.files[sound.sha256] = sound.mp3
    station.publish_plan(order("sang", starts_at_ms=unix_ms() + 3_000, items=[sound.item]))
    station.wait_for(lambda: Kind.FINISHED in station.heard[NAME].kinds("sang"))


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1_000


def _used_ns(pid: int) -> int:
    """What all threads of a process have used of a core."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)

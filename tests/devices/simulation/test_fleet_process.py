"""A fleet as a rehearsal runs it: a process per controller, faults where asked, gone when ended."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.protocol.identity import load_identity, save_identity
from devices.protocol.messages import Kind
from tests.brokers import RunningBroker
from tests.devices.conftest import DEVICES
from tests.devices.sounds import tone
from tests.devices.station import Station, order, unix_ms

pytestmark = pytest.mark.processes

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def folder(tmp_path: Path, station: Station, broker: RunningBroker) -> Path:
    """Four enrolled controllers."""
    for device in DEVICES:
        station.enrol(device, tmp_path / "fleet" / device, broker_url=broker.url)
    return tmp_path / "fleet"


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts the fleet and reads its first line."""
    started: list[subprocess.Popen[str]] = []

    def start_one(*options: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "devices.simulation", "--fleet", folder, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"event": "fleet_ready", "devices": 4}
        return process

    yield start_one
    for process in started:
        process.terminate()
        process.communicate(timeout=15)


def pid_of(folder: Path, device: str) -> int:
    """The process that a controller runs in, by the file it left."""
    return int((folder / device / "pid").read_text())


def lives(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(holds: Callable[[], bool], *, within_s: float = 10) -> None:
    """Wait for something that no message announces."""
    deadline_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_each_controller_does_what_its_role_says(station: Station, start: Start) -> None:
    """Of four, one has spoilt audio and fails, one dies once it holds the order, two finish."""
    fleet = start("--silent", "1", "--corrupt-audio", "1")
    sound = tone(3_000)
    station.audio.files[sound.sha256] = sound.mp3
    station.publish_plan(order("sang", starts_at_ms=unix_ms() + 4_000, items=[sound.item]))
    heard = station.heard
    station.wait_for(lambda: Kind.FAILED in heard["loa-01"].kinds("sang"))
    for device in ("loa-02", "loa-03"):
        station.wait_for(lambda name=device: Kind.FINISHED in heard[name].kinds("sang"))
    station.wait_for(lambda: not heard["loa-04"].statuses[-1].online)

    assert heard["loa-01"].of("sang")[-1].code == "audio_hash_mismatch"
    assert Kind.RECEIVED in heard["loa-04"].kinds("sang")
    assert Kind.STARTED not in heard["loa-04"].kinds("sang")
    assert fleet.poll() is None
    for device in DEVICES:
        station.assert_chained(device)


def test_a_crashed_controller_is_started_again(
    station: Station, start: Start, folder: Path
) -> None:
    """After a short back-off, under a new process id."""
    start()
    statuses = station.heard["loa-02"].statuses
    station.wait_for(lambda: len({each.boot for each in statuses if each.online}) == 1)
    before = pid_of(folder, "loa-02")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: (folder / "loa-02" / "pid").exists() and pid_of(folder, "loa-02") != before)
    station.wait_for(lambda: len({each.boot for each in statuses if each.online}) == 2)

    assert lives(pid_of(folder, "loa-02"))


def test_the_dead_stay_dead_where_asked(start: Start, folder: Path) -> None:
    """With --no-restart a killed controller stays away, and the others stay."""
    start("--no-restart")
    before = pid_of(folder, "loa-02")
    os.kill(before, signal.SIGKILL)
    time.sleep(2.5)

    assert not (folder / "loa-02" / "pid").exists()
    assert lives(pid_of(folder, "loa-01"))


def test_the_fleet_ends_within_five_seconds(station: Station, start: Start, folder: Path) -> None:
    """SIGTERM: everyone says goodbye, nobody is left."""
    fleet = start()
    pids = [pid_of(folder, device) for device in DEVICES]
    began_s = time.monotonic()
    fleet.terminate()
    _, stderr = fleet.communicate(timeout=10)

    assert time.monotonic() - began_s < 5
    assert fleet.returncode == 0
    assert not any(lives(pid) for pid in pids)
    assert "Traceback" not in stderr
    for device in DEVICES:
        station.wait_for(lambda name=device: not station.heard[name].statuses[-1].online)


def test_the_fleet_dies_with_its_parent(start: Start, folder: Path) -> None:
    """Even when the parent is killed, no controller plays on by itself."""
    fleet = start()
    pids = [pid_of(folder, device) for device in DEVICES]
    fleet.kill()
    fleet.wait()

    wait_until(lambda: not any(lives(pid) for pid in pids))


def test_a_registered_controller_is_never_simulated(folder: Path) -> None:
    """One identity that is not rehearsal refuses the whole fleet, before anything starts."""
    identity = load_identity(folder / "loa-03")
    real = {name: getattr(identity, name) for name in identity.__struct_fields__}
    save_identity(type(identity)(**(real | {"rehearsal": False})), folder / "loa-03")
    refused = subprocess.run(
        [sys.executable, "-m", "devices.simulation", "--fleet", folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )

    assert refused.returncode == 2
    assert "không phải đội thiết bị diễn tập" in refused.stderr
    assert refused.stdout == ""
    assert not (folder / "loa-01" / "pid").exists()

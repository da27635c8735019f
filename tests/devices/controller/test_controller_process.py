"""A controller as it runs at a pole: a process, a broker over TCP, audio over HTTP, real time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from devices.protocol.messages import Cue, CueKind, Kind
from tests.brokers import RunningBroker, start_embedded
from tests.devices.conftest import BROKERS
from tests.devices.sounds import tone
from tests.devices.station import Station, order, unix_ms

pytestmark = pytest.mark.processes

DEVICE = "loa-01"
Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The controller's folder."""
    return tmp_path / DEVICE


@pytest.fixture
def start(home: Path, station: Station, broker: RunningBroker) -> Iterator[Start]:
    """Starts the controller and waits until the station sees it online."""
    station.enrol(DEVICE, home, broker_url=broker.url)
    started: list[subprocess.Popen[str]] = []

    def start_one() -> subprocess.Popen[str]:
        heard = station.heard[DEVICE]
        before = len(heard.statuses)
        process = run_controller(home)
        started.append(process)
        station.wait_for(lambda: any(each.online for each in heard.statuses[before:]))
        return process

    yield start_one
    for process in started:
        process.kill()
        process.communicate()


def run_controller(home: Path) -> subprocess.Popen[str]:
    """Start the process."""
    return subprocess.Popen(
        [sys.executable, "-m", "devices.controller", "--home", home],
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_a_signed_plan_is_played_and_proven(station: Station, start: Start) -> None:
    """Fetched, hashed, decoded and played in real time at the instant; each step confirmed."""
    start()
    sound = tone(3_000)
    station.audio.files[sound.sha256] = sound.mp3
    starts_at_ms = unix_ms() + 3_000
    station.publish_plan(order("sang", starts_at_ms=starts_at_ms, items=[sound.item]))
    heard = station.heard[DEVICE]
    station.wait_for(lambda: Kind.FINISHED in heard.kinds("sang"))

    said = heard.of("sang")
    assert [each.kind for each in said] == [
        "received",
        "cached",
        "started",
        "item_started",
        "finished",
    ]
    finished = said[-1]
    first_us, last_us = finished.first_sample_at_us or 0, finished.last_sample_at_us or 0
    assert finished.samples == 73_152
    assert last_us - first_us == 3_048_000
    assert 0 <= first_us - starts_at_ms * 1_000 < 500_000
    station.assert_chained(DEVICE)


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_a_programme_in_one_file_is_told_part_by_part(station: Station, start: Start) -> None:
    """Three cues are three statements, each within 20 ms of its place in the sound."""
    start()
    sound = tone(3_000)
    station.audio.files[sound.sha256] = sound.mp3
    places_ms = {CueKind.CHIME: 0, CueKind.BULLETIN: 800, CueKind.CLOSING: 2_100}
    cues = tuple(Cue(at_ms=at_ms, kind=kind) for kind, at_ms in places_ms.items())
    item = msgspec.structs.replace(sound.item, cues=cues)
    starts_at_ms = unix_ms() + 3_000
    station.publish_plan(order("sang", starts_at_ms=starts_at_ms, items=[item]))
    heard = station.heard[DEVICE]
    station.wait_for(lambda: Kind.FINISHED in heard.kinds("sang"))

    said = [each for each in heard.of("sang") if each.kind is Kind.ITEM_STARTED]
    first_us = heard.of("sang")[-1].first_sample_at_us or 0
    late_us = [
        (each.first_sample_at_us or 0) - first_us - at_ms * 1_000
        for each, at_ms in zip(said, places_ms.values(), strict=True)
    ]
    assert [(each.item, each.cue) for each in said] == [(0, 0), (0, 1), (0, 2)]
    assert all(abs(late) < 20_000 for late in late_us)
    assert 0 <= first_us - starts_at_ms * 1_000 < 500_000
    station.assert_chained(DEVICE)


@pytest.mark.parametrize("broker", BROKERS, indirect=True)
def test_a_play_cut_off_by_a_power_failure_is_failed_and_not_repeated(
    station: Station, start: Start
) -> None:
    """Killed in the middle: after the restart it says interrupted once, and stays silent."""
    process = start()
    sound = tone(3_000)
    station.audio.files[sound.sha256] = sound.mp3
    station.publish_plan(order("sang", starts_at_ms=unix_ms() + 3_000, items=[sound.item]))
    heard = station.heard[DEVICE]
    station.wait_for(lambda: Kind.ITEM_STARTED in heard.kinds("sang"))
    process.send_signal(signal.SIGKILL)
    process.wait()
    station.wait_for(lambda: not heard.statuses[-1].online)
    start()
    station.wait_for(lambda: Kind.FAILED in heard.kinds("sang"))
    time.sleep(4)

    said = heard.of("sang")
    assert [each.kind for each in said] == [
        "received",
        "cached",
        "started",
        "item_started",
        "failed",
    ]
    assert said[-1].code == "interrupted"
    station.assert_chained(DEVICE)
    assert station.forged == []


def test_confirmations_survive_a_broker_that_forgets_everything(
    station: Station, start: Start, broker: RunningBroker, tmp_path: Path
) -> None:
    """Played with the broker down; when it is back, without memory, everything arrives."""
    start()
    sound = tone(3_000)
    station.audio.files[sound.sha256] = sound.mp3
    station.publish_plan(order("sang", starts_at_ms=unix_ms() + 4_000, items=[sound.item]))
    heard = station.heard[DEVICE]
    station.wait_for(lambda: Kind.CACHED in heard.kinds("sang"))
    station.disconnect()
    broker.stop()
    time.sleep(5)
    assert Kind.STARTED not in heard.kinds("sang")
    again = start_embedded(station.registry, tmp_path, port=broker.port)
    try:
        station.connect(again.port)
        station.wait_for(lambda: Kind.FINISHED in heard.kinds("sang"), within_s=40)
    finally:
        station.disconnect()
        again.stop()

    assert heard.kinds("sang").count(Kind.FINISHED) == 1
    station.assert_chained(DEVICE)


def test_lost_receipts_bring_the_same_bytes_and_receipts_bring_silence(
    station: Station, start: Start
) -> None:
    """Nothing counts but the receipt, and then nothing more is sent."""
    start()
    station.receipting = False
    heard = station.heard[DEVICE]
    station.publish_plan(order("mai", starts_at_ms=unix_ms() + 3_600_000, items=[tone(3_000).item]))
    station.wait_for(lambda: len(heard.batches) >= 2)
    assert len({batch.entries for batch in heard.batches}) == 1
    station.receipt(DEVICE)
    time.sleep(0.5)
    sent = len(heard.batches)
    time.sleep(4.5)

    assert len(heard.batches) == sent
    assert station.forged == []


def test_a_controller_says_goodbye(station: Station, start: Start, home: Path) -> None:
    """SIGTERM: offline, exit 0, no traceback."""
    process = start()
    process.terminate()
    _, stderr = process.communicate(timeout=10)
    station.wait_for(lambda: not station.heard[DEVICE].statuses[-1].online)

    assert process.returncode == 0
    assert "Traceback" not in stderr
    assert (home / "controller.sqlite3").exists()


def test_a_folder_serves_one_controller_at_a_time(start: Start, home: Path) -> None:
    """A second one would forge the first one's journal, so it is refused with a sentence."""
    start()
    second = run_controller(home)
    _, stderr = second.communicate(timeout=10)

    assert second.returncode == 2
    assert "Another controller is running on this folder" in stderr
    assert "Traceback" not in stderr


def test_a_folder_without_identity_is_refused(tmp_path: Path) -> None:
    """A sentence in both languages, exit 2."""
    process = run_controller(tmp_path)
    _, stderr = process.communicate(timeout=10)

    assert process.returncode == 2
    assert "chưa có danh tính thiết bị" in stderr
    assert "holds no device identity" in stderr


def test_a_controller_stays_small(start: Start) -> None:
    """At most 60 MB resident and 3 % of a core while it has nothing to do."""
    process = start()
    time.sleep(1)
    before_s = cpu_seconds(process.pid)
    time.sleep(3)
    used = (cpu_seconds(process.pid) - before_s) / 3
    status = Path(f"/proc/{process.pid}/status").read_text()
    resident_kb = int(status.split("VmRSS:")[1].split()[0])

    assert resident_kb <= 60_000 + tracing_kb()
    assert used <= 0.03


def cpu_seconds(pid: int) -> float:
    """What a process has used of a core."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tracing_kb() -> int:
    """What measuring coverage adds to a process."""
    return 30_000 if "coverage" in sys.modules else 0

"""The command that rehearses: real processes, a broker, a storm, a port, and a clean end."""

import contextlib
import json
import os
import pty
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.protocol.identity import load_identity, save_identity
from tests.brokers import mosquitto_is_installed, start_embedded
from tests.devices.conftest import DEVICES
from tests.devices.simulation.test_fleet_process import lives, wait_until
from tests.devices.station import Station

pytestmark = pytest.mark.processes

PROGRAM = (sys.executable, "-m", "devices.simulation.rehearse")


class Running:
    """A rehearsal that prints JSON."""

    def __init__(self, *options: object) -> None:
        self.process = subprocess.Popen(
            [*PROGRAM, "--json", *map(str, options)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.events: list[dict[str, Any]] = []
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def wait_for(
        self, holds: Callable[[dict[str, Any]], bool], *, within_s: float = 60
    ) -> dict[str, Any]:
        """Read events until one is what is waited for."""
        deadline_s = time.monotonic() + within_s
        with contextlib.suppress(queue.Empty):
            while (left_s := deadline_s - time.monotonic()) > 0:
                self.events.append(json.loads(self._lines.get(timeout=left_s)))
                if holds(self.events[-1]):
                    return self.events[-1]
        raise AssertionError(self.events[-5:])

    def stands(self, **expected: object) -> Callable[[dict[str, Any]], bool]:
        """Whether an event says that the sums are these."""

        def holds(event: dict[str, Any]) -> bool:
            return event["event"] == "standing" and expected.items() <= event["total"].items()

        return holds

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Press Ctrl-C; the exit code, and what was said on the way."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        assert self.process.stderr is not None
        return code, self.process.stderr.read()


@pytest.fixture
def rehearse() -> Iterator[Callable[..., Running]]:
    """Starts rehearsals, and ends them whatever happens."""
    started: list[Running] = []

    def start(*options: object) -> Running:
        started.append(Running(*options))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGKILL)
        each.process.wait()
        for pipe in (each.process.stdout, each.process.stderr):
            assert pipe is not None
            pipe.close()


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in file.read_text().split()]


def test_a_storm_is_played_confirmed_and_ended_cleanly(
    rehearse: Callable[..., Running], tmp_path: Path
) -> None:
    """Six devices in two processes: programme, cut by a warning, all told; Ctrl-C leaves nobody."""
    running = rehearse(
        "--devices", 6, "--clusters", 2, "--processes", 2, "--broker", "embedded",
        "--folder", tmp_path / "folder", "--seed", 7,
    )  # fmt: skip
    ready = running.wait_for(lambda event: event["event"] == "rehearsal_ready")
    assert (ready["devices"], ready["seed"]) == (6, 7)
    standing = running.wait_for(running.stands(connected=6, planned=6, cached=6))
    assert [row["devices"] for row in standing["clusters"]] == [3, 3]
    assert standing["processes"] == 2
    running.wait_for(lambda event: event.get("name") == "warning 1", within_s=60)
    time.sleep(4)
    children = children_of(running.process.pid)
    assert len(children) == 3
    code, errors = running.end()

    assert (code, errors) == (0, "")
    confirmed = running.wait_for(lambda event: event["event"] == "rehearsal_ended")["confirmed"]
    assert {confirmed[kind] for kind in ("started", "cut", "tone_started")} == {6}
    assert not any(lives(child) for child in children)
    assert not (tmp_path / "folder" / "control.sock").exists()


def test_faults_befall_whom_the_profile_names(
    rehearse: Callable[..., Running], tmp_path: Path
) -> None:
    """Seen in the sums; the same story is what --story prints."""
    profile = tmp_path / "profile.toml"
    profile.write_text(
        """
        [[fault]]
        kind = "offline"
        devices = ["loa-0002"]
        begins_s = 2
        lasts_s = 600
        [[fault]]
        kind = "crash"
        share = 0.25
        begins_s = 2
        lasts_s = 4
        """
    )
    options = ("--devices", 4, "--profile", profile, "--seed", 5)
    told = subprocess.run(
        [*PROGRAM, *map(str, options), "--story"], capture_output=True, text=True, check=True
    )
    crashed = {
        each["device"] for each in map(json.loads, told.stdout.splitlines())
        if each["kind"] == "crash"
    }  # fmt: skip
    running = rehearse(*options, "--no-storm", "--broker", "embedded", "--journals", "memory")
    running.wait_for(running.stands(connected=3, faults={"offline": 1}), within_s=90)
    running.end()

    assert len(crashed) == 1
    faults = [event["total"]["faults"] for event in running.events if event["event"] == "standing"]
    assert any("crash" in each for each in faults)


def ask(control: str, **command: object) -> dict[str, Any]:
    """One command to the port."""
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as port:
        port.connect(control)
        port.sendall(json.dumps(command).encode() + b"\n")
        said: dict[str, Any] = json.loads(port.makefile().readline())
        return said


def test_a_page_can_start_stop_and_break_devices(
    rehearse: Callable[..., Running], tmp_path: Path
) -> None:
    """Over the port: on, one offline, healed, off, the end."""
    control = tmp_path / "port"
    running = rehearse(
        "--devices", 3, "--processes", 1, "--no-storm", "--off", "--broker", "embedded",
        "--control", control,
    )  # fmt: skip
    running.wait_for(lambda event: event["event"] == "rehearsal_ready")
    running.wait_for(running.stands(devices=3, connected=0))
    assert ask(str(control), do="start") == {"answer": "ok"}
    running.wait_for(running.stands(connected=3))
    ask(str(control), do="add_fault", kind="offline", devices=["loa-0001"], lasts_s=600)
    running.wait_for(running.stands(connected=2, faults={"offline": 1}))
    ask(str(control), do="remove_fault", kind="offline")
    running.wait_for(running.stands(connected=3, faults={}))
    assert len(ask(str(control), do="status", devices=True)["each"]) == 3
    ask(str(control), do="stop")
    running.wait_for(running.stands(connected=0))
    assert ask(str(control), do="end", id="x") == {"answer": "ok", "id": "x"}

    assert running.process.wait(timeout=20) == 0


def test_a_process_that_dies_is_replaced(rehearse: Callable[..., Running]) -> None:
    """Its devices come back; the others did not notice."""
    running = rehearse("--devices", 4, "--processes", 2, "--no-storm", "--broker", "embedded")
    running.wait_for(running.stands(connected=4), within_s=90)
    crowds = [
        child
        for child in children_of(running.process.pid)
        if b"devices.simulation.crowd" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    os.kill(crowds[0], signal.SIGKILL)
    running.wait_for(lambda event: event.get("restarts") == 1)
    after = set(children_of(running.process.pid)) - set(crowds)
    wait_until(lambda: bool(set(children_of(running.process.pid)) - set(crowds)))
    code, _ = running.end()

    assert code == 0
    assert after


def test_nobody_outlives_a_rehearsal_that_was_killed(rehearse: Callable[..., Running]) -> None:
    """The devices end with their input, the broker with its parent."""
    running = rehearse("--devices", 2, "--no-storm", "--broker", "embedded")
    running.wait_for(running.stands(connected=2), within_s=90)
    children = children_of(running.process.pid)
    programs = b"".join(Path(f"/proc/{child}/cmdline").read_bytes() for child in children)
    running.process.kill()
    running.process.wait()

    assert b"devices.simulation.crowd" in programs
    assert b"devices.broker" in programs
    wait_until(lambda: not any(lives(child) for child in children))


def refused(*options: object) -> str:
    """What is said by a rehearsal that does not begin."""
    ended = subprocess.run(
        [*PROGRAM, *map(str, options)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    return ended.stderr


def test_a_profile_that_is_wrong_is_refused_whole(tmp_path: Path) -> None:
    """With everything that is wrong in it."""
    profile = tmp_path / "profile.toml"
    profile.write_text('[[fault]]\nkind = "flood"\n[[fault]]\nkind = "crash"\n')
    said = refused("--profile", profile)

    assert "fault 1, kind" in said
    assert "fault 2, share" in said
    assert "Hãy sửa các mục sau" in said


def test_a_station_that_was_founded_elsewhere_is_joined(
    rehearse: Callable[..., Running], station: Station, tmp_path: Path
) -> None:
    """Its devices connect, to its broker, and follow its plans; it has no storm of ours."""
    broker = start_embedded(station.registry, tmp_path)
    try:
        station.connect(broker.port)
        for device in DEVICES:
            station.enrol(device, tmp_path / "fleet" / device, broker_url=broker.url)
        running = rehearse("--fleet", tmp_path / "fleet", "--processes", 2)
        station.publish_plan()
        running.wait_for(running.stands(connected=4, planned=4), within_s=90)
        for device in DEVICES:
            assert station.heard[device].statuses[-1].simulated
        code, _ = running.end()
        assert code == 0
        for device in DEVICES:
            station.wait_for(lambda name=device: not station.heard[name].statuses[-1].online)
        identity = load_identity(tmp_path / "fleet" / DEVICES[0])
        real = {name: getattr(identity, name) for name in identity.__struct_fields__}
        home = tmp_path / "fleet" / DEVICES[0]
        save_identity(type(identity)(**(real | {"rehearsal": False})), home)
        assert "không phải đội thiết bị diễn tập" in refused("--fleet", tmp_path / "fleet")
    finally:
        station.disconnect()
        broker.stop()


@pytest.mark.mosquitto
@pytest.mark.skipif(not mosquitto_is_installed(), reason="not run: install mosquitto")
def test_a_real_mosquitto_is_brought_along(rehearse: Callable[..., Running]) -> None:
    """With the logins of the rehearsal."""
    running = rehearse("--devices", 5, "--no-storm", "--broker", "mosquitto")
    running.wait_for(running.stands(connected=5, planned=5), within_s=90)

    assert running.end()[0] == 0


def test_on_a_terminal_there_is_a_table(tmp_path: Path) -> None:
    """It is drawn, and Ctrl-C gives the terminal back."""
    control, terminal = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "--devices", "2", "--no-storm", "--broker", "embedded", "--folder", tmp_path],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "160", "LINES": "40"},
    )
    os.close(terminal)
    drawn = ""
    deadline_s = time.monotonic() + 60
    while "Tất cả / All" not in drawn and time.monotonic() < deadline_s:
        if select.select([control], [], [], 1)[0]:
            drawn += os.read(control, 65_536).decode(errors="replace")
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(OSError):
        while chunk := os.read(control, 65_536):
            drawn += chunk.decode(errors="replace")
    os.close(control)

    assert process.wait(timeout=30) == 0
    assert "thiết bị mô phỏng" in drawn
    assert "Traceback" not in drawn

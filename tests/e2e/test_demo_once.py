"""`loa demo --once` as its user runs it: a process, its exit code, and what it prints."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.chain import DEVICES, RESIDENTS, SCRIPT

pytestmark = [pytest.mark.processes, pytest.mark.timeout(180)]

GARBLED = """
Th6ng bdo vé vi¢c don vé sinh dudng lang ng6 x6m
Ba con thén Bén D6 tip trung trudc nha van hoa luc sdu gid sdng thtr biy tudn ndy
M6i h6 ctr mét ngudi mang theo chéi, x¢ng va bao dyng rac dé lam cho sach dep
Nhtrng h6 c6 ngudi gia y¢u thi duoc mi¢n, xin bao tru6c cho trudng thén biét
"""
"""Words as a poor scan leaves them: the marks misread, letters taken for digits."""


@dataclass(frozen=True, slots=True)
class Once:
    """The command, run to its end."""

    code: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        (line,) = self.stdout.splitlines()
        report: dict[str, Any] = json.loads(line)
        return report


def command(*arguments: str) -> Sequence[str]:
    """The command with these arguments."""
    return (sys.executable, "-m", "broadcaster", "demo", "--once", *arguments)


def environment(folder: Path) -> dict[str, str]:
    """An environment in which temporary folders can be seen to be left behind."""
    return {**os.environ, "TMPDIR": str(folder), "COLUMNS": "200"}


def once(folder: Path, script: str, *arguments: str) -> Once:
    """Run the command with a script of these words, in a folder for its temporary files."""
    file = folder / "script.txt"
    file.write_text(script, "utf-8")
    ended = subprocess.run(
        command("--script", str(file), *arguments),
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
        env=environment(folder),
    )
    assert sorted(folder.iterdir()) == [file]
    return Once(ended.returncode, ended.stdout, ended.stderr)


def processes_of(folder: Path) -> set[int]:
    """The processes that run with this folder for their temporary files."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                known = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"TMPDIR={folder}".encode() in known.split(b"\0"):
                found.add(int(entry.name))
    return found


def test_every_device_finishes(tmp_path: Path) -> None:
    """From script to confirmed broadcast on 24 controllers: exit 0, one JSON object on stdout."""
    ended = once(tmp_path, SCRIPT, "--json")
    report = ended.report
    devices = report["devices"]

    assert ended.code == 0, ended.stderr
    assert devices == {
        "planned": DEVICES,
        "cached": DEVICES,
        "started": DEVICES,
        "finished": DEVICES,
        "partial": 0,
        "failed": 0,
        "not_confirmed": 0,
        "pending": 0,
    }
    assert report["all_finished"] is True
    assert report["simulated"] is True
    assert (report["residents"]["asked"], report["residents"]["reached"]) == (RESIDENTS, RESIDENTS)
    assert [cluster["devices"]["finished"] for cluster in report["clusters"]] == [8, 8, 8]
    assert "Traceback" not in ended.stderr


def test_silent_and_failing_devices_are_told_apart(tmp_path: Path) -> None:
    """Killed controllers are not confirmed, one with spoilt audio failed; the demo can fail."""
    ended = once(tmp_path, SCRIPT, "--json", "--silent-device", "2", "--corrupt-audio", "1")
    devices, residents = ended.report["devices"], ended.report["residents"]

    assert ended.code == 1, ended.stderr
    assert {name: devices[name] for name in ("planned", "finished", "not_confirmed", "failed")} == {
        "planned": DEVICES,
        "finished": DEVICES - 3,
        "not_confirmed": 2,
        "failed": 1,
    }
    assert devices["pending"] == 0
    assert residents["failed"] > 0
    assert residents["not_confirmed"] > 0
    assert (
        round(residents["reached"] + residents["failed"] + residents["not_confirmed"]) == RESIDENTS
    )
    assert ended.report["all_finished"] is False


@pytest.mark.parametrize(
    ("script", "says"),
    [
        pytest.param(" \n\n ", "chưa có chữ nào", id="empty"),
        pytest.param("Mời bà con họp thôn. " * 10_000, "quá giới hạn", id="too-long"),
        pytest.param(GARBLED, "nhận dạng sai", id="garbled"),
    ],
)
def test_a_script_that_cannot_be_read_is_refused(tmp_path: Path, script: str, says: str) -> None:
    """One sentence on stderr in Vietnamese, one in English, nothing on stdout, exit 2."""
    ended = once(tmp_path, script, "--json")
    refused = [line for line in ended.stderr.splitlines() if line.startswith("✕ ")]

    assert ended.code == 2, ended.stderr
    assert ended.stdout == ""
    assert len(refused) == 1
    assert says in refused[0]
    assert "Traceback" not in ended.stderr


def test_a_script_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """So is one that is not UTF-8: the sentence says how to mend it."""
    spoilt = tmp_path / "spoilt.txt"
    spoilt.write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path / "none.txt", spoilt):
        ended = subprocess.run(
            command("--script", str(file)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment(tmp_path),
        )

        assert ended.returncode == 2
        assert "UTF-8" in ended.stderr
        assert ended.stdout == ""


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """In the middle of the chain: no process and no temporary folder is left."""
    script, progress = tmp_path / "script.txt", tmp_path / "progress"
    script.write_text(SCRIPT, "utf-8")
    with progress.open("w") as stderr:
        running = subprocess.Popen(
            command("--script", str(script)),
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=environment(tmp_path),
        )
    try:
        deadline_s = time.monotonic() + 90
        while "có tệp" not in progress.read_text():
            assert running.poll() is None, progress.read_text()
            assert time.monotonic() < deadline_s, progress.read_text()
            time.sleep(0.1)
        before = processes_of(tmp_path)
        running.send_signal(signal.SIGINT)
        code = running.wait(timeout=20)
    finally:
        running.kill()
        running.wait()

    assert len(before) > DEVICES
    assert code == 130
    assert processes_of(tmp_path) == set()
    assert sorted(tmp_path.iterdir()) == [progress, script]
    assert "Traceback" not in progress.read_text()

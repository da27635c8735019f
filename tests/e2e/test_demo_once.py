"""`loa demo --once` as its user runs it: a process, its exit code, and what it prints."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.chain import DEVICES, RESIDENTS, SCRIPT
from tests.e2e.commands import Ended, run_to_end, started

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

GARBLED = """
Th6ng bdo vé vi¢c don vé sinh dudng lang ng6 x6m
Ba con thén Bén D6 tip trung trudc nha van hoa luc sdu gid sdng thtr biy tudn ndy
M6i h6 ctr mét ngudi mang theo chéi, x¢ng va bao dyng rac dé lam cho sach dep
Nhtrng h6 c6 ngudi gia y¢u thi duoc mi¢n, xin bao tru6c cho trudng thén biét
"""
"""Words as a poor scan leaves them: the marks misread, letters taken for digits."""


def once(folder: Path, script: str, *arguments: str) -> Ended:
    """Run the command with a script of these words; it leaves nothing in the folder."""
    file = folder / "script.txt"
    file.write_text(script, "utf-8")
    ended = run_to_end(folder, "demo", "--once", "--script", str(file), *arguments)
    assert sorted(folder.iterdir()) == [file]
    return ended


def report_of(ended: Ended) -> dict[str, Any]:
    """The one JSON object on stdout."""
    (line,) = ended.stdout.splitlines()
    report: dict[str, Any] = json.loads(line)
    return report


def test_every_device_finishes(tmp_path: Path) -> None:
    """From script to confirmed broadcast on 24 controllers: exit 0, one JSON object on stdout."""
    ended = once(tmp_path, SCRIPT, "--json")
    report = report_of(ended)
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


def test_silent_and_failing_devices_are_told_apart(tmp_path: Path) -> None:
    """Killed controllers are not confirmed, one with spoilt audio failed; the demo can fail."""
    ended = once(tmp_path, SCRIPT, "--json", "--silent-device", "2", "--corrupt-audio", "1")
    report = report_of(ended)
    devices, residents = report["devices"], report["residents"]

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
    assert report["all_finished"] is False


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

    assert ended.code == 2, ended.stderr
    assert ended.stdout == ""
    assert len(ended.sentences) == 1
    assert says in ended.sentences[0]


@pytest.mark.parametrize("held", [None, b"\xff\xfe\x00"], ids=["not-there", "not-utf-8"])
def test_a_script_file_that_cannot_be_read_is_refused(tmp_path: Path, held: bytes | None) -> None:
    """The sentence says how to mend it."""
    file = tmp_path / "script.txt"
    if held is not None:
        file.write_bytes(held)
    ended = run_to_end(tmp_path, "demo", "--once", "--script", str(file))

    assert (ended.code, ended.stdout) == (2, "")
    assert len(ended.sentences) == 1
    assert "UTF-8" in ended.sentences[0]


def test_ctrl_c_leaves_nothing_behind(tmp_path: Path) -> None:
    """In the middle of the chain: no process and no temporary folder is left."""
    script = tmp_path / "script.txt"
    script.write_text(SCRIPT, "utf-8")
    with started(tmp_path, "demo", "--once", "--script", str(script)) as command:
        command.wait_for_words("có tệp")
        running = command.processes()
        code = command.interrupt()
        left, folders = command.processes(), sorted(tmp_path.iterdir())

    assert len(running) > DEVICES
    assert (code, left) == (130, set())
    assert folders == sorted([script, command.output])

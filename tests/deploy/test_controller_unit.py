"""The controller's unit is one that systemd takes, and its sandbox lets little through."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devices.controller.player import LONGEST_PAUSE_S

FOLDER = Path(__file__).parents[2] / "deploy" / "controller"
UNIT = FOLDER / "loa-controller.service"
SYSTEMD = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="not run: install systemd"
)
MOST_EXPOSED = 20
"""Tenths of what systemd-analyze calls exposure; a service without any sandbox has 96."""


def options() -> dict[str, list[str]]:
    """All settings of the unit, each with all that it was set to."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().splitlines():
        name, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@SYSTEMD
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """Every setting is known and well formed, with a program that is there."""
    unit = tmp_path / UNIT.name
    program = options()["ExecStart"][0].split()[0]
    unit.write_text(UNIT.read_text().replace(program, sys.executable))
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False
    )

    assert (verified.returncode, verified.stderr) == (0, "")


@SYSTEMD
def test_the_sandbox_is_tight() -> None:
    """By systemd's own count of what is left open."""
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", UNIT],
        capture_output=True,
        text=True,
        check=False,
    )

    assert judged.returncode == 0, judged.stdout[-200:]


def test_the_kernel_s_clock_can_still_be_asked() -> None:
    """The allowance comes after what takes it away, and nothing else forbids it."""
    filters = options()["SystemCallFilter"]

    assert filters.index("~@privileged") < filters.index("adjtimex clock_adjtime")
    assert "ProtectClock" not in options()
    assert "ProcSubset" not in options()


def test_the_watchdog_outlasts_the_player_s_longest_rest() -> None:
    """A player that has nothing to do is not taken for dead."""
    settings = configparser.ConfigParser(strict=False, interpolation=None)
    settings.read_string(UNIT.read_text())

    assert float(settings["Service"]["WatchdogSec"]) > 2 * LONGEST_PAUSE_S


@pytest.mark.parametrize("arguments", [[], ["no-such.whl"]])
def test_the_installer_says_how_it_is_used(arguments: list[str]) -> None:
    """A sentence in both languages, and nothing is touched."""
    ended = subprocess.run(
        ["sh", FOLDER / "install.sh", *arguments], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "Cách dùng" in ended.stderr
    assert "pip wheel --no-deps ./devices" in ended.stderr

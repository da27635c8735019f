"""Writing Mosquitto's files from the command line, for an installation that uses it."""

import stat
from pathlib import Path

import pytest

from devices.broker.mosquitto import main


def test_three_files_are_written_for_their_owner_only(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The path of `mosquitto.conf` is printed; nothing is readable by others; persistence is on."""
    out = tmp_path / "out"

    code = main(["--registry", str(registry), "--out", str(out), "--port", "1883"])

    assert (code, capsys.readouterr().out) == (0, f"{out / 'mosquitto.conf'}\n")
    assert {path.name for path in out.iterdir()} == {"mosquitto.conf", "passwords", "access"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}
    assert f"persistence_location {out}/" in (out / "mosquitto.conf").read_text()


def test_a_missing_registry_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3 and one sentence in both languages."""
    out = tmp_path / "out"

    code = main(["--registry", str(tmp_path / "no.json"), "--out", str(out), "--port", "1883"])

    assert code == 3
    assert "Không đọc được" in capsys.readouterr().err
    assert not out.exists()

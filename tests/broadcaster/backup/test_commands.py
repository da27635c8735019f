"""`loa backup-key`, `loa backup`, `loa restore`: as whoever sits at the machine has them."""

from pathlib import Path

import pytest
from click.testing import Result
from structlog.testing import capture_logs
from typer.testing import CliRunner

from broadcaster.audit.acts import Act
from broadcaster.backup.errors import BackupKeyMissing, BackupKeyPresent, StationPresent
from broadcaster.commands import app
from broadcaster.database.migrate import migrate
from tests.broadcaster.backup.scene import Lived, live
from tests.trail import acts_of, connect


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lived:
    """A station in the folder where commands are given, that has no backup key yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path / "state"))

    database = connect(f"sqlite:///{tmp_path / 'state' / 'station.sqlite3'}")
    migrate(database)
    station = live(database, tmp_path)
    (station.settings.keys_dir / "backup.pub").unlink()
    (tmp_path / "loa.toml").write_text("shift_h = 6\n")
    return station


def loa(*arguments: str, typed: str = "") -> Result:
    """One command to its end; `typed` is handed in as by another program."""
    with capture_logs():
        return CliRunner().invoke(app, [*arguments], input=typed)


def test_a_commune_moves_to_another_machine_with_a_paper_and_a_file(
    lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its settings lie beside it for a person to compare, and its ledger was verified."""
    told = loa("backup-key").stdout
    paper = next(line.strip() for line in told.splitlines() if line.count("-") > 10)
    made = loa("backup", "backups", "--keep", "1")
    (file,) = (tmp_path / "backups").iterdir()
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path / "another"))

    restored = loa("restore", str(file), typed=f"{paper}\n")

    assert (made.exit_code, restored.exit_code) == (0, 0), restored.stdout
    assert str(file) in str(tmp_path / made.stdout.split()[1])
    assert "● Sổ nguyên vẹn." in restored.stdout
    assert "phải làm lại bằng tay" in restored.stdout
    assert (tmp_path / "another" / "loa.toml.restored").read_text() == "shift_h = 6\n"
    assert len(acts_of(lived.database, Act.STATION_BACKED_UP)) == 1
    again = connect(f"sqlite:///{tmp_path / 'another' / 'station.sqlite3'}")
    assert len(acts_of(again, Act.STATION_RESTORED)) == 1
    again.dispose()


def test_what_stands_against_it_is_said(lived: Lived, tmp_path: Path) -> None:
    """No key yet, a key there already, a station where it should be restored."""
    assert isinstance(loa("backup", "backups").exception, BackupKeyMissing)
    key = tmp_path / "key"
    assert loa("backup-key", "--key-file", str(key)).exit_code == 0
    assert key.stat().st_mode & 0o077 == 0
    assert isinstance(loa("backup-key").exception, BackupKeyPresent)
    assert loa("backup", "backups").exit_code == 0
    (file,) = (tmp_path / "backups").iterdir()
    refused = loa("restore", str(file), "--key-file", str(key))
    assert isinstance(refused.exception, StationPresent)
    assert lived.settings.keys_dir.exists()

"""`loa ledger` as an inspector runs it: real processes, at the station and far away."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.broadcaster.inspection.scene import ROOT_KEY, play_a_day
from tests.broadcaster.ledger.commune import STATION
from tests.trail import connect, keep_keys

pytestmark = pytest.mark.processes


@pytest.fixture
def folder(sqlite_url: str, tmp_path: Path) -> Path:
    """A station's state folder after a day; `tmp_path` holds its database already."""
    database = connect(sqlite_url)
    play_a_day(database)
    database.dispose()
    keep_keys(tmp_path / "keys", STATION)
    return tmp_path


def loa(folder: Path, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command, as its user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "broadcaster", "ledger", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
        env={**os.environ, "LOA_STATE_DIR": str(folder), **settings},
    )


def test_a_whole_ledger_is_0_and_a_spoilt_one_is_1(folder: Path) -> None:
    """What is wrong is named on stdout; nothing goes to stderr where nobody watches."""
    whole = loa(folder, "verify")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert whole.stdout.startswith("● Sổ nguyên vẹn. / The ledger holds.\n")

    with sqlite3.connect(folder / "station.sqlite3") as raw:
        raw.execute("UPDATE play SET state = 'confirmed' WHERE device_id = 'loa-2'")
    spoilt = loa(folder, "verify")
    assert spoilt.returncode == 1
    assert "✕ play ord-1|0|loa-2" in spoilt.stdout

    rebuilt = loa(folder, "rebuild")
    assert rebuilt.returncode == 0
    assert loa(folder, "verify").returncode == 0


def test_an_export_travels_and_is_verified_without_the_station(folder: Path) -> None:
    """By the root key alone, against a root that a report printed; another root is 1."""
    out = folder / "out"
    assert loa(folder, "export", out, "--format", "csv").returncode == 0
    newest = json.loads(loa(folder, "verify", "--json").stdout)["newest_root"]
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    carried = Path(shutil.copytree(out, elsewhere / "stick"))

    known = ("verify", "--export", carried, "--root-key", ROOT_KEY)
    assert loa(elsewhere, *known, "--anchor", newest).returncode == 0
    missed = loa(elsewhere, *known, "--anchor", "2026-11-23:" + "0" * 64)
    assert missed.returncode == 1
    assert "✕ daily_root 2026-11-23" in missed.stdout
    unknown = loa(elsewhere, "verify", "--export", carried)
    assert unknown.returncode == 2
    assert "--root-key" in unknown.stderr

    assert loa(elsewhere, "import", carried, elsewhere / "ledger.sqlite3").returncode == 0
    with sqlite3.connect(elsewhere / "ledger.sqlite3") as raw:
        assert raw.execute("SELECT count(*) FROM confirmation").fetchone() == (8,)


def test_an_act_of_today_that_was_cut_off_is_named(folder: Path) -> None:
    """No root covers it yet: the folder of the keys knows that it was signed."""
    assert loa(folder, "export", folder / "out").returncode == 0
    whole = loa(folder, "verify", "--json")
    said = json.loads(whole.stdout)
    with sqlite3.connect(folder / "station.sqlite3") as raw:
        (last,) = raw.execute("SELECT max(number) FROM audit_entry").fetchone()
        raw.execute("DELETE FROM audit_entry WHERE number = ?", (last,))
    cut = loa(folder, "verify")

    assert (whole.returncode, said["held_to_entry"]) == (0, last)
    assert said["newest_entry"].startswith(f"{last}:")
    assert cut.returncode == 1
    assert f"✕ audit_entry {last}: chỗ giữ khóa đã ký mục này" in cut.stdout


@pytest.mark.postgres
def test_a_ledger_on_postgresql_travels_as_parquet(postgres_url: str, tmp_path: Path) -> None:
    """Verified where it is, and far away from what was exported."""
    database = connect(postgres_url)
    play_a_day(database)
    database.dispose()
    keep_keys(tmp_path / "keys", STATION)
    out = tmp_path / "out"
    at = {"LOA_DATABASE_URL": postgres_url}
    whole = loa(tmp_path, "verify", **at)
    written = loa(tmp_path, "export", out, "--format", "parquet", **at)
    elsewhere = loa(tmp_path, "verify", "--export", out, "--root-key", ROOT_KEY)

    assert (whole.returncode, written.returncode, elsewhere.returncode) == (0, 0, 0)
    assert (out / "confirmation.parquet").read_bytes().startswith(b"PAR1")


def test_what_cannot_be_done_is_one_sentence(folder: Path) -> None:
    """And nothing is written."""
    out = folder / "out"
    assert loa(folder, "export", out, "--format", "xlsx").returncode == 2
    assert not out.exists()
    no_export = loa(folder, "verify", "--export", folder, "--root-key", ROOT_KEY)
    assert no_export.returncode == 2
    assert "Traceback" not in no_export.stderr

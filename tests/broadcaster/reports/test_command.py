"""`loa report`: files from the command line, and the template for Word."""

import subprocess
import sys
from pathlib import Path

import docx
import pytest

from broadcaster.errors import LoaError
from broadcaster.ledger.errors import PeriodUnreadable
from broadcaster.reports.command import Wish, written, written_template
from broadcaster.reports.errors import FileExists, FormatUnknown, NoSuchVillage, PeriodNotBegun
from broadcaster.settings import Settings
from tests.broadcaster.ledger.commune import STATION
from tests.broadcaster.reports.scene import Scene


def write(scene: Scene, wish: Wish) -> str:
    """What the command says when it is given this."""
    settings = Settings(state_dir=scene.state_dir)
    return written(scene.database, settings, wish, station_id=STATION, now=scene.now)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf", "csv", "json"])
def test_it_writes_what_was_asked_for(told_quarter: Scene, tmp_path: Path, kind: str) -> None:
    """Into the file that was named, and says so."""
    out = tmp_path / f"bao-cao.{kind}"
    said = write(told_quarter, Wish(period="2026-Q3", scope="village:thon-1", kind=kind, out=out))

    assert said == f"✓ {out}\n"
    assert out.stat().st_size > 1_000


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (Wish(period="2026-Q9"), PeriodUnreadable),
        (Wish(period="2027"), PeriodNotBegun),
        (Wish(period="2026", scope="village:xyz"), NoSuchVillage),
        (Wish(period="2026", kind="doc"), FormatUnknown),
    ],
)
def test_it_refuses_what_cannot_be(
    told_quarter: Scene, tmp_path: Path, wish: Wish, error: type[LoaError]
) -> None:
    """And leaves no file behind."""
    out = tmp_path / "out"
    with pytest.raises(error):
        write(told_quarter, Wish(period=wish.period, scope=wish.scope, kind=wish.kind, out=out))

    assert not out.exists()


def test_it_overwrites_nothing(told_quarter: Scene, tmp_path: Path) -> None:
    """Somebody may have written on in what stands there."""
    out = tmp_path / "bao-cao.docx"
    out.write_bytes(b"mine")
    with pytest.raises(FileExists):
        write(told_quarter, Wish(period="2026-Q3", out=out))
    with pytest.raises(FileExists):
        written_template(Settings(state_dir=tmp_path), out)

    assert out.read_bytes() == b"mine"


def test_the_template_comes_without_a_station(tmp_path: Path) -> None:
    """As a process of its own; the file opens, and the words say where it must lie."""
    out = tmp_path / "mau.docx"
    ended = subprocess.run(
        [sys.executable, "-m", "broadcaster", "report", "template", "--out", str(out)],
        capture_output=True,
        check=True,
        timeout=120,
        cwd=tmp_path,
    )

    assert "report-template.docx" in ended.stdout.decode("utf-8")
    assert "TRƯỞNG ĐÀI" in [
        c.text.split("\n")[0] for t in docx.Document(str(out)).tables for c in t.rows[0].cells
    ]

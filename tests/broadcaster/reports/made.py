"""Reports of the scene, and their files, for tests that look at files."""

from pathlib import Path

from broadcaster.ledger.periods import read_period
from broadcaster.reports.files import FileKind, Making, make_file
from broadcaster.reports.report import Report, make_report
from broadcaster.reports.scopes import read_scope
from broadcaster.reports.shown import Writer
from tests.broadcaster.ledger.air import HANOI
from tests.broadcaster.ledger.commune import STATION
from tests.broadcaster.reports.scene import Scene

WRITER = Writer(zone=HANOI)


def report_of(scene: Scene, scope: str = "station", period: str = "2026-Q3") -> Report:
    """What somebody who sees all is told."""
    with scene.database.reading() as session:
        chosen = read_scope(session, scope, station_id=STATION, in_view=None)
        return make_report(
            session, read_period(period), chosen, station=scene.context, in_view=None
        )


def making(state_dir: Path) -> Making:
    """With whatever template lies there."""
    return Making(writer=WRITER, state_dir=state_dir)


def file_of(kind: FileKind, report: Report, file: Path) -> Path:
    """The report as a file on disk, made without a template of the station's own."""
    file.write_bytes(make_file(kind, report, making(file.parent / "nowhere")))
    return file

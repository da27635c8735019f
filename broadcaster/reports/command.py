"""`loa report`: the file of a report, and of the template, written where nothing is yet."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.reports.asking import asked_period
from broadcaster.reports.docx_template import template
from broadcaster.reports.errors import FileExists, FormatUnknown
from broadcaster.reports.files import TEMPLATE_NAME, FileKind, Making, file_name, make_file
from broadcaster.reports.report import make_report
from broadcaster.reports.scopes import read_scope
from broadcaster.reports.shown import Writer
from broadcaster.settings import Settings
from broadcaster.web.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for on the command line; without `out` the file is named for its content."""

    period: str = ""
    scope: str = ""
    kind: str = "docx"
    out: Path | None = None


def written(
    database: Database,
    settings: Settings,
    wish: Wish,
    *,
    station_id: str,
    now: datetime | None = None,
) -> str:
    """Write a report for whoever sits at the station's machine; what is said of it.

    Raises FormatUnknown, FileExists, and whatever the period or the scope cannot be.
    """
    if wish.kind not in {each.value for each in FileKind}:
        raise FormatUnknown(wish.kind, field="format")
    kind = FileKind(wish.kind)
    with database.reading() as session:
        held = session.get_one(Station, station_id)
        station = Context(
            database=database,
            settings=settings,
            station_id=station_id,
            station_name=held.name,
            zone=ZoneInfo(held.zone),
            rehearsal=held.rehearsal,
            now=lambda: now or datetime.now(UTC),
        )
        scope = read_scope(session, wish.scope, station_id=station_id, in_view=None)
        report = make_report(
            session, asked_period(station, wish.period), scope, station=station, in_view=None
        )
    file = wish.out or Path(file_name(kind, report))
    _refuse_to_overwrite(file)
    making = Making(writer=Writer(zone=station.zone), state_dir=settings.state_dir)
    return _kept(file, make_file(kind, report, making))


def written_template(settings: Settings, out: Path | None) -> str:
    """Write Loa's own Word template out; raise FileExists."""
    file = out or Path(TEMPLATE_NAME)
    _refuse_to_overwrite(file)
    own = settings.state_dir / TEMPLATE_NAME
    return _kept(file, template()) + (
        f"  Sửa trong Word rồi đặt vào / Change it in Word, then put it at: {own}\n"
    )


def _refuse_to_overwrite(file: Path) -> None:
    if file.exists():
        raise FileExists(str(file), field="out")


def _kept(file: Path, content: bytes) -> str:
    try:
        with file.open("xb") as kept:
            kept.write(content)
    except FileExistsError as error:
        raise FileExists(str(file), field="out") from error
    return f"✓ {file}\n"

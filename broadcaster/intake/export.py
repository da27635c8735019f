"""All of a station in one ZIP: a CSV for each table and a README of their columns; in the trail.

Names, user names, telephone numbers and residents' words are in it only where somebody asked for
them. What people wrote is never left to begin like a formula; bringing it in again undoes that.
"""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

import structlog
from sqlmodel import Session

from broadcaster.audit import Act, record
from broadcaster.database import Database
from broadcaster.intake.export_shapes import ExportTable, Place, Value
from broadcaster.intake.export_tables import TABLES
from broadcaster.reports.csv_file import harmless

log = structlog.get_logger()

README_NAME = "README.txt"
_IN_MEMORY_BYTES = 5_000_000
_CHUNK_BYTES = 1 << 16


def export_station(database: Database, place: Place, *, by: str | None, now: datetime) -> IO[bytes]:
    """The ZIP, in a file that is gone when it is closed; that it was taken stands in the trail.

    It is as large as the ledger is long, so it lies on the disk beyond some megabytes.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - the caller's
    counts: dict[str, int] = {}
    with database.reading() as session, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        tables = [each for each in TABLES if place.personal or not each.personal]
        archive.writestr(README_NAME, _readme(tables, place, now))
        for table in tables:
            counts[table.name] = _write(archive, session, table, place)
    with database.writing() as session:
        record(
            session,
            Act.STATION_EXPORTED,
            by=by,
            at=now,
            details={"personal": place.personal, "rows": sum(counts.values())},
        )
    log.info("station_exported", by=by, personal=place.personal, rows=sum(counts.values()))
    file.seek(0)
    return file


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """A file's bytes, to be sent; it is closed at the end."""
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def export_name(station_id: str, now: datetime) -> str:
    """What an export's file is called."""
    return f"{station_id}-{now:%Y-%m-%d}.zip"


def _write(archive: zipfile.ZipFile, session: Session, table: ExportTable, place: Place) -> int:
    """Write one table, a row at a time; how many there were."""
    count = 0
    with (
        archive.open(f"{table.name}.csv", "w", force_zip64=True) as raw,
        # With its mark, so that Excel reads it as UTF-8.
        io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text,
    ):
        lines = csv.writer(text)
        lines.writerow([name for name, _ in table.columns])
        for row in table.rows(session, place):
            lines.writerow([_cell(each) for each in row])
            count += 1
    return count


def _cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else value


def _readme(tables: list[ExportTable], place: Place, now: datetime) -> str:
    """What the files are, Vietnamese first."""
    lines = [
        f"Dữ liệu của đài {place.station_id}, lấy ra lúc "
        f"{now.astimezone(place.zone).isoformat(timespec='seconds')}.",
        f"All data of the station {place.station_id} at that time.",
        "",
        "Mỗi tệp CSV dùng UTF-8, dấu phẩy; dòng đầu là tên cột. Ô bắt đầu bằng dấu ' đứng trước "
        "= + - @ là chữ, không phải công thức.",
        "Each CSV is UTF-8 with commas and a row of headings. A ' before = + - @ keeps words from "
        "being a formula.",
        "Kèm họ tên, số điện thoại, lời của bà con: " + ("có." if place.personal else "không."),
        "Names, numbers, residents' words: " + ("yes." if place.personal else "no."),
        "",
    ]
    for table in tables:
        lines += [f"{table.name}.csv: {table.title}"]
        lines += [f"  {name}: {note}" if note else f"  {name}" for name, note in table.columns]
        lines.append("")
    return "\n".join(lines)

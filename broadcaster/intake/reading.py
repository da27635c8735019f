"""A file of lists as rows of cells: CSV in the encodings of Vietnamese offices, or XLSX.

Nothing of a file is believed: size, what it unpacks to, rows and columns are bounded before they
are held. Of a formula the value is read that its program last counted; none is counted here. A
document type declaration is refused, so no entity can grow (ECMA-376 knows none).
"""

import csv
import io
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import openpyxl

from broadcaster.intake.errors import (
    FILE_LIMIT_BYTES,
    ROWS_LIMIT,
    FileDamaged,
    FileLocked,
    FileMissing,
    FileTooLarge,
    LettersUnknown,
    TooManyRows,
)
from broadcaster.reports.csv_file import FORMULA_BEGINS

Cell = str | int | float
"""What a cell holds: words, or a number where the file says that it is one. Days are ISO 8601."""

DELIMITERS = (",", ";", "\t")
COLUMNS_LIMIT = 60
_SHEETS_LIMIT = 10
# Headings and titles above the rows, and empty rows below them.
_ROWS_READ = ROWS_LIMIT + 50
_UNPACKED_LIMIT_BYTES = 60_000_000
_ENTRIES_LIMIT = 2_000
_CHUNK_BYTES = 1 << 16
_ZIP_BEGINS = b"PK\x03\x04"
_OLE_BEGINS = b"\xd0\xcf\x11\xe0"
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, by the number that its program shows beside it."""

    number: int
    cells: tuple[Cell, ...]


def read_tables(data: bytes) -> list[list[Row]]:
    """The tables that a file may mean: each sheet of a workbook, or a CSV by each delimiter.

    Rows without anything are left out. Raises FileMissing, FileTooLarge, FileDamaged, FileLocked,
    LettersUnknown or TooManyRows.
    """
    if not data.strip():
        raise FileMissing(field="file")
    if len(data) > FILE_LIMIT_BYTES:
        raise FileTooLarge(field="file")
    if data.startswith(_OLE_BEGINS):
        # An old .xls, or an .xlsx that is encrypted: both stand in this container.
        raise FileLocked(field="file")
    if data.startswith(_ZIP_BEGINS):
        return _workbook(data)
    text = decoded(data)
    return [_csv_rows(text, delimiter) for delimiter in DELIMITERS]


def decoded(data: bytes) -> str:
    """The letters of a CSV, composed (NFC): UTF-8, UTF-16 or Windows-1258. Raise LettersUnknown."""
    # Not as `playlists.documents.plain` does: it takes an old encoding only where what comes of it
    # are Vietnamese syllables, and lists hold names in the languages of all who live here.
    return unicodedata.normalize("NFC", _decoded(data))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        wanted = ["utf-16"]
    elif b"\0" in data[:200]:
        # UTF-16 without its mark: Latin letters have their zero second, or first.
        wanted = ["utf-16-le" if data[1:200:2].count(0) >= data[:200:2].count(0) else "utf-16-be"]
    else:
        wanted = ["utf-8-sig", "cp1258"]
    for encoding in wanted:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LettersUnknown(field="file")


def _csv_rows(text: str, delimiter: str) -> list[Row]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[Row] = []
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            # Excel's own word on the delimiter, which is no row.
            if number == 1 and len(cells) <= 2 and "".join(cells).lower().startswith("sep="):
                continue
            _keep(rows, number, cells)
    except csv.Error as error:
        raise FileDamaged(str(error), field="file") from error
    return rows


def _workbook(data: bytes) -> list[list[Row]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive)
        with warnings.catch_warnings():
            # What openpyxl does not keep (styles, validations) is nothing that is read here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            try:
                return [_sheet_rows(sheet) for sheet in book.worksheets[:_SHEETS_LIMIT]]
            finally:
                book.close()
    except (FileDamaged, FileLocked, FileTooLarge, TooManyRows):
        raise
    except Exception as error:
        # openpyxl says of a damaged file whatever its own code happened to trip over.
        raise FileDamaged(type(error).__name__, field="file") from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Unpack every part once, without keeping it: what they say of their size may be a lie."""
    entries = archive.infolist()
    if len(entries) > _ENTRIES_LIMIT:
        raise FileTooLarge(field="file")
    came = 0
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise FileLocked(field="file")
        tail = b""
        try:
            with archive.open(entry) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    came += len(chunk)
                    if came > _UNPACKED_LIMIT_BYTES:
                        raise FileTooLarge(field="file")
                    if any(each in tail + chunk for each in _DECLARATIONS):
                        raise FileDamaged("a document type declaration", field="file")
                    tail = chunk[-10:]
        except (zlib.error, EOFError, NotImplementedError) as error:
            raise FileDamaged(str(error), field="file") from error


def _sheet_rows(sheet: Any) -> list[Row]:  # noqa: ANN401 - openpyxl is untyped
    rows: list[Row] = []
    # Its own word on its size is no measure: a sheet of three rows may claim a million.
    sheet.reset_dimensions()
    for number, cells in enumerate(_rows_of(sheet), start=1):
        _keep(rows, number, [_cell(each) for each in cells[:COLUMNS_LIMIT]])
    return rows


def _rows_of(sheet: Any) -> Iterator[Sequence[object]]:  # noqa: ANN401
    """The sheet's rows, up to one more than are read, whatever number the last of them claims."""
    yield from sheet.iter_rows(max_row=_ROWS_READ + 1, max_col=COLUMNS_LIMIT, values_only=True)


def _keep(rows: list[Row], number: int, cells: Iterable[Cell]) -> None:
    """Take a row that holds anything; raise TooManyRows."""
    held = tuple(_clean(each) for each in cells)[:COLUMNS_LIMIT]
    if not any(each != "" for each in held):
        return
    if len(rows) >= _ROWS_READ:
        raise TooManyRows(field="file")
    rows.append(Row(number, held))


def _clean(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = unicodedata.normalize("NFC", cell.replace("\0", "").replace("\u00a0", " ")).strip()
    # An export put it there, so that no spreadsheet takes the words for a formula.
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_BEGINS) else text


def _cell(value: object) -> Cell:
    """A workbook's cell: numbers stay numbers, days become words."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return "" if value is None else str(value)

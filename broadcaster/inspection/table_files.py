r"""Tables as files, in JSON Lines, CSV or Parquet, each value so that it comes back as it was.

Instants are Unix milliseconds, days ISO 8601, octets hex. In CSV an absent value is `\N`, as
PostgreSQL and MySQL write it, because an empty text is one too.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, Table

from broadcaster.database import InstantColumn
from broadcaster.database.columns import from_ms
from broadcaster.database.signed_messages import SignedMessageColumn
from broadcaster.inspection.errors import ExportUnreadable, ParquetNotInstalled

ABSENT = "\\N"


class FileFormat(StrEnum):
    """How an export is written; each is read again."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def require(kind: FileFormat) -> None:
    """Raise ParquetNotInstalled where this machine has nothing that reads and writes it."""
    if kind is FileFormat.PARQUET:
        try:
            import broadcaster.inspection.parquet_files  # noqa: F401
        except ImportError as error:
            raise ParquetNotInstalled from error


def write_table(
    path: Path,
    rows: Iterable[Mapping[str, Any]],
    *,
    columns: Sequence[Column[Any]],
    kind: FileFormat,
) -> int:
    """Write rows as told (`facts.told`); count them. Raises UnfitForParquet, if it is that."""
    if kind is FileFormat.PARQUET:
        from broadcaster.inspection.parquet_files import write_parquet

        return write_parquet(path, rows, columns=columns)
    names, count = [str(each.name) for each in columns], 0
    with path.open("w", encoding="utf-8", newline="") as file:
        if kind is FileFormat.JSONL:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
                count += 1
            return count
        table = csv.writer(file)
        table.writerow(names)
        for row in rows:
            table.writerow([_cell(row[name]) for name in names])
            count += 1
    return count


def read_table(path: Path, table: Table, *, kind: FileFormat) -> Iterator[dict[str, Any]]:
    """The rows of a file as a database takes them; raise ExportUnreadable for one that is none."""
    known = {column.name: column for column in table.columns}
    try:
        for told in _told_rows(path, known, kind=kind):
            yield {name: _value(known[name], value) for name, value in told.items()}
    except (OSError, ValueError, KeyError, TypeError, OverflowError, csv.Error) as error:
        raise ExportUnreadable(f"{path.name}: {error!r}") from error


def _told_rows(
    path: Path, known: Mapping[str, Column[Any]], *, kind: FileFormat
) -> Iterator[dict[str, Any]]:
    if kind is FileFormat.PARQUET:
        from broadcaster.inspection.parquet_files import read_parquet

        yield from read_parquet(path, [*known.values()])
        return
    # A batch may be longer than what the library takes for a field.
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8", newline="") as file:
        if kind is FileFormat.JSONL:
            for line in file:
                yield json.loads(line)
            return
        for row in csv.DictReader(file):
            yield {name: _uncelled(known[name], cell) for name, cell in row.items()}


def _cell(value: object) -> str:
    match value:
        case None:
            return ABSENT
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def _uncelled(column: Column[Any], cell: str) -> object:
    if cell == ABSENT:
        return None
    match column.type:
        case Boolean():
            return {"true": True, "false": False}[cell]
        case Float():
            return float(cell)
        case InstantColumn() | Integer():
            return int(cell)
        case JSON():
            return json.loads(cell)
    return cell


def _value(column: Column[Any], told: Any) -> object:  # noqa: ANN401 - any JSON
    if told is None:
        return None
    match column.type:
        case InstantColumn():
            return from_ms(told)
        case Date():
            return date.fromisoformat(told)
        case LargeBinary() | SignedMessageColumn():
            return bytes.fromhex(told)
    return told

"""Tables as Parquet, each column of its own type: what DuckDB, pandas and Spark read fastest.

pyarrow writes it, which weighs more than the station itself: it comes with the extra `parquet`, and
this module is imported only where Parquet is asked for.
Rows are written and read a page at a time, so that a large ledger needs no more memory than a
small one. A value that does not suit its column, as only somebody who spoilt the database leaves
it, cannot be written: JSON Lines take it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow.parquet import ParquetFile, ParquetWriter
from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary

from broadcaster.database import InstantColumn
from broadcaster.database.signed_messages import SignedMessageColumn
from broadcaster.inspection.errors import ExportUnreadable, UnfitForParquet

_ROWS_AT_ONCE = 5_000

Columns = Sequence[Column[Any]]


def write_parquet(path: Path, rows: Iterable[Mapping[str, Any]], *, columns: Columns) -> int:
    """Write rows as told (`facts.told`), count them; raise UnfitForParquet."""
    schema, count, waiting = _schema(columns), 0, iter(rows)
    try:
        with ParquetWriter(path, schema, compression="zstd") as file:
            while page := list(islice(waiting, _ROWS_AT_ONCE)):
                arrays = [
                    pa.array([_given(each, row[each.name]) for row in page], type=field.type)
                    for each, field in zip(columns, schema, strict=True)
                ]
                file.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
                count += len(page)
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        raise UnfitForParquet(f"{path.stem}: {error}") from error
    return count


def read_parquet(path: Path, columns: Columns) -> Iterator[dict[str, Any]]:
    """The rows of a file as they were told; raise ExportUnreadable."""
    known = {each.name: each for each in columns}
    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE):
                read = {
                    name: [_told(known[name], value) for value in _plain(column)]
                    for name, column in zip(batch.schema.names, batch.columns, strict=True)
                }
                names = list(read)
                for values in zip(*read.values(), strict=True):
                    yield dict(zip(names, values, strict=True))
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise ExportUnreadable(f"{path.name}: {error!r}") from error


def _schema(columns: Columns) -> Any:  # noqa: ANN401 - pyarrow says no types
    return pa.schema([(str(each.name), _kind(each)) for each in columns])


def _kind(column: Column[Any]) -> object:
    kinds: Sequence[tuple[type, object]] = (
        (InstantColumn, pa.timestamp("ms", tz="UTC")),
        (Date, pa.date32()),
        (LargeBinary, pa.binary()),
        (SignedMessageColumn, pa.binary()),
        (Boolean, pa.bool_()),
        (Float, pa.float64()),
        (Integer, pa.int64()),
    )
    return next((kind for type_, kind in kinds if isinstance(column.type, type_)), pa.string())


def _given(column: Column[Any], told: Any) -> object:  # noqa: ANN401 - any JSON
    """A told value as its column's type takes it."""
    if told is None:
        return None
    match column.type:
        case Date():
            return date.fromisoformat(told)
        case LargeBinary() | SignedMessageColumn():
            return bytes.fromhex(told)
        case JSON():
            return json.dumps(told, ensure_ascii=False)
    return told


def _plain(column: Any) -> list[Any]:  # noqa: ANN401 - pyarrow says no types
    # Instants are told in milliseconds.
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return list(column.to_pylist())


def _told(column: Column[Any], value: Any) -> object:  # noqa: ANN401 - what a file holds
    if value is None:
        return None
    match column.type:
        case Date():
            return value.isoformat()
        case LargeBinary() | SignedMessageColumn():
            return value.hex()
        case JSON():
            return json.loads(value)
    return value

"""The ledger and its trail as files, for whoever audits it elsewhere: evidence, rows, facts, roots.

Secrets are never in it: no password's hash, no broker's verifier. What names people is left out
unless it is asked for. Each file's hash stands in `manifest.json`; what is believed in the end is
not that but the signatures inside, which verifying looks at.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert, select
from sqlalchemy.engine import Engine

import broadcaster.inspection.known_tables  # noqa: F401 - tables are reached by name
from broadcaster.audit.facts import REGISTRY, table_named, told
from broadcaster.database.columns import to_ms
from broadcaster.inspection.errors import ExportPresent, ExportUnreadable
from broadcaster.inspection.table_files import FileFormat, read_table, require, write_table
from broadcaster.ledger.bulk import chunks

MANIFEST = "manifest.json"
FORMAT = 1
PRIVATE = "audit_private"

_LEDGER = (
    "confirmation_batch",
    "confirmation",
    "journal",
    "journal_head",
    "incident",
    "play",
    "play_share",
    "alert",
    "device_status",
    "audit_entry",
    "daily_root",
    "daily_leaf",
)
_LOOKED_UP_BY = frozenset({"device_id", "day"})
_PAGE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written."""

    folder: Path
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an export says of itself."""

    station: str
    exported_at_ms: int
    kind: FileFormat
    tables: Mapping[str, Mapping[str, Any]]
    private: bool


def export_ledger(
    connection: Connection,
    folder: Path,
    *,
    kind: FileFormat,
    now: datetime,
    private: bool = False,
) -> Exported:
    """Write the ledger into a folder.

    Raises ExportPresent for one that is not empty, ParquetNotInstalled, UnfitForParquet.
    """
    require(kind)
    if folder.exists() and any(folder.iterdir()):
        raise ExportPresent(str(folder), field="folder")
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, dict[str, Any]] = {}
    for name in _tables(private=private):
        table, without = table_named(name), REGISTRY.get(name, frozenset())
        columns = [each for each in table.columns if each.name not in without]
        path = folder / f"{name}.{kind.value}"
        count = write_table(
            path, _rows(connection, table, without=without), columns=columns, kind=kind
        )
        names = [str(each.name) for each in columns]
        tables[name] = {"rows": count, "columns": names, "sha256": _sha256(path)}
    manifest = {
        "format": FORMAT,
        "station": connection.execute(select(table_named("station").c.id)).scalar_one(),
        "exported_at_ms": to_ms(now),
        "kind": kind.value,
        "private": private,
        "tables": tables,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return Exported(folder=folder, rows={name: each["rows"] for name, each in tables.items()})


def read_manifest(folder: Path) -> Manifest:
    """What an export says of itself; raise ExportUnreadable."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise ExportUnreadable(f"format {said['format']}")
        return Manifest(
            station=str(said["station"]),
            exported_at_ms=int(said["exported_at_ms"]),
            kind=FileFormat(said["kind"]),
            tables=dict(said["tables"]),
            private=bool(said["private"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ExportUnreadable(f"{folder / MANIFEST}: {error!r}") from error


def import_ledger(folder: Path, into: Path) -> Engine:
    """Bring an export into a new SQLite file that holds nothing else, and reach it.

    It is for looking at: no station runs on it. Raises ExportUnreadable, or ExportPresent for a
    file that is there already, or ParquetNotInstalled.
    """
    manifest = read_manifest(folder)
    require(manifest.kind)
    if into.exists():
        raise ExportPresent(str(into))
    unknown = set(manifest.tables) - {*_tables(private=True)}
    if unknown or "station" not in manifest.tables:
        raise ExportUnreadable(f"tables {sorted(unknown)}")
    engine = create_engine(f"sqlite:///{into}")
    loose = _without_constraints()
    loose.create_all(engine)
    try:
        with engine.begin() as connection:
            for name in manifest.tables:
                _bring(connection, folder, name, manifest, loose)
    except BaseException:
        engine.dispose()
        into.unlink(missing_ok=True)
        raise
    return engine


def _bring(
    connection: Connection, folder: Path, name: str, manifest: Manifest, loose: MetaData
) -> None:
    path = _file_of(folder, name, manifest)
    if not is_as_exported(folder, name, manifest):
        raise ExportUnreadable(path.name)
    statement = insert(loose.tables[name])
    for some in chunks(read_table(path, table_named(name), kind=manifest.kind), size=_PAGE):
        connection.execute(statement, some)


def is_as_exported(folder: Path, name: str, manifest: Manifest) -> bool:
    """Whether a table's file is there, and is the one of which the manifest says the hash."""
    path = _file_of(folder, name, manifest)
    return path.is_file() and _sha256(path) == manifest.tables[name]["sha256"]


def _file_of(folder: Path, name: str, manifest: Manifest) -> Path:
    return folder / f"{name}.{manifest.kind.value}"


def _tables(*, private: bool) -> Sequence[str]:
    return (*REGISTRY, *_LEDGER, *((PRIVATE,) if private else ()))


def _rows(
    connection: Connection, table: Table, *, without: frozenset[str]
) -> Iterator[dict[str, Any]]:
    ordered = select(table).order_by(*table.primary_key)
    for row in connection.execute(ordered.execution_options(yield_per=_PAGE)):
        yield told(dict(row._mapping), without=without)  # noqa: SLF001 - its documented name


def _without_constraints() -> MetaData:
    """The tables, but that nothing is demanded: what is wrong must come in to be seen."""
    loose = MetaData()
    for name in _tables(private=True):
        table = table_named(name)
        Table(
            name,
            loose,
            *(
                Column(each.name, each.type, index=each.name in _LOOKED_UP_BY)
                for each in table.columns
            ),
        )
    return loose


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Whether each row that figures rest on was brought by an act in the trail, and is as it was."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct, defstruct
from sqlalchemy import Boolean, Connection, select

from broadcaster.audit.entries import Fact, row_sha256
from broadcaster.audit.facts import (
    ADDED,
    HASHED,
    REGISTRY,
    hashed_columns,
    key_of,
    table_named,
    told,
)
from broadcaster.inspection.device_rows import stream_of
from broadcaster.inspection.findings import Finding, Flaw

Facts = Mapping[str, Mapping[str, Fact]]
"""The newest fact of each row, by its table and key."""

_PAGE = 5_000
_ENCODE = msgspec.json.Encoder().encode


def check_facts(connection: Connection, facts: Facts) -> Iterator[Finding]:
    """Rows without an entry are nobody's; rows that an entry speaks of must be there as it says."""
    for name in REGISTRY:
        yield from _check_table(connection, name, _standing(facts, name))
    for name in HASHED:
        digests = {key: fact.digest for key, fact in _standing(facts, name).items()}
        yield from _check_hashed(connection, name, digests)


def _standing(facts: Facts, name: str) -> Mapping[str, Fact]:
    """Those of a table's facts that do not say that their row is gone."""
    of_table = facts.get(name, {})
    return {key: fact for key, fact in of_table.items() if fact.row is not None or fact.sha256}


def _check_table(
    connection: Connection, name: str, standing: Mapping[str, Fact]
) -> Iterator[Finding]:
    table = table_named(name)
    seen: set[str] = set()
    rows = connection.execute(select(table).execution_options(yield_per=_PAGE))
    for found in rows:
        row = dict(found._mapping)  # noqa: SLF001 - its documented name
        key = key_of(table, row)
        if key in standing:
            seen.add(key)
            differing = _differing(name, row, standing[key])
            if differing is not None:
                yield Finding(name, key, Flaw.FACT_DIFFERS, differing)
        else:
            yield Finding(name, key, Flaw.FACT_UNRECORDED)
    for key in sorted(standing.keys() - seen):
        yield Finding(name, key, Flaw.FACT_MISSING)


def _differing(name: str, row: Mapping[str, Any], fact: Fact) -> str | None:
    """Which columns are others than the entry says, where it holds them; None where none is.

    A column that came with a later version of the schema is in no entry from before it.
    """
    if fact.row is None:
        return None if row_sha256(told(row, without=REGISTRY[name])) == fact.digest else ""
    kept = told(row)
    columns = [column for column, value in fact.row.items() if kept.get(column) != value]
    return ", ".join(columns) if columns else None


def _check_hashed(connection: Connection, name: str, standing: dict[str, str]) -> Iterator[Finding]:
    """The rows of which the trail holds hashes: read once, as the driver gives them.

    Until its start an expectation follows the registry: then there is no entry of it.
    """
    table = table_named(name)
    columns = hashed_columns(name)
    keys = [columns.index(each.name) for each in table.primary_key]
    key_of_row, key_form = itemgetter(*keys), "|".join(["%s"] * len(keys))
    flags = [at for at, each in enumerate(columns) if isinstance(table.c[each].type, Boolean)]
    frozen = columns.index("frozen")
    usual = {columns.index(each): value for each, value in ADDED.get(name, {}).items()}
    hashes: dict[tuple[int, ...], _Hashes] = {}
    names = ", ".join(f'"{each}"' for each in columns)
    driver = connection.connection.driver_connection
    for found in stream_of(driver, f"SELECT {names} FROM {name}"):  # noqa: S608 - the schema's names
        values = list(found)
        for at in flags:
            values[at] = bool(values[at])
        key = key_form % key_of_row(values)
        digest = standing.pop(key, None)
        if digest is None:
            if values[frozen]:
                yield Finding(name, key, Flaw.FACT_UNRECORDED)
            continue
        # A later column is hashed where it has another value than every row had before it.
        left_out = tuple([at for at in usual if values[at] == usual[at]])
        if left_out not in hashes:
            hashes[left_out] = _Hashes.of(columns, without=[columns[at] for at in left_out])
        if hashes[left_out].sha256(values) == digest:
            continue
        row = {
            column: value
            for at, (column, value) in enumerate(zip(columns, values, strict=True))
            if at not in left_out
        }
        if not _is_hashed_so(name, row, digest):
            yield Finding(name, key, Flaw.FACT_DIFFERS)
    for key in sorted(standing):
        yield Finding(name, key, Flaw.FACT_MISSING)


@dataclass(frozen=True, slots=True)
class _Hashes:
    """The hashes of rows with the same columns left out: those of nearly all, or of all.

    The octets are those of `row_sha256`; columns are put in order once, and not for each row.
    """

    told: type[Struct]
    values_of: Callable[[Sequence[Any]], tuple[Any, ...]]

    @classmethod
    def of(cls, columns: Sequence[str], *, without: Collection[str]) -> "_Hashes":
        names = sorted(set(columns) - set(without))
        told = defstruct("Told", [(each, Any) for each in names], gc=False)
        return cls(told, itemgetter(*map(columns.index, names)))

    def sha256(self, values: Sequence[Any]) -> str:
        return hashlib.sha256(_ENCODE(self.told(*self.values_of(values)))).hexdigest()


def _is_hashed_so(name: str, row: dict[str, Any], digest: str) -> bool:
    if row_sha256(row) == digest:
        return True
    if name == "alert" and not row["frozen"]:
        # It waits to be written once more: an older version, gone back to, had no such column.
        return row_sha256({**row, "frozen": True}) == digest
    # A device's own word may say later that it was a simulation; the fold checks that it did.
    raised = name == "play" and row["simulated"]
    return bool(raised) and row_sha256({**row, "simulated": False}) == digest

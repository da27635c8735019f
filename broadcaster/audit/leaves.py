"""What a day's root covers: groups of rows that came on that day and are never changed again.

The same function gathers them when a root is made and when it is checked. Columns that may change
later are left out here, and stand in the root of the day on which they changed, or are a
projection that a check recomputes.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, exists, select

from broadcaster.audit.entries import row_sha256
from broadcaster.audit.facts import key_of, table_named, told
from broadcaster.audit.tables import ENTRIES

TRACE_OCTETS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows of one table by the column that says when they came; grouped by what they are about.

    The columns are named, and never change: roots of years ago cover their hashes. What comes
    later is a source of its own.
    """

    name: str
    table: str
    came: str
    about: tuple[str, ...] = ()
    columns: tuple[str, ...]


SOURCES = (
    # The message is not told: `sha256` is its hash.
    Source(
        name="confirmation_batch",
        table="confirmation_batch",
        came="received_at",
        about=("device_id",),
        columns=("sha256", "device_id", "received_at"),
    ),
    Source(
        name="confirmation",
        table="confirmation",
        came="received_at",
        about=("device_id", "epoch"),
        columns=(
            "device_id", "epoch", "seq", "prev_sha256", "entry_sha256", "kind", "order_id",
            "repeat", "batch_sha256", "received_at", "quarantined",
        ),
    ),
    Source(
        name="journal",
        table="journal",
        came="first_heard_at",
        about=("device_id",),
        columns=("device_id", "epoch", "number", "first_heard_at"),
    ),
    Source(
        name="journal_quarantined",
        table="journal",
        came="quarantined_at",
        about=("device_id",),
        columns=("device_id", "epoch", "quarantined_at"),
    ),
    Source(
        name="incident",
        table="incident",
        came="at",
        columns=("id", "device_id", "code", "detail", "evidence_sha256", "evidence", "at"),
    ),
    Source(
        name="alert",
        table="alert",
        came="raised_at",
        columns=("id", "code", "broadcast_id", "device_id", "raised_at"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A group of rows of one day; `keys` name its rows, `traces` tell which of them is another."""

    source: str
    about: str
    sha256: str
    traces: bytes
    keys: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows it covers."""
        return len(self.traces) // TRACE_OCTETS

    @property
    def octets(self) -> bytes:
        """What the tree hashes."""
        return leaf_octets(self.source, self.about, self.rows, self.sha256)

    def differing(self, kept: bytes) -> list[str]:
        """The keys of rows that are not those of the kept traces, as far as that can be told."""
        held = set(traces_in(kept))
        return [
            key for key, trace in zip(self.keys, traces_in(self.traces), strict=True)
            if trace not in held
        ]  # fmt: skip


def leaf_octets(source: str, about: str, rows: int, sha256: str) -> bytes:
    """A leaf in one string; no part of it can run over into another."""
    return "\n".join((source, about, str(rows), sha256)).encode()


def traces_in(kept: bytes) -> list[bytes]:
    """The traces that stand one behind the other."""
    return [kept[at : at + TRACE_OCTETS] for at in range(0, len(kept), TRACE_OCTETS)]


def leaves_of_ledger(
    connection: Connection,
    *,
    begins_at: datetime,
    ends_at: datetime,
    without: Collection[str] = (),
) -> Iterator[Leaf]:
    """The ledger's groups of the rows that came in `[begins_at, ends_at)`, in a fixed order.

    Sources in `without` are left out.
    """
    for source in SOURCES:
        if source.name in without:
            continue
        table = table_named(source.table)
        came = table.c[source.came]
        of_the_day = (came >= begins_at) & (came < ends_at)
        yield from _leaves(connection, source, of_the_day & ~_came_with_a_station(table, came))


def _came_with_a_station(table: Table, came: Column[Any]) -> ColumnElement[bool]:
    """Rows of a device from before its station was joined: they lie under that station's roots."""
    joined = table_named("joined_device").c
    return exists().where(joined.device_id == table.c.device_id, came < joined.joined_at)


def leaf_of_trail(connection: Connection, *, after: int, last: int) -> Leaf:
    """The entries after one number up to another, by the hashes of their payloads."""
    number = ENTRIES.c.number
    rows = connection.execute(
        select(number, ENTRIES.c.entry_sha256)
        .where(number > after, number <= last)
        .order_by(number)
    ).all()
    return _leaf(
        "audit_entry", "", [(str(row.number), bytes.fromhex(row.entry_sha256)) for row in rows]
    )


def _leaves(
    connection: Connection, source: Source, of_the_day: ColumnElement[bool]
) -> Iterator[Leaf]:
    table = table_named(source.table)
    keys = list(table.primary_key)
    # On the statement: on the connection it would hold for whatever comes after.
    rows = connection.execute(
        select(table)
        .execution_options(yield_per=5_000)
        .where(of_the_day)
        .order_by(*(table.c[name] for name in source.about), *keys)
    )

    def about(row: Any) -> str:  # noqa: ANN401 - a row of whatever table
        return "|".join(str(getattr(row, name)) for name in source.about)

    for group, members in groupby(rows, key=about):
        hashed = []
        for member in members:
            values = dict(member._mapping)  # noqa: SLF001 - its documented name
            kept = told({name: values[name] for name in source.columns})
            hashed.append((key_of(table, values), bytes.fromhex(row_sha256(kept))))
        yield _leaf(source.name, group, hashed)


def _leaf(source: str, about: str, hashed: Sequence[tuple[str, bytes]]) -> Leaf:
    return Leaf(
        source=source,
        about=about,
        sha256=hashlib.sha256(b"".join(digest for _, digest in hashed)).hexdigest(),
        traces=b"".join(digest[:TRACE_OCTETS] for _, digest in hashed),
        keys=tuple(key for key, _ in hashed),
    )

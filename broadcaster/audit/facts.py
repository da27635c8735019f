"""Which rows figures rest on, and how a row is told: the same in the trail, a root and an export.

A table that is named here is written through the trail: each of its rows that comes, changes or
goes stands in the entry of the act that did it, so that a row without an entry is nobody's.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Table
from sqlmodel import SQLModel

from broadcaster.audit.entries import Fact, Scalar, row_sha256
from broadcaster.database.columns import to_ms

# What is left out is a secret's verifier, or a name or word of a person: no entry can be erased.
REGISTRY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "station": frozenset(),
        "cluster": frozenset(),
        "village": frozenset(),
        "village_population": frozenset(),
        "village_merger": frozenset(),
        "account": frozenset({"username", "display_name", "password_hash"}),
        "role_grant": frozenset(),
        "device": frozenset({"broker_salt", "broker_verifier"}),
        "device_share": frozenset(),
        # By whose root, and under which name, the words of such a device are read.
        "joined_station": frozenset(),
        "joined_device": frozenset(),
        "approval": frozenset({"comment"}),
        # Another person's word that stands before what nobody can approve word by word.
        "emergency_authorisation": frozenset(),
        "live_permit": frozenset({"quiet_reason"}),
        # The grade *heard* rests on it; what was written beside it stands in tables of its own.
        "hearing": frozenset(),
    }
)
"""The tables of which every change is a fact, with the columns that are left out."""

HASHED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "play": (
            "order_id", "repeat", "device_id", "broadcast_id", "cluster_id", "device_name",
            "title", "topic", "audio_sha256", "asked_ms", "starts_at", "start_due_at",
            "end_due_at", "frozen", "simulated",
        ),
        "play_share": (
            "order_id", "device_id", "village_id", "broadcast_id", "cluster_id", "cluster_name",
            "village_name", "households", "residents", "share", "starts_at", "frozen",
        ),
        # Whether it is resolved is a projection of the plays.
        "alert": ("id", "code", "broadcast_id", "device_id", "raised_at", "frozen"),
    }
)  # fmt: skip
"""The tables of which an entry holds hashes only, once for each row: there are very many.

The columns that are hashed are named, and never change: entries of years ago hold their hashes.
"""

ADDED: Mapping[str, Mapping[str, Scalar]] = MappingProxyType(
    {"play": {"relay": False}, "play_share": {"topic": ""}}
)
"""Columns of those tables that came later, with the value that they have in all rows from before.

They are hashed where they have another one: a row from before has the hash that its entry holds,
and whoever turns the value of any row breaks its hash.
"""

_KEY_JOINT = "|"


def told(row: Mapping[str, Any], *, without: Collection[str] = ()) -> dict[str, Any]:
    """A row's values as JSON tells them: instants in Unix milliseconds, days as ISO 8601."""
    return {str(name): _value(value) for name, value in row.items() if name not in without}


def key_of(table: Table, row: Mapping[str, Any]) -> str:
    """A row's key in one string."""
    return _KEY_JOINT.join(str(_value(row[each.name])) for each in table.primary_key)


def table_named(name: str) -> Table:
    """A table of the schema."""
    return SQLModel.metadata.tables[name]


def fact_of(name: str, row: Mapping[str, Any]) -> Fact:
    """A row of the registry as a fact."""
    table = table_named(name)
    return Fact(table=name, key=key_of(table, row), row=told(row, without=REGISTRY[name]))


def hashed_fact(name: str, row: Mapping[str, Any]) -> Fact:
    """A row as a fact of which only the hash is told."""
    kept = {column: row[column] for column in HASHED[name]}
    added = ADDED.get(name, {})
    kept |= {column: row[column] for column, usual in added.items() if row[column] != usual}
    return Fact(table=name, key=key_of(table_named(name), row), sha256=row_sha256(told(kept)))


def hashed_columns(name: str) -> tuple[str, ...]:
    """All columns that a fact of that table may hash, in the order in which they are told."""
    return tuple(sorted({*HASHED[name], *ADDED.get(name, {})}))


def _value(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    match value:
        case datetime():
            return to_ms(value)
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
    return value

"""Bulk writing in the caller's transaction, in the dialect of its database.

SQLite and PostgreSQL share `ON CONFLICT`; SQLAlchemy gives it under each one's own name.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

Row = Mapping[str, Any]
Item = TypeVar("Item")

# SQLite takes 32,766 parameters in a statement; nothing here names more than this many keys.
KEYS_AT_ONCE = 5_000


def connection_of(session: Session) -> Connection:
    """The connection of the session's transaction, with everything pending written to it."""
    session.flush()
    return session.connection()


def chunks(items: Sequence[Item], *, size: int = KEYS_AT_ONCE) -> Iterator[Sequence[Item]]:
    """The items, at most `size` at once."""
    rest = iter(items)
    while found := list(islice(rest, size)):
        yield found


def insert_once(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; one whose key is already there stays as it is."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def insert_or_replace(
    connection: Connection,
    table: Table,
    rows: Sequence[Row],
    *,
    keep: Sequence[str] = (),
    only_if_greater: str | None = None,
) -> None:
    """Insert rows by primary key, or replace what is there but for the columns in `keep`.

    With `only_if_greater` a row is replaced only where that column grows.
    """
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    replaced = {
        name: statement.excluded[name] for name in rows[0] if name not in keys and name not in keep
    }
    grows = (
        statement.excluded[only_if_greater] > table.c[only_if_greater] if only_if_greater else None
    )
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=replaced, where=grows), rows
    )


def _insert(connection: Connection, table: Table) -> Any:  # noqa: ANN401 - one of two classes alike
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)

"""Bulk writing in the caller's transaction, in the dialect of its database.

SQLite and PostgreSQL share `ON CONFLICT`; SQLAlchemy gives it under each one's own name. Where
rows come by the thousand they are handed to the driver as tuples: asking each column's type what
to make of each value costs more than storing it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

Row = Mapping[str, Any]
Item = TypeVar("Item")

# SQLite takes 32,766 parameters in a statement; nothing here names more than this many keys.
KEYS_AT_ONCE = 5_000
_PADDED_UNTIL = 1_024


def connection_of(session: Session) -> Connection:
    """The connection of the session's transaction, with everything pending written to it."""
    session.flush()
    return session.connection()


def chunks(items: Iterable[Item], *, size: int = KEYS_AT_ONCE) -> Iterator[Sequence[Item]]:
    """The items, at most `size` at once."""
    rest = iter(items)
    while found := list(islice(rest, size)):
        yield found


def insert_once(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows; one whose key is already there stays as it is."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def rows_of(connection: Connection, statement: str, *values: object) -> Sequence[Any]:
    """The rows of a statement, as the driver gives them.

    A `?` stands for a value, `IN ??` for a list of them and `VALUES ??` for a list of keys of
    several columns, in the order of `values`. Only names of the schema may be in the statement.

    Of several columns as many lists would ask for each combination: of a hundred devices and their
    hundred journals for ten thousand.
    """
    told: list[object] = []
    first, *pieces = statement.replace("??", "?!").split("?")
    written = [first]
    for piece, value in zip(pieces, values, strict=True):
        if piece.startswith("!"):
            some = _padded(sorted(cast("Collection[Any]", value)))
            written.append(f"{_marks(some)}{piece[1:]}")
            told += chain.from_iterable(some) if isinstance(some[0], tuple) else some
        else:
            written.append(f"?{piece}")
            told.append(value)
    marked = driver_marks(connection, "".join(written))
    return connection.exec_driver_sql(marked, tuple(told)).fetchall()


def _marks(keys: Sequence[Any]) -> str:
    if isinstance(keys[0], tuple):
        return ", ".join([f"({', '.join('?' * len(keys[0]))})"] * len(keys))
    return f"({', '.join('?' * len(keys))})"


def _padded(keys: list[Any]) -> list[Any]:
    """A few more, so that there are few lengths and the database knows the statement.

    In a list the last one again; keys of several columns are joined with, and get those that no
    row has.
    """
    if len(keys) > _PADDED_UNTIL:
        return keys
    more = keys[-1:] if not isinstance(keys[0], tuple) else [(None,) * len(keys[0])]
    return keys + more * ((1 << (len(keys) - 1).bit_length()) - len(keys))


def execute_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """A statement with `?` where values stand, once for each row of what the driver takes."""
    if rows:
        connection.exec_driver_sql(driver_marks(connection, statement), list(rows))


def insert_tuples_once(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows whose values are already what the driver takes; what is there stays as it is."""
    statement = (
        f"INSERT INTO {table.name} ({', '.join(columns)}) "  # noqa: S608 - only the schema's names
        f"VALUES ({', '.join('?' * len(columns))}) ON CONFLICT DO NOTHING"
    )
    execute_many(connection, statement, rows)


def driver_marks(connection: Connection, statement: str) -> str:
    """A statement with `?` where values stand, as the connection's own driver marks them."""
    return statement.replace("?", "%s") if connection.dialect.name == "postgresql" else statement


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

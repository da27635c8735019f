"""Another station in the same database: everything that ours has, once more, under a mark.

All rows are copied, not chosen: a table that is added later has its rows here as well.
"""

from collections.abc import Mapping

from sqlalchemy import Column, Connection, Table, select
from sqlmodel import SQLModel

import broadcaster.schema  # noqa: F401 - all tables, to copy them

MARK = "zzkhac"
"""What every id and every word of the other station begins with."""
OTHER_STATION = f"{MARK}-st"
_OF_THE_DATABASE = frozenset(
    {
        "audit_entry", "audit_private", "daily_root", "daily_leaf", "sign_in_failure",
        "sign_in_session",
    }
)  # fmt: skip
"""The one trail of the database, and what is nobody's at a station."""
_SAID = frozenset(
    {
        "name", "title", "display_name", "username", "script", "spoken", "words", "note", "answer",
        "written", "commune", "topic", "url", "source_text", "phone", "login", "reason",
        "code", "request_key",
    }
)  # fmt: skip


def copy_station(connection: Connection, station_id: str) -> None:
    """Copy all rows of all tables for another station, in one transaction of the caller's."""
    tables = [each for each in SQLModel.metadata.sorted_tables if each.name not in _OF_THE_DATABASE]
    for table in tables:
        rows = connection.execute(select(table)).mappings().all()
        if rows:
            connection.execute(
                table.insert(), [_copied(table, dict(row), station_id) for row in rows]
            )


def _copied(table: Table, row: Mapping[str, object], station_id: str) -> dict[str, object]:
    return {
        column.name: _marked(column, row[column.name], station_id)
        for column in table.columns
        if not _is_counted(column)
    }


def _marked(column: Column[object], value: object, station_id: str) -> object:
    if value == station_id and (column.foreign_keys or column.primary_key):
        return OTHER_STATION
    named = column.primary_key or column.foreign_keys or column.name.endswith("_id")
    said = column.name in _SAID or column.unique
    if isinstance(value, str) and value and (named or said):
        return f"{MARK}-{value}"
    return _marked_within(value)


def _marked_within(value: object, *, key: str = "") -> object:
    """What lies in a column of JSON, the ids in it marked as well."""
    match value:
        case dict():
            return {name: _marked_within(each, key=name) for name, each in value.items()}
        case list():
            return [_marked_within(each, key=key) for each in value]
        case str() if value and key.endswith("_id"):
            return f"{MARK}-{value}"
    return value


def _is_counted(column: Column[object]) -> bool:
    """Whether the database numbers the rows itself."""
    return (
        column.primary_key
        and column.autoincrement is not False
        and (column.type.python_type is int and len(column.table.primary_key) == 1)
    )

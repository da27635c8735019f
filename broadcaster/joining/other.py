"""The other station as it comes: a database nobody writes any more, its sounds, and its own day."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from broadcaster.areas.tables import Station
from broadcaster.audit.facts import table_named
from broadcaster.database import connect
from broadcaster.inspection.sight import seen_at_one_instant
from broadcaster.inspection.verifying import Question, verify
from broadcaster.joining.errors import OtherLedgerBroken

_FLAWS_TOLD = 5
_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A station that is to be joined, `as_of` the instant of its backup; its ledger was verified.

    `audio_dir` holds its sounds by their hashes, `root_key` is its public root key in hex.
    """

    connection: Connection
    station: Station
    audio_dir: Path
    root_key: str
    as_of: datetime

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table in the order of their keys."""
        wanted = select(table_named(table)).order_by(*table_named(table).primary_key)
        found = self.connection.execute(wanted.execution_options(yield_per=_ROWS_AT_ONCE))
        for row in found.mappings():
            yield dict(row)

    def values(self, table: str, column: str) -> Mapping[str, str]:
        """One column of a table by its id."""
        columns = table_named(table).c
        return {
            row[0]: row[1]
            for row in self.connection.execute(select(columns["id"], columns[column]))
        }


@contextmanager
def opened_other(
    database_file: Path, *, audio_dir: Path, root_key: str, as_of: datetime
) -> Iterator[Other]:
    """Reach the other station's database once all of its ledger holds under its root key.

    Raises OtherLedgerBroken, which names what does not hold.
    """
    database = connect(f"sqlite:///{database_file}")
    try:
        with seen_at_one_instant(database.engine) as sight:
            verdict = verify(sight, Question(root_key=root_key.strip().lower(), now=as_of))
            if not verdict.holds:
                found = verdict.findings[:_FLAWS_TOLD]
                raise OtherLedgerBroken(
                    "; ".join(f"{each.table} {each.key} {each.flaw}" for each in found)
                )
            (station,) = sight.connection.execute(select(table_named("station"))).mappings()
            yield Other(
                connection=sight.connection,
                station=Station(**station),
                audio_dir=audio_dir,
                root_key=root_key.strip().lower(),
                as_of=as_of,
            )
    finally:
        database.dispose()

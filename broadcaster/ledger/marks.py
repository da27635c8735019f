"""Marks on broadcasts whose coverage may stand otherwise: left by the fold, taken by the roll-up.

Adding one never waits for another process, so a storm of confirmations costs ingest next to
nothing, and all of them together one roll-up.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from broadcaster.ledger.bulk import execute_many
from broadcaster.ledger.tables import MARKS, SHARES

_MARK = f"INSERT INTO {MARKS.name} (broadcast_id) VALUES (?)"  # noqa: S608 - the schema's name


def mark_coverage(connection: Connection, broadcast_ids: Collection[str]) -> None:
    """Have the roll-ups follow these broadcasts."""
    if broadcast_ids:
        execute_many(connection, _MARK, [(each,) for each in sorted(broadcast_ids)])


def mark_begun(connection: Connection, *, now: datetime) -> None:
    """Mark the broadcasts that begin: from their start on their villages have been asked."""
    begun = connection.execute(
        select(SHARES.c.broadcast_id)
        .where(SHARES.c.starts_at <= now, SHARES.c.frozen.is_(False))
        .distinct()
    ).scalars()
    mark_coverage(connection, set(begun))

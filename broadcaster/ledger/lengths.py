"""Plays whose length nobody knew beforehand: a device is asked for what there was to hear."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from broadcaster.audit import record_facts
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.plays import lock_plays, refold
from broadcaster.ledger.tables import PLAYS


def settle_length(
    session: Session,
    order_ids: Collection[str],
    *,
    asked_ms: int,
    end_due_at: datetime,
    now: datetime,
) -> int:
    """Ask so much of every play of these orders, and fold them again; return how many changed.

    Their record is frozen otherwise: only its length was not yet known when they began. What it
    says from now on stands in the trail, with the act that the caller records.
    """
    if not order_ids:
        return 0
    connection = connection_of(session)
    lock_plays(connection)
    theirs = PLAYS.c.order_id.in_(list(order_ids))
    connection.execute(
        PLAYS.update().where(theirs).values(asked_ms=asked_ms, end_due_at=end_due_at)
    )
    rows = [row._asdict() for row in connection.execute(select(PLAYS).where(theirs))]
    record_facts(session, "play", [row for row in rows if row["frozen"]])
    keys = {(row["order_id"], row["repeat"], row["device_id"]) for row in rows}
    return refold(connection, keys, now=now)

"""The alerts that stand open, scoped by the villages that the asking person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select, tuple_
from sqlmodel import Session

from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.tables import ALERTS, PLAYS, SHARES


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """A device that owes its word on a broadcast."""

    id: int
    code: str
    broadcast_id: str
    title: str
    device_id: str
    device_name: str
    starts_at: datetime
    raised_at: datetime


def open_alerts(session: Session, *, villages: Villages, limit: int) -> Sequence[OpenAlert]:
    """The alerts of devices that reached a village in view on that day, newest first.

    Of several plays that a device owes in a broadcast, repeats among them, the earliest is told.
    """
    earlier = PLAYS.alias("earlier")
    owes_an_earlier_one = (
        exists()
        .where(
            earlier.c.broadcast_id == PLAYS.c.broadcast_id,
            earlier.c.device_id == PLAYS.c.device_id,
            earlier.c.state == PlayState.NOT_CONFIRMED,
            tuple_(earlier.c.starts_at, earlier.c.order_id, earlier.c.repeat)
            < tuple_(PLAYS.c.starts_at, PLAYS.c.order_id, PLAYS.c.repeat),
        )
        .correlate(PLAYS)
    )
    statement = (
        select(
            ALERTS.c.id,
            ALERTS.c.code,
            ALERTS.c.broadcast_id,
            PLAYS.c.title,
            PLAYS.c.device_id,
            PLAYS.c.device_name,
            PLAYS.c.starts_at,
            ALERTS.c.raised_at,
        )
        .select_from(ALERTS)
        .join(
            PLAYS,
            and_(
                PLAYS.c.broadcast_id == ALERTS.c.broadcast_id,
                PLAYS.c.device_id == ALERTS.c.device_id,
                PLAYS.c.state == PlayState.NOT_CONFIRMED,
                ~owes_an_earlier_one,
            ),
        )
        .where(ALERTS.c.resolved_at.is_(None))
        .order_by(ALERTS.c.id.desc())
        .limit(limit)
    )
    if villages is not None:
        statement = statement.where(
            exists()
            .where(
                SHARES.c.broadcast_id == ALERTS.c.broadcast_id,
                SHARES.c.device_id == ALERTS.c.device_id,
                SHARES.c.village_id.in_(villages),
            )
            .correlate(ALERTS)
        )
    return [OpenAlert(**row) for row in connection_of(session).execute(statement).mappings()]

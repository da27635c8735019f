"""Watching deadlines: a play that nobody confirmed in time is not left in progress for ever."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, and_, func, or_, select
from sqlmodel import Session

from broadcaster.ledger.alerts import freeze_alerts
from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.play_state import OPEN, PlayState
from broadcaster.ledger.plays import PlayKey, lock_plays, refold
from broadcaster.ledger.tables import ALERTS, PLAYS

log = structlog.get_logger()

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Closed:
    """What a look at the deadlines came to."""

    plays: int = 0
    alerts_open: int = 0


def close_overdue(session: Session, *, now: datetime) -> Closed:
    """Refold the plays whose deadlines have passed; alerts are raised for those not confirmed.

    An alert is raised once for a broadcast and device, and resolved when late word comes. What was
    raised since the last look, here or by the ingest, is written into the trail.
    """
    connection = connection_of(session)
    lock_plays(connection)
    overdue = _overdue(connection, now=now)
    changed = refold(connection, overdue, now=now) if overdue else 0
    freeze_alerts(session, now=now)
    if not overdue:
        return Closed()
    still_open = connection.execute(
        select(func.count()).select_from(ALERTS).where(ALERTS.c.resolved_at.is_(None))
    ).scalar_one()
    log.info("overdue_plays_closed", plays=changed, alerts_open=still_open)
    return Closed(plays=changed, alerts_open=still_open)


def _overdue(connection: Connection, *, now: datetime) -> list[PlayKey]:
    waiting = [state for state in OPEN if state is not PlayState.STARTED]
    rows = connection.execute(
        select(PLAYS.c.order_id, PLAYS.c.repeat, PLAYS.c.device_id)
        .where(
            or_(
                and_(PLAYS.c.state.in_(waiting), PLAYS.c.start_due_at <= now),
                and_(PLAYS.c.state == PlayState.STARTED, PLAYS.c.end_due_at <= now),
            )
        )
        .order_by(PLAYS.c.start_due_at)
        .limit(_AT_ONCE)
    )
    return [(order, repeat, device) for order, repeat, device in rows]

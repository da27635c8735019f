"""A device's plays of the last weeks, each with its statement: what its trend is counted from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.device_verdicts import WINDOW
from broadcaster.ledger.play_state import OPEN
from broadcaster.ledger.tables import PLAYS

PLAYS_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlay:
    """One play of the device; without a statement it has said nothing of it."""

    order_id: str
    repeat: int
    broadcast_id: str
    title: str
    topic: str
    starts_at: datetime
    state: str
    code: str | None
    asked_ms: int
    played_ms: int
    simulated: bool
    is_recent: bool
    evidence_epoch: str | None
    evidence_seq: int | None


def device_plays(
    session: Session, device_id: str, *, now: datetime, limit: int = PLAYS_LIMIT
) -> Sequence[DevicePlay]:
    """The plays that have ended, of the last 28 days and the 28 before (`device_trends`)."""
    rows = connection_of(session).execute(
        select(
            PLAYS.c.order_id,
            PLAYS.c.repeat,
            PLAYS.c.broadcast_id,
            PLAYS.c.title,
            PLAYS.c.topic,
            PLAYS.c.starts_at,
            PLAYS.c.state,
            PLAYS.c.code,
            PLAYS.c.asked_ms,
            PLAYS.c.played_ms,
            PLAYS.c.simulated,
            (PLAYS.c.starts_at >= now - WINDOW).label("is_recent"),
            PLAYS.c.evidence_epoch,
            PLAYS.c.evidence_seq,
        )
        .where(
            PLAYS.c.device_id == device_id,
            PLAYS.c.starts_at >= now - 2 * WINDOW,
            PLAYS.c.starts_at < now,
            PLAYS.c.state.not_in(OPEN),
        )
        .order_by(PLAYS.c.starts_at.desc(), PLAYS.c.order_id, PLAYS.c.repeat)
        .limit(limit)
    )
    return [DevicePlay(**{**row, "is_recent": bool(row["is_recent"])}) for row in rows.mappings()]

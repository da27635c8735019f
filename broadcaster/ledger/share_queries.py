"""Who reached a village in a period: each pole's share, how often it was confirmed, and by what.

The step from a village's figure down to a device's signed statement.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Row, and_, select, true
from sqlmodel import Session

from broadcaster.ledger.bulk import connection_of
from broadcaster.ledger.period_queries import Topics
from broadcaster.ledger.periods import Period
from broadcaster.ledger.play_state import Outcome, outcome_of
from broadcaster.ledger.queries import Villages
from broadcaster.ledger.tables import PLAYS, SHARES


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePlay:
    """One play of a pole that reached the village, with the statement that it stands on."""

    broadcast_id: str
    title: str
    topic: str
    starts_at: datetime
    outcome: Outcome
    evidence_epoch: str | None
    evidence_seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLine:
    """One pole with its newest share of the village; `plays` are the newest of `told` in all.

    `device_id` is empty for the poles that cannot confirm, wired and FM together.
    """

    device_id: str
    device_name: str
    share: float
    asked: int
    confirmed: int
    told: int
    plays: Sequence[SharePlay]


def village_shares(
    session: Session,
    village_id: str,
    period: Period,
    *,
    zone: tzinfo,
    villages: Villages,
    topics: Topics = None,
    plays_limit: int = 10,
) -> list[ShareLine]:
    """Every pole's share of a village in a period; none of a village out of view.

    Of each pole at most `plays_limit` plays are told, the confirmed ones first.
    """
    begins, ends = period.instants(zone=zone)
    rows = connection_of(session).execute(
        select(
            SHARES.c.device_id,
            SHARES.c.share,
            SHARES.c.starts_at,
            SHARES.c.topic,
            PLAYS.c.device_name,
            PLAYS.c.broadcast_id,
            PLAYS.c.title,
            PLAYS.c.state,
            PLAYS.c.played_ms,
            PLAYS.c.evidence_epoch,
            PLAYS.c.evidence_seq,
        )
        .join(
            PLAYS,
            and_(PLAYS.c.order_id == SHARES.c.order_id, PLAYS.c.device_id == SHARES.c.device_id),
            isouter=True,
        )
        .where(
            SHARES.c.village_id == village_id,
            SHARES.c.starts_at >= begins,
            SHARES.c.starts_at < ends,
            SHARES.c.frozen.is_(True),
            SHARES.c.share > 0,
            true() if villages is None else SHARES.c.village_id.in_(villages),
            true() if topics is None else SHARES.c.topic.in_(topics),
        )
        .order_by(SHARES.c.device_id, SHARES.c.starts_at.desc(), PLAYS.c.repeat)
    )
    by_pole: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_pole[row.device_id].append(row)
    return [_line(same, plays_limit=plays_limit) for same in by_pole.values()]


def _line(rows: Sequence[Row[Any]], *, plays_limit: int) -> ShareLine:
    plays = [_play(row) for row in rows if row.state is not None]
    confirmed = [play for play in plays if play.outcome is Outcome.CONFIRMED]
    others = [play for play in plays if play.outcome is not Outcome.CONFIRMED]
    return ShareLine(
        device_id=rows[0].device_id,
        device_name=rows[0].device_name or "",
        share=rows[0].share,
        asked=len({play.broadcast_id for play in plays}),
        confirmed=len({play.broadcast_id for play in confirmed}),
        told=len(plays),
        plays=(confirmed + others)[:plays_limit],
    )


def _play(row: Row[Any]) -> SharePlay:
    return SharePlay(
        broadcast_id=row.broadcast_id,
        title=row.title,
        topic=row.topic,
        starts_at=row.starts_at,
        outcome=outcome_of(row.state, played_ms=row.played_ms),
        evidence_epoch=row.evidence_epoch,
        evidence_seq=row.evidence_seq,
    )

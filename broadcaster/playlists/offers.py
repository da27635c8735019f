"""The approved bulletins that a playlist may be made of, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.bulletins.desk import newest_bulletins
from broadcaster.bulletins.shown import lines_of
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Approval, BulletinKind

NEWEST = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """An approved bulletin, with the length of its own sound."""

    bulletin_id: str
    title: str
    priority: int
    duration_ms: int
    approved_at: datetime


def offers(session: Session, *, station_id: str) -> list[Offer]:
    """What can be chosen now: the newest bulletins, as far as they are approved."""
    newest = newest_bulletins(session, station_id=station_id, limit=NEWEST, kind=BulletinKind.ITEM)
    lines = [
        line
        for line in lines_of(session, newest)
        if line.state is BulletinState.APPROVED and line.duration_ms is not None
    ]
    decided = _decided(session, [line.row.rendition_id or "" for line in lines])
    return [
        Offer(
            bulletin_id=line.row.id,
            title=line.row.title,
            priority=line.row.priority,
            duration_ms=line.duration_ms or 0,
            approved_at=decided[line.row.rendition_id or ""],
        )
        for line in lines
    ]


def approved_on(offered: Sequence[Offer], day: date, *, zone: ZoneInfo) -> list[Offer]:
    """Those that were approved on a day of the station's zone."""
    return [each for each in offered if each.approved_at.astimezone(zone).date() == day]


def _decided(session: Session, renditions: Sequence[str]) -> Mapping[str, datetime]:
    rows = session.exec(
        select(Approval.rendition_id, Approval.decided_at)
        .where(col(Approval.rendition_id).in_(renditions))
        .order_by(col(Approval.decided_at))
    ).all()
    return dict(rows)

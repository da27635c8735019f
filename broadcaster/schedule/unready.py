"""What is to go on air and cannot yet: no sound, not submitted, sent back; and by when it must."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.bulletins.standing import states_of
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Approval, Bulletin
from broadcaster.schedule.listing import ScheduleLine, lines_without_broadcasts

_LACKING = frozenset({BulletinState.DRAFT, BulletinState.RENDERED, BulletinState.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadyBulletin:
    """A bulletin that a person has to work on; `wanted_at` is None where no hour waits for it."""

    bulletin_id: str
    title: str
    state: BulletinState
    wanted_at: datetime | None
    reason: str = ""


def unready_bulletins(
    session: Session, *, station_id: str, zone: ZoneInfo, now: datetime, limit: int = 10
) -> list[UnreadyBulletin]:
    """Scheduled bulletins that lack something, and all that were sent back; the soonest first."""
    lines = [
        line
        for line in lines_without_broadcasts(session, station_id=station_id, zone=zone)
        if line.starts_at is None or line.starts_at > now or line.recurrence
    ]
    returned = _returned(session, station_id)
    scheduled = _bulletins(session, [line.bulletin_id for line in lines])
    states = states_of(session, [*scheduled, *(row for row, _ in returned)])
    reasons = {row.id: comment for row, comment in returned}
    found: dict[str, UnreadyBulletin] = {}
    for line in sorted(lines, key=_hour):
        state = states[line.bulletin_id]
        if state in _LACKING:
            found.setdefault(
                line.bulletin_id,
                UnreadyBulletin(
                    bulletin_id=line.bulletin_id,
                    title=line.title,
                    state=state,
                    wanted_at=line.starts_at,
                    reason=reasons.get(line.bulletin_id, ""),
                ),
            )
    for row, comment in returned:
        if states[row.id] is BulletinState.RETURNED:
            found.setdefault(
                row.id,
                UnreadyBulletin(
                    bulletin_id=row.id,
                    title=row.title,
                    state=BulletinState.RETURNED,
                    wanted_at=None,
                    reason=comment,
                ),
            )
    return list(found.values())[:limit]


def _hour(line: ScheduleLine) -> tuple[bool, float]:
    """As soon as approved comes before any hour."""
    return line.starts_at is not None, line.starts_at.timestamp() if line.starts_at else 0.0


def _bulletins(session: Session, ids: Sequence[str]) -> Sequence[Bulletin]:
    return session.exec(select(Bulletin).where(col(Bulletin.id).in_(ids))).all()


def _returned(session: Session, station_id: str) -> Sequence[tuple[Bulletin, str]]:
    """Bulletins with a return on their present words, newest first, and why."""
    rows = session.exec(
        select(Bulletin, Approval.comment)
        .join(Approval, col(Approval.rendition_id) == col(Bulletin.rendition_id))
        .where(
            Bulletin.station_id == station_id,
            col(Bulletin.submitted_at).is_(None),
            col(Approval.approved).is_(False),
        )
        .order_by(col(Approval.decided_at).desc())
        .limit(50)
    ).all()
    newest: dict[str, tuple[Bulletin, str]] = {}
    for row, comment in rows:
        newest.setdefault(row.id, (row, comment))
    return list(newest.values())

"""What goes up, kept in the database until the province acknowledged it, in one order.

Invariant: a play log or a receipt leaves this table only after it was acknowledged, and then after
30 days, so that a person can see what was said. Of statuses and schedules only the newest is there.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, delete, select, update

from broadcaster.exchange.tables import ExchangedPlay, ExchangeLink, ExchangeMessage

KEPT_FOR = timedelta(days=30)


class Outgoing(StrEnum):
    """The kinds of what goes up."""

    PLAY = "play"
    RECEIPT = "receipt"
    SCHEDULE = "schedule"
    STATUS = "status"


NEWEST_COUNTS = frozenset({Outgoing.SCHEDULE, Outgoing.STATUS})
"""Of these only the newest says anything."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait, since when, and how many the province will not take."""

    kind: Outgoing
    waiting: int = 0
    since: datetime | None = None
    refused: int = 0


def put(
    session: Session,
    *,
    station_id: str,
    kind: Outgoing,
    about: str,
    document: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    now: datetime,
) -> bool:
    """Let a document go up; whether it is new: the same about the same thing goes up once.

    Of a kind of which only the newest counts, what says the same as the newest is not put again.
    """
    body = json.dumps(document, ensure_ascii=True, sort_keys=True)
    if kind in NEWEST_COUNTS:
        newest = session.exec(
            select(ExchangeMessage)
            .where(ExchangeMessage.station_id == station_id, ExchangeMessage.about == about)
            .order_by(col(ExchangeMessage.id).desc())
        ).first()
        if newest is not None and newest.body == body:
            return False
        key = _key(kind, about, body, now.isoformat())
    else:
        key = _key(kind, about, body)
        known = select(ExchangeMessage.id).where(
            ExchangeMessage.station_id == station_id, ExchangeMessage.key == key
        )
        if session.exec(known).first() is not None:
            return False
    if kind in NEWEST_COUNTS:
        session.execute(
            delete(ExchangeMessage).where(
                col(ExchangeMessage.station_id) == station_id, col(ExchangeMessage.about) == about
            )
        )
    session.add(
        ExchangeMessage(
            station_id=station_id, kind=kind, about=about, key=key, body=body, made_at=now
        )
    )
    session.flush()
    return True


def next_messages(
    session: Session, *, station_id: str, limit: int = 100
) -> Sequence[ExchangeMessage]:
    """What waits longest, in the order in which it is to be sent."""
    return session.exec(
        select(ExchangeMessage)
        .where(*_waits(station_id))
        .order_by(col(ExchangeMessage.id))
        .limit(limit)
    ).all()


def settle(session: Session, sent: ExchangeMessage, *, refusal: str, now: datetime) -> None:
    """Note that the province has it, or that it will not take it as it is and why.

    What was refused is kept, shown, and no longer in the way of others. What gave way to a newer
    one while it was sent is not there any more: it is known by its key, a number may come again.
    """
    row = session.exec(
        select(ExchangeMessage).where(
            ExchangeMessage.station_id == sent.station_id, ExchangeMessage.key == sent.key
        )
    ).first()
    if row is None:
        return
    if refusal:
        row.refused_at, row.refusal = now, refusal
    else:
        row.acknowledged_at = now


def send_refused_again(session: Session, *, station_id: str) -> int:
    """Let what was refused wait once more; how many."""
    done = session.execute(
        update(ExchangeMessage)
        .where(
            col(ExchangeMessage.station_id) == station_id,
            col(ExchangeMessage.refused_at).is_not(None),
        )
        .values(refused_at=None, refusal="")
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def waiting_by_kind(session: Session, *, station_id: str) -> list[Waiting]:
    """How each kind stands."""
    counted = session.exec(
        select(
            ExchangeMessage.kind,
            col(ExchangeMessage.refused_at).is_not(None),
            func.count(),
            func.min(ExchangeMessage.made_at),
        )
        .where(
            ExchangeMessage.station_id == station_id,
            col(ExchangeMessage.acknowledged_at).is_(None),
        )
        .group_by(ExchangeMessage.kind, col(ExchangeMessage.refused_at).is_not(None))
    ).all()
    waits = {kind: (times, since) for kind, is_refused, times, since in counted if not is_refused}
    refused = {kind: times for kind, is_refused, times, _ in counted if is_refused}
    lines = []
    for each in Outgoing:
        times, since = waits.get(each.value, (0, None))
        lines.append(
            Waiting(kind=each, waiting=times, since=since, refused=refused.get(each.value, 0))
        )
    return lines


def forget_old(session: Session, *, station_id: str, now: datetime, plays_before: datetime) -> None:
    """Drop what was acknowledged long ago, and the marks of plays that are looked at no more."""
    session.execute(
        delete(ExchangeMessage).where(
            col(ExchangeMessage.station_id) == station_id,
            col(ExchangeMessage.kind).not_in(NEWEST_COUNTS),
            col(ExchangeMessage.acknowledged_at) < now - KEPT_FOR,
        )
    )
    session.execute(delete(ExchangedPlay).where(col(ExchangedPlay.starts_at) < plays_before))


def held_link(session: Session, *, station_id: str) -> ExchangeLink | None:
    """The link, held until the transaction ends: two rounds never fill the outbox at once."""
    return session.get(ExchangeLink, station_id, with_for_update=True)


def _waits(station_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ExchangeMessage.station_id) == station_id,
        col(ExchangeMessage.acknowledged_at).is_(None),
        col(ExchangeMessage.refused_at).is_(None),
    )


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()

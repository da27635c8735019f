"""Taking an alert in: kept once, and acting on those before it as its message type says.

In whatever order they come: an alert whose cancellation came first is withdrawn as it is kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.alerts.message import Alert, expires_at
from broadcaster.alerts.parsing import read_alert
from broadcaster.alerts.signatures import Opened
from broadcaster.alerts.standing import (
    Origin,
    Standing,
    ending_of,
    first_standing,
    line_of,
    may_end,
    origin_of,
)
from broadcaster.alerts.tables import ReceivedAlert
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.emergency.tables import Emergency

log = structlog.get_logger()

_KEY = "cap-"
_NAMED = re.compile(rf"{_KEY}([a-z0-9-]{{1,64}})")


@dataclass(frozen=True, slots=True)
class Taken:
    """The alert as it is kept, and whether it is new: what was there already changed nothing."""

    row: ReceivedAlert
    new: bool


def take_in(
    session: Session,
    opened: Opened,
    *,
    station_id: str,
    feed_id: str | None,
    by: str | None,
    now: datetime,
) -> Taken:
    """Keep an alert, and let it act on those before it.

    `by` is who brought it as a file; empty for a feed, None for a command at the machine.
    """
    alert = opened.alert
    known = _known(session, alert, station_id=station_id)
    if known is not None:
        return Taken(known, new=False)
    row = ReceivedAlert(
        id=new_id("cap"),
        station_id=station_id,
        feed_id=feed_id,
        brought_by=by or None,
        sender=alert.sender,
        identifier=alert.identifier,
        sent=alert.sent,
        refers_to="\n".join(line_of(each) for each in alert.references),
        content=opened.content,
        signed=opened.signed,
        signer=opened.signer,
        received_at=now,
        expires_at=expires_at(alert),
        standing=first_standing(alert),
    )
    session.add(row)
    session.flush()
    ended = _act_on_earlier(session, row, alert)
    _be_acted_on(session, row, alert)
    record(
        session,
        Act.ALERT_RECEIVED,
        by=by,
        about=row.id,
        at=now,
        details={
            "status": alert.status.value,
            "msg_type": alert.msg_type.value,
            "standing": row.standing,
            "signed": row.signed,
            "feed": feed_id or "",
            "ends": " ".join(each.id for each in ended),
        },
        private={"sender": alert.sender, "identifier": alert.identifier},
    )
    log.info("alert_received", alert_id=row.id, msg_type=alert.msg_type, standing=row.standing)
    return Taken(row, new=True)


def content_of(row: ReceivedAlert) -> Alert:
    """A kept alert as values."""
    return read_alert(row.content.encode())


def key_of(row: ReceivedAlert) -> str:
    """The request by which it is ordered: one alert orders one emergency, however often."""
    return f"{_KEY}{row.id}"


def alert_of_key(session: Session, request_key: str) -> ReceivedAlert | None:
    """The alert that a request is about; None for one that is about none."""
    # What could name nothing never reaches the database, which might not even keep it.
    named = _NAMED.fullmatch(request_key)
    return session.get(ReceivedAlert, named[1]) if named else None


def emergency_of(session: Session, row: ReceivedAlert) -> Emergency | None:
    """What was ordered by this alert."""
    return session.exec(select(Emergency).where(Emergency.request_key == key_of(row))).first()


def predecessors(session: Session, row: ReceivedAlert) -> Sequence[ReceivedAlert]:
    """The alerts that this one ended, and those that they had ended before it."""
    found: dict[str, ReceivedAlert] = {}
    ends = [row.id]
    while ends:
        rows = session.exec(
            select(ReceivedAlert).where(col(ReceivedAlert.ended_by_id).in_(ends))
        ).all()
        fresh = [each for each in rows if each.id not in found and each.id != row.id]
        found |= {each.id: each for each in fresh}
        ends = [each.id for each in fresh]
    return list(found.values())


def _known(session: Session, alert: Alert, *, station_id: str) -> ReceivedAlert | None:
    return session.exec(
        select(ReceivedAlert).where(
            ReceivedAlert.station_id == station_id,
            ReceivedAlert.sender == alert.sender,
            ReceivedAlert.identifier == alert.identifier,
            ReceivedAlert.sent == alert.sent,
        )
    ).first()


def _act_on_earlier(session: Session, row: ReceivedAlert, alert: Alert) -> Sequence[ReceivedAlert]:
    """End those that it refers to and may act on; which these are."""
    ending = ending_of(alert)
    if ending is None:
        return []
    ended = []
    for reference in alert.references:
        older = session.exec(
            select(ReceivedAlert).where(
                ReceivedAlert.station_id == row.station_id,
                ReceivedAlert.sender == reference.sender,
                ReceivedAlert.identifier == reference.identifier,
                ReceivedAlert.sent == reference.sent,
            )
        ).first()
        if older is not None and _may(alert, origin_of(row), older):
            _end(older, ending, by=row)
            ended.append(older)
    session.flush()
    return ended


def _be_acted_on(session: Session, row: ReceivedAlert, alert: Alert) -> None:
    """Let a message that came earlier, and is about this one, act on it now."""
    line = line_of(alert.identity)
    later = session.exec(
        select(ReceivedAlert)
        .where(
            ReceivedAlert.station_id == row.station_id,
            ReceivedAlert.sender == alert.sender,
            col(ReceivedAlert.refers_to).contains(line, autoescape=True),
        )
        .order_by(col(ReceivedAlert.sent))
    ).all()
    for each in later:
        newer = content_of(each)
        ending = ending_of(newer)
        if (
            each.id != row.id
            and ending is not None
            and line in each.refers_to.split("\n")
            and may_end(newer, origin_of(each), alert, origin_of(row))
        ):
            _end(row, ending, by=each)
    session.flush()


def _may(newer: Alert, by: Origin, older: ReceivedAlert) -> bool:
    return may_end(newer, by, content_of(older), origin_of(older))


def _end(older: ReceivedAlert, ending: Standing, *, by: ReceivedAlert) -> None:
    """Withdrawn is the last word; what a person dismissed or was only kept stays so."""
    if older.standing == Standing.PROPOSED or (
        older.standing == Standing.REPLACED and ending == Standing.WITHDRAWN
    ):
        older.standing, older.ended_by_id = ending, by.id

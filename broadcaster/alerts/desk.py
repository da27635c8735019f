"""What people do with alerts: bring one as a file, look at those that wait, and dismiss one."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import or_
from sqlmodel import Session, col, select

from broadcaster.alerts.errors import AlertNotWaiting, UnknownAlert
from broadcaster.alerts.feeds import FOLDER
from broadcaster.alerts.intake import Taken, alert_of_key, emergency_of, take_in
from broadcaster.alerts.signatures import certificates_in, open_alert
from broadcaster.alerts.standing import Shown, Standing, shown_as
from broadcaster.alerts.tables import ReceivedAlert
from broadcaster.audit import Act, record
from broadcaster.bulletins.texts import as_kept
from broadcaster.database import Database
from broadcaster.emergency.errors import NOTE_LIMIT_CHARACTERS

NEWEST = 100


def bring(
    database: Database,
    content: bytes,
    *,
    state_dir: Path,
    station_id: str,
    by: str | None,
    now: datetime,
) -> Taken:
    """Keep an alert that a person brings; raise what `open_alert` raises.

    Any certificate that the station trusts for anything may have signed it.
    """
    trusted = [
        each
        for folder in sorted((state_dir / FOLDER).glob("*"))
        for each in certificates_in(folder)
    ]
    opened = open_alert(content, trusted=trusted, must_be_signed=False, now=now)
    with database.writing() as session:
        return take_in(session, opened, station_id=station_id, feed_id=None, by=by, now=now)


def find_alert(session: Session, alert_id: str, *, station_id: str) -> ReceivedAlert:
    """An alert of this station; raise UnknownAlert."""
    row = session.get(ReceivedAlert, alert_id)
    if row is None or row.station_id != station_id:
        raise UnknownAlert(alert_id)
    return row


def newest_alerts(session: Session, *, station_id: str) -> Sequence[ReceivedAlert]:
    """What came last, the newest first."""
    return session.exec(
        select(ReceivedAlert)
        .where(ReceivedAlert.station_id == station_id)
        .order_by(col(ReceivedAlert.received_at).desc(), col(ReceivedAlert.sent).desc())
        .limit(NEWEST)
    ).all()


def waiting_alerts(session: Session, *, station_id: str, now: datetime) -> Sequence[ReceivedAlert]:
    """What may wait for a person, the newest first; what was ordered is still among it."""
    expires = col(ReceivedAlert.expires_at)
    return session.exec(
        select(ReceivedAlert)
        .where(
            ReceivedAlert.station_id == station_id,
            ReceivedAlert.standing == Standing.PROPOSED,
            or_(expires.is_(None), expires > now),
        )
        .order_by(col(ReceivedAlert.received_at).desc())
        .limit(NEWEST)
    ).all()


def standing_of(session: Session, row: ReceivedAlert, *, now: datetime) -> Shown:
    """How an alert stands at this instant."""
    emergency = emergency_of(session, row)
    return shown_as(
        row.standing,
        expires_at=row.expires_at,
        ordered=emergency is not None,
        running=emergency is not None and emergency.ended_at is None,
        now=now,
    )


def dismiss(
    session: Session, alert_id: str, *, reason: str, station_id: str, by: str, now: datetime
) -> ReceivedAlert:
    """Say that this station does nothing on it; raise UnknownAlert or AlertNotWaiting."""
    row = find_alert(session, alert_id, station_id=station_id)
    if standing_of(session, row, now=now) != Shown.WAITING:
        raise AlertNotWaiting
    row.standing, row.dismissed_by, row.dismissed_at = Standing.DISMISSED, by, now
    kept = as_kept(reason, field="reason").strip()[:NOTE_LIMIT_CHARACTERS]
    record(
        session, Act.ALERT_DISMISSED, by=by, about=row.id, at=now, private={"reason": kept}
    )  # fmt: skip
    return row


def check_still_waits(
    session: Session, request_key: str, *, station_id: str, fresh: bool, now: datetime
) -> None:
    """Let nobody order what was withdrawn, replaced or expired while they typed.

    A request that ordered already is left to the orders, which answer it once more; only a `fresh`
    one is told that there is nothing to order. Raises AlertNotWaiting.
    """
    row = alert_of_key(session, request_key)
    if row is None:
        return
    ordered = set() if fresh else {Shown.RUNNING, Shown.ENDED}
    state = standing_of(session, row, now=now)
    if row.station_id != station_id or state not in {Shown.WAITING} | ordered:
        raise AlertNotWaiting(field="typed")

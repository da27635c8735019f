"""Alerts as pages and the API show them: what came, what it would be here, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.alerts.desk import newest_alerts, waiting_alerts
from broadcaster.alerts.intake import content_of, emergency_of, key_of, predecessors
from broadcaster.alerts.matching import Proposal, proposal_of
from broadcaster.alerts.message import Alert, Info, MsgType, Status, preferred_info
from broadcaster.alerts.standing import Shown, shown_as
from broadcaster.alerts.tables import AlertFeed, ReceivedAlert
from broadcaster.areas.tables import Station
from broadcaster.emergency.tables import Emergency


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """One alert in a list."""

    row: ReceivedAlert
    alert: Alert
    headline: str
    state: Shown
    emergency: Emergency | None
    still_running: tuple[Emergency, ...]
    """What runs on the word of alerts that this one replaced or cancelled: a person ends it."""

    @property
    def drill(self) -> bool:
        """Whether it is an exercise."""
        return self.alert.status == Status.EXERCISE

    @property
    def info(self) -> Info | None:
        """What it says in the language that is read."""
        return preferred_info(self.alert)

    @property
    def severity(self) -> str:
        """How much it says is threatened; empty where it says nothing."""
        return self.info.severity.value if self.info else ""

    @property
    def cancels(self) -> bool:
        """Whether it takes an earlier one back."""
        return self.alert.msg_type == MsgType.CANCEL


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertShown:
    """One alert with all that its page says."""

    line: AlertLine
    proposal: Proposal
    request_key: str
    feed: AlertFeed | None
    ended_by: ReceivedAlert | None
    ends: Sequence[ReceivedAlert]


def alert_line(session: Session, row: ReceivedAlert, *, now: datetime) -> AlertLine:
    """An alert as a list shows it."""
    alert = content_of(row)
    emergency = emergency_of(session, row)
    info = preferred_info(alert)
    return AlertLine(
        row=row,
        alert=alert,
        headline=(info.headline or info.event if info else "") or alert.note or alert.identifier,
        state=shown_as(
            row.standing,
            expires_at=row.expires_at,
            ordered=emergency is not None,
            running=emergency is not None and emergency.ended_at is None,
            now=now,
        ),
        emergency=emergency,
        still_running=tuple(
            found
            for each in predecessors(session, row)
            if (found := emergency_of(session, each)) is not None and found.ended_at is None
        ),
    )


def alert_lines(session: Session, *, station_id: str, now: datetime) -> Sequence[AlertLine]:
    """All that waits and what else came last, the newest first."""
    rows = [
        *waiting_alerts(session, station_id=station_id, now=now),
        *newest_alerts(session, station_id=station_id),
    ]
    return [
        alert_line(session, row, now=now)
        for row in sorted(
            {row.id: row for row in rows}.values(), key=lambda row: row.received_at, reverse=True
        )
    ]


def alert_shown(session: Session, row: ReceivedAlert, *, now: datetime) -> AlertShown:
    """One alert, and what it would be at this station today."""
    line = alert_line(session, row, now=now)
    station = session.get_one(Station, row.station_id)
    day = now.astimezone(ZoneInfo(station.zone)).date()
    return AlertShown(
        line=line,
        proposal=proposal_of(session, line.alert, station_id=row.station_id, day=day),
        request_key=key_of(row),
        feed=session.get(AlertFeed, row.feed_id) if row.feed_id else None,
        ended_by=session.get(ReceivedAlert, row.ended_by_id) if row.ended_by_id else None,
        ends=predecessors(session, row),
    )

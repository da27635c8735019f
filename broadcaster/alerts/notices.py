"""What today's board says of alerts: what waits, and what runs on a word taken back."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.alerts.desk import waiting_alerts
from broadcaster.alerts.intake import alert_of_key
from broadcaster.alerts.matching import concerning
from broadcaster.alerts.shown import AlertLine, alert_line
from broadcaster.alerts.standing import Shown
from broadcaster.alerts.tables import ReceivedAlert
from broadcaster.areas.tables import Station
from broadcaster.emergency.ending import running
from broadcaster.schedule.pages import BoardNotice
from broadcaster.web.language import msgid

_MOST = 10


def alert_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """The lines for the station's staff; what means no village of ours stands in one line."""
    if not viewer.may(Right.SEE_STATION):
        return []
    taken_back = [
        _still_running(alert_line(session, each, now=now))
        for each in _successors(session, station_id=station_id)
    ]
    rows = waiting_alerts(session, station_id=station_id, now=now)
    lines = [
        line for row in rows if (line := alert_line(session, row, now=now)).state == Shown.WAITING
    ]
    if not lines:
        return taken_back
    zone = ZoneInfo(session.get_one(Station, station_id).zone)
    day = now.astimezone(zone).date()
    looked_at = lines[:_MOST]
    are_ours = concerning(
        session, [line.alert for line in looked_at], station_id=station_id, day=day
    )
    ours = [line for line, is_ours in zip(looked_at, are_ours, strict=True) if is_ours]
    others = [line for line in lines if line not in ours]
    return [*taken_back, *(_waiting(each) for each in ours), *_elsewhere(others)]


def _successors(session: Session, *, station_id: str) -> list[ReceivedAlert]:
    """The messages that replaced or took back what runs, the last one of each."""
    found: dict[str, ReceivedAlert] = {}
    for emergency in running(session, station_id=station_id):
        row = alert_of_key(session, emergency.request_key)
        last = row
        while last is not None and last.ended_by_id is not None:
            last = session.get(ReceivedAlert, last.ended_by_id)
        if row is not None and last is not None and last.id != row.id:
            found[last.id] = last
    return list(found.values())


def _waiting(line: AlertLine) -> BoardNotice:
    return BoardNotice(
        title=msgid("Cảnh báo diễn tập chờ quyết định")
        if line.drill
        else msgid("Cảnh báo nhận được chờ quyết định"),
        text=line.headline,
        named=True,
        at=line.row.received_at,
        href=f"/alerts/{line.row.id}",
        urgent=not line.drill,
    )


def _elsewhere(lines: Sequence[AlertLine]) -> list[BoardNotice]:
    """A feed of a whole country must not bury what is ours."""
    if not lines:
        return []
    return [
        BoardNotice(
            title=msgid("Cảnh báo chưa khớp thôn nào, chờ xem"),
            text=lines[0].headline,
            named=True,
            at=lines[0].row.received_at,
            href="/alerts",
        )
    ]


def _still_running(line: AlertLine) -> BoardNotice:
    return BoardNotice(
        title=msgid("Nơi phát đã hủy cảnh báo, loa vẫn đang phát")
        if line.cancels
        else msgid("Nơi phát đã đổi cảnh báo, loa vẫn đang phát bản cũ"),
        text=line.headline,
        named=True,
        at=line.row.received_at,
        href=f"/alerts/{line.row.id}",
        urgent=True,
    )

"""What today's board says of alerts: what waits, and what runs on a word taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.alerts.shown import AlertLine, alert_line
from broadcaster.alerts.standing import Shown, Standing
from broadcaster.alerts.tables import ReceivedAlert
from broadcaster.schedule.pages import BoardNotice
from broadcaster.web.language import msgid

_LOOKED_AT_FOR = timedelta(days=7)


def alert_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """The lines for the station's staff."""
    if not viewer.may(Right.SEE_STATION):
        return []
    rows = session.exec(
        select(ReceivedAlert)
        .where(
            ReceivedAlert.station_id == station_id,
            col(ReceivedAlert.standing).in_([Standing.PROPOSED, Standing.KEPT]),
            col(ReceivedAlert.received_at) > now - _LOOKED_AT_FOR,
        )
        .order_by(col(ReceivedAlert.received_at).desc())
        .limit(20)
    ).all()
    lines = [alert_line(session, row, now=now) for row in rows]
    return [_waiting(each) for each in lines if each.state == Shown.WAITING] + [
        _still_running(each) for each in lines if each.still_running
    ]


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

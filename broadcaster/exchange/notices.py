"""What today's board says of the exchange: what waits, what was taken back, what fails."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.exchange.link import link_of
from broadcaster.exchange.shown import ReceivedLine, line_of
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.taking import waiting_received
from broadcaster.exchange.wording import TROUBLES
from broadcaster.schedule.pages import BoardNotice
from broadcaster.web.language import msgid

TOLD_AFTER = timedelta(hours=1)
"""A province's system may be away for an hour without anybody being called."""


def exchange_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """The lines for the station's staff: emergencies and withdrawals each, all others in one."""
    if not viewer.may(Right.SEE_STATION):
        return []
    lines = [line_of(session, each) for each in waiting_received(session, station_id=station_id)]
    lines = [each for each in lines if each.standing == Standing.WAITING]
    alone = [each for each in lines if each.is_emergency or each.row.withdraws]
    others = [each for each in lines if each not in alone]
    return [
        *(_alone(each) for each in alone),
        *_together(others),
        *_trouble(session, station_id=station_id, now=now),
    ]


def _alone(line: ReceivedLine) -> BoardNotice:
    return BoardNotice(
        title=msgid("Tỉnh thu hồi bản tin mà đài đã dùng")
        if line.row.withdraws
        else msgid("Bản tin khẩn cấp của tỉnh chờ quyết định"),
        text=line.row.title or line.row.remote_id,
        named=True,
        at=line.row.received_at,
        href=f"/exchange/received/{line.row.id}",
        urgent=True,
    )


def _together(lines: Sequence[ReceivedLine]) -> list[BoardNotice]:
    if not lines:
        return []
    return [
        BoardNotice(
            title=msgid("Bản tin của tỉnh chờ xem"),
            text=lines[0].row.title,
            named=True,
            at=lines[0].row.received_at,
            href="/exchange",
            icon="bulletins",
        )
    ]


def _trouble(session: Session, *, station_id: str, now: datetime) -> list[BoardNotice]:
    link = link_of(session, station_id=station_id)
    since = link.trouble_since if link is not None and link.is_on else None
    if link is None or since is None or now - since < TOLD_AFTER:
        return []
    return [
        BoardNotice(
            title=msgid("Hệ thống của tỉnh trục trặc, mọi thứ vẫn được giữ để gửi"),
            text=TROUBLES[link.trouble],
            at=since,
            href="/exchange",
            icon="warning",
        )
    ]

"""What the board says of the station's doors: names that were locked, networks, paper that opened.

A lock is told to who may do something about it, an admin, and to the person whose name it is: they
know whether it was they who mistyped.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from broadcaster.accounts.failures import locks_told, networks_held_back
from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.second_factor import printed_codes_used
from broadcaster.accounts.tables import RoleGrant
from broadcaster.accounts.viewer import Viewer
from broadcaster.audit import Act
from broadcaster.schedule.pages import BoardNotice
from broadcaster.web.language import msgid

_TOLD_FOR = timedelta(days=3)
_LOCKED = {
    Act.SIGN_IN_LOCKED: (
        msgid("Tạm khóa tên đăng nhập vì nhập sai nhiều lần"),
        msgid("Không phải chính họ nhập sai: có người đang đoán mật khẩu."),
    ),
    Act.SECOND_FACTOR_LOCKED: (
        msgid("Tạm khóa mã xác thực vì nhập sai nhiều lần"),
        msgid("Không phải chính họ nhập sai: mật khẩu đã lộ. Đổi mật khẩu ngay."),
    ),
}


def door_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """The lines for one person, of people who hold a role at this station."""
    administers = viewer.may(Right.ADMINISTER)
    told = _locks(session, station_id, viewer, now=now)
    if administers:
        told += _networks(session, now=now)
    if administers or viewer.may(Right.OVERSEE_EMERGENCIES):
        told += _printed_codes(session, station_id, now=now)
    return told


def _of_station(session: Session, station_id: str, account_ids: Collection[str]) -> frozenset[str]:
    """Those of a few people who hold a role here; nearly always there is nobody to ask about."""
    if not account_ids:
        return frozenset()
    held = select(RoleGrant.account_id).where(
        RoleGrant.station_id == station_id, col(RoleGrant.account_id).in_(set(account_ids))
    )
    return frozenset(session.exec(held))


def _locks(
    session: Session, station_id: str, viewer: Viewer, *, now: datetime
) -> list[BoardNotice]:
    locks = locks_told(session, since=now - _TOLD_FOR)
    whose = frozenset({viewer.account_id})
    if viewer.may(Right.ADMINISTER):
        whose = _of_station(session, station_id, [each.account_id for each in locks])
    locks = [each for each in locks if each.account_id in whose]
    names = display_names(session, {each.account_id for each in locks})
    return [
        BoardNotice(
            title=_LOCKED[each.act][0],
            text=names[each.account_id],
            at=each.at,
            href="/audit" if viewer.may(Right.ADMINISTER) else "/account",
            urgent=each.act == Act.SECOND_FACTOR_LOCKED,
            named=True,
            icon="warning",
            why=_LOCKED[each.act][1],
        )
        for each in locks
    ]


def _networks(session: Session, *, now: datetime) -> list[BoardNotice]:
    """Whoever tries many names from one place; their people who are known go on as always."""
    return [
        BoardNotice(
            title=msgid("Nhiều lần đăng nhập sai từ một mạng nên tạm khóa mạng đó"),
            text=network,
            at=at,
            href="/audit",
            named=True,
            icon="warning",
            why=msgid("Trình duyệt đã từng đăng nhập vẫn vào được."),
        )
        for network, at in networks_held_back(session, now=now)
    ]


def _printed_codes(session: Session, station_id: str, *, now: datetime) -> list[BoardNotice]:
    """Who opened a door with paper: their own necessity, or somebody else's who found the sheet."""
    used = printed_codes_used(session, since=now - _TOLD_FOR)
    here = _of_station(session, station_id, [each.account_id for each in used])
    used = [each for each in used if each.account_id in here]
    names = display_names(session, {each.account_id for each in used})
    return [
        BoardNotice(
            title=msgid("Đã dùng một mã in giấy"),
            text=names[each.account_id],
            at=each.used_at,
            href="/audit",
            urgent=True,
            named=True,
        )
        for each in used
        if each.used_at is not None
    ]

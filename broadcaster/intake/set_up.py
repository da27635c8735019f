"""What a new station still needs before it can be relied on, each point computed from its data.

Nothing is ticked by hand: a point is done when the station's own rows show it, and comes back when
they no longer do. An admin may put the list away; it stays on its page.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import residents_on
from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.audit.tables import AuditEntry
from broadcaster.emergency.tables import Emergency
from broadcaster.fleet.tables import Device
from broadcaster.fleet.village_places import village_places
from broadcaster.fleet.village_record import standing_villages
from broadcaster.intake.tables import SetUpPutAway
from broadcaster.schedule.pages import BoardNotice
from broadcaster.schedule.tables import StationRules
from broadcaster.voices.tables import StationVoice
from broadcaster.web.language import msgid

COPY_HOLDS_FOR = timedelta(days=31)
"""So long after it was taken a copy of the data still counts as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing to do; `title`, `note` and `link` are msgids.

    `reached` of `wanted` are done; it is done when all are. `href` is where it is done.
    """

    key: str
    title: str
    note: str
    link: str
    href: str
    reached: int
    wanted: int = 1

    @property
    def is_done(self) -> bool:
        """Whether nothing is left of it."""
        return self.reached >= self.wanted > 0


@dataclass(frozen=True, slots=True)
class SetUp:
    """All points in their order, and whether somebody put them away."""

    points: Sequence[Point]
    is_put_away: bool

    @property
    def left(self) -> Sequence[Point]:
        """What is still to be done."""
        return [each for each in self.points if not each.is_done]


def set_up_of(session: Session, station_id: str, *, now: datetime) -> SetUp:
    """Where the setting up of a station stands."""
    zone = ZoneInfo(session.get_one(Station, station_id).zone)
    today = now.astimezone(zone).date()
    _, villages = standing_villages(session, station_id=station_id, day=today)
    ids = {each.id for each in villages}
    counted = residents_on(session, ids, today)
    placed = ids & village_places(session, station_id=station_id, day=today).keys()
    held = _people(session, station_id)
    heads = {village_id for _, role, village_id in held if role == Role.VILLAGE_HEAD}
    return SetUp(
        points=[
            Point(
                key="residents",
                title=msgid("Thôn nào cũng có số dân"),
                note=msgid("Độ phủ tính theo số dân của từng thôn."),
                link=msgid("Đưa danh sách thôn vào"),
                href="/import/villages",
                reached=len(counted),
                wanted=len(ids),
            ),
            Point(
                key="places",
                title=msgid("Thôn nào cũng có vị trí"),
                note=msgid("Bản đồ khẩn cấp cần vị trí của thôn hoặc của loa ở thôn."),
                link=msgid("Đưa danh sách thôn vào"),
                href="/import/villages",
                reached=len(placed),
                wanted=len(ids),
            ),
            Point(
                key="people",
                title=msgid("Có người cho mỗi vai trò"),
                note=msgid("Biên tập viên viết, lãnh đạo duyệt, quản trị viên lo máy."),
                link=msgid("Mở trang Người dùng"),
                href="/people",
                reached=len({role for _, role, _ in held} & _NEEDED),
                wanted=len(_NEEDED),
            ),
            Point(
                key="heads",
                title=msgid("Thôn nào cũng có trưởng thôn"),
                note=msgid("Trưởng thôn báo nghe rõ hay không, và được gọi khi loa im."),
                link=msgid("Đưa danh sách người vào"),
                href="/import/people",
                reached=len(heads & ids),
                wanted=len(ids),
            ),
            Point(
                key="second_person",
                title=msgid("Người viết và người duyệt là hai người"),
                note=msgid("Không ai tự duyệt lời mình viết."),
                link=msgid("Mở trang Người dùng"),
                href="/people",
                reached=int(_are_two(held)),
            ),
            Point(
                key="device",
                title=msgid("Loa đầu tiên đã đăng ký"),
                note=msgid("Loa chỉ phát lệnh của đài mà nó đã được đăng ký."),
                link=msgid("Thêm loa mới"),
                href="/devices/enrolment",
                reached=int(_has(session, Device, station_id)),
            ),
            Point(
                key="voice",
                title=msgid("Đã chọn giọng đọc"),
                note=msgid("Nghe thử rồi lưu, kể cả khi giữ giọng mặc định."),
                link=msgid("Mở trang Giọng đọc"),
                href="/voices",
                reached=int(_has(session, StationVoice, station_id)),
            ),
            Point(
                key="quiet_hours",
                title=msgid("Lãnh đạo đã xem giờ yên lặng và quy định giờ phát"),
                note=msgid("Lãnh đạo lưu quy định là đã xem, kể cả khi không đổi gì."),
                link=msgid("Mở quy định giờ phát"),
                href="/schedule/rules",
                reached=int(_has(session, StationRules, station_id)),
            ),
            Point(
                key="drill",
                title=msgid("Đã diễn tập khẩn cấp một lần"),
                note=msgid("Người được ủy quyền ra lệnh diễn tập; loa báo lại đã phát hay chưa."),
                link=msgid("Mở trang Khẩn cấp"),
                href="/emergency",
                reached=int(_has_drilled(session, station_id)),
            ),
            Point(
                key="copy",
                title=msgid("Có bản sao dữ liệu trong 31 ngày qua"),
                note=msgid(
                    "Tải tệp ZIP hoặc xuất sổ rồi cất ở máy khác. Khóa của đài và thư mục dữ liệu "
                    "cần được sao lưu riêng."
                ),
                link=msgid("Tải dữ liệu"),
                href="/import#out-title",
                reached=int(_has_copy(session, now)),
            ),
        ],
        is_put_away=session.get(SetUpPutAway, station_id) is not None,
    )


def put_away(session: Session, *, station_id: str, by: str, now: datetime) -> None:
    """Let the first page speak of it no more."""
    if session.get(SetUpPutAway, station_id) is None:
        session.add(SetUpPutAway(station_id=station_id, by=by, at=now))
        session.flush()
        record(session, Act.SET_UP_PUT_AWAY, by=by, about=station_id, at=now)


def bring_back(session: Session, *, station_id: str, by: str, now: datetime) -> None:
    """Let the first page speak of it again, until it is complete."""
    row = session.get(SetUpPutAway, station_id)
    if row is not None:
        session.delete(row)
        session.flush()
        record(session, Act.SET_UP_BROUGHT_BACK, by=by, about=station_id, at=now)


def set_up_notices(
    session: Session, station_id: str, viewer: Viewer, now: datetime
) -> Sequence[BoardNotice]:
    """The line on the first page, for admins: the next thing to do, until all are done."""
    if not viewer.may(Right.ADMINISTER) or session.get(SetUpPutAway, station_id) is not None:
        return ()
    left = set_up_of(session, station_id, now=now).left
    if not left:
        return ()
    title = msgid("Việc lập đài còn lại")
    return [BoardNotice(title=title, text=left[0].title, href="/setup", icon="settings")]


_NEEDED = frozenset({Role.OPERATOR, Role.LEADER, Role.ADMIN})

_Held = Collection[tuple[str, Role, str | None]]


def _people(session: Session, station_id: str) -> _Held:
    """Who may sign in and is what: account, role, village."""
    rows = session.exec(
        select(RoleGrant.account_id, RoleGrant.role, RoleGrant.village_id)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(RoleGrant.station_id == station_id, col(Account.active))
    )
    return [(account_id, Role(role), village_id) for account_id, role, village_id in rows]


def _are_two(held: _Held) -> bool:
    """Whether somebody may approve what somebody else wrote."""
    writers = {account_id for account_id, role, _ in held if role is Role.OPERATOR}
    approvers = {account_id for account_id, role, _ in held if role is Role.LEADER}
    return bool(writers) and bool(approvers) and len(writers | approvers) > 1


def _has(
    session: Session,
    table: type[Device] | type[StationVoice] | type[StationRules],
    station_id: str,
) -> bool:
    wanted = select(func.count()).select_from(table).where(table.station_id == station_id)
    if table is Device:
        wanted = wanted.where(col(Device.retired_at).is_(None))
    return session.exec(wanted).one() > 0


def _has_drilled(session: Session, station_id: str) -> bool:
    found = session.exec(
        select(Emergency.id).where(Emergency.station_id == station_id, col(Emergency.drill))
    )
    return found.first() is not None


def _has_copy(session: Session, now: datetime) -> bool:
    found = session.exec(
        select(AuditEntry.number).where(
            col(AuditEntry.act).in_([Act.STATION_EXPORTED, Act.LEDGER_EXPORTED]),
            col(AuditEntry.at) > now - COPY_HOLDS_FOR,
        )
    )
    return found.first() is not None

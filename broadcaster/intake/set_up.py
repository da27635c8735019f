"""What a new station still needs before it can be relied on, each point computed from its data.

Nothing is ticked by hand: a point is done when the station's own rows show it, and comes back when
they no longer do. An admin may put the list away; it stays on its page.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, true
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import has_residents_on, not_standing
from broadcaster.areas.tables import Cluster, Station, Village
from broadcaster.audit import Act, record
from broadcaster.audit.tables import AuditEntry
from broadcaster.emergency.tables import Emergency
from broadcaster.fleet.tables import Device
from broadcaster.fleet.village_places import has_place_on
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
    return SetUp(
        points=list(_points(session, station_id, now=now)),
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
    left = (each for each in _points(session, station_id, now=now) if not each.is_done)
    first = next(left, None)
    if first is None:
        return ()
    title = msgid("Việc lập đài còn lại")
    return [BoardNotice(title=title, text=first.title, href="/setup", icon="settings")]


def _points(session: Session, station_id: str, *, now: datetime) -> Iterator[Point]:
    """The points in their order, each counted when it is asked for: the first page asks often."""
    look = _Look(session, station_id, now)
    for each in _TASKS:
        reached, wanted = each.count(look)
        yield Point(
            key=each.key, title=each.title, note=each.note, link=each.link, href=each.href,
            reached=reached, wanted=wanted,
        )  # fmt: skip


_NEEDED = frozenset({Role.OPERATOR, Role.LEADER, Role.ADMIN})

_Held = Collection[tuple[str, Role, str | None]]


class _Look:
    """One look at a station's rows; what several points need is asked once."""

    def __init__(self, session: Session, station_id: str, now: datetime) -> None:
        self._session, self._station_id, self._now = session, station_id, now

    @cached_property
    def villages(self) -> int:
        """How many villages stand today."""
        return self._villages_where(true())

    @cached_property
    def held(self) -> _Held:
        """Who may sign in and is what: account, role, village."""
        rows = self._session.exec(
            select(RoleGrant.account_id, RoleGrant.role, RoleGrant.village_id)
            .join(Account, col(Account.id) == col(RoleGrant.account_id))
            .where(RoleGrant.station_id == self._station_id, col(Account.active))
        )
        return [(account_id, Role(role), village_id) for account_id, role, village_id in rows]

    @property
    def counted(self) -> int:
        """How many villages have residents that are known."""
        return self._villages_where(has_residents_on(self._today))

    @property
    def placed(self) -> int:
        """How many villages have a place that is known."""
        return self._villages_where(has_place_on(self._today, station_id=self._station_id))

    @property
    def headed(self) -> int:
        """How many villages have a head."""
        heads = (
            select(RoleGrant.village_id)
            .join(Account, col(Account.id) == col(RoleGrant.account_id))
            .where(
                RoleGrant.station_id == self._station_id,
                RoleGrant.role == Role.VILLAGE_HEAD,
                col(Account.active),
            )
        )
        return self._villages_where(col(Village.id).in_(heads))

    def has_device(self) -> bool:
        """Whether a device is enrolled."""
        return self._finds(
            select(Device.id).where(
                Device.station_id == self._station_id, col(Device.retired_at).is_(None)
            )
        )

    def has_kept(self, table: type[StationVoice] | type[StationRules]) -> bool:
        """Whether somebody decided something of which the station has one row."""
        return self._session.get(table, self._station_id) is not None

    def has_drilled(self) -> bool:
        """Whether a drill was held."""
        return self._finds(
            select(Emergency.id).where(
                Emergency.station_id == self._station_id, col(Emergency.drill)
            )
        )

    def has_copy(self) -> bool:
        """Whether somebody took all data out, or the ledger, not too long ago."""
        return self._finds(
            select(AuditEntry.number).where(
                col(AuditEntry.act).in_(
                    [Act.STATION_BACKED_UP, Act.STATION_EXPORTED, Act.LEDGER_EXPORTED]
                ),
                col(AuditEntry.at) > self._now - COPY_HOLDS_FOR,
            )
        )

    @cached_property
    def _today(self) -> date:
        zone = ZoneInfo(self._session.get_one(Station, self._station_id).zone)
        return self._now.astimezone(zone).date()

    def _villages_where(self, is_done: ColumnElement[bool]) -> int:
        """Counted where they are kept: a province has thousands, and the first page asks often."""
        gone = not_standing(self._session, self._today)
        return self._session.exec(
            select(func.count())
            .select_from(Village)
            .join(Cluster, col(Cluster.id) == col(Village.cluster_id))
            .where(Cluster.station_id == self._station_id, col(Village.id).not_in(gone), is_done)
        ).one()

    def _finds(self, wanted: SelectOfScalar[Any]) -> bool:
        return self._session.exec(wanted.limit(1)).first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What a point says, and how it is counted: how many are reached, of how many."""

    key: str
    title: str
    note: str
    link: str
    href: str
    count: Callable[[_Look], tuple[int, int]]


def _are_two(held: _Held) -> bool:
    """Whether somebody may approve what somebody else wrote."""
    writers = {account_id for account_id, role, _ in held if role is Role.OPERATOR}
    approvers = {account_id for account_id, role, _ in held if role is Role.LEADER}
    return bool(writers) and bool(approvers) and len(writers | approvers) > 1


_TASKS = (
    _Task(
        key="residents",
        title=msgid("Thôn nào cũng có số dân"),
        note=msgid("Độ phủ tính theo số dân của từng thôn."),
        link=msgid("Đưa danh sách thôn vào"),
        href="/import/villages",
        count=lambda look: (look.counted, look.villages),
    ),
    _Task(
        key="places",
        title=msgid("Thôn nào cũng có vị trí"),
        note=msgid("Bản đồ khẩn cấp cần vị trí của thôn hoặc của loa ở thôn."),
        link=msgid("Đưa danh sách thôn vào"),
        href="/import/villages",
        count=lambda look: (look.placed, look.villages),
    ),
    _Task(
        key="people",
        title=msgid("Có người cho mỗi vai trò"),
        note=msgid("Biên tập viên viết, lãnh đạo duyệt, quản trị viên lo máy."),
        link=msgid("Mở trang Người dùng"),
        href="/people",
        count=lambda look: (len({role for _, role, _ in look.held} & _NEEDED), len(_NEEDED)),
    ),
    _Task(
        key="heads",
        title=msgid("Thôn nào cũng có trưởng thôn"),
        note=msgid("Trưởng thôn báo nghe rõ hay không, và được gọi khi loa im."),
        link=msgid("Đưa danh sách người vào"),
        href="/import/people",
        count=lambda look: (look.headed, look.villages),
    ),
    _Task(
        key="second_person",
        title=msgid("Người viết và người duyệt là hai người"),
        note=msgid("Không ai tự duyệt lời mình viết."),
        link=msgid("Mở trang Người dùng"),
        href="/people",
        count=lambda look: (int(_are_two(look.held)), 1),
    ),
    _Task(
        key="device",
        title=msgid("Loa đầu tiên đã đăng ký"),
        note=msgid("Loa chỉ phát lệnh của đài mà nó đã được đăng ký."),
        link=msgid("Thêm loa mới"),
        href="/devices/enrolment",
        count=lambda look: (int(look.has_device()), 1),
    ),
    _Task(
        key="voice",
        title=msgid("Đã chọn giọng đọc"),
        note=msgid("Nghe thử rồi lưu, kể cả khi giữ giọng mặc định."),
        link=msgid("Mở trang Giọng đọc"),
        href="/voices",
        count=lambda look: (int(look.has_kept(StationVoice)), 1),
    ),
    _Task(
        key="quiet_hours",
        title=msgid("Lãnh đạo đã xem giờ yên lặng và quy định giờ phát"),
        note=msgid("Lãnh đạo lưu quy định là đã xem, kể cả khi không đổi gì."),
        link=msgid("Mở quy định giờ phát"),
        href="/schedule/rules",
        count=lambda look: (int(look.has_kept(StationRules)), 1),
    ),
    _Task(
        key="drill",
        title=msgid("Đã diễn tập khẩn cấp một lần"),
        note=msgid("Người được ủy quyền ra lệnh diễn tập; loa báo lại đã phát hay chưa."),
        link=msgid("Mở trang Khẩn cấp"),
        href="/emergency",
        count=lambda look: (int(look.has_drilled()), 1),
    ),
    _Task(
        key="copy",
        title=msgid("Có bản sao dữ liệu trong 31 ngày qua"),
        note=msgid(
            "Tại máy của đài, “loa backup” ghi cả đài, kể cả khóa, vào một tệp niêm phong để cất "
            "ở nơi khác. Tải tệp ZIP hoặc xuất sổ chỉ lấy dữ liệu, không lấy khóa."
        ),
        link=msgid("Tải dữ liệu"),
        href="/import#out-title",
        count=lambda look: (int(look.has_copy()), 1),
    ),
)
"""In the order in which they are done."""

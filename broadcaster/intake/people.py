"""People with their roles, as a commune's list of contacts has them; never a password."""

from sqlmodel import Session

from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.wording import ROLE_WORDS
from broadcaster.bulletins.folding import folded
from broadcaster.intake.checking import (
    Doer,
    Keeping,
    Line,
    RowReader,
    Seen,
    changes_of,
)
from broadcaster.intake.columns import Column, Sheet
from broadcaster.intake.errors import (
    CellUnusable,
    HeadsVillageMissing,
    PhoneByNobody,
    PhoneOfHeadsOnly,
    RoleUnknown,
)
from broadcaster.intake.persons import (
    PeopleKnown,
    Wishes,
    read_person_name,
    read_phone,
)
from broadcaster.intake.places_known import PlacesKnown
from broadcaster.intake.reading import Cell
from broadcaster.intake.values import read_list, read_words
from broadcaster.intake.villages import PHONE
from broadcaster.web.language import msgid

_ROLE_NAMES = {
    "operator": Role.OPERATOR,
    "editor": Role.OPERATOR,
    "bien tap": Role.OPERATOR,
    "leader": Role.LEADER,
    "lanh dao xa": Role.LEADER,
    "truong ap": Role.VILLAGE_HEAD,
    "head": Role.VILLAGE_HEAD,
    "village head": Role.VILLAGE_HEAD,
    "admin": Role.ADMIN,
    "quan tri": Role.ADMIN,
    "inspector": Role.INSPECTOR,
    "giam sat": Role.INSPECTOR,
} | {folded(words): role for role, words in ROLE_WORDS.items()}
NAME = Column(
    key="name",
    name="Họ tên",
    also=("họ và tên", "tên", "người liên hệ", "full name", "contact"),
    note=msgid("Họ tên đầy đủ."),
    example="Nguyễn Văn An",
    required=True,
)
ROLES = Column(
    key="roles",
    name="Vai trò",
    also=("chức vụ", "chức danh", "role"),
    note=msgid(
        "Biên tập viên, lãnh đạo, trưởng thôn, quản trị viên, người giám sát; "
        "nhiều vai trò cách nhau bằng dấu chấm phẩy."
    ),
    example="Trưởng thôn",
    required=True,
)
VILLAGES = Column(
    key="villages",
    name="Thôn",
    also=("tên thôn", "mã thôn", "village"),
    note=msgid("Tên hoặc mã thôn của trưởng thôn; nhiều thôn cách nhau bằng dấu chấm phẩy."),
    example="Thôn Đông Hạ",
)
USERNAME = Column(
    key="username",
    name="Tên đăng nhập",
    also=("tài khoản", "user name", "login", "account"),
    note=msgid("Để trống thì đài đặt theo họ tên, ví dụ nguyen.van.an."),
    example="",
)


class People:
    """People: a row admits somebody, or gives somebody a role, a village, a number."""

    key = "people"
    title = msgid("Người của đài")
    note = msgid(
        "Thêm biên tập viên, lãnh đạo, trưởng thôn. Tài khoản mới chưa có mật khẩu: từng người tự "
        "chọn bằng đường dẫn mời ở trang Người dùng. Không vai trò nào bị bớt."
    )
    right = Right.ADMINISTER
    tries = False
    columns = (NAME, ROLES, VILLAGES, PHONE, USERNAME)

    def check(self, session: Session, sheet: Sheet, doer: Doer) -> list[Line]:
        """Each row against the station's people who may sign in."""
        places = PlacesKnown(session, station_id=doer.station_id, day=doer.today)
        known = PeopleKnown(session, station_id=doer.station_id)
        wishes, seen = Wishes(), Seen()
        readers = [RowReader(sheet, each, self.columns) for each in sheet.records]
        return [_line(each, places, known, wishes=wishes, seen=seen, doer=doer) for each in readers]


def _line(
    reader: RowReader,
    places: PlacesKnown,
    known: PeopleKnown,
    *,
    wishes: Wishes,
    seen: Seen,
    doer: Doer,
) -> Line:
    name = reader.needed("name", read_person_name) or ""
    roles = reader.needed("roles", read_roles) or frozenset()
    phone = reader.read("phone", read_phone) or ""
    village_ids = (
        reader.read(
            "villages", lambda cell: frozenset(places.village(each).id for each in read_list(cell))
        )
        or frozenset()
    )
    username = reader.read("username", lambda cell: read_words(cell, most=60)) or ""
    if not reader.problems and (Role.VILLAGE_HEAD in roles) != bool(village_ids):
        reader.refuse("villages", HeadsVillageMissing())
    if phone and Role.VILLAGE_HEAD not in roles:
        reader.refuse("phone", PhoneOfHeadsOnly())
    person = None
    if not reader.problems:
        try:
            person = known.person(
                name, username=username, phone=phone, roles=roles, village_ids=village_ids
            )
        except CellUnusable as refused:
            reader.refuse("username" if username else "name", refused)
    if person is None:
        return reader.wrong(name)
    seen.check(reader, "name", person.username)
    if phone and phone != person.phone and doer.by is None:
        reader.refuse("phone", PhoneByNobody())
    changes = changes_of(
        (USERNAME.name, "" if person.is_new else person.username, person.username),
        (ROLES.name, _roles(person.roles), _roles(person.roles | roles)),
        (
            VILLAGES.name,
            _villages(person.village_ids, places),
            _villages(person.village_ids | village_ids, places),
        ),
        (PHONE.name, person.phone, phone or person.phone),
    )

    def act(_session: Session, keeping: Keeping) -> None:
        wishes.add(person, roles=roles, village_ids=village_ids, phone=phone)
        keeping.later["people"] = lambda session: wishes.keep(session, keeping)

    return reader.line(name, is_new=person.is_new, changes=changes, act=act)


def read_roles(cell: Cell) -> frozenset[Role]:
    """Roles as people call them; raise RoleUnknown."""
    found = frozenset(_ROLE_NAMES.get(folded(each)) for each in read_list(cell))
    roles = frozenset(each for each in found if each is not None)
    if not roles or len(roles) != len(found):
        raise RoleUnknown
    return roles


def _roles(roles: frozenset[Role]) -> str:
    return ", ".join(ROLE_WORDS[role] for role in Role if role in roles)


def _villages(village_ids: frozenset[str], places: PlacesKnown) -> str:
    standing = {each.id: each.name for each in places.villages}
    return ", ".join(standing.get(each, each) for each in sorted(village_ids))

"""Villages with their people and their heads, as a commune's lists have them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from broadcaster.accounts.roles import Right, Role
from broadcaster.areas.queries import KnownCluster, KnownVillage, residents_on
from broadcaster.areas.registering import (
    NAME_LIMIT_LETTERS,
    add_cluster,
    add_village,
    enter_residents,
    populations_of,
)
from broadcaster.bulletins.folding import folded
from broadcaster.fleet.places import Place, written_place
from broadcaster.fleet.village_places import entered_places, keep_village_place
from broadcaster.intake.checking import (
    Act,
    Change,
    Doer,
    Keeping,
    Line,
    RowReader,
    Seen,
    changes_of,
)
from broadcaster.intake.columns import Column, Sheet
from broadcaster.intake.errors import (
    CellMissing,
    CellUnusable,
    ClusterNotThere,
    DayGone,
    HeadIsAnother,
    PeopleIncomplete,
    PhoneByNobody,
    PlaceUnreadable,
    VillageClusterFixed,
    VillageNameFixed,
    VillageUnknown,
)
from broadcaster.intake.persons import (
    PeopleKnown,
    Person,
    Wishes,
    read_person_name,
    read_phone,
    same_name,
)
from broadcaster.intake.places_known import PlacesKnown
from broadcaster.intake.reading import Cell
from broadcaster.intake.values import (
    checked_point,
    read_count,
    read_date,
    read_degrees,
    read_place,
    read_words,
    same_place,
    written_date,
)
from broadcaster.web.language import msgid

VILLAGE_CODE = Column(
    key="village_id",
    name="Mã thôn",
    also=("mã", "ma thon", "village id", "code"),
    note=msgid("Mã của thôn đã có trong đài. Để trống với thôn mới: đài tự đặt mã."),
)
CLUSTER = Column(
    key="cluster",
    name="Cụm",
    also=("cụm dân cư", "cụm thôn", "cụm loa", "tên cụm", "cluster name"),
    note=msgid("Các thôn cùng cụm nghe chung một lịch. Cụm chưa có thì đài thêm mới."),
    example="Cụm Đông",
)
VILLAGE = Column(
    key="village",
    name="Thôn",
    also=("tên thôn", "thôn ấp", "ấp", "khu phố", "tổ dân phố", "bản", "buôn", "village name"),
    note=msgid("Tên thôn, ấp, khu phố."),
    example="Thôn Đông Hạ",
    required=True,
)
HOUSEHOLDS = Column(
    key="households",
    name="Số hộ",
    also=("hộ", "số hộ dân", "tổng số hộ", "household"),
    note=msgid("Số nguyên, ví dụ 312 hoặc 1.234."),
    example=312,
)
RESIDENTS = Column(
    key="residents",
    name="Số dân",
    also=("dân số", "nhân khẩu", "số nhân khẩu", "tổng số nhân khẩu", "số khẩu", "population"),
    note=msgid("Số nguyên, ví dụ 1.234."),
    example=1234,
)
SINCE = Column(
    key="since",
    name="Từ ngày",
    also=("hiệu lực từ", "ngày hiệu lực", "valid from", "from"),
    note=msgid("Ngày số liệu bắt đầu đúng, như 22/12/2024; để trống là hôm nay."),
)
PHONE = Column(
    key="phone",
    name="Điện thoại",
    also=("số điện thoại", "sđt", "điện thoại trưởng thôn", "tel", "telephone", "mobile"),
    note=msgid("Số gọi khi loa im; chỉ trưởng thôn có."),
    example="0912 345 678",
)
PLACE = Column(
    key="place",
    name="Vị trí",
    also=("tọa độ", "vĩ độ kinh độ", "gps", "coordinates", "position"),
    note=msgid("Vĩ độ rồi kinh độ, như 10.3759, 105.4185; hoặc ghi ở hai cột riêng."),
    example="10.3759, 105.4185",
)
LATITUDE = Column(key="latitude", name="Vĩ độ", also=("lat",), note=msgid("Bằng độ, WGS 84."))
LONGITUDE = Column(
    key="longitude", name="Kinh độ", also=("long", "lon", "lng"), note=msgid("Bằng độ, WGS 84.")
)
HEAD = Column(
    key="head",
    name="Trưởng thôn",
    also=("họ tên trưởng thôn", "trưởng ấp", "tên trưởng thôn", "village head", "head name"),
    note=msgid("Họ tên. Tài khoản mới chưa có mật khẩu: mời từng người ở trang Người dùng."),
    example="Nguyễn Văn An",
)

HEAD_USERNAME = Column(
    key="head_username",
    name="Tên đăng nhập trưởng thôn",
    also=("tên đăng nhập", "tài khoản trưởng thôn", "head user name"),
    note=msgid("Chỉ cần khi đài đã có người cùng tên; với người khác thì ghi một tên mới."),
)


@dataclass(slots=True)
class _Look:
    """What the rows of one file are checked against."""

    session: Session
    doer: Doer
    places: PlacesKnown
    people: PeopleKnown
    entered: dict[str, Place]
    wishes: Wishes
    new_clusters: dict[str, str]
    """Names of clusters to be added, by their bare letters; their ids once they are."""


class Villages:
    """Villages: a row adds one, or changes its people from a day on, its place, its head."""

    key = "villages"
    title = msgid("Thôn, số dân, trưởng thôn")
    note = msgid("Thêm thôn và cụm, ghi số hộ, số dân từ một ngày, vị trí và trưởng thôn.")
    right = Right.ADMINISTER
    tries = False
    columns = (
        VILLAGE_CODE, CLUSTER, VILLAGE, HOUSEHOLDS, RESIDENTS, SINCE, HEAD, PHONE, HEAD_USERNAME,
        PLACE, LATITUDE, LONGITUDE,
    )  # fmt: skip

    def check(self, session: Session, sheet: Sheet, doer: Doer) -> list[Line]:
        """Each row against the villages that stand today."""
        look = _Look(
            session=session,
            doer=doer,
            places=PlacesKnown(session, station_id=doer.station_id, day=doer.today),
            people=PeopleKnown(session, station_id=doer.station_id),
            entered=entered_places(session, station_id=doer.station_id),
            wishes=Wishes(),
            new_clusters={},
        )
        seen = Seen()
        return [_line(look, RowReader(sheet, each, self.columns), seen) for each in sheet.records]


class Residents:
    """Residents by date: a row says who lives in a village from a day on."""

    key = "residents"
    title = msgid("Số dân theo ngày")
    note = msgid("Ghi số hộ, số dân của thôn đã có, từ hôm nay hoặc một ngày sau.")
    right = Right.ADMINISTER
    tries = False
    columns = (
        VILLAGE_CODE,
        CLUSTER,
        VILLAGE,
        Column(key="households", name="Số hộ", also=HOUSEHOLDS.also, note=HOUSEHOLDS.note,
               example=312, required=True),
        Column(key="residents", name="Số dân", also=RESIDENTS.also, note=RESIDENTS.note,
               example=1234, required=True),
        SINCE,
    )  # fmt: skip

    def check(self, session: Session, sheet: Sheet, doer: Doer) -> list[Line]:
        """Each row against what was entered for its day."""
        places = PlacesKnown(session, station_id=doer.station_id, day=doer.today)
        seen = Seen()
        lines = []
        for record in sheet.records:
            reader = RowReader(sheet, record, self.columns)
            village = read_village(reader, places)
            households = reader.needed("households", read_count)
            living = reader.needed("residents", read_count)
            since = reader.read("since", read_date) or doer.today
            if village is None or households is None or living is None or reader.problems:
                lines.append(reader.wrong(_named(reader)))
                continue
            seen.check(reader, "village", (village.id, since))
            people = _People(households, living, since)
            changes = _people_changes(session, reader, village, people, doer)
            lines.append(
                reader.line(
                    village.name,
                    is_new=False,
                    changes=changes,
                    act=_entering(village.id, people),
                )
            )
        return lines


@dataclass(frozen=True, slots=True)
class _People:
    households: int
    residents: int
    since: date


def read_village(reader: RowReader, places: PlacesKnown) -> KnownVillage | None:
    """The village that a row names by id, or by name and cluster; None with the problem told."""

    def by_id(cell: Cell) -> KnownVillage:
        return places.village_of_id(read_words(cell, most=80))

    def by_name(cell: Cell) -> KnownVillage:
        cluster = None
        if reader.has("cluster"):
            found = reader.read("cluster", lambda cell: places.needed_cluster(str(cell)))
            if found is None:
                raise VillageUnknown
            cluster = found.id
        return places.village(read_words(cell, most=80), cluster_id=cluster)

    if not reader.has("village_id"):
        return reader.needed("village", by_name)
    found = reader.read("village_id", by_id)
    if found is not None and reader.has("village"):
        reader.read("village", lambda cell: _same_name(cell, found))
    if found is not None and reader.has("cluster"):
        reader.read("cluster", lambda cell: _same_cluster(cell, found, places))
    return found


def _same_name(cell: Cell, village: KnownVillage) -> None:
    if folded(str(cell)) != folded(village.name):
        raise VillageNameFixed


def _same_cluster(cell: Cell, village: KnownVillage, places: PlacesKnown) -> None:
    found = places.cluster(str(cell).strip())
    if found is None or found.id != village.cluster_id:
        raise VillageClusterFixed


def _line(look: _Look, reader: RowReader, seen: Seen) -> Line:
    village, cluster, name = _where(look, reader)
    people = _read_people(look, reader)
    place = read_row_place(reader)
    head, phone, changes = _read_head(look, reader, village)
    about = village.name if village else name
    if not about or reader.problems:
        return reader.wrong(about or _named(reader))
    key = village.id if village else (cluster, folded(name))
    seen.check(reader, "village", key)
    if village is not None and people is not None:
        changes = [*_people_changes(look.session, reader, village, people, look.doer), *changes]
    if village is None and people is not None and people.since < look.doer.today:
        reader.refuse("since", DayGone())
    changes = [*changes, *_place_changes(look, village, place)]

    def act(session: Session, keeping: Keeping) -> None:
        village_id = village.id if village else _added(session, look, cluster, name, people)
        if village is not None and people is not None:
            _enter(session, village_id, people, keeping.doer)
        if place is not None and not same_place(look.entered.get(village_id), place):
            _place(session, village_id, place, keeping.doer)
        if head is not None:
            look.wishes.add(head, roles=[Role.VILLAGE_HEAD], village_ids=[village_id], phone=phone)
            # After all rows: a head of two villages is one person, admitted once.
            keeping.later["people"] = lambda session: look.wishes.keep(session, keeping)

    return reader.line(about, is_new=village is None, changes=changes, act=act)


def _where(look: _Look, reader: RowReader) -> tuple[KnownVillage | None, str, str]:
    """The village of a row; or None with the cluster (its id, or its new name) and a new name."""
    if reader.has("village_id"):
        return read_village(reader, look.places), "", ""
    name = reader.needed("village", lambda cell: read_words(cell, most=NAME_LIMIT_LETTERS)) or ""
    if not name or not reader.has("cluster"):
        return _of_no_cluster(look, reader, name)
    named = reader.read("cluster", lambda cell: read_words(cell, most=NAME_LIMIT_LETTERS)) or ""
    cluster = _cluster(look, reader, named)
    found = look.places.villages_called(name, cluster_id=cluster.id) if cluster else ()
    exact = [each for each in found if folded(each.name) == folded(name)]
    if len(exact) == 1:
        return exact[0], "", ""
    return None, cluster.id if cluster else named, name


def _of_no_cluster(
    look: _Look, reader: RowReader, name: str
) -> tuple[KnownVillage | None, str, str]:
    """The same for a row that names no cluster: enough where only one can be meant."""
    places = look.places
    if name and places.villages_called(name):
        return reader.read("village", lambda _: places.village(name)), "", ""
    if name and len(places.clusters) == 1:
        return None, places.clusters[0].id, name
    if name:
        reader.refuse("cluster", CellMissing())
    return None, "", name


def _cluster(look: _Look, reader: RowReader, named: str) -> KnownCluster | None:
    found = look.places.cluster(named)
    several = [each for each in look.places.clusters if folded(each.name) == folded(named)]
    if found is None and len(several) > 1:
        reader.refuse("cluster", ClusterNotThere())
    return found


def _read_people(look: _Look, reader: RowReader) -> _People | None:
    households = reader.read("households", read_count)
    residents = reader.read("residents", read_count)
    since = reader.read("since", read_date) or look.doer.today
    if reader.has("households") != reader.has("residents"):
        reader.refuse("residents" if reader.has("households") else "households", PeopleIncomplete())
    if households is None or residents is None:
        return None
    return _People(households, residents, since)


def read_row_place(reader: RowReader) -> Place | None:
    """The place of a row, from one cell or from two; None for nothing."""
    if reader.has("place"):
        return reader.read("place", read_place)
    latitude = reader.read("latitude", read_degrees)
    longitude = reader.read("longitude", read_degrees)
    if reader.has("latitude") != reader.has("longitude"):
        reader.refuse("longitude" if reader.has("latitude") else "latitude", PlaceUnreadable())
    if latitude is None or longitude is None:
        return None
    return reader.read("latitude", lambda _: checked_point(latitude, longitude))


def _read_head(
    look: _Look, reader: RowReader, village: KnownVillage | None
) -> tuple[Person | None, str, list[Change]]:
    name = reader.read("head", read_person_name)
    phone = reader.read("phone", read_phone) or ""
    if phone and name is None and not reader.problems:
        reader.refuse("head", CellMissing())
    if name is None or reader.problems:
        return None, "", []
    heads = look.people.heads_of(village.id) if village else ()
    if heads and not any(same_name(each.name, name) for each in heads):
        reader.refuse("head", HeadIsAnother())
        return None, "", []
    username = reader.read("head_username", lambda cell: read_words(cell, most=60)) or ""
    try:
        person = look.people.person(
            name,
            username=username,
            phone=phone,
            roles=[Role.VILLAGE_HEAD],
            # Of a village that is new nobody is the head yet.
            village_ids=[village.id if village else ""],
        )
    except CellUnusable as refused:
        reader.refuse("head_username" if username else "head", refused)
        return None, "", []
    if phone and phone != person.phone and look.doer.by is None:
        reader.refuse("phone", PhoneByNobody())
    is_head = village is not None and village.id in person.village_ids
    changes = changes_of(
        (HEAD.name, person.name if is_head else "", person.name),
        (PHONE.name, person.phone, phone or person.phone),
    )
    return person, phone, changes


def _people_changes(
    session: Session, reader: RowReader, village: KnownVillage, people: _People, doer: Doer
) -> list[Change]:
    """What a row changes of what holds on its day; refuse a day that has passed."""
    held = next(
        (each for each in populations_of(session, village.id) if each.valid_from <= people.since),
        None,
    )
    before = (held.households, held.residents) if held else None
    if before == (people.households, people.residents):
        return []
    if people.since < doer.today:
        reader.refuse("since" if reader.has("since") else "residents", DayGone())
    was = before or ("", "")
    day = written_date(people.since)
    return [
        Change(f"{HOUSEHOLDS.name}, {day}", str(was[0]), str(people.households)),
        Change(f"{RESIDENTS.name}, {day}", str(was[1]), str(people.residents)),
    ]


def _place_changes(
    look: _Look, village: KnownVillage | None, place: Place | None
) -> Sequence[Change]:
    if place is None:
        return ()
    known = look.entered.get(village.id) if village else None
    return changes_of((PLACE.name, _written(known), _written(place)))


def _added(session: Session, look: _Look, cluster: str, name: str, people: _People | None) -> str:
    """Add a village, and its cluster where that is new as well; the village's id."""
    doer = look.doer
    cluster_id = look.new_clusters.get(folded(cluster), "")
    if not cluster_id:
        known = look.places.cluster(cluster)
        cluster_id = (
            known.id
            if known
            else add_cluster(
                session, name=cluster, station_id=doer.station_id, by=doer.by, now=doer.now
            ).id
        )
        look.new_clusters[folded(cluster)] = cluster_id
    return add_village(
        session,
        name=name,
        cluster_id=cluster_id,
        households=people.households if people else None,
        residents=people.residents if people else None,
        since=people.since if people else doer.today,
        station_id=doer.station_id,
        by=doer.by,
        now=doer.now,
    ).id


def _entering(village_id: str, people: _People) -> Act:
    def act(session: Session, keeping: Keeping) -> None:
        _enter(session, village_id, people, keeping.doer)

    return act


def _enter(session: Session, village_id: str, people: _People, doer: Doer) -> None:
    """Enter who lives in a village, unless that holds already."""
    held = residents_on(session, [village_id], people.since).get(village_id)
    if held and (held.households, held.residents) == (people.households, people.residents):
        return
    enter_residents(
        session,
        village_id,
        households=people.households,
        residents=people.residents,
        since=people.since,
        station_id=doer.station_id,
        by=doer.by,
        now=doer.now,
    )


def _place(session: Session, village_id: str, place: Place, doer: Doer) -> None:
    keep_village_place(
        session, village_id, place, station_id=doer.station_id, by=doer.by, now=doer.now
    )


def _written(place: Place | None) -> str:
    return written_place(place.latitude, place.longitude) if place else ""


def _named(reader: RowReader) -> str:
    """What a row that cannot be read calls what it is about."""
    cells = reader.record.cells
    return str(cells.get("village") or cells.get("village_id") or "")[:80]

"""Villages, their people by date, and their heads come in from a file: checked, then kept, once."""

from datetime import date

import pytest
from sqlmodel import select

from broadcaster.accounts.people import NO_PASSWORD, people_listed
from broadcaster.accounts.phones import heads
from broadcaster.accounts.tables import Account, PasswordLink
from broadcaster.areas.queries import clusters_of, residents_on, villages_of
from broadcaster.areas.registering import enter_residents
from broadcaster.areas.tables import Cluster, Village
from broadcaster.audit.acts import Act
from broadcaster.fleet.places import Place
from broadcaster.fleet.village_places import village_places
from broadcaster.intake.bringing import keep_file
from broadcaster.intake.columns import laid_out
from broadcaster.intake.errors import ChangedSinceCheck, RowsChosenNone
from broadcaster.intake.kinds import ALL_KINDS
from broadcaster.intake.reading import read_tables
from tests.broadcaster.intake.conftest import (
    checked,
    csv_bytes,
    doer,
    kept,
    problems,
    verdicts,
    xlsx_bytes,
)
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.trail import acts_of

TODAY = date(2026, 11, 23)
HEAD = "Cụm;Thôn;Số hộ;Số dân;Từ ngày;Trưởng thôn;Điện thoại;Vị trí"
LIST = csv_bytes(
    HEAD,
    "Cụm Đông;Thôn Một;312;1.234;;Nguyễn Văn An;0912 345 678;10.3759, 105.4185",
    "Cụm Đông;Thôn Hai;100;400;01/01/2027;;;",
    "Cụm Tây;Thôn Ba;90;351;;Trần Thị Bình;;",
    "cum tay;Thôn Bốn;;;;Trần Thị Bình;0987654321;",
)


def test_each_row_is_told_and_nothing_is_kept(station: SmallStation) -> None:
    """New, changed: with what would stand instead of what."""
    outcome = checked(station, "villages", LIST)

    assert verdicts(outcome) == ["changed", "changed", "new", "new"]
    assert [(each.name, each.before, each.after) for each in outcome.lines[0].changes] == [
        ("Số hộ, 23/11/2026", "", "312"),
        ("Số dân, 23/11/2026", "", "1234"),
        ("Trưởng thôn", "", "Nguyễn Văn An"),
        ("Điện thoại", "", "0912345678"),
        ("Vị trí", "", "10.375900, 105.418500"),
    ]
    with station.database.reading() as session:
        assert len(villages_of(session, STATION_ID)) == 2
        assert residents_on(session, ["v-1"], TODAY) == {}
    assert acts_of(station.database, Act.TABLE_BROUGHT_IN) == []


def test_what_was_checked_is_kept_with_the_acts_of_its_pages(station: SmallStation) -> None:
    """One transaction; each row leaves the entry that the page of the same would leave."""
    kept(station, "villages", LIST)
    with station.database.reading() as session:
        clusters = {each.name: each.id for each in clusters_of(session, STATION_ID)}
        villages = {each.name: each for each in villages_of(session, STATION_ID)}
        today = residents_on(session, [each.id for each in villages.values()], TODAY)
        later = residents_on(session, ["v-2"], date(2027, 1, 1))
        places = village_places(session, station_id=STATION_ID, day=TODAY)
        known = heads(session, station_id=STATION_ID)

    assert set(clusters) == {"Cụm Đông", "Cụm Tây"}
    assert villages["Thôn Ba"].cluster_id == villages["Thôn Bốn"].cluster_id == clusters["Cụm Tây"]
    assert {name: (today[each.id].households, today[each.id].residents)
            for name, each in villages.items() if each.id in today} == {
        "Thôn Một": (312, 1234), "Thôn Ba": (90, 351)}  # fmt: skip
    assert (later["v-2"].households, later["v-2"].residents) == (100, 400)
    assert places == {"v-1": Place(10.3759, 105.4185)}
    assert [(each.name, list(each.villages), each.phone) for each in known] == [
        ("Nguyễn Văn An", ["Thôn Một"], "0912345678"),
        ("Trần Thị Bình", ["Thôn Ba", "Thôn Bốn"], "0987654321"),
    ]
    for act, times in (
        (Act.CLUSTER_ADDED, 1),
        (Act.VILLAGE_ADDED, 2),
        (Act.RESIDENTS_ENTERED, 2),
        (Act.VILLAGE_PLACED, 1),
        (Act.PERSON_ADMITTED, 2),
        (Act.HEAD_PHONE_CHANGED, 2),
        (Act.TABLE_BROUGHT_IN, 1),
    ):
        entries = acts_of(station.database, act)
        assert len(entries) == times, act
        assert {each.by for each in entries} == {"acc-admin"}
    (entry,) = acts_of(station.database, Act.TABLE_BROUGHT_IN)
    assert entry.details == {"new": 2, "changed": 2, "same": 0, "problem": 0}
    assert entry.about == "villages"


def test_the_same_file_again_changes_nothing(station: SmallStation) -> None:
    """Every row is the same; no entry is added to the trail."""
    kept(station, "villages", LIST)
    again = kept(station, "villages", LIST)

    assert verdicts(again) == ["same"] * 4
    assert len(acts_of(station.database, Act.TABLE_BROUGHT_IN)) == 1
    assert len(acts_of(station.database, Act.RESIDENTS_ENTERED)) == 2


def test_heads_come_without_a_password_and_without_a_link(station: SmallStation) -> None:
    """Nobody can sign in before an admin makes them a link."""
    kept(station, "villages", LIST)
    with station.database.reading() as session:
        new = session.exec(select(Account).where(Account.password_hash == NO_PASSWORD)).all()
        links = session.exec(select(PasswordLink)).all()

    assert sorted(each.username for each in new) == ["nguyen.van.an", "tran.thi.binh"]
    assert links == []


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        ("Cụm Đông;Thôn Một;12,5;1000;;;;", "C2", "cell_number_unusable"),
        ("Cụm Đông;Thôn Một;300;;;;;", "D2", "cell_people_incomplete"),
        ("Cụm Đông;Thôn Một;300;1000;31/4/2027;;;", "E2", "cell_day_unusable"),
        ("Cụm Đông;Thôn Một;300;1000;01/01/2026;;;", "E2", "cell_day_gone"),
        ("Cụm Đông;Thôn Chín;300;1000;01/01/2026;;;", "E2", "cell_day_gone"),
        ("Cụm Đông;Thôn Một;300;1000;;An;091;", "G2", "cell_phone_unusable"),
        ("Cụm Đông;Thôn Một;300;1000;;;0912345678;", "F2", "cell_missing"),
        ("Cụm Đông;Thôn Một;300;1000;;;;105, 10", "H2", "cell_place_unusable"),
        ("Cụm Đông;;300;1000;;;;", "B2", "cell_missing"),
        ("Cụm Đông;" + "x" * 61 + ";300;1000;;;;", "B2", "cell_too_long"),
        ("Cụm Đông;Thôn Một;#REF!;1000;;;;", "C2", "cell_formula_failed"),
    ],
)  # fmt: skip
def test_a_problem_is_named_by_its_cell(
    station: SmallStation, row: str, cell: str, code: str
) -> None:
    """As the file's own program names it, with what is wrong."""
    assert problems(checked(station, "villages", csv_bytes(HEAD, row))) == [(cell, code)]


def test_two_rows_about_one_village_are_a_problem(station: SmallStation) -> None:
    """The second is told where the first stands, whatever diacritics it has."""
    rows = ["Cụm Đông;Thôn Một;1;2;;;;", "cum dong;thon mot;3;4;;;;", "Cụm Mới;Thôn X;1;1;;;;",
            "Cụm Mới;Thôn X;2;2;;;;"]  # fmt: skip
    found = checked(station, "villages", csv_bytes(HEAD, *rows))

    assert problems(found) == [("B3", "row_twice"), ("B5", "row_twice")]
    assert "dòng 2" in found.lines[1].problems[0].refused.message_vi


def test_one_bad_row_keeps_all_out_until_somebody_leaves_it_out(station: SmallStation) -> None:
    """All of a file, or what a person chose."""
    data = csv_bytes(HEAD, "Cụm Đông;Thôn Một;312;1234;;;;", "Cụm Đông;Thôn Hai;x;1;;;;")
    with pytest.raises(RowsChosenNone):
        kept(station, "villages", data)
    with station.database.reading() as session:
        assert residents_on(session, ["v-1", "v-2"], TODAY) == {}
    kept(station, "villages", data, only_good=True)

    with station.database.reading() as session:
        assert set(residents_on(session, ["v-1", "v-2"], TODAY)) == {"v-1"}
    (entry,) = acts_of(station.database, Act.TABLE_BROUGHT_IN)
    assert (entry.details["changed"], entry.details["problem"]) == (1, 1)


def test_what_changed_since_the_check_is_not_overwritten(station: SmallStation) -> None:
    """Somebody entered other figures meanwhile: the person looks again."""
    data = csv_bytes(HEAD, "Cụm Đông;Thôn Một;312;1234;;;;")
    seen = checked(station, "villages", data).fingerprint
    with station.database.writing() as session:
        enter_residents(session, "v-1", households=9, residents=30, since=TODAY,
                        station_id=STATION_ID, by="acc-admin", now=station.clock())  # fmt: skip
    kind = ALL_KINDS["villages"]
    sheet = laid_out(read_tables(data), kind.columns)

    with pytest.raises(ChangedSinceCheck):
        keep_file(station.database, kind, sheet, doer(station), seen=seen)
    with station.database.reading() as session:
        assert residents_on(session, ["v-1"], TODAY)["v-1"].residents == 30


def test_a_village_with_a_head_keeps_them(station: SmallStation) -> None:
    """Another name is a person's decision; another number of the same head is a change."""
    first = csv_bytes(HEAD, "Cụm Đông;Thôn Một;;;;Nguyễn Văn An;0912345678;")
    kept(station, "villages", first)
    other = checked(station, "villages", csv_bytes(HEAD, "Cụm Đông;Thôn Một;;;;Lê Văn Cường;;"))
    number = checked(
        station, "villages", csv_bytes(HEAD, "Cụm Đông;Thôn Một;;;;nguyen van an;0911111111;")
    )

    assert problems(other) == [("F2", "cell_head_is_another")]
    assert [(each.before, each.after) for each in number.lines[0].changes] == [
        ("0912345678", "0911111111")
    ]


def test_at_the_machine_nobody_answers_for_a_number(station: SmallStation) -> None:
    """Villages and people come in; a telephone number needs somebody who entered it."""
    found = checked(station, "villages", LIST, by=None)

    assert problems(found) == [("G2", "cell_phone_by_nobody"), ("G5", "cell_phone_by_nobody")]


def test_a_number_of_a_workbook_gets_its_zero_back(station: SmallStation) -> None:
    """Excel takes 0912345678 for a number and drops what stands before the nine."""
    data = xlsx_bytes(
        ["Thôn", "Trưởng thôn", "Điện thoại"], ["Thôn Một", "Nguyễn Văn An", 912345678]
    )
    kept(station, "villages", data)

    with station.database.reading() as session:
        assert heads(session, station_id=STATION_ID)[0].phone == "0912345678"


def test_a_name_alone_makes_nobody_a_head(station: SmallStation) -> None:
    """Names are common: the number, or the user name, says whether it is the person one knows."""
    kept(station, "people", csv_bytes("Họ tên;Vai trò;Tên đăng nhập", "Nguyễn Văn An;Lãnh đạo;an"))
    head = "Thôn;Trưởng thôn;Điện thoại;Tên đăng nhập trưởng thôn"
    alone = checked(station, "villages", csv_bytes(head, "Thôn Một;Nguyễn Văn An;;"))
    wrong = checked(station, "villages", csv_bytes(head, "Thôn Một;Nguyễn Văn An;;operator"))
    kept(
        station,
        "villages",
        csv_bytes(head, "Thôn Một;Nguyễn Văn An;0911111111;an", "Thôn Hai;Nguyễn Văn Ân;;"),
    )
    with station.database.reading() as session:
        known = {each.name: list(each.villages) for each in heads(session, station_id=STATION_ID)}
        people = people_listed(session, station_id=STATION_ID)

    assert problems(alone) == [("B2", "cell_person_unclear")]
    assert problems(wrong) == [("D2", "cell_person_name_fixed")]
    assert known == {"Nguyễn Văn An": ["Thôn Một"], "Nguyễn Văn Ân": ["Thôn Hai"]}
    assert {each.username for each in people} >= {"an", "nguyen.van.an"}


def test_two_heads_of_one_name_are_told_apart_by_their_numbers(station: SmallStation) -> None:
    """One number is one person; two numbers are two, the second with a user name of their own."""
    head = "Cụm;Thôn;Trưởng thôn;Điện thoại"
    rows = ["Cụm Đông;Thôn Một;Lê Văn Cả;0911111111", "Cụm Đông;Thôn Hai;Lê Văn Cả;0922222222",
            "Cụm Đông;Thôn Ba;Lê Văn Cả;0911111111"]  # fmt: skip
    kept(station, "villages", csv_bytes(head, *rows))
    again = checked(station, "villages", csv_bytes(head, *rows))
    with station.database.reading() as session:
        known = {each.phone: list(each.villages) for each in heads(session, station_id=STATION_ID)}
        people = people_listed(session, station_id=STATION_ID)

    assert known == {"0911111111": ["Thôn Một", "Thôn Ba"], "0922222222": ["Thôn Hai"]}
    assert {each.username for each in people} >= {"le.van.ca", "le.van.ca2"}
    assert verdicts(again) == ["same"] * 3


@pytest.fixture
def namesakes(station: SmallStation) -> SmallStation:
    """A Thôn Một in each of two clusters."""
    with station.database.writing() as session:
        session.add(Cluster(id="cl-2", station_id=STATION_ID, name="Cụm Tây", position=1))
        session.flush()
        session.add(Village(id="v-3", cluster_id="cl-2", name="Thôn Một"))
    return station


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (";;Thôn Một;1;2;", [("C2", "cell_village_unclear")]),
        (";Cụm Tây;Một;1;2;", []),
        ("v-3;;;1;2;", []),
        ("v-3;Cụm Đông;;1;2;", [("B2", "cell_village_cluster_fixed")]),
        ("v-3;;Thôn Hai;1;2;", [("C2", "cell_village_name_fixed")]),
        ("v-9;;;1;2;", [("A2", "cell_village_unknown")]),
        (
            ";Cụm Bắc;Thôn Một;1;2;",
            [("B2", "cell_cluster_unknown"), ("C2", "cell_village_unknown")],
        ),
        (";;Thôn Chín;1;2;", [("C2", "cell_village_unknown")]),
        (";Cụm Tây;Thôn Một;1;2;01/01/2026", [("F2", "cell_day_gone")]),
    ],
)
def test_residents_by_date_find_their_village(
    namesakes: SmallStation, row: str, expected: list[tuple[str, str]]
) -> None:
    """By id, by name, by name and cluster; never by a guess."""
    data = csv_bytes("Mã thôn;Cụm;Thôn;Số hộ;Số dân;Từ ngày", row)

    assert problems(checked(namesakes, "residents", data)) == expected


def test_residents_by_date_are_kept_for_each_day(station: SmallStation) -> None:
    """Two days of one village are two rows; the same day twice is a problem."""
    head = "Thôn;Số hộ;Số dân;Từ ngày"
    kept(station, "residents", csv_bytes(head, "Thôn Một;10;40;", "Thôn Một;11;44;01/01/2027"))
    twice = checked(
        station, "residents", csv_bytes(head, "Thôn Một;1;4;1/2/2027", "Một;2;5;01-02-2027")
    )
    past = checked(station, "residents", csv_bytes(head, "Thôn Một;10;40;23/11/2026"))

    with station.database.reading() as session:
        assert residents_on(session, ["v-1"], TODAY)["v-1"].residents == 40
        assert residents_on(session, ["v-1"], date(2027, 1, 1))["v-1"].residents == 44
    assert problems(twice) == [("A3", "row_twice")]
    assert verdicts(past) == ["same"]


def test_figures_of_days_that_have_passed_stay_and_are_the_same(station: SmallStation) -> None:
    """What an export holds of last year comes back as what it is: nothing new."""
    kept(station, "residents", csv_bytes("Thôn;Số hộ;Số dân", "Thôn Một;10;40"))
    station.clock.now = station.clock.now.replace(year=2027)
    same = checked(station, "residents", csv_bytes("Thôn;Số hộ;Số dân;Từ ngày",
                                                   "Thôn Một;10;40;23/11/2026"))  # fmt: skip

    assert verdicts(same) == ["same"]

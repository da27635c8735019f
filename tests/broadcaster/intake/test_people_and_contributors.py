"""People and contributors come in from lists: roles grow, nothing is taken, no password."""

from datetime import date

import pytest
from sqlmodel import select

from broadcaster.accounts.people import person_line
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import password_matches
from broadcaster.accounts.tables import Account
from broadcaster.audit.acts import Act
from broadcaster.campaigns.keeping import keep_campaign, plan_of, retire_campaign
from broadcaster.campaigns.plan import Plan, Quota
from broadcaster.campaigns.tables import Campaign
from tests.broadcaster.intake.conftest import checked, csv_bytes, kept, problems, verdicts
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.trail import acts_of

HEAD = "Họ tên;Vai trò;Thôn;Điện thoại;Tên đăng nhập"
PEOPLE = csv_bytes(
    HEAD,
    "Lê Thị Lan;Biên tập viên;;;lan",
    "Phạm Văn Dũng;Lãnh đạo;;;",
    "Trần Thị Bình;truong thon;Thôn Một, Thôn Hai;0912345678;",
)


def test_people_are_admitted_with_their_roles_and_no_password(station: SmallStation) -> None:
    """Whatever is typed at the door opens nothing before they chose a password by a link."""
    kept(station, "people", PEOPLE)
    with station.database.reading() as session:
        accounts = {each.username: each for each in session.exec(select(Account))}
        lan, dung, binh = (
            person_line(session, accounts[name].id, station_id=STATION_ID)
            for name in ("lan", "pham.van.dung", "tran.thi.binh")
        )

    assert (list(lan.roles), list(dung.roles)) == ([Role.OPERATOR], [Role.LEADER])
    assert (list(binh.roles), sorted(binh.village_ids)) == ([Role.VILLAGE_HEAD], ["v-1", "v-2"])
    for typed in ("", "-", "lan", "password"):
        assert not password_matches(accounts["lan"].password_hash, password=typed)
    assert len(acts_of(station.database, Act.PERSON_ADMITTED)) == 3
    assert verdicts(checked(station, "people", PEOPLE)) == ["same"] * 3


def test_the_trail_holds_no_name_and_no_number(station: SmallStation) -> None:
    """They stand beside it, where they can be erased."""
    kept(station, "people", PEOPLE)
    told = repr([acts_of(station.database, act) for act in
                 (Act.PERSON_ADMITTED, Act.HEAD_PHONE_CHANGED, Act.TABLE_BROUGHT_IN)])  # fmt: skip

    assert not [each for each in ("Lan", "lan'", "Dũng", "0912345678") if each in told]


def test_a_role_is_added_and_none_is_taken(station: SmallStation) -> None:
    """Somebody who was an operator is a leader as well."""
    outcome = kept(station, "people", csv_bytes(HEAD, "Operator;Lãnh đạo;;;operator"))
    with station.database.reading() as session:
        line = person_line(session, "acc-operator", station_id=STATION_ID)

    assert verdicts(outcome) == ["changed"]
    assert set(line.roles) == {Role.OPERATOR, Role.LEADER}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (";Lãnh đạo;;;", [("A2", "cell_missing")]),
        ("An;Giám đốc;;;", [("B2", "cell_role_unknown")]),
        ("An;Trưởng thôn;;;", [("C2", "cell_heads_village_missing")]),
        ("An;Lãnh đạo;Thôn Một;;", [("C2", "cell_heads_village_missing")]),
        ("An;Trưởng thôn;Thôn Chín;;", [("C2", "cell_village_unknown")]),
        ("An Bình;Lãnh đạo;;0912345678;", [("D2", "cell_phone_of_heads_only")]),
        ("An;Lãnh đạo;;;operator", [("E2", "cell_person_name_fixed")]),
        ("An;Lãnh đạo;;;Trưởng phòng", [("E2", "cell_username_unusable")]),
    ],
)
def test_a_row_that_names_nobody_clearly_is_a_problem(
    station: SmallStation, row: str, expected: list[tuple[str, str]]
) -> None:
    """Each by its cell."""
    assert problems(checked(station, "people", csv_bytes(HEAD, row))) == expected


def campaign(station: SmallStation, title: str) -> str:
    """A campaign that asks two bulletins a month of the health station."""
    plan = Plan(
        title=title,
        number=f"12/{title}",
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        topics=["Y tế"],
        quotas=[Quota(contributor="Trạm Y tế xã", a_month=2, sentence="Câu trong kế hoạch.")],
    )
    with station.database.writing() as session:
        return keep_campaign(
            session, plan, station_id=STATION_ID, by="acc-admin", now=station.clock()
        ).id


def quotas(station: SmallStation, campaign_id: str) -> list[tuple[str, int, str]]:
    """What a campaign asks of whom."""
    with station.database.reading() as session:
        plan = plan_of(session, session.get_one(Campaign, campaign_id))
    return [(each.contributor, each.a_month, each.sentence) for each in plan.quotas]


def test_contributors_join_the_campaign_that_goes_on(station: SmallStation) -> None:
    """Who is there already is changed and keeps the plan's sentence; the rest stays."""
    going_on = campaign(station, "Y tế")
    data = csv_bytes(
        "Đơn vị gửi tin;Số tin mỗi tháng", "tram y te xa;3", "Trường Tiểu học Thượng;1"
    )
    outcome = kept(station, "contributors", data)

    assert verdicts(outcome) == ["changed", "new"]
    assert quotas(station, going_on) == [
        ("Trạm Y tế xã", 3, "Câu trong kế hoạch."),
        ("Trường Tiểu học Thượng", 1, ""),
    ]
    assert len(acts_of(station.database, Act.CAMPAIGN_CHANGED)) == 1
    assert verdicts(checked(station, "contributors", data)) == ["same", "same"]


def test_a_contributor_needs_a_campaign_that_goes_on(station: SmallStation) -> None:
    """Without one, with several and none named, and with one that is over."""
    head = "Đơn vị gửi tin;Số tin mỗi tháng;Đợt"
    none = problems(checked(station, "contributors", csv_bytes(head, "Trạm Y tế;2;")))
    campaign(station, "Một")
    retired = campaign(station, "Hai")
    several = problems(checked(station, "contributors", csv_bytes(head, "Trạm Y tế;2;")))
    named = verdicts(checked(station, "contributors", csv_bytes(head, "Trạm Y tế;2;12/mot")))
    with station.database.writing() as session:
        retire_campaign(
            session, retired, station_id=STATION_ID, by="acc-admin", now=station.clock()
        )
    over = problems(checked(station, "contributors", csv_bytes(head, "Trạm Y tế;0;Hai")))

    assert none == [("C2", "cell_campaign_unknown")]
    assert several == [("C2", "cell_missing")]
    assert named == ["new"]
    assert over == [("B2", "cell_monthly_unusable"), ("C2", "cell_campaign_unknown")]

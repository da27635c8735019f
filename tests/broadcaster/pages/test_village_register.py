"""Pages, API and command of a village's people and poles, of new villages and of mergers."""

import re
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from broadcaster.areas.tables import Cluster, Village
from broadcaster.fleet import village_command
from broadcaster.fleet.errors import ShareUnusable
from tests.broadcaster.many_villages import add_many_villages
from tests.broadcaster.pages.conftest import CSRF, Browse, Call
from tests.broadcaster.small_station import SmallStation
from tests.clients import TestClient

NEW_YEAR = "2027-01-01"
YESTERDAY = "2026-11-21"
"""Of the commune's clock."""


def send(browser: TestClient, path: str, **fields: object) -> object:
    """Send a form."""
    return browser.post(path, data=fields, headers={"X-CSRF-Token": CSRF})  # type: ignore[arg-type]


@pytest.fixture
def admin(browse: Browse) -> TestClient:
    """An admin's browser."""
    return browse("admin")


@pytest.mark.usefixtures("commune")
def test_an_admin_enters_people_and_shares(admin: TestClient) -> None:
    """The page shows what holds, takes what shall hold, and keeps what held."""
    first = admin.get("/villages/dong-1").text
    people = send(
        admin, "/villages/dong-1/residents", since=NEW_YEAR, households="320", residents="1.250"
    )
    shares = send(
        admin,
        "/villages/dong-1/shares",
        shares_since=NEW_YEAR,
        device=["loa-dong-1-1", "loa-dong-1-2", ""],
        percent=["62,5", "", "37,5"],
    )
    after = admin.get("/villages/dong-1?saved=true").text

    assert 'value="50"' in first
    assert "1.200 người" in first
    assert (people.status_code, shares.status_code) == (303, 303)  # type: ignore[attr-defined]
    assert "Đã lưu" in after
    assert "1.250 người" in after
    assert "1.200 người" in after
    assert "Đã ghi thay đổi cho ngày" in after


@pytest.mark.usefixtures("commune")
@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        (
            "/villages/dong-1/residents",
            {"since": YESTERDAY, "households": "1", "residents": "1"},
            "Chỉ ghi được từ hôm nay trở đi",
        ),
        (
            "/villages/dong-1/residents",
            {"since": NEW_YEAR, "households": "1", "residents": "nhiều"},
            "Số hộ và số dân là số",
        ),
        (
            "/villages/dong-1/shares",
            {"shares_since": NEW_YEAR, "device": ["loa-dong-1-1", ""], "percent": ["70", "40"]},
            "không được quá 100%",
        ),
        (
            "/villages/mergers",
            {
                "village_ids": ["dong-1"],
                "merged_name": "Thôn Mới",
                "merged_cluster_id": "dong",
                "merged_since": NEW_YEAR,
            },
            "ít nhất hai thôn",
        ),
        (
            "/villages/new",
            {"name": "", "cluster_id": "dong", "since": NEW_YEAR, "households": "1",
             "residents": "2"},
            "Hãy ghi tên",
        ),
        ("/villages/clusters", {"cluster_name": " "}, "Hãy ghi tên"),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_beside_what_was_typed(
    admin: TestClient, path: str, fields: dict[str, object], said: str
) -> None:
    """Nothing is changed, and nothing that was typed is lost."""
    answer = send(admin, path, **fields)

    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert said in answer.text  # type: ignore[attr-defined]
    kept = next(str(each) for each in reversed(fields.values()) if isinstance(each, str))
    assert f'value="{kept}"' in answer.text  # type: ignore[attr-defined]


def test_villages_merge_on_a_page(commune: SmallStation, admin: TestClient) -> None:
    """The new village's page follows, with its poles; the form asked with names and people."""
    form = admin.get("/villages/changes").text
    answer = send(
        admin,
        "/villages/mergers",
        village_ids=["dong-1", "dong-2"],
        merged_name="Thôn Đông",
        merged_cluster_id="dong",
        merged_since="2026-11-22",
    )
    page = admin.get(answer.headers["location"]).text  # type: ignore[attr-defined]
    old = admin.get("/villages/dong-1").text

    assert "Thôn Đông Hạ" in form
    assert "2.400 người" in page
    assert page.count('value="25"') == 4
    assert "đã nhập vào thôn khác" in old
    assert 'action="/villages/dong-1/residents"' not in old
    with commune.database.reading() as session:
        merged = session.exec(select(Village).where(Village.name == "Thôn Đông")).one()
    assert answer.headers["location"] == f"/villages/{merged.id}"  # type: ignore[attr-defined]


def test_a_commune_joins(commune: SmallStation, admin: TestClient) -> None:
    """A cluster and a village of it; the village asks for its poles."""
    send(admin, "/villages/clusters", cluster_name="Cụm xã Hạ")
    with commune.database.reading() as session:
        cluster = session.exec(select(Cluster).where(Cluster.name == "Cụm xã Hạ")).one()
    answer = send(
        admin,
        "/villages/new",
        name="Thôn Hạ",
        cluster_id=cluster.id,
        since="2026-11-22",
        households="100",
        residents="400",
    )
    page = admin.get(answer.headers["location"]).text  # type: ignore[attr-defined]

    assert "Thôn Hạ" in page
    assert "400 người" in page
    assert cluster.position == 3


@pytest.mark.usefixtures("commune")
def test_whoever_only_looks_finds_no_form(admin: TestClient, browse: Browse) -> None:
    """An operator has no business here; the admin's page has three forms."""
    forms = admin.get("/villages/dong-1").text.count('action="/villages/dong-1/')

    assert forms == 3
    assert browse("operator").get("/villages/dong-1").status_code == 403


def test_a_program_does_the_same(commune: SmallStation, call: Call) -> None:
    """With one answer that says what is registered now."""
    client, header = call("admin")
    counted = {"since": NEW_YEAR, "households": 320, "residents": 1_250}
    client.put("/api/villages/dong-1/residents", json=counted, headers=header)
    shares = [{"device_id": "loa-dong-1-1", "share": 0.7}, {"device_id": None, "share": 0.3}]
    told = client.put(
        "/api/villages/dong-1/register/shares",
        json={"since": "2026-11-22", "shares": shares},
        headers=header,
    ).json()
    past = client.put(
        "/api/villages/dong-1/residents", json=counted | {"since": YESTERDAY}, headers=header
    )
    merged = client.post(
        "/api/villages/mergers",
        json={
            "village_ids": ["dong-1", "dong-2"],
            "name": "Thôn Đông",
            "cluster_id": "dong",
            "since": NEW_YEAR,
        },
        headers=header,
    ).json()
    register = client.get(f"/api/villages/{merged['id']}/register", headers=header).json()

    assert told["people"][0] == counted
    assert [(each["device_id"], each["share"]) for each in told["shares"]] == [
        ("loa-dong-1-1", 0.7),
        (None, 0.3),
    ]
    assert (past.status_code, past.json()["code"]) == (422, "day_past")
    # On New Year's Day Thôn Đông Hạ has 1,250 residents, Thôn Đông Thượng 1,200.
    assert register["people"][0]["residents"] == 2_450
    assert commune.clock().date().isoformat() == "2026-11-22"


def test_the_command_does_the_same(commune: SmallStation) -> None:
    """Listed, entered and merged at the machine, by whoever may read its files."""
    now, database = datetime(2026, 11, 22, 10, tzinfo=UTC), commune.database
    village_command.entered(
        database, "dong-1", households="320", residents="1250", since="", now=now
    )
    village_command.shared(database, "dong-1", ["loa-dong-1-1=60", "wired=40"], since="", now=now)
    with pytest.raises(ShareUnusable):
        village_command.shared(database, "dong-1", ["loa-dong-1-1"], since="", now=now)
    told = village_command.merged(
        database,
        ["dong-2", "dong-3"],
        name="Thôn Đông",
        cluster_id="dong",
        since=NEW_YEAR,
        now=now,
    )
    lines = village_command.listed(database, now=now, as_json=False).splitlines()

    assert "dong-1\tThôn Đông Hạ\tdong\t320\t1250\tloa-dong-1-1=60 wired=40" in lines
    assert told.startswith("✓ thon-")
    assert '"residents": 1250' in village_command.listed(database, now=now, as_json=True)


def test_where_there_are_many_those_of_the_chosen_clusters_are_offered(
    commune: SmallStation, admin: TestClient
) -> None:
    """One cluster, or two for villages that lie in both; what was ticked stays with a refusal."""
    with commune.database.writing() as session:
        add_many_villages(session, cluster_id="tay")

    def offered(page: str) -> set[str]:
        ids = re.findall(r'name="village_ids" value="([a-z]+)-', page)
        return set(ids)

    assert offered(admin.get("/villages/changes").text) == set()
    assert offered(admin.get("/villages/changes?cluster=dong").text) == {"dong"}
    both = admin.get("/villages/changes?cluster=dong&beside=tay").text
    assert offered(both) == {"dong", "tay"}
    refused = send(
        admin, "/villages/mergers", village_ids=["dong-1", "dong-2"], merged_name="Thôn Đông",
        merged_cluster_id="dong", merged_since="chiều mai",
    )  # fmt: skip
    ticked = re.findall(r'value="(dong-\d)"[^>]* checked', refused.text)  # type: ignore[attr-defined]
    assert ticked == ["dong-1", "dong-2"]

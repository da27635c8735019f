"""*Người dùng* and *Tài khoản của tôi*: admitted, given roles, let in again, shut out, by pages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import event

from broadcaster.accounts.people import person_line
from broadcaster.accounts.roles import Role
from broadcaster.accounts.second_factor import make_codes
from broadcaster.accounts.tables import Account
from broadcaster.areas.queries import MANY_VILLAGES
from broadcaster.areas.tables import Cluster
from tests.broadcaster.many_villages import add_many_villages
from tests.broadcaster.small_station import (
    STATION_ID,
    SmallStation,
    browser,
    form_token,
    found_station,
    signed_in_client,
)
from tests.clients import TestClient
from tests.trail import connect

NEW = "ba con chim sẻ"


@pytest.fixture
def station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """What is asked of the database is tested on both kinds elsewhere."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """Accounts alone."""
    return station.app()


@pytest.fixture
def admin(station: SmallStation, app: FastAPI) -> TestClient:
    """An admin's browser."""
    return browser(app, token=station.session_of("quan", Role.ADMIN))


def send(client: TestClient, path: str, **fields: object) -> str:
    """A form of this person's own pages; what is answered, wherever it leads."""
    token = form_token(client.get("/sign-in").text)
    return client.post(path, data={"csrf_token": token, **fields}, follow_redirects=True).text


def test_somebody_new_chooses_their_password_and_comes_in(app: FastAPI, admin: TestClient) -> None:
    """Their link stands on the admin's page once; what it leads to needs nobody signed in."""
    page = send(admin, "/people", username="Chi", display_name="Chị Chi", roles="operator")
    (path,) = re.findall(r"https?://[^/<]+(/password/[\w-]+)<", page)
    stranger = TestClient(app, headers={"Accept": "text/html"})
    form = stranger.get(path).text
    assert "Chị Chi" in form
    sent = {"csrf_token": form_token(form)}

    assert "10 đến 200" in stranger.post(path, data={**sent, "new": "ngắn"}).text
    assert "Đã đổi mật khẩu" in stranger.post(path, data={**sent, "new": NEW}).text
    assert stranger.get(path).status_code == 404
    mine = signed_in_client(app, username="chi", password=NEW).get("/account").text
    assert "Biên tập viên" in mine
    assert path not in admin.get("/people").text


def test_whoever_is_asked_for_is_read_alone(station: SmallStation) -> None:
    """A province has hundreds of village heads: the page of one does not read them all."""
    accounts = [
        station.person(f"truong-thon-{number}", Role.VILLAGE_HEAD, village_ids=["v-1"])[0]
        for number in range(3)
    ]
    read: list[str] = []
    event.listen(Account, "load", note := lambda account, _context: read.append(account.id))
    try:
        with station.database.reading() as session:
            line = person_line(session, accounts[1], station_id=STATION_ID)
    finally:
        event.remove(Account, "load", note)

    assert (line.username, line.roles, line.village_ids) == (
        "truong-thon-1", [Role.VILLAGE_HEAD], ["v-1"],
    )  # fmt: skip
    assert read == [accounts[1]]


def test_a_mistake_in_the_form_is_said_at_its_field(
    station: SmallStation, admin: TestClient
) -> None:
    """And what was typed stays."""
    station.member("an", Role.OPERATOR)
    for username, roles, said in (
        ("Ấn", "operator", "chữ thường không dấu"),
        ("an", "operator", "đã có người dùng"),
        ("binh", (), "cần ít nhất một vai trò"),
        ("binh", "village_head", "gắn với thôn"),
    ):
        page = send(admin, "/people", username=username, display_name="Ai đó", roles=roles)
        assert said in page
        assert 'value="Ai đó"' in page


def test_one_person_holds_several_roles(station: SmallStation, admin: TestClient) -> None:
    """Given and taken together; what they may do changes with the next thing they ask for."""
    account = station.member("an", Role.OPERATOR)
    both = ["village_head", "inspector"]
    send(admin, f"/people/{account}/roles", roles=both, villages=["v-2", "v-none"])
    page = admin.get(f"/people/{account}").text

    assert re.findall(r'value="([\w-]+)"[^>]* checked', page) == [
        "village_head",
        "inspector",
        "v-2",
    ]
    with station.database.reading() as session:
        line = person_line(session, account, station_id=STATION_ID)
    assert (set(line.roles), line.village_ids) == ({Role.VILLAGE_HEAD, Role.INSPECTOR}, ["v-2"])


def test_the_last_admin_stays(station: SmallStation, admin: TestClient) -> None:
    """Neither without the role, nor shut out; with a second one either may go."""
    for path, fields in (("roles", {"roles": "leader"}), ("closing", {})):
        assert "người quản trị cuối cùng" in send(admin, f"/people/acc-quan/{path}", **fields)
    second = station.member("rang", Role.ADMIN)
    assert "Đã ghi" in send(admin, f"/people/{second}/closing")
    assert "người quản trị cuối cùng" in send(admin, "/people/acc-quan/closing")


def test_who_is_shut_out_is_out_at_once(
    station: SmallStation, app: FastAPI, admin: TestClient
) -> None:
    """And comes back by being let in again."""
    account, password = station.person("an", Role.OPERATOR)
    theirs = signed_in_client(app, username="an", password=password)
    send(admin, f"/people/{account}/closing")
    assert theirs.get("/account").status_code == 303
    assert "đã khóa" in admin.get("/people").text
    send(admin, f"/people/{account}/opening")

    assert (
        signed_in_client(app, username="an", password=password).get("/account").status_code == 200
    )


def test_sessions_are_ended_by_their_person_and_by_an_admin(
    station: SmallStation, app: FastAPI, admin: TestClient
) -> None:
    """Each knows them by browser and address; the admin ends those of others."""
    account, password = station.person("an", Role.OPERATOR)
    first = signed_in_client(app, username="an", password=password)
    second = signed_in_client(app, username="an", password=password)
    page = first.get("/account").text
    assert page.count("testclient") == 4  # browser and address, twice
    send(first, "/account/sessions/end")
    assert (first.get("/account").status_code, second.get("/account").status_code) == (200, 303)
    (handle,) = re.findall(
        rf"/people/{account}/sessions/(\w+)/end", admin.get(f"/people/{account}").text
    )
    send(admin, f"/people/{account}/sessions/{handle}/end")

    assert first.get("/account").status_code == 303


def test_an_admin_takes_what_was_lost_and_they_set_it_up_anew(
    station: SmallStation, admin: TestClient
) -> None:
    """Until then the account page says that there is none."""
    account = station.member("an", Role.OPERATOR)
    with station.database.writing() as session:
        make_codes(session, account, by=account, now=station.clock())
    assert "second-factor/removal" in admin.get(f"/people/{account}").text
    send(admin, f"/people/{account}/second-factor/removal")

    assert "second-factor/removal" not in admin.get(f"/people/{account}").text


def test_nobody_is_found_by_guessing(admin: TestClient) -> None:
    """A person that is not there is a page that is not there, for every act."""
    token = {"X-CSRF-Token": form_token(admin.get("/sign-in").text)}
    for act in ("roles", "link", "second-factor/removal", "sessions/end", "closing", "opening"):
        answer = admin.post(f"/people/acc-none/{act}", headers=token, data={"roles": "leader"})
        assert answer.status_code == 404, act


def test_where_there_are_many_villages_those_of_one_cluster_are_offered(
    station: SmallStation, admin: TestClient
) -> None:
    """A head keeps what they have, whichever cluster is looked at."""
    with station.database.writing() as session:
        session.add(Cluster(id="cl-9", station_id=STATION_ID, name="Cụm xa", position=9))
        session.flush()
        add_many_villages(session, cluster_id="cl-9")
    head, _ = station.person("truong", Role.VILLAGE_HEAD, village_ids=["v-2"])

    def offered(address: str) -> list[str]:
        return re.findall(r'name="villages" value="([\w-]+)"', admin.get(address).text)

    assert offered("/people") == []
    assert len(offered("/people?cluster=cl-9")) == MANY_VILLAGES
    assert offered(f"/people/{head}") == ["v-2"]
    assert offered(f"/people/{head}?cluster=cl-1") == ["v-1", "v-2"]

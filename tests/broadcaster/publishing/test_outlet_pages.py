"""Networks on pages, in the API and at the terminal: who enters, who decides, what is shown."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import select
from structlog.testing import capture_logs
from typer.testing import CliRunner

from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.roles import Role
from broadcaster.commands import app as app_of_commands
from broadcaster.errors import BadInput, LoaError
from broadcaster.keys import founding_keys
from broadcaster.publishing.errors import (
    AccountIdUnusable,
    AccountSecretUnusable,
    OutletNotEntered,
)
from broadcaster.publishing.outlet_accounts import Entered, accounts_of
from broadcaster.publishing.outlets.port import Outlet
from broadcaster.publishing.outlets_command import (
    connected,
    disconnected,
    outlets_told,
    posted,
    taken_down,
)
from broadcaster.publishing.post_states import PostState
from broadcaster.publishing.tables import SharePost
from broadcaster.settings import SettingsInvalid, load_settings
from tests.broadcaster.publishing.networks import APP, PAGE, PAGE_TOKEN
from tests.broadcaster.publishing.test_channels import opened
from tests.broadcaster.small_station import STATION_ID, SmallStation, found_station
from tests.clients import TestClient
from tests.trail import connect

FACEBOOK = {"public_name": PAGE, "token": PAGE_TOKEN}


def person(station: SmallStation, app: FastAPI, role: Role) -> TestClient:
    """A program of somebody with this role."""
    token = station.session_of(f"a-{role}", role)
    return TestClient(app, headers={"Authorization": f"Bearer {token}"})


def browser_of(app: FastAPI, program: TestClient) -> TestClient:
    """The browser of the same person."""
    token = program.headers["Authorization"].removeprefix("Bearer ")
    return TestClient(app, cookies={SESSION_COOKIE: token})


@pytest.fixture
def admin(station: SmallStation, app: FastAPI) -> TestClient:
    """A program of an admin."""
    return person(station, app, Role.ADMIN)


def test_only_an_admin_enters_an_account_and_only_a_leader_decides(
    station: SmallStation, app: FastAPI, leader: TestClient, admin: TestClient
) -> None:
    """Neither does the other's part."""
    opened(leader)
    operator = person(station, app, Role.OPERATOR)
    post = "/api/channels/items/tiem/posts/facebook"
    account = "/api/channels/outlets/facebook"

    assert leader.put(account, json=FACEBOOK).status_code == 403
    assert leader.put(post, json={"form": "link"}).json()["code"] == "outlet_not_entered"
    assert admin.put(account, json=FACEBOOK).status_code == 204
    assert [each.put(post, json={"form": "link"}).status_code for each in (admin, operator)] == [
        403,
        403,
    ]
    assert leader.put(post, json={"form": "link"}).json()["state"] == "waiting"
    assert leader.put(post, json={"form": "link"}).json()["code"] == "post_under_way"


@pytest.mark.parametrize(
    ("outlet", "given", "field", "error"),
    [
        ("facebook", {"public_name": "trang-xa", "token": "t"}, "public_name", AccountIdUnusable),
        ("facebook", {"public_name": "", "token": ""}, "public_name", AccountIdUnusable),
        ("facebook", {"public_name": PAGE, "token": ""}, "token", AccountSecretUnusable),
        ("facebook", {"public_name": PAGE, "token": "có dấu"}, "token", AccountSecretUnusable),
        ("zalo", {"public_name": APP, "token": "t"}, "secret", AccountSecretUnusable),
    ],
)
def test_an_account_that_cannot_be_one_is_refused_by_its_field(
    admin: TestClient, outlet: str, given: dict[str, str], field: str, error: type[LoaError]
) -> None:
    """With what such a thing looks like, and before anything is kept."""
    answer = admin.put(f"/api/channels/outlets/{outlet}", json=given)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["code"] == error.code
    assert [each["connected"] for each in admin.get("/api/channels/outlets").json()] == [
        False,
        False,
    ]


def test_only_what_a_network_takes_is_decided(leader: TestClient, admin: TestClient) -> None:
    """A link is no article; an unknown network is none."""
    opened(leader)
    admin.put("/api/channels/outlets/facebook", json=FACEBOOK)
    item = "/api/channels/items/tiem/posts"

    assert leader.put(f"{item}/facebook", json={"form": "article"}).status_code == 422
    assert leader.put(f"{item}/elsewhere", json={"form": "link"}).status_code == 422
    assert leader.delete(f"{item}/facebook").json()["code"] == "no_such_post"


def test_the_pages_say_how_it_stands_in_both_languages(
    station: SmallStation,
    app: FastAPI,
    leader: TestClient,
    reader: TestClient,
    admin: TestClient,
) -> None:
    """With the network's own words, and never with a token."""
    opened(leader)
    assert "Chưa nối. Quản trị nối ở trang Nơi đăng." in reader.get("/channels/tiem").text
    admin.put("/api/channels/outlets/facebook", json=FACEBOOK)
    leader.put("/api/channels/items/tiem/posts/facebook", json={"form": "link"})
    with station.database.writing() as session:
        row = session.exec(select(SharePost)).one()
        row.state, row.trouble, row.detail = PostState.REFUSED, "outlet_refuses", "368: <b>abusive"
        account = accounts_of(session, STATION_ID)[Outlet.FACEBOOK]
        account.trouble, account.detail = "outlet_shut", "190: expired"

    # Nobody has asked the network whether it takes the token.
    assert f"Đã nhập tài khoản {PAGE} lúc" in browser_of(app, admin).get("/outlets").text
    share, outlets = reader.get("/channels/tiem").text, browser_of(app, admin).get("/outlets").text
    reader.cookies.set("loa_language", "en")
    english = reader.get("/channels/tiem").text

    assert "Bị từ chối · Chữ và liên kết" in share
    assert "368: &lt;b&gt;abusive" in share
    assert "Quản trị nhập lại mã mới" in share
    assert "Người ngoài chưa vào được đài" in share
    assert 'action="/channels/tiem/posts/facebook"' in share
    assert "190: expired" in outlets
    assert "Refused · Text and link" in english
    assert PAGE_TOKEN not in share + outlets + english + admin.get("/api/channels/outlets").text


def test_commands_connect_decide_and_take_down(station: SmallStation, leader: TestClient) -> None:
    """At the station's machine, where whoever runs them is answered for by it."""
    opened(leader)
    database, settings, now = station.database, station.settings, station.clock()
    given = {"station_id": STATION_ID, "now": now}
    with pytest.raises(OutletNotEntered):
        posted(database, settings, "tiem", Outlet.FACEBOOK, "", **given)
    with pytest.raises(BadInput):
        connected(database, settings, Outlet.FACEBOOK, Entered(public_name="x", token="t"), **given)
    entered = Entered(public_name=PAGE, token=PAGE_TOKEN)
    connected(database, settings, Outlet.FACEBOOK, entered, **given)

    told = posted(database, settings, "tiem", Outlet.FACEBOOK, "", **given)
    taken_down(database, "tiem", Outlet.FACEBOOK, **given)
    disconnected(database, Outlet.FACEBOOK, **given)

    assert told.splitlines() == [f"facebook   {PAGE}", "zalo       –", "  tiem facebook waiting"]
    as_json = json.loads(outlets_told(database, station_id=STATION_ID, as_json=True))
    assert [each["state"] for each in as_json["posts"]] == ["withdrawn"]
    assert [each["connected"] for each in as_json["outlets"]] == [False, False]


@pytest.mark.parametrize(
    "address", ["http://graph.example", "https://a/b?c", "https://a/", "ftp://a"]
)
def test_tokens_go_to_nobody_by_a_plain_line(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """The networks' addresses are by TLS, or on this machine."""
    monkeypatch.setenv("LOA_FACEBOOK_API", address)

    with pytest.raises(SettingsInvalid, match="facebook_api"):
        load_settings()


def test_secrets_are_asked_for_and_stand_in_no_command(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of processes shows what a command was called with; what was typed in, nobody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path))
    database = connect(sqlite_url)
    found_station(database, state_dir=tmp_path)
    with founding_keys(
        tmp_path / "keys", station_id=STATION_ID, name="Đài", now=datetime.now(UTC)
    ) as new:
        new.keep()
    with capture_logs():
        ended = [
            CliRunner().invoke(app_of_commands, ["channels", *words], input=typed)
            for words, typed in (
                (["connect", "zalo", "--id", APP], "app-secret\nrefresh-token\n"),
                (["outlets", "--json"], ""),
                (["disconnect", "zalo"], ""),
            )
        ]
    database.dispose()

    assert [each.exit_code for each in ended] == [0, 0, 0], ended[0].output
    _, zalo = json.loads(ended[1].stdout)["outlets"]
    assert (zalo["connected"], zalo["public_name"]) == (True, APP)
    assert all("refresh-token" not in each.output for each in ended)
    assert all("app-secret" not in each.output for each in ended)

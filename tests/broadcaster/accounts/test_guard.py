"""The guard: each route's right is checked, forms are ours, and strangers are led to sign in."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Form
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic import AnyUrl

from broadcaster.accounts import guard
from broadcaster.accounts.guard import declared_rights, open_to_all, require
from broadcaster.accounts.request_size import LARGEST_BODY_BYTES
from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.viewer import Viewer
from tests.broadcaster.small_station import (
    SmallStation,
    bearer,
    form_token,
    found_station,
    signed_in_client,
)
from tests.clients import TestClient
from tests.trail import connect

router = APIRouter()
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


@router.get("/desk")
def desk(viewer: Writer) -> str:
    """A page for writers."""
    return viewer.username


@router.post("/desk")
def write(viewer: Writer, word: Annotated[str, Form()] = "") -> str:
    """A form for writers."""
    return f"{viewer.username}:{word}"


@router.api_route("/api/desk", methods=["GET", "POST"])
def desk_api(viewer: Writer) -> str:
    """The same for programs."""
    return viewer.username


@router.post("/free", dependencies=[Depends(open_to_all)])
def free(word: Annotated[str, Form()] = "") -> int:
    """A form that anybody may send."""
    return len(word)


@pytest.fixture
def station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """Routes ask the database only what the tests of sessions ask on both kinds."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """Accounts, and one desk that only writers reach."""
    return station.app(router)


@pytest.fixture
def writer(station: SmallStation, app: FastAPI) -> TestClient:
    """A browser in which a writer is signed in."""
    _, password = station.person("an", Role.OPERATOR)
    return signed_in_client(app, username="an", password=password)


def page_token(client: TestClient, page: str = "/sign-in") -> str:
    """The token that this person's pages carry."""
    return form_token(client.get(page).text)


def test_every_route_of_accounts_and_frame_declares_its_right(station: SmallStation) -> None:
    """What declares nothing is found by walking all routes, nested ones too."""
    inner = APIRouter()
    inner.add_api_route("/forgotten", lambda: None, methods=["GET", "POST"])
    outer = APIRouter(prefix="/outer")
    outer.include_router(inner)

    rights = declared_rights(station.app(router, outer))

    assert {route for route, asked in rights.items() if not asked} == {
        "GET /outer/forgotten",
        "POST /outer/forgotten",
    }
    assert rights["GET /desk"] == {Right.WRITE_BULLETINS}
    assert rights["POST /sign-in"] == {guard.PUBLIC}
    assert rights["GET /api/me"] == {Right.USE_OWN_ACCOUNT}


def test_who_asks_costs_one_turn_of_a_thread(station: SmallStation) -> None:
    """Each turn waits for the interpreter among all other pages: only the database is worth it."""
    plain = {
        call.__name__
        for route in iter_route_contexts(station.app(router).routes)
        if isinstance(dependant := getattr(route, "dependant", None), Dependant)
        for call in _asked_before(dependant)
        if not inspect.iscoroutinefunction(call)
        and not inspect.iscoroutinefunction(type(call).__call__)
    }

    assert plain == {"context"}


def _asked_before(dependant: Dependant) -> list[Any]:
    calls = [child.call for child in dependant.dependencies]
    return calls + [call for child in dependant.dependencies for call in _asked_before(child)]


def test_a_stranger_is_led_to_sign_in_and_back(station: SmallStation, app: FastAPI) -> None:
    """The page they wanted, with its query, opens right after signing in."""
    _, password = station.person("an", Role.OPERATOR)
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})

    led = client.get("/desk?day=2")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=%2Fdesk%3Fday%3D2")
    form = client.get(led.headers["location"]).text
    assert 'name="next" value="/desk?day=2"' in form

    sent = {"username": "an", "password": password, "next": "/desk?day=2"}
    back = client.post("/sign-in", data={"csrf_token": form_token(form), **sent})
    assert (back.status_code, back.headers["location"]) == (303, "/desk?day=2")
    assert client.get("/desk").text == '"an"'


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(
    station: SmallStation, app: FastAPI, target: str
) -> None:
    """An address that is not this site's own path becomes the first page."""
    _, password = station.person("an", Role.OPERATOR)
    client = TestClient(app, follow_redirects=False)

    token = form_token(client.get("/sign-in", params={"next": target}).text)
    sent = {"csrf_token": token, "username": "an", "password": password, "next": target}

    assert client.post("/sign-in", data=sent).headers["location"] == "/"


def test_a_wrong_password_is_told_in_vietnamese_beside_the_name(
    station: SmallStation, app: FastAPI
) -> None:
    """The name stays in its field, the password does not."""
    station.person("an", Role.OPERATOR)
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    token = page_token(client)

    sent = {"csrf_token": token, "username": "an", "password": "sai-mat-khau"}
    answer = client.post("/sign-in", data=sent)

    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in answer.text
    assert 'value="an"' in answer.text
    assert "sai-mat-khau" not in answer.text
    assert guard.SESSION_COOKIE not in client.cookies


def test_a_locked_name_is_told_when_to_come_back(app: FastAPI) -> None:
    """The sixth attempt is answered 429 on the page and in the API alike."""
    client = TestClient(app, headers={"Accept": "text/html"})
    token = page_token(client)
    sent = {"csrf_token": token, "username": "an", "password": "x"}
    for _ in range(5):
        assert client.post("/sign-in", data=sent).status_code == 401

    page = client.post("/sign-in", data=sent)
    api = client.post("/api/sessions", json={"username": "an", "password": "x"})

    assert (page.status_code, "15 phút" in page.text) == (429, True)
    assert (api.status_code, api.json()["code"]) == (429, "sign_in_locked")


def test_the_session_cookie_is_out_of_reach(station: SmallStation, app: FastAPI) -> None:
    """HttpOnly and SameSite always, Secure where the public address has TLS."""
    _, password = station.person("an", Role.OPERATOR)
    client = TestClient(app, follow_redirects=False)
    sent = {"csrf_token": page_token(client), "username": "an", "password": password}

    cookie = client.post("/sign-in", data=sent).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie


def test_behind_tls_the_cookies_are_secure(station: SmallStation) -> None:
    """A cookie that says Secure is never sent in the clear."""
    station.settings.public_url = AnyUrl("https://dai.example.vn")
    _, password = station.person("an", Role.OPERATOR)

    client = TestClient(station.app(), base_url="https://dai.example.vn", follow_redirects=False)
    page = client.get("/sign-in")
    sent = {"csrf_token": form_token(page.text), "username": "an", "password": password}

    assert "Secure" in page.headers["set-cookie"]
    assert "Secure" in client.post("/sign-in", data=sent).headers["set-cookie"]


def test_a_form_without_its_token_changes_nothing(writer: TestClient) -> None:
    """Neither none, nor a wrong one, nor a stranger's; the field and the header both serve."""
    token = page_token(writer)
    for forged in ({}, {"csrf_token": ""}, {"csrf_token": token[:-1]}, {"csrf_token": "ơ"}):
        answer = writer.post("/desk", data={"word": "a", **forged})
        assert (answer.status_code, "trang của đài" in answer.text) == (403, True)

    assert writer.post("/desk", data={"word": "a", "csrf_token": token}).text == '"an:a"'
    assert writer.post("/desk", headers={"X-CSRF-Token": token}).text == '"an:"'


def test_a_foreign_page_cannot_sign_a_browser_in(station: SmallStation, app: FastAPI) -> None:
    """The sign-in form, too, is bound to the browser that was shown it."""
    _, password = station.person("an", Role.OPERATOR)
    token = page_token(TestClient(app))
    stranger = TestClient(app)
    sent = {"csrf_token": token, "username": "an", "password": password}

    assert stranger.post("/sign-in", data=sent).status_code == 403


def test_who_lacks_the_right_is_told_so(station: SmallStation, app: FastAPI) -> None:
    """A leader does not write; the page and the API say the same."""
    _, password = station.person("binh", Role.LEADER)
    browser = signed_in_client(app, username="binh", password=password)
    client = TestClient(app)

    api = client.get("/api/desk", headers=bearer(client, username="binh", password=password))

    assert browser.get("/desk").status_code == 403
    assert (api.status_code, api.json()["code"]) == (403, "not_allowed")


def test_the_api_takes_a_bearer_token_and_no_cookie(
    station: SmallStation, app: FastAPI, writer: TestClient
) -> None:
    """A cookie travels with foreign requests, a header does not; so no CSRF token is asked."""
    _, password = station.person("chi", Role.OPERATOR)
    client = TestClient(app)
    held = bearer(client, username="chi", password=password)

    refused = writer.post("/api/desk")

    assert (refused.status_code, refused.json()["code"]) == (401, "session_gone")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert client.post("/api/desk", headers=held).json() == "chi"
    assert client.get("/desk", headers={**held, "Accept": "text/html"}).url.path == "/sign-in"


def test_signing_out_ends_the_browsers_session(writer: TestClient) -> None:
    """The old cookie is worth nothing afterwards, even to who copied it."""
    cookie = writer.cookies[guard.SESSION_COOKIE]

    answer = writer.post("/sign-out", data={"csrf_token": page_token(writer)})

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert guard.SESSION_COOKIE not in writer.cookies
    writer.cookies.set(guard.SESSION_COOKIE, cookie)
    assert writer.get("/desk").status_code == 303


def test_the_api_signs_in_says_who_and_signs_out(station: SmallStation, app: FastAPI) -> None:
    """A token lives until it is deleted."""
    account_id, password = station.person("head", Role.VILLAGE_HEAD, village_ids=["v-1"])
    client = TestClient(app)
    held = bearer(client, username="head", password=password)

    me = client.get("/api/me", headers=held).json()
    assert (me["account_id"], me["roles"], me["village_ids"]) == (
        account_id,
        ["village_head"],
        ["v-1"],
    )

    assert client.delete("/api/sessions", headers=held).status_code == 204
    assert client.get("/api/me", headers=held).status_code == 401


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(app: FastAPI) -> None:
    """A sign-in form inside a live board would be no help."""
    answer = TestClient(app).get("/desk", headers={"HX-Request": "true"})

    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_a_body_that_no_form_could_hold_is_refused_while_it_comes(app: FastAPI) -> None:
    """Declared or streamed, it is answered 413 in the common form."""
    client = TestClient(app)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    whole = b"word=" + b"a" * LARGEST_BODY_BYTES
    pieces = (whole[i : i + 65_536] for i in range(0, len(whole), 65_536))

    declared = client.post("/free", content=whole, headers=form)
    streamed = client.post("/free", content=pieces, headers=form)
    fitting = client.post("/free", content=whole[:-5], headers=form)

    assert [answer.status_code for answer in (declared, streamed, fitting)] == [413, 413, 200]
    assert declared.json()["code"] == "too_large"

"""The second factor on pages and in the API: led to, enrolled, typed, and back from there."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI

from broadcaster.accounts.authenticator import STEP_S, code_at
from broadcaster.accounts.failures import locks_told
from broadcaster.accounts.guard import SESSION_COOKIE, require
from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.second_factor import enrol_at_the_machine
from broadcaster.accounts.told_once import KEY_FILE
from broadcaster.accounts.viewer import Viewer
from broadcaster.audit import Act
from tests.broadcaster.small_station import (
    SmallStation,
    browser,
    form_token,
    found_station,
    signed_in_client,
)
from tests.clients import TestClient
from tests.trail import connect

router = APIRouter()


@router.get("/keys")
def keys(viewer: Annotated[Viewer, Depends(require(Right.ADMINISTER))]) -> str:
    """Something that only admins reach."""
    return viewer.username


@router.get("/api/keys")
def keys_api(viewer: Annotated[Viewer, Depends(require(Right.ADMINISTER))]) -> str:
    """The same for programs."""
    return viewer.username


@pytest.fixture
def station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """What is asked of the database is tested on both kinds elsewhere."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """Accounts, and one page for admins."""
    return station.app(router)


def send(client: TestClient, path: str, **fields: str) -> str:
    """A form of this person's own pages; what is answered."""
    token = form_token(client.get("/sign-in").text)
    return client.post(path, data={"csrf_token": token, **fields}, follow_redirects=True).text


def codes_on(page: str) -> list[str]:
    """The printed codes that a page shows."""
    return re.findall(r"<li><code[^>]*>([a-z-]+)</code>", page)


def enrolled(station: SmallStation, client: TestClient, *, after: str = "/keys") -> tuple[str, str]:
    """Set it up as a person does; the seed, and the page that shows the printed codes."""
    offered = send(client, "/account/second-factor/offer", next=after)
    seed = re.findall(r'class="seed"[^>]*>([A-Z2-7 ]+)<', offered)[0].replace(" ", "")
    code = code_at(seed, now=station.clock())
    page = send(client, "/account/second-factor", code=code, next=after)
    station.clock.move(timedelta(seconds=2 * STEP_S))
    return seed, page


def test_a_new_admin_is_led_to_set_it_up_and_then_to_what_they_wanted(
    station: SmallStation, app: FastAPI
) -> None:
    """Nothing of an admin's opens before; their own account does."""
    _, password = station.person("quan", Role.ADMIN)
    client = signed_in_client(app, username="quan", password=password)

    led = client.get("/keys")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in/code?next=%2Fkeys")
    asked = client.get(led.headers["location"]).text
    assert "/account/second-factor/offer" in asked
    _, codes = enrolled(station, client)

    assert len(set(re.findall(r"<li><code[^>]*>([a-z-]+)</code>", codes))) == 10
    assert 'href="/keys"' in codes
    assert client.get("/keys").text == '"quan"'


def test_the_next_time_a_code_is_asked_for(station: SmallStation, app: FastAPI) -> None:
    """A wrong one is said at its field; a printed one does as well as the telephone's."""
    _, password = station.person("quan", Role.ADMIN)
    seed, sheet = enrolled(station, signed_in_client(app, username="quan", password=password))
    printed = re.findall(r"<li><code[^>]*>([a-z-]+)</code>", sheet)[0]
    for code in (code_at(seed, now=station.clock()), printed):
        client = signed_in_client(app, username="quan", password=password)
        assert "chưa đúng" in send(client, "/sign-in/code", code="abc", next="/keys")
        assert client.get("/keys").status_code == 303
        assert send(client, "/sign-in/code", code=code, next="/keys") == '"quan"'


def test_a_code_never_leads_to_another_site(station: SmallStation, app: FastAPI) -> None:
    """An address that is not this site's own path becomes the first page."""
    client = browser(app, token=station.session_of("quan", Role.ADMIN))
    _, page = enrolled(station, client, after="https://evil.example/")

    assert "evil" not in page


def test_who_has_one_proves_it_before_exchanging_it(station: SmallStation, app: FastAPI) -> None:
    """A stolen session of yesterday's brings no new telephone and no new sheet."""
    token = station.session_of("an", Role.OPERATOR)
    client = browser(app, token=token)
    seed, _ = enrolled(station, client)
    station.clock.move(station.settings.shift)
    form = {"X-CSRF-Token": form_token(client.get("/sign-in").text)}

    for path in ("/account/second-factor/offer", "/account/second-factor/codes"):
        answer = client.post(path, headers=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code")
    send(client, "/sign-in/code", code=code_at(seed, now=station.clock()), next="/sign-in")
    assert client.post("/account/second-factor/codes", headers=form).status_code == 303
    assert len(codes_on(client.get("/account").text)) == 10


def test_a_sheet_that_is_loaded_again_is_not_printed_anew(
    station: SmallStation, app: FastAPI
) -> None:
    """What was put into the safe serves, whatever the browser does afterwards."""
    _, password = station.person("an", Role.OPERATOR)
    client = signed_in_client(app, username="an", password=password)
    enrolled(station, client)
    form = {"X-CSRF-Token": form_token(client.get("/sign-in").text)}
    printed = client.post("/account/second-factor/codes", headers=form)
    sheet, again = (client.get(printed.headers["location"]) for _ in range(2))

    assert sheet.headers["cache-control"] == "no-store"
    assert codes_on(printed.text) == codes_on(again.text) == []
    later = signed_in_client(app, username="an", password=password)
    code = codes_on(sheet.text)[0]
    assert "Tài khoản của tôi" in send(later, "/sign-in/code", code=code, next="/account")


def test_a_disk_that_takes_no_key_keeps_no_codes_from_their_owner(
    station: SmallStation, app: FastAPI
) -> None:
    """They are made by then, so they are told at once."""
    client = browser(app, token=station.session_of("an", Role.OPERATOR))
    (station.settings.keys_dir / KEY_FILE).mkdir(parents=True)

    _, page = enrolled(station, client)

    assert len(codes_on(page)) == 10


def test_a_program_is_told_and_brings_its_code(station: SmallStation, app: FastAPI) -> None:
    """With its password, or later; a wrong code signs nobody in."""
    _, password = station.person("quan", Role.ADMIN)
    seed, _ = enrolled(station, signed_in_client(app, username="quan", password=password))
    client = TestClient(app)
    mine = {"username": "quan", "password": password}

    plain = client.post("/api/sessions", json=mine).json()["token"]
    held = {"Authorization": f"Bearer {plain}"}
    refused = client.get("/api/keys", headers=held)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    wrong = client.post("/api/sessions", json=mine | {"code": "nothing"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "second_factor_refused")
    later = {"code": code_at(seed, now=station.clock())}
    assert client.post("/api/sessions/code", json=later, headers=held).status_code == 204
    assert client.get("/api/keys", headers=held).json() == "quan"
    again = client.post("/api/sessions", json=mine | later)
    assert again.json()["code"] == "second_factor_refused"
    station.clock.move(timedelta(seconds=STEP_S))
    both = mine | {"code": code_at(seed, now=station.clock())}
    token = client.post("/api/sessions", json=both).json()["token"]
    assert client.get("/api/keys", headers={"Authorization": f"Bearer {token}"}).json() == "quan"


def test_proving_in_one_session_proves_no_other(station: SmallStation, app: FastAPI) -> None:
    """Whoever sits at the other machine types a code of their own."""
    _, password = station.person("quan", Role.ADMIN)
    first = signed_in_client(app, username="quan", password=password)
    other = signed_in_client(app, username="quan", password=password)
    enrolled(station, first)

    assert first.get("/keys").status_code == 200
    assert other.get("/keys").status_code == 303
    assert other.cookies[SESSION_COOKIE] != first.cookies[SESSION_COOKIE]


def test_who_guesses_codes_elsewhere_locks_no_browser_in_which_one_was_proven(
    station: SmallStation, app: FastAPI
) -> None:
    """With a stolen password anybody is asked for a code; in the storm the operator's still serve.

    What is mistyped in that browser counts there, and its own lock stands in the trail too.
    """
    account_id, password = station.person("an", Role.OPERATOR)
    with station.database.writing() as session:
        seed = enrol_at_the_machine(
            session, account_id, keys_dir=station.settings.keys_dir, now=station.clock()
        )

    def fresh() -> TestClient:
        client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
        sent = {"username": "an", "password": password}
        token = form_token(client.get("/sign-in").text)
        assert client.post("/sign-in", data={"csrf_token": token, **sent}).status_code == 303
        return client

    def typed(client: TestClient, code: str) -> int:
        token = form_token(client.get("/sign-in/code").text)
        return client.post("/sign-in/code", data={"csrf_token": token, "code": code}).status_code

    def right() -> str:
        station.clock.move(timedelta(seconds=2 * STEP_S))
        return code_at(seed, now=station.clock())

    own = fresh()
    assert typed(own, right()) == 303
    thief = fresh()
    assert [typed(thief, "000000") for _ in range(6)] == [422] * 5 + [429]
    assert typed(fresh(), right()) == 429
    assert typed(own, right()) == 303

    assert [typed(own, "000000") for _ in range(6)] == [422] * 5 + [429]
    with station.database.reading() as session:
        (lock,) = locks_told(session, since=station.clock() - timedelta(days=1))
    assert (lock.act, lock.count) == (Act.SECOND_FACTOR_LOCKED, 2)

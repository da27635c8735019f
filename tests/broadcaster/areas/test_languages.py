"""Villages have languages beside Vietnamese: entered by page and by program, spelled one way."""

import re
from html import unescape

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from broadcaster.accounts.roles import Role
from broadcaster.areas import api, pages
from broadcaster.areas.errors import (
    LanguageUnusable,
    NoSuchVillage,
    TooManyLanguages,
    VietnameseAlwaysHeard,
)
from broadcaster.areas.languages import (
    LARGER_LANGUAGES,
    checked_language,
    checked_languages,
    keep_languages,
    languages_by_village,
)
from broadcaster.database import Database
from tests.broadcaster.small_station import NOON, STATION_ID, SmallStation, browser, form_token
from tests.clients import TestClient


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """The pages and routes of areas."""
    return station.app(pages.router, api.api)


@pytest.fixture
def an(station: SmallStation, app: FastAPI) -> TestClient:
    """An operator's browser."""
    return browser(app, token=station.session_of("an", Role.OPERATOR))


@pytest.fixture
def program(station: SmallStation, app: FastAPI) -> TestClient:
    """An admin's program."""
    client = TestClient(app)
    client.headers["Authorization"] = f"Bearer {station.session_of('quan', Role.ADMIN)}"
    return client


def send(client: TestClient, path: str, language: str) -> tuple[int, str]:
    """Fill in a village's form."""
    token = form_token(client.get("/sign-in").text)
    answer = client.post(path, data={"csrf_token": token, "language": language})
    return answer.status_code, answer.text


def spoken(database: Database) -> dict[str, list[str]]:
    """What is kept."""
    with database.reading() as session:
        return languages_by_village(session, STATION_ID)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Tày", "Tày"),
        ("  tiếng   tày ", "Tày"),
        ("H’mông", "H'Mông"),
        ("h mông", "H'Mông"),
        ("Bru-Vân Kiều", "Bru–Vân Kiều"),
        ("ê đê", "Ê Đê"),
        ("Pa Kô", "Pa Kô"),
        ("arem", "Arem"),
        ("x" * 40, "X" + "x" * 39),
    ],
)
def test_a_language_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    """The larger ones as their people write them, others as they were typed."""
    assert checked_language(typed) == kept


@pytest.mark.parametrize("typed", ["", "  ", "Tày 2", "<b>", "x" * 41, "Tày,Nùng", "\0"])
def test_what_is_no_name_of_a_language_is_refused(typed: str) -> None:
    """With what may be entered."""
    with pytest.raises(LanguageUnusable):
        checked_language(typed)


@pytest.mark.parametrize("typed", ["Việt", "tiếng Việt", "kinh"])
def test_vietnamese_need_not_be_entered(typed: str) -> None:
    """It is always on air."""
    with pytest.raises(VietnameseAlwaysHeard):
        checked_language(typed)


@given(st.text(max_size=50))
def test_whatever_is_kept_would_be_kept_again(typed: str) -> None:
    """Checking twice changes nothing."""
    try:
        kept = checked_language(typed)
    except LanguageUnusable:
        return
    assert checked_language(kept) == kept or kept.lower().startswith(("tiếng", "ngôn ngữ"))


def test_the_larger_languages_are_kept_as_they_stand() -> None:
    """None of the offered is refused or written otherwise."""
    assert [checked_language(each) for each in LARGER_LANGUAGES] == list(LARGER_LANGUAGES)


def test_a_village_has_five_at_most_and_each_once() -> None:
    """However it is spelled."""
    five = ["Tày", "Nùng", "Dao", "Thái", "Mường"]

    assert checked_languages([*five, "tày", "tiếng Dao"]) == five
    with pytest.raises(TooManyLanguages):
        checked_languages([*five, "Khmer"])


def test_an_operator_enters_and_removes_a_language(
    station: SmallStation, an: TestClient, app: FastAPI
) -> None:
    """On a page that lists every village and offers the larger languages."""
    del app
    page = an.get("/villages").text
    assert "Thôn Một" in page
    assert "Thôn Hai" in page
    assert '<option value="H&#39;Mông">' in page

    with capture_logs() as logged:
        assert send(an, "/villages/v-1/languages", "tiếng tày")[0] == 303
    assert logged == [
        {
            "event": "village_languages_entered",
            "log_level": "info",
            "village_id": "v-1",
            "added": ["Tày"],
            "removed": [],
            "by": "acc-an",
        }
    ]
    assert spoken(station.database) == {"v-1": ["Tày"]}
    assert "Bỏ tiếng Tày của Thôn Một" in unescape(an.get("/villages").text)

    assert send(an, "/villages/v-1/languages/removal", "Tày")[0] == 303
    assert send(an, "/villages/v-1/languages/removal", "Tày")[0] == 303
    assert spoken(station.database) == {}


def test_a_refused_language_stays_at_its_village(station: SmallStation, an: TestClient) -> None:
    """With the reason, and nothing else is touched."""
    send(an, "/villages/v-2/languages", "Dao")

    status, page = send(an, "/villages/v-1/languages", "Tày 9")

    assert status == 422
    assert 'href="#language-v-1"' in page
    assert re.search(r'id="language-v-1"[^>]*value="Tày 9"', page)
    assert spoken(station.database) == {"v-2": ["Dao"]}


def test_a_village_that_is_not_there_is_a_page_that_says_so(an: TestClient) -> None:
    """By any of its addresses."""
    assert send(an, "/villages/v-9/languages", "Tày")[0] == 404
    assert send(an, "/villages/%00/languages/removal", "Tày")[0] == 404


def test_programs_put_and_get_a_village_s_languages(program: TestClient) -> None:
    """All of them at once."""
    path = "/api/villages/v-1/languages"

    put = program.put(path, json={"languages": ["tiếng Nùng", "Tày", "tày"]})
    assert put.json() == {"village_id": "v-1", "village": "Thôn Một", "languages": ["Nùng", "Tày"]}
    assert program.get(path).json() == put.json()
    assert program.put(path, json={"languages": []}).json()["languages"] == []

    refused = program.put(path, json={"languages": ["Kinh"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "vietnamese_always_heard")
    assert refused.json()["field"] == "languages"
    assert program.get("/api/villages/v-9/languages").json()["code"] == "no_such_village"


def test_a_leader_reads_and_enters_nothing(station: SmallStation, app: FastAPI) -> None:
    """Whoever decides on bulletins does not describe villages."""
    token = station.session_of("binh", Role.LEADER)
    leader = browser(app, token=token)
    assert leader.get("/villages").status_code == 403
    client = TestClient(app)
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.get("/api/villages/v-1/languages").status_code == 200
    assert client.put("/api/villages/v-1/languages", json={"languages": []}).status_code == 403


def test_the_same_again_is_no_event(station: SmallStation) -> None:
    """Only changes are logged; a village of another station is not there."""
    for _ in range(2):
        with station.database.writing() as session, capture_logs() as logged:
            keep_languages(session, "v-1", ["Tày"], station_id=STATION_ID, by="acc-an", now=NOON)
    assert logged == []

    with station.database.reading() as session, pytest.raises(NoSuchVillage):
        keep_languages(session, "v-1", ["Tày"], station_id="st-other", by="acc-an", now=NOON)

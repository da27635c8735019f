"""The public form: no sign-in, no name, no script; bounded, whatever is sent; and its QR code."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from broadcaster.accounts.guard import FORM_COOKIE
from broadcaster.database import Database
from broadcaster.feedback import public_pages
from broadcaster.feedback.limits import FROM_ONE_ADDRESS, Postbox
from broadcaster.feedback.listing import feedback_in_view
from broadcaster.feedback.posters import make_poster, qr_code, retire_poster
from tests.broadcaster.small_station import STATION_ID, SmallStation, form_token, found_station
from tests.clients import TestClient
from tests.trail import connect

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}'


@pytest.fixture
def small(sqlite_url: str, tmp_path: object) -> Iterator[SmallStation]:
    """A station on SQLite: the database is not the subject here."""
    database: Database = connect(sqlite_url)
    station = found_station(database, state_dir=tmp_path)  # type: ignore[arg-type]
    station.member("operator")
    yield station
    database.dispose()


@pytest.fixture
def code(small: SmallStation) -> str:
    """The code of a poster in village one."""
    with small.database.writing() as session:
        return make_poster(
            session, station_id=STATION_ID, village_id="v-1", device_id="", by="acc-operator",
            now=small.clock(),
        ).code  # fmt: skip


@pytest.fixture
def app(small: SmallStation) -> FastAPI:
    """The public form in its frame, behind the guard."""
    app = small.app(public_pages.router)
    app.state.postbox = Postbox(now_s=lambda: 0.0)
    return app


def stranger(app: FastAPI) -> TestClient:
    """A browser of somebody unknown."""
    return TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})


def said(small: SmallStation) -> list[str]:
    """What has been said."""
    with small.database.reading() as session:
        return [each.words for each in feedback_in_view(session, villages=None, limit=99)]


def send(client: TestClient, code: str, words: str, **more: str) -> int:
    """Open the form, write, send; the status of the answer."""
    token = form_token(client.get(f"/y-kien/{code}").text)
    form = {"csrf_token": token, "words": words, **more}
    return client.post(f"/y-kien/{code}", data=form).status_code


def test_a_stranger_writes_without_a_name(app: FastAPI, small: SmallStation, code: str) -> None:
    """No cookie but that of the form; the words are letters wherever they are shown."""
    client = stranger(app)

    assert send(client, code, HOSTILE) == 303
    assert said(small) == [HOSTILE]
    assert set(client.cookies) == {FORM_COOKIE}
    too_long = client.post(
        f"/y-kien/{code}",
        data={"csrf_token": client.cookies[FORM_COOKIE], "words": HOSTILE + "x" * 600},
    )
    assert too_long.status_code == 422
    assert "&lt;script&gt;alert" in too_long.text
    assert "<script>alert" not in too_long.text


def test_another_sites_form_sends_nothing(app: FastAPI, small: SmallStation, code: str) -> None:
    """Not without the form's own token."""
    client = stranger(app)

    assert client.post(f"/y-kien/{code}", data={"words": "a"}).status_code == 403
    client.get(f"/y-kien/{code}")
    assert client.post(f"/y-kien/{code}", data={"words": "a"}).status_code == 403
    assert said(small) == []


def test_a_fourth_word_within_minutes_is_told_to_wait(
    app: FastAPI, small: SmallStation, code: str
) -> None:
    """And what was typed stays in the form."""
    client = stranger(app)
    answers = [send(client, code, f"Lời {number}") for number in range(FROM_ONE_ADDRESS + 1)]

    form = {"csrf_token": client.cookies[FORM_COOKIE], "words": "Lời 5"}
    refused = client.post(f"/y-kien/{code}", data=form).text

    assert answers == [303, 303, 303, 429]
    assert "Hãy thử lại sau 10 phút" in refused
    assert len(said(small)) == FROM_ONE_ADDRESS


def test_a_program_that_fills_in_everything_is_thanked_and_not_kept(
    app: FastAPI, small: SmallStation, code: str
) -> None:
    """It does not learn why."""
    assert send(stranger(app), code, "buy", website="http://spam.example") == 303
    assert said(small) == []


def test_a_poster_that_is_down_says_so(app: FastAPI, small: SmallStation, code: str) -> None:
    """And leads to the village head; a code of nobody's says the same."""
    with small.database.writing() as session:
        retire_poster(session, code, station_id=STATION_ID, by="acc-operator", now=small.clock())

    for gone in (code, "aaaaaaaa"):
        answer = stranger(app).get(f"/y-kien/{gone}")
        assert answer.status_code == 404
        assert "trưởng thôn" in answer.text


def test_the_pages_style_is_named_by_its_hash(app: FastAPI, code: str) -> None:
    """Nothing else may style the page or run in it."""
    answer = stranger(app).get(f"/y-kien/{code}")
    policy = answer.headers["Content-Security-Policy"]

    assert re.search(r"default-src 'self'; .*style-src 'self' 'sha256-[A-Za-z0-9+/]{43}='$", policy)
    assert "unsafe" not in policy
    assert answer.text.count("<style>") == 1
    assert not re.search(r"\s(style|on\w+)=", answer.text)


def test_a_code_is_squares_and_nothing_else() -> None:
    """An SVG that stands in a page under its policy."""
    drawn = str(qr_code("https://loa.example/y-kien/abcdefgh"))

    assert drawn.startswith("<svg")
    assert not re.search(r"script|style|href|on\w+=", drawn)
    assert qr_code("https://loa.example/y-kien/abcdefgi") != drawn

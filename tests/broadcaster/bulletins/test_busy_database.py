"""A database where others write all the time: nothing typed is lost, and people are told so."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Annotated

import psycopg
import pytest
from fastapi import APIRouter, Depends, Form, UploadFile
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from broadcaster.accounts.guard import public, require
from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Village
from broadcaster.bulletins import api, pages
from broadcaster.bulletins.studio import Studio
from broadcaster.database import engine
from broadcaster.database.busy import is_busy
from broadcaster.playlists import pages as playlists_pages
from broadcaster.web.context import Context, context
from broadcaster.web.resending import LARGEST_CHARACTERS
from tests.broadcaster.small_station import SmallStation, browser, form_token

SCRIPT = 'Sáng mai xã tiêm vắc xin.\nMời bà con "đến" <đúng giờ>.'
NOTHING_SAVED = "chưa lưu được gì"

notes = APIRouter()
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]
Here = Annotated[Context, Depends(context)]
Text = Annotated[str, Form()]


def _keep(station: Context, note: str) -> None:
    with station.database.writing() as session:
        session.get_one(Village, "v-1").name = note[:20]


@notes.post("/notes")
def keep_note(station: Here, _viewer: Writer, note: Text = "", password: Text = "") -> str:
    """A route that knows nothing of busy databases."""
    _keep(station, note + password)
    return note


@notes.post("/notes/file")
def keep_file(station: Here, _viewer: Writer, note: Text, file: UploadFile) -> str:
    """A route that takes a file."""
    _keep(station, note)
    return str(file.filename)


@notes.post("/notes/twice")
def keep_twice(station: Here, _viewer: Writer, note: Text) -> str:
    """A route that keeps one thing and is then held up."""
    _keep(station, note)
    with held(station.database.engine.url.database or ""):
        _keep(station, note)
    return note


@notes.post("/api/notes")
def keep_by_program(station: Here, _whoever: Annotated[object, Depends(public)]) -> str:
    """The same for a program."""
    _keep(station, "note")
    return ""


@contextmanager
def held(file: str) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.rollback()
        other.close()


class Desk:
    """An, who writes at a station whose database may be held."""

    def __init__(self, station: SmallStation, studio: Studio) -> None:
        self.file = station.database.engine.url.database or ""
        app = station.app(pages.router, api.api, playlists_pages.router, notes)
        app.state.studio = studio
        self.an = browser(app, token=station.session_of("an", Role.OPERATOR))
        self.fields = {"csrf_token": form_token(self.an.get("/sign-in").text)}


@pytest.fixture
def desk(sqlite_station: SmallStation, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Nobody waits long for a turn."""
    monkeypatch.setattr(engine, "_BUSY_TIMEOUT_MS", 10)
    return Desk(sqlite_station, studio)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/bulletins", {"title": "Lịch tiêm", "script": SCRIPT}),
        ("/playlists", {"title": "Chương trình sáng", "kind": "chime", "act": "save"}),
    ],
)
def test_a_form_comes_back_filled_in(desk: Desk, path: str, typed: dict[str, str]) -> None:
    """It says that nothing was saved; the same form sent a little later is kept."""
    with held(desk.file):
        answer = desk.an.post(path, data=desk.fields | typed)

    assert answer.status_code == 503
    assert NOTHING_SAVED in answer.text
    assert typed["title"] in answer.text
    assert typed.get("script", "") in unescape(answer.text)
    assert f'action="{path}"' in answer.text
    assert 'href="#None"' not in answer.text


def test_a_changed_bulletin_comes_back_as_it_was_changed(desk: Desk) -> None:
    """What stands in the field is what was typed, not what is kept."""
    made = desk.an.post("/bulletins", data=desk.fields | {"title": "Cũ", "script": SCRIPT})
    address = made.headers["location"]
    based_on = re.search(r'name="based_on" value="([^"]*)"', desk.an.get(address).text)
    assert based_on
    typed = {"title": "Mới", "script": "Lời đã sửa.", "based_on": based_on[1]}

    with held(desk.file):
        answer = desk.an.post(address, data=desk.fields | typed)

    assert answer.status_code == 503
    assert NOTHING_SAVED in answer.text
    assert ">\nLời đã sửa.</textarea>" in answer.text


def test_any_form_can_be_sent_again_from_the_page_that_says_so(desk: Desk) -> None:
    """Every field stands in it, and a token of this page; sent, it is kept."""
    with held(desk.file):
        answer = desk.an.post("/notes?to=an", data=desk.fields | {"note": SCRIPT})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert NOTHING_SAVED in answer.text
    assert "<code>database_busy</code>" in answer.text
    assert '<form method="post" action="/notes?to=an">' in answer.text
    assert "Gửi lại" in answer.text
    hidden = r'<input type="hidden" name="(\w+)" value="([^"]*)">'
    fields = {name: unescape(value) for name, value in re.findall(hidden, answer.text)}
    assert fields == desk.fields | {"note": SCRIPT}
    again = desk.an.post("/notes?to=an", data=fields)
    assert (again.status_code, again.json()) == (200, SCRIPT)


@pytest.mark.parametrize(
    "fields",
    [{"password": "hunter2"}, {"note": "x" * (LARGEST_CHARACTERS + 1)}],
    ids=["a secret", "too much"],
)
def test_no_secret_and_no_flood_goes_back_into_a_page(desk: Desk, fields: dict[str, str]) -> None:
    """The sentence stands alone."""
    with held(desk.file):
        answer = desk.an.post("/notes", data=desk.fields | fields)

    assert answer.status_code == 503
    assert "Gửi lại" not in answer.text
    assert not any(value in answer.text for value in fields.values())


def test_a_file_is_not_offered_again(desk: Desk) -> None:
    """The browser has it; the page cannot hold it."""
    with held(desk.file):
        answer = desk.an.post(
            "/notes/file", data=desk.fields | {"note": "a"}, files={"file": ("a.txt", b"text")}
        )

    assert answer.status_code == 503
    assert "Gửi lại" not in answer.text


def test_what_was_kept_in_part_is_not_called_unsaved(desk: Desk) -> None:
    """To send it again would do a part of it twice."""
    answer = desk.an.post("/notes/twice", data=desk.fields | {"note": "Thôn Ba"})

    assert answer.status_code == 503
    assert "một phần của lần gửi này đã lưu" in answer.text
    assert NOTHING_SAVED not in answer.text
    assert "Gửi lại" not in answer.text


def test_a_program_is_told_when_to_come_back(desk: Desk) -> None:
    """The common form of an error, and the seconds."""
    with held(desk.file):
        answer = desk.an.post("/api/notes")

    assert answer.status_code == 503
    assert answer.json()["code"] == "database_busy"
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("error", "busy"),
    [
        (NoConnectionFree(), True),
        (OperationalError("", {}, psycopg.errors.LockNotAvailable()), True),
        (OperationalError("", {}, psycopg.errors.SerializationFailure()), True),
        (OperationalError("", {}, psycopg.errors.DeadlockDetected()), True),
        (OperationalError("", {}, psycopg.errors.QueryCanceled()), True),
        (OperationalError("", {}, psycopg.errors.DiskFull()), False),
        (OperationalError("", {}, psycopg.errors.AdminShutdown()), False),
        (OperationalError("", {}, sqlite3.OperationalError("disk I/O error")), False),
        (ValueError("busy"), False),
    ],
)
def test_busy_is_who_waited_in_vain(error: Exception, busy: bool) -> None:
    """A database that is full or gone is another matter."""
    assert is_busy(error) is busy

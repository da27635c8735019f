"""Every route of the product, asked by nobody and by every role: the declared right decides.

The table is `declared_rights`, read from the running app, so a new route is covered as it is made.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response

from broadcaster.accounts import guard
from broadcaster.accounts.guard import PUBLIC, SOCKET, declared_rights
from broadcaster.accounts.roles import RIGHTS, Role
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.small_station import SmallStation, form_token, found_station
from tests.clients import TestClient
from tests.trail import connect


@pytest.fixture
def station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """A station; who may do what does not depend on its database."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()


@pytest.fixture
def app(station: SmallStation, tmp_path: Path) -> FastAPI:
    """The product's own app."""
    studio = Studio(voices=OneVoice(ToneEngine()), store=AudioStore(tmp_path / "audio"))
    return create_app(station.context, studio=studio)


def asked(app: FastAPI) -> list[tuple[str, str, frozenset[str]]]:
    """Method, an address that leads to nothing in particular, and the rights that are asked.

    Sockets are opened otherwise: tests/security/test_the_microphones_socket.py knocks at them.
    """
    routes = []
    for route, rights in declared_rights(app).items():
        method, path = route.split(" ", 1)
        if method == SOCKET:
            continue
        routes.append((method, re.sub(r"\{[^}]+\}", "1", path), rights))
    return routes


def test_every_route_declares_what_it_asks(app: FastAPI) -> None:
    """A route that declares nothing would be open by accident."""
    rights = declared_rights(app)

    assert [route for route, declared in rights.items() if not declared] == []
    assert {
        route
        for route, declared in rights.items()
        if PUBLIC in declared and not route.startswith("GET /static")
    } == {
        "GET /api/openapi.json",
        "GET /language/{language}",
        "GET /sign-in",
        "POST /sign-in",
        # A resident's word asks nobody's name.
        "GET /y-kien/{code}",
        "POST /y-kien/{code}",
        # What a station told its villages aloud, once a leader opened it to anybody.
        "GET /kenh",
        "GET /kenh/player",
        "GET /kenh/podcast.xml",
        "GET /kenh/feed.json",
        "GET /kenh/lich.ics",
        "GET /kenh/{bulletin_id}/chapters.json",
        "GET /kenh/{bulletin_id}/card.png",
        "GET /kenh/{bulletin_id}/card.mp4",
        # Whether it answers, and nothing else.
        "GET /health/live",
        "GET /health/ready",
        # Proven by a province's provider, where one is set up.
        "GET /sign-in/province",
        "GET /sign-in/province/answer",
        # Proven by the link itself, which an admin gave.
        "GET /password/{token}",
        "POST /password/{token}",
        "POST /enrol",
        "POST /api/sessions",
        "GET /audio/{sha256}.mp3",
        "HEAD /audio/{sha256}.mp3",
        # Public to the guard, which knows people; these ask for the broker's token themselves.
        "POST /api/broker/emqx/authentication",
        "POST /api/broker/emqx/authorization",
        "POST /api/broker/mosquitto/user",
        "POST /api/broker/mosquitto/superuser",
        "POST /api/broker/mosquitto/acl",
    }


def test_nobody_passes_where_somebody_is_asked_for(app: FastAPI) -> None:
    """Pages lead to sign in; the API answers 401 in the common form."""
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})

    for method, path, rights in asked(app):
        if PUBLIC in rights:
            continue
        answer = client.request(method, path)
        if is_for_programs(path):
            assert answer.status_code == 401, (method, path)
            assert path == "/metrics" or answer.json()["code"] == "session_gone"
        else:
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", Role)
def test_each_role_passes_exactly_where_its_rights_reach(
    station: SmallStation, app: FastAPI, role: Role
) -> None:
    """403 for all the rest, on pages and in the API alike; no answer is a fault."""
    for number, (method, path, rights) in enumerate(asked(app)):
        if PUBLIC in rights:
            continue
        answer = ask(station, app, role=role, name=f"p{number}", method=method, path=path)
        refused = answer.status_code == 403
        passes = all(RIGHTS[role] & set(either.split("|")) for either in rights)
        assert refused == (not passes), (role, method, path, answer.text[:300])
        assert answer.status_code < 500, (role, method, path)


@pytest.mark.parametrize("role", Role)
def test_no_page_changes_anything_without_the_token_of_a_form(
    station: SmallStation, app: FastAPI, role: Role
) -> None:
    """Every unsafe method on every page, however much its sender may do."""
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    client.cookies.set(guard.SESSION_COOKIE, station.session_of("an", role))

    for method, path, _ in asked(app):
        # A device that asks to be enrolled proves itself by its code, and has no form.
        if method in {"GET", "HEAD"} or path.startswith("/api/") or path == "/enrol":
            continue
        answer = client.request(method, path)
        assert answer.status_code == 403, (method, path)
        assert "trang của đài" in answer.text


def is_for_programs(path: str) -> bool:
    """Where a bearer counts, and no cookie."""
    return path.startswith("/api/") or path == "/metrics"


def ask(
    station: SmallStation, app: FastAPI, *, role: Role, name: str, method: str, path: str
) -> Response:
    """One request by somebody new with this role, with everything that the guard wants."""
    token = station.session_of(name, role)
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    if is_for_programs(path):
        return client.request(method, path, headers={"Authorization": f"Bearer {token}"})
    client.cookies.set(guard.SESSION_COOKIE, token)
    proof = form_token(client.get("/sign-in").text)
    return client.request(method, path, headers={"X-CSRF-Token": proof})

"""The rehearsal for programs: what is answered, refused and told, at both kinds of station."""

import time
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.tables import Emergency
from broadcaster.rehearsal.director import Director
from broadcaster.web.context import Context
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.rehearsal.test_director import stand_in
from tests.broadcaster.small_station import STATION_ID, SmallStation, bearer
from tests.clients import TestClient

pytestmark = pytest.mark.processes

FAULT = {"kind": "offline", "share": 0.5, "lasts_s": 60}


@pytest.fixture
def app(sqlite_station: SmallStation) -> Iterator[FastAPI]:
    """The product's own app at a rehearsal station, with a stand-in for the simulator."""
    station = sqlite_station
    context = Context(
        database=station.database,
        settings=station.settings,
        station_id=STATION_ID,
        station_name="Đài truyền thanh xã Thượng",
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        rehearsal=True,
        now=station.clock,
    )
    folder = station.settings.state_dir
    studio = Studio(
        voices=OneVoice(ToneEngine()), store=AudioStore(folder / "audio"), cache_dir=folder / "s"
    )
    app = create_app(context, studio=studio)
    app.state.director = Director(station.settings, command=stand_in())
    yield app
    app.state.director.close()


@pytest.fixture
def admin(app: FastAPI, sqlite_station: SmallStation) -> TestClient:
    """A program of the admin's."""
    account, password = sqlite_station.person("admin", Role.ADMIN)
    client = TestClient(app)
    client.headers.update(bearer(client, username="admin", password=password))
    sqlite_station.prove(account)
    return client


def state_of(admin: TestClient) -> str:
    """Where it is in its life."""
    return str(admin.get("/api/rehearsal").json()["state"])


def until(admin: TestClient, state: str) -> None:
    """Wait until it stands so."""
    ends_s = time.monotonic() + 30
    while state_of(admin) != state:
        assert time.monotonic() < ends_s
        time.sleep(0.05)


def test_a_rehearsal_by_program(admin: TestClient) -> None:
    """Started, seen, troubled, switched and ended."""
    assert state_of(admin) == "none"
    assert admin.post("/api/rehearsal", json={"devices": 3, "seed": 7}).status_code == 202
    until(admin, "running")

    told = admin.get("/api/rehearsal").json()
    assert (told["possible"], told["seed"], told["report"]["total"]["connected"]) == (True, 7, 2)
    assert admin.post("/api/rehearsal", json={"devices": 3}).json()["code"] == "rehearsal_runs"
    assert admin.post("/api/rehearsal/faults", json=FAULT).json() == {"devices": ["loa-1"]}
    assert admin.delete("/api/rehearsal/faults/offline").status_code == 204
    assert admin.put("/api/rehearsal/power", json={"on": False}).status_code == 204

    assert admin.delete("/api/rehearsal").status_code == 202
    until(admin, "none")


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("PUT", "/api/rehearsal/power", {"on": True}),
        ("POST", "/api/rehearsal/faults", FAULT),
        ("DELETE", "/api/rehearsal/faults/offline", None),
        ("DELETE", "/api/rehearsal", None),
    ],
)
def test_where_none_runs_nothing_can_be_done_to_it(
    admin: TestClient, method: str, path: str, given: object
) -> None:
    """It is said, in a sentence."""
    answer = admin.request(method, path, json=given)

    assert (answer.status_code, answer.json()["code"]) == (409, "no_rehearsal")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"devices": 0}, "devices"),
        ({"devices": 3, "seed": -1}, "seed"),
        ({"devices": 3, "profile": "flood"}, "profile"),
        ({"devices": 3, "profile_toml": "[[fault]]\nkind = 'flood'\nshare = 1"}, "profile"),
    ],
)
def test_what_cannot_be_rehearsed_is_not_started(
    admin: TestClient, given: dict[str, object], field: str
) -> None:
    """The answer names the field."""
    answer = admin.post("/api/rehearsal", json=given)

    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert state_of(admin) == "none"


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("POST", "/api/rehearsal", {"devices": 3}),
        ("PUT", "/api/rehearsal/power", {"on": True}),
        ("POST", "/api/rehearsal/faults", FAULT),
        ("DELETE", "/api/rehearsal/faults/offline", None),
        ("DELETE", "/api/rehearsal", None),
    ],
)
def test_at_a_station_with_real_poles_nothing_is_rehearsed(
    app: FastAPI, admin: TestClient, method: str, path: str, given: object
) -> None:
    """Whatever is asked."""
    app.state.context = replace(app.state.context, rehearsal=False)
    answer = admin.request(method, path, json=given)

    assert (answer.status_code, answer.json()["code"]) == (409, "station_in_service")
    assert admin.get("/api/rehearsal").json()["possible"] is False
    assert not (app.state.context.settings.state_dir / "rehearsal.sock").exists()


def test_while_an_emergency_lasts_nothing_is_rehearsed(
    admin: TestClient, sqlite_station: SmallStation
) -> None:
    """Its poles would enter the emergency's board."""
    now = sqlite_station.clock()
    leader = sqlite_station.member("bac", Role.LEADER)
    operator = sqlite_station.member("mai", Role.OPERATOR)
    with sqlite_station.database.writing() as session:
        authorisation = authorise(session, operator, station_id=STATION_ID, by=leader, now=now)
        session.add(
            Emergency(
                id="em-1", station_id=STATION_ID, request_key="k", hazard="flood", drill=False,
                words="Nước lên.", cadence="once", given_by=operator, giver_name="Mai",
                authorisation_id=authorisation.id, raised_at=now, repeats_until=now,
            )
        )  # fmt: skip

    answer = admin.post("/api/rehearsal", json={"devices": 3})

    assert (answer.status_code, answer.json()["code"]) == (409, "rehearsal_in_emergency")
    assert state_of(admin) == "none"

"""The list of sources: kept by admins, tried by staff, each host allowed for the devices."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlmodel import Session

from broadcaster.accounts.roles import Role
from broadcaster.fleet.behaviour import keep_relay_hosts, relay_hosts_of
from broadcaster.sources import api, pages
from broadcaster.sources.desk import checked_source, sources_of
from broadcaster.sources.errors import (
    SourceChoiceUnknown,
    SourceHostForbidden,
    SourceNameUnusable,
    SourceUrlUnusable,
)
from broadcaster.sources.holding import facts_of, source_holds
from broadcaster.sources.tables import RelaySource
from broadcaster.sources.trying import _AT_WORK
from broadcaster.sources.wording import FINDINGS
from tests.broadcaster.small_station import STATION_ID, SmallStation, browser, form_token
from tests.clients import TestClient
from tests.devices.controller.relay.https_radio import HttpsRadio, https_radio, made_by_ffmpeg

VOV1 = {"name": "VOV1", "level": "national", "kind": "stream", "url": "https://vov.example/vov1"}


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """The pages and routes of sources."""
    return station.app(pages.router, api.api)


@pytest.fixture
def radio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpsRadio]:
    """A broadcaster on the loopback, whose certificate this machine trusts."""
    with https_radio(tmp_path) as radio:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "radio.pem"))
        yield radio


def allow_loopback(station: SmallStation) -> None:
    """What an admin enters by hand, for a receiver that stands beside each pole."""
    with station.database.writing() as session:
        keep_relay_hosts(
            session, ["127.0.0.1"], station_id=STATION_ID, by=None, now=station.clock()
        )


def program(app: FastAPI, station: SmallStation, role: Role) -> TestClient:
    """A client of the API."""
    token = station.session_of(f"api-{role}", role)
    return TestClient(app, headers={"Authorization": f"Bearer {token}"})


def post(client: TestClient, path: str, fields: dict[str, str] | None = None) -> Response:
    """Send a form of the page."""
    token = form_token(client.get("/sign-in").text)
    answer: Response = client.post(path, data={"csrf_token": token, **(fields or {})})
    return answer


def kept(station: SmallStation) -> list[tuple[str, str, str]]:
    """Name, level and address of each source."""
    with station.database.reading() as session:
        return [(each.name, each.level, each.url) for each in sources_of(session, STATION_ID)]


def listed(station: SmallStation) -> list[RelaySource]:
    """The sources in use."""
    with station.database.reading() as session:
        return list(sources_of(session, STATION_ID))


def hosts(station: SmallStation) -> tuple[str, ...]:
    """The hosts that devices may open."""
    with station.database.reading() as session:
        return relay_hosts_of(session, STATION_ID)


def test_an_admin_adds_a_source_and_its_host_is_allowed(
    app: FastAPI, station: SmallStation
) -> None:
    """One act: what stands on the list can be relayed."""
    admin = browser(app, token=station.session_of("quan", Role.ADMIN))
    answer = post(admin, "/relay-sources", VOV1)

    assert answer.status_code == 303
    assert kept(station) == [("VOV1", "national", "https://vov.example/vov1")]
    assert hosts(station) == ("vov.example",)
    page = admin.get("/relay-sources").text
    assert "VOV1" in page
    assert "đài quốc gia" in page
    assert "Chưa ai thử nguồn này." in page


def test_only_who_may_try_a_source_is_offered_it(app: FastAPI, station: SmallStation) -> None:
    """An inspector reads the list; a button would only be refused them."""
    admin = browser(app, token=station.session_of("quan", Role.ADMIN))
    post(admin, "/relay-sources", VOV1)
    inspector = browser(app, token=station.session_of("thanhtra", Role.INSPECTOR))
    read = inspector.get("/relay-sources").text

    assert "/trial" in admin.get("/relay-sources").text
    assert "VOV1" in read
    assert "/trial" not in read


@pytest.mark.parametrize(
    ("field", "value", "refused"),
    [
        ("name", "  ", SourceNameUnusable),
        ("name", "x" * 81, SourceNameUnusable),
        ("name", "VOV\x00", SourceNameUnusable),
        ("level", "village", SourceChoiceUnknown),
        ("kind", "rtmp", SourceChoiceUnknown),
        ("url", "http://vov.example/vov1", SourceUrlUnusable),
        ("url", "https://me:secret@vov.example/vov1", SourceUrlUnusable),
        ("url", "https://", SourceUrlUnusable),
        ("url", "https://vov.example/một", SourceUrlUnusable),
        ("url", "https://[::1/vov1", SourceUrlUnusable),
        ("url", "https://vov.example/" + "x" * 600, SourceUrlUnusable),
        ("url", "https://169.254.169.254/latest", SourceHostForbidden),
        ("url", "https://2852039166/latest", SourceHostForbidden),
        ("url", "https://0.0.0.0/vov1", SourceHostForbidden),
        ("url", "https://239.1.1.1/vov1", SourceHostForbidden),
    ],
)
def test_what_devices_would_refuse_is_not_kept(
    field: str, value: str, refused: type[Exception]
) -> None:
    """The sentence stands at its field."""
    with pytest.raises(refused) as error:
        checked_source(**{**VOV1, field: value})

    assert getattr(error.value, "field", None) == field


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.1.1", "127.1", "2130706433", "localhost", "LOCALHOST.", "a.localhost"],
)
def test_the_machine_itself_is_no_broadcaster(
    app: FastAPI, station: SmallStation, host: str
) -> None:
    """However it is written; unless an admin allowed that host by itself, for a receiver there."""
    admin = browser(app, token=station.session_of("quan", Role.ADMIN))
    refused = post(admin, "/relay-sources", VOV1 | {"url": f"https://{host}/vov1"})

    assert refused.status_code == 422
    assert "chỉ về chính máy đang mở nó" in refused.text
    assert (kept(station), hosts(station)) == ([], ())
    post(admin, "/relay-sources", VOV1)
    (source,) = [each.id for each in listed(station)]
    moved = post(admin, f"/relay-sources/{source}", VOV1 | {"url": f"https://{host}/vov1"})
    assert moved.status_code == 422
    assert hosts(station) == ("vov.example",)
    allow_loopback(station)
    answer = post(admin, "/relay-sources", VOV1 | {"url": f"https://{host}/vov1"})
    assert answer.status_code == (303 if host == "127.0.0.1" else 422)


def test_a_refused_form_comes_back_with_what_was_typed(app: FastAPI, station: SmallStation) -> None:
    """And the same address is not listed twice."""
    admin = browser(app, token=station.session_of("quan", Role.ADMIN))
    post(admin, "/relay-sources", VOV1)
    again = post(admin, "/relay-sources", VOV1 | {"name": "VOV một"})

    assert again.status_code == 422
    assert 'value="VOV một"' in again.text
    assert "đã có trong danh sách" in again.text
    assert len(kept(station)) == 1


def test_whoever_changes_a_source_voids_what_was_approved_of_it(
    app: FastAPI, station: SmallStation
) -> None:
    """Its name, its level and its address are what people approved; its host must be allowed."""
    admin = browser(app, token=station.session_of("quan", Role.ADMIN))
    post(admin, "/relay-sources", VOV1)

    def approved(session: Session) -> dict[str, Any]:
        return facts_of(sources_of(session, STATION_ID)[0])

    with station.database.reading() as session:
        before = approved(session)
        assert source_holds(session, before)
        source_id = before["source_id"]
    post(admin, f"/relay-sources/{source_id}", VOV1 | {"url": "https://vov.example/vov2"})
    with station.database.reading() as session:
        assert not source_holds(session, before)
        after = approved(session)
        assert source_holds(session, after)
    with station.database.writing() as session:
        keep_relay_hosts(session, [], station_id=STATION_ID, by=None, now=station.clock())
    with station.database.reading() as session:
        assert not source_holds(session, after)
    assert "không còn trong danh sách cho phép" in admin.get("/relay-sources").text
    post(admin, f"/relay-sources/{source_id}", VOV1 | {"url": "https://vov.example/vov2"})
    with station.database.reading() as session:
        assert source_holds(session, after)
    post(admin, f"/relay-sources/{source_id}/retirement")
    with station.database.reading() as session:
        assert not source_holds(session, after)
    assert kept(station) == []


def test_staff_try_a_source_and_read_what_was_found(
    app: FastAPI, station: SmallStation, radio: HttpsRadio
) -> None:
    """It answers, it sounds, it is MP3; later it is gone, and that is said too."""
    radio.paths["/vov1"] = made_by_ffmpeg("mp3")
    admin = program(app, station, Role.ADMIN)
    allow_loopback(station)
    source = admin.post("/api/relay-sources", json=VOV1 | {"url": radio.url("/vov1")}).json()
    an = browser(app, token=station.session_of("an", Role.OPERATOR))

    assert post(an, f"/relay-sources/{source['id']}/trial").status_code == 303
    page = an.get("/relay-sources").text
    assert FINDINGS["plays"] in page
    assert "mã hóa mp3" in page

    del radio.paths["/vov1"]
    found = program(app, station, Role.LEADER).post(f"/api/relay-sources/{source['id']}/trial")
    assert found.status_code == 200
    assert (found.json()["finding"], found.json()["detail"]) == ("refused", "HTTP 404")
    listed = admin.get("/api/relay-sources").json()["sources"]
    assert [each["found"]["finding"] for each in listed] == ["refused"]


def test_an_address_that_was_changed_is_untried(
    app: FastAPI, station: SmallStation, radio: HttpsRadio
) -> None:
    """What was found of another address says nothing of this one."""
    admin = program(app, station, Role.ADMIN)
    allow_loopback(station)
    source = admin.post("/api/relay-sources", json=VOV1 | {"url": radio.url("/vov1")}).json()
    address = f"/api/relay-sources/{source['id']}"
    admin.post(f"{address}/trial")
    changed = admin.put(address, json=VOV1 | {"url": radio.url("/vov2")}).json()

    assert (changed["found"], changed["checked_at_ms"]) == (None, None)


def test_one_source_is_tried_at_a_time(app: FastAPI, station: SmallStation) -> None:
    """Nobody makes the station ask a broadcaster a hundred times at once."""
    admin = program(app, station, Role.ADMIN)
    source = admin.post("/api/relay-sources", json=VOV1).json()
    with _AT_WORK:
        answer = admin.post(f"/api/relay-sources/{source['id']}/trial")

    assert (answer.status_code, answer.json()["code"]) == (503, "trial_under_way")


def test_a_source_that_is_not_there(app: FastAPI, station: SmallStation) -> None:
    """It says so, whatever is asked of it."""
    admin = program(app, station, Role.ADMIN)

    assert admin.put("/api/relay-sources/none", json=VOV1).status_code == 404
    assert admin.delete("/api/relay-sources/none").status_code == 404
    assert admin.post("/api/relay-sources/none/trial").status_code == 404

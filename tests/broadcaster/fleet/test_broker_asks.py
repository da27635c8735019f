"""A broker of another make asks by HTTP: answered as it expects, and nobody else is."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadcaster.accounts import guard
from broadcaster.accounts.guard import PUBLIC, declared_rights
from broadcaster.fleet import broker_api
from broadcaster.fleet.broker_token import broker_token
from broadcaster.settings import Settings
from broadcaster.web import frame
from broadcaster.web.context import Context
from devices.protocol.credentials import (
    Credentials,
    credential_for,
    device_grants,
    load_credentials,
    new_secret,
    save_credentials,
    station_grants,
)
from tests.clients import TestClient
from tests.trail import connect

STATION, DEVICE = "xa-an-phu", "loa-1"
ROOT = f"loa/1/{STATION}"
HERE, ELSEWHERE = ("127.0.0.1", 50_000), ("192.0.2.7", 50_000)
ROUTES = (
    "emqx/authentication",
    "emqx/authorization",
    "mosquitto/user",
    "mosquitto/superuser",
    "mosquitto/acl",
)


@pytest.fixture
def secret() -> str:
    """What the device logs in with."""
    return new_secret()


@pytest.fixture
def station(tmp_path: Path, secret: str) -> Settings:
    """A station with one device in its broker's file."""
    station = Settings(state_dir=tmp_path)
    grants = device_grants(station=STATION, device=DEVICE, cluster="cum-dong")
    hub = station_grants(station=STATION)
    users = {
        DEVICE: credential_for(secret, grants=grants),
        f"{STATION}-ingest": credential_for(new_secret(), grants=hub),
    }
    save_credentials(Credentials(users=users), station.registry_file)
    return station


@pytest.fixture
def app(station: Settings, sqlite_url: str) -> Iterator[FastAPI]:
    """The routes behind the product's own guard and error pages."""
    database = connect(sqlite_url)
    app = FastAPI()
    app.state.context = Context(
        database=database,
        settings=station,
        station_id=STATION,
        station_name="Đài",
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        rehearsal=False,
    )
    frame.install(app)
    guard.install(app)
    app.include_router(broker_api.api)
    yield app
    database.dispose()


@pytest.fixture
def broker(app: FastAPI, station: Settings) -> TestClient:
    """A broker on this machine that has the token."""
    bearer = {"Authorization": f"Bearer {broker_token(station.keys_dir)}"}
    return TestClient(app, headers=bearer, client=HERE)


def emqx(broker: TestClient, route: str, **fields: object) -> Mapping[str, object]:
    """EMQX's question and the body that it reads; it takes no status but 200 for an answer."""
    answer = broker.post(f"/api/broker/emqx/{route}", json=fields)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body: Mapping[str, object] = answer.json()
    return body


def test_emqx_lets_in_who_has_the_right_secret(broker: TestClient, secret: str) -> None:
    """In the form of EMQX 5; nobody is a superuser."""
    login = {"username": DEVICE, "clientid": DEVICE, "password": secret}

    assert emqx(broker, "authentication", **login) == {"result": "allow", "is_superuser": False}


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "guess"},
        {"password": ""},
        {"clientid": "loa-2"},
        {"clientid": ""},
        {"username": "loa-2", "clientid": "loa-2"},
        {"username": None},
        {"password": None},
    ],
)
def test_emqx_is_told_to_deny(
    broker: TestClient, secret: str, wrong: Mapping[str, str | None]
) -> None:
    """Another secret, another client id, another name, or a field that is missing."""
    login = {"username": DEVICE, "clientid": DEVICE, "password": secret, **wrong}

    assert emqx(broker, "authentication", **login)["result"] == "deny"


@pytest.mark.parametrize(
    ("action", "topic", "result"),
    [
        ("publish", f"{ROOT}/from/{DEVICE}/confirm", "allow"),
        ("publish", f"{ROOT}/from/loa-2/confirm", "deny"),
        ("publish", f"{ROOT}/plan/cum-dong", "deny"),
        ("publish", f"{ROOT}/from/+/confirm", "deny"),
        ("subscribe", f"{ROOT}/plan/cum-dong", "allow"),
        ("subscribe", f"{ROOT}/plan/cum-tay", "deny"),
        ("subscribe", f"{ROOT}/plan/+", "deny"),
        ("subscribe", "#", "deny"),
        ("subscribe", f"$share/g/{ROOT}/from/+/confirm", "deny"),
        ("subscribe", f"{ROOT}/to/{DEVICE}/#", "deny"),
        ("all", f"{ROOT}/from/{DEVICE}/confirm", "deny"),
        ("", "", "deny"),
    ],
)
def test_emqx_asks_for_each_topic(broker: TestClient, action: str, topic: str, result: str) -> None:
    """A filter must lie wholly within one grant, and an unknown action is none."""
    answer = emqx(broker, "authorization", username=DEVICE, topic=topic, action=action)

    assert answer == {"result": result}


@pytest.mark.parametrize("action", ["publish", "subscribe"])
def test_emqx_is_told_the_stations_own_grants(broker: TestClient, action: str) -> None:
    """The station hears all its devices, and speaks down only."""
    topic = f"{ROOT}/from/+/+" if action == "subscribe" else f"{ROOT}/now/cum-dong"
    hub = f"{STATION}-ingest"

    answer = emqx(broker, "authorization", username=hub, topic=topic, action=action)
    assert answer == {"result": "allow"}


@pytest.mark.parametrize("as_form", [False, True])
@pytest.mark.parametrize("clientid", [DEVICE, "", None])
def test_mosquittos_plugins_log_in_by_json_or_form(
    broker: TestClient, secret: str, as_form: bool, clientid: str | None
) -> None:
    """The status is the answer; a plugin that does not know the client id yet is answered too."""
    fields = {"username": DEVICE, "password": secret, "topic": "", "acc": "-1"}
    fields |= {} if clientid is None else {"clientid": clientid}
    answer = (
        broker.post("/api/broker/mosquitto/user", data=fields)
        if as_form
        else broker.post("/api/broker/mosquitto/user", json=fields)
    )

    assert (answer.status_code, answer.json()) == (200, {"ok": True, "error": ""})


@pytest.mark.parametrize("wrong", [{"password": "guess"}, {"clientid": "loa-2"}])
def test_mosquittos_plugins_are_told_no(
    broker: TestClient, secret: str, wrong: Mapping[str, str]
) -> None:
    """403, and the same in the body for those that read it."""
    fields = {"username": DEVICE, "password": secret, "clientid": DEVICE, **wrong}
    answer = broker.post("/api/broker/mosquitto/user", data=fields)

    assert (answer.status_code, answer.json()) == (403, {"ok": False, "error": "denied"})


@pytest.mark.parametrize(
    ("acc", "topic", "status"),
    [
        (1, f"{ROOT}/to/{DEVICE}", 200),
        (1, f"{ROOT}/to/loa-2", 403),
        (1, f"{ROOT}/from/{DEVICE}/status", 403),
        (2, f"{ROOT}/from/{DEVICE}/status", 200),
        (2, f"{ROOT}/to/{DEVICE}", 403),
        (3, f"{ROOT}/from/{DEVICE}/status", 403),
        (4, f"{ROOT}/to/{DEVICE}", 200),
        (4, f"{ROOT}/+/{DEVICE}", 403),
        (0, f"{ROOT}/to/{DEVICE}", 403),
        (17, f"{ROOT}/to/{DEVICE}", 403),
    ],
)
@pytest.mark.parametrize("as_form", [False, True])
def test_mosquittos_plugins_ask_for_each_topic(
    broker: TestClient, acc: int, topic: str, status: int, as_form: bool
) -> None:
    """1 read, 2 write, 3 both, 4 subscribe; any other number is none."""
    fields = {"username": DEVICE, "clientid": DEVICE, "topic": topic, "acc": acc}
    answer = (
        broker.post("/api/broker/mosquitto/acl", data=fields)
        if as_form
        else broker.post("/api/broker/mosquitto/acl", json=fields)
    )

    assert answer.status_code == status


def test_nobody_is_a_superuser(broker: TestClient) -> None:
    """Grants hold for the station's own logins as well."""
    for username in (DEVICE, f"{STATION}-ingest"):
        answer = broker.post("/api/broker/mosquitto/superuser", json={"username": username})
        assert answer.status_code == 403


def test_a_revoked_device_is_denied_from_the_next_question_on(
    broker: TestClient, station: Settings, secret: str
) -> None:
    """As soon as the broker's file is written."""
    login = {"username": DEVICE, "clientid": DEVICE, "password": secret}
    topic = {"username": DEVICE, "topic": f"{ROOT}/to/{DEVICE}", "action": "subscribe"}
    assert emqx(broker, "authentication", **login)["result"] == "allow"
    known = load_credentials(station.registry_file)

    save_credentials(known.without_user(DEVICE), station.registry_file)

    assert emqx(broker, "authentication", **login)["result"] == "deny"
    assert emqx(broker, "authorization", **topic)["result"] == "deny"


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("proof", ["", "Bearer ", "Bearer guess", "Basic !", "Basic bG9hOg==", "x"])
def test_a_stranger_is_told_nothing(
    app: FastAPI, station: Settings, secret: str, route: str, proof: str
) -> None:
    """Without the token the right secret and a wrong one are answered alike: 401."""
    broker_token(station.keys_dir)
    stranger = TestClient(app, client=HERE)
    for password in (secret, "guess"):
        fields = {"username": DEVICE, "clientid": DEVICE, "password": password}
        answer = stranger.post(
            f"/api/broker/{route}", json=fields, headers={"Authorization": proof}
        )
        assert answer.status_code == 401
        assert answer.json()["code"] == "broker_unproven"


@pytest.mark.parametrize("route", ROUTES)
def test_without_a_token_file_nobody_is_answered(app: FastAPI, route: str) -> None:
    """A station whose broker never asks has no door here, not even for an empty token."""
    for proof in ("Bearer ", "Basic bG9hOg=="):
        headers = {"Authorization": proof}
        answer = TestClient(app, client=HERE).post(f"/api/broker/{route}", headers=headers)
        assert answer.status_code == 401


def test_the_token_may_come_as_a_password(app: FastAPI, station: Settings, secret: str) -> None:
    """Mosquitto's plugins know only `http://loa:TOKEN@host` or a basic key."""
    pair = base64.b64encode(f"loa:{broker_token(station.keys_dir)}".encode()).decode()
    plugin = TestClient(app, client=HERE, headers={"Authorization": f"Basic {pair}"})
    fields = {"username": DEVICE, "password": secret}

    assert plugin.post("/api/broker/mosquitto/user", data=fields).status_code == 200


@pytest.mark.parametrize("route", ROUTES)
def test_from_another_machine_it_must_be_tls(
    app: FastAPI, station: Settings, secret: str, route: str
) -> None:
    """The question holds a device's secret; who has the token is told what is wrong."""
    bearer = {"Authorization": f"Bearer {broker_token(station.keys_dir)}"}
    fields = {"username": DEVICE, "clientid": DEVICE, "password": secret}
    plain = TestClient(app, headers=bearer, client=ELSEWHERE)
    secure = TestClient(app, headers=bearer, client=ELSEWHERE, base_url="https://loa.example")

    refused = plain.post(f"/api/broker/{route}", json=fields)
    assert (refused.status_code, refused.json()["code"]) == (403, "broker_in_the_open")
    answered = secure.post(f"/api/broker/{route}", json=fields)
    assert "code" not in answered.json()


@pytest.mark.parametrize("host", ["127.0.0.9", "::1", "::ffff:127.0.0.1"])
def test_all_of_the_loopback_is_this_machine(app: FastAPI, station: Settings, host: str) -> None:
    """By IPv6 as well."""
    bearer = {"Authorization": f"Bearer {broker_token(station.keys_dir)}"}
    broker = TestClient(app, headers=bearer, client=(host, 1))

    assert broker.post("/api/broker/emqx/authorization", json={}).status_code == 200


def test_a_missing_file_of_users_is_said(app: FastAPI, station: Settings) -> None:
    """503: to EMQX and to the plugins that is no permission."""
    bearer = {"Authorization": f"Bearer {broker_token(station.keys_dir)}"}
    station.registry_file.unlink()
    answer = TestClient(app, headers=bearer, client=HERE).post("/api/broker/mosquitto/superuser")

    assert (answer.status_code, answer.json()["code"]) == (503, "registry_unreadable")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    route=st.sampled_from(ROUTES),
    form=st.booleans(),
    body=st.binary(max_size=80)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.dictionaries(
                st.sampled_from(["username", "clientid", "password", "topic", "action", "acc"]),
                inner,
            )
            | st.lists(inner, max_size=3)
        ),
        max_leaves=8,
    ).map(lambda found: json.dumps(found).encode()),
)
def test_whatever_is_asked_is_denied_in_the_askers_form(
    broker: TestClient, route: str, form: bool, body: bytes
) -> None:
    """No body makes an error of it: an error would be no answer to EMQX, and it would go on."""
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    answer = broker.post(f"/api/broker/{route}", content=body, headers={"Content-Type": kind})

    if route.startswith("emqx/"):
        assert (answer.status_code, answer.json()["result"]) == (200, "deny")
    else:
        assert (answer.status_code, answer.json()["ok"]) == (403, False)


def test_half_a_letter_is_no_secret(broker: TestClient) -> None:
    """JSON can write what UTF-8 cannot."""
    body = b'{"username":"loa-1","clientid":"loa-1","password":"\\ud800"}'
    answer = broker.post("/api/broker/emqx/authentication", content=body)

    assert (answer.status_code, answer.json()["result"]) == (200, "deny")


def test_the_token_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """256 random bits, for their owner's eyes only."""
    first = broker_token(tmp_path)

    assert broker_token(tmp_path) == first
    assert len(first) == 43
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]


def test_the_guard_knows_every_route(app: FastAPI) -> None:
    """People's rights do not open them, so they declare none; the token is asked for instead."""
    declared = declared_rights(app)

    for route in ROUTES:
        assert declared[f"POST /api/broker/{route}"] == {PUBLIC}

"""Signing in by a province's provider: real HTTP, PKCE, nonce, state; and whoever is refused."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from broadcaster.accounts.errors import ProviderSaysOtherwise
from broadcaster.accounts.foreign_logins import name_foreign_login
from broadcaster.accounts.openid import _LONGEST_ANSWER_BYTES, SECRET_FILE, discover
from broadcaster.accounts.openid_pages import ASKED_COOKIE, ASKED_LASTS
from broadcaster.accounts.people import close_account
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import ForeignLogin
from broadcaster.settings import SettingsInvalid, load_settings
from tests.broadcaster.accounts.provider import CLIENT, Provider, running_provider
from tests.broadcaster.alerts.server import Answer, publishing
from tests.broadcaster.small_station import SmallStation, browser, form_token, found_station
from tests.clients import TestClient
from tests.trail import connect


@pytest.fixture(scope="module")
def real_provider() -> Iterator[Provider]:
    """One for all tests: a key takes a moment."""
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(real_provider: Provider, station: SmallStation) -> Provider:
    """As it was in the beginning, at the station's hour."""
    fresh = Provider(issuer=real_provider.issuer, key=real_provider.key)
    for name, value in vars(fresh).items():
        setattr(real_provider, name, value)
    real_provider.now_s = int(station.clock().timestamp())
    station.settings.openid_issuer = real_provider.issuer
    station.settings.openid_client_id = CLIENT
    return real_provider


@pytest.fixture
def station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """A station whose provider may be set."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """Accounts alone."""
    return station.app()


@pytest.fixture
def lan(station: SmallStation, provider: Provider) -> str:
    """Somebody whom an admin named by her address at the province."""
    account = station.member("lan", Role.INSPECTOR)
    with station.database.writing() as session:
        name_foreign_login(
            session, account, login="lan@tinh.example.vn", issuer=provider.issuer,
            by="acc-quan", now=station.clock(),
        )  # fmt: skip
    return account


def come(app: FastAPI, *, after: str = "/account") -> tuple[TestClient, httpx.Response]:
    """A browser that goes to the provider and comes back."""
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    return client, client.get(back(client.get(f"/sign-in/province?next={after}")))


def back(sent: httpx.Response) -> str:
    """Where the provider leads, for whom a station sent there."""
    assert sent.status_code == 303, sent.text
    with httpx.Client(trust_env=False) as there:
        answer = there.get(sent.headers["location"])
    assert answer.status_code == 307, answer.text
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def test_it_is_off_by_default(app: FastAPI) -> None:
    """No word of it on the sign-in page, and no address that does anything."""
    client = TestClient(app, headers={"Accept": "text/html"})

    assert "/sign-in/province" not in client.get("/sign-in").text
    assert client.get("/sign-in/province").status_code == 404
    assert client.get("/sign-in/province/answer").status_code == 404


def test_who_was_named_comes_in_with_the_roles_of_our_table(
    app: FastAPI, lan: str, provider: Provider
) -> None:
    """And back to the page that was wanted; what the provider says of roles counts nothing."""
    provider.claims |= {"roles": ["admin"], "groups": ["admin"]}
    page = TestClient(app, headers={"Accept": "text/html"}).get("/sign-in?next=/account").text
    assert "/sign-in/province?next=/account" in page
    client, answer = come(app)
    mine = client.get("/account").text

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Người giám sát" in mine
    assert "Quản trị viên" not in mine
    assert lan


@pytest.mark.usefixtures("lan")
def test_from_then_on_it_is_the_subject_that_counts(
    station: SmallStation, app: FastAPI, provider: Provider
) -> None:
    """A new address is still theirs; the old address in another's hands opens nothing."""
    assert come(app)[1].status_code == 303
    provider.claims["email"] = "lan.tran@tinh.example.vn"
    assert come(app)[1].status_code == 303
    provider.claims["email"], provider.subject = "lan@tinh.example.vn", "sub-2"
    assert come(app)[1].status_code == 403
    with station.database.reading() as session:
        assert session.exec(select(ForeignLogin.subject)).all() == ["sub-1"]


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ai-do@tinh.example.vn"},
        {"email": "lan@tinh.example.vn", "email_verified": False},
        {"email": "lan@tinh.example.vn", "email_verified": "true"},
        {"email": None},
        {"email": ["lan@tinh.example.vn"]},
        {"email": ""},
    ],
)
@pytest.mark.usefixtures("lan")
def test_whom_nobody_named_is_refused(
    app: FastAPI, provider: Provider, claims: dict[str, object]
) -> None:
    """They are told whom to ask; no session, no account comes of it."""
    provider.claims |= claims
    client, answer = come(app)

    assert answer.status_code == 403
    assert "chưa ghi tên bạn" in answer.text
    assert client.get("/account").status_code == 303


def test_a_closed_account_stays_closed(station: SmallStation, app: FastAPI, lan: str) -> None:
    """Whatever the province says."""
    with station.database.writing() as session:
        close_account(session, lan, by="acc-quan", now=station.clock())

    assert come(app)[1].status_code == 403


@pytest.mark.parametrize(
    "spoilt",
    [
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another-station"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"nonce": "guessed"},
        {"nonce": ""},
        {"sub": ""},
        {"sub": 7},
        {"exp": 0},
        {"exp": "never"},
        {"iat": 2_000_000_000},
    ],
)
@pytest.mark.usefixtures("lan")
def test_a_token_that_is_not_for_this_moment_signs_nobody_in(
    app: FastAPI, provider: Provider, spoilt: dict[str, object]
) -> None:
    """Another issuer, audience, browser or time: each is refused by itself."""
    provider.spoilt = spoilt
    client, answer = come(app)

    assert answer.status_code == 503
    assert client.get("/account").status_code == 303


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
@pytest.mark.usefixtures("lan")
def test_a_token_that_anybody_could_make_signs_nobody_in(
    app: FastAPI, provider: Provider, algorithm: str
) -> None:
    """Unsigned, or with the public key as a secret."""
    provider.algorithm = algorithm

    assert come(app)[1].status_code == 503


def _another_state(address: str) -> str:
    return address.split("state=", maxsplit=1)[0] + "state=guessed"


def _no_code(address: str) -> str:
    state = parse_qs(urlsplit(address).query)["state"][0]
    return f"/sign-in/province/answer?error=access_denied&state={state}"


@pytest.mark.parametrize(("change", "status"), [(_another_state, 422), (_no_code, 503)])
@pytest.mark.usefixtures("lan")
def test_an_answer_that_was_not_asked_for_is_none(
    app: FastAPI, change: Callable[[str], str], status: int
) -> None:
    """Nor is one that the provider refused."""
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    address = back(client.get("/sign-in/province"))

    assert client.get(change(address)).status_code == status


@pytest.mark.usefixtures("lan")
def test_another_browser_an_hour_later_or_twice_is_too_late(
    station: SmallStation, app: FastAPI, provider: Provider
) -> None:
    """Nobody is signed in as somebody else by a link that was sent to them."""
    html = {"Accept": "text/html"}
    client = TestClient(app, follow_redirects=False, headers=html)
    address = back(client.get("/sign-in/province"))
    assert TestClient(app, headers=html).get(address).status_code == 422
    forged = TestClient(app, headers=html, cookies={ASKED_COOKIE: "00" * 60})
    assert forged.get(address).status_code == 422
    station.clock.move(ASKED_LASTS + timedelta(seconds=1))
    assert client.get(address).status_code == 422

    provider.now_s = int(station.clock().timestamp())
    address = back(client.get("/sign-in/province"))
    assert client.get(address).status_code == 303
    assert client.get(address).status_code == 422


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://id.example.vn"},
        {"token_endpoint": "http://id.example.vn/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
    ],
)
def test_a_provider_that_is_another_is_not_asked(
    app: FastAPI, provider: Provider, metadata: dict[str, object]
) -> None:
    """Its issuer is the one that was configured, its endpoints are by TLS."""
    provider.metadata = metadata
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})

    assert client.get("/sign-in/province").status_code == 503


def test_a_provider_that_is_away_is_said_to_be(station: SmallStation, app: FastAPI) -> None:
    """And the station's own form stands there."""
    station.settings.openid_issuer, station.settings.openid_client_id = "http://127.0.0.1:9", CLIENT
    client = TestClient(app, headers={"Accept": "text/html"})
    page = client.get("/sign-in/province")

    assert page.status_code == 503
    assert 'name="password"' in page.text


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_not_read(station: SmallStation, packed: bool) -> None:
    """Whoever presses the button fills no memory: neither as it is, nor unpacked."""
    endless = b" " * (_LONGEST_ANSWER_BYTES + 1)
    with publishing() as host:
        station.settings.openid_issuer = host.at
        told = json.dumps({"issuer": host.at}).encode() + endless
        answer = Answer(gzip.compress(told), headers={"Content-Encoding": "gzip"})
        host.has["/.well-known/openid-configuration"] = answer if packed else Answer(told)

        with pytest.raises(ProviderSaysOtherwise, match="packed" if packed else "without end"):
            discover(station.settings)


@pytest.mark.usefixtures("lan")
def test_a_provider_that_leads_into_the_network_is_not_followed(
    app: FastAPI, provider: Provider
) -> None:
    """Where clouds keep credentials nothing is asked, whatever a provider names."""
    provider.metadata = {"token_endpoint": "https://169.254.169.254/token"}

    assert come(app)[1].status_code == 503
    assert provider.asked


@pytest.mark.usefixtures("lan")
def test_a_client_with_a_secret_tells_it_to_the_provider_only(
    station: SmallStation, app: FastAPI, provider: Provider
) -> None:
    """From a file that only the station reads."""
    provider.secret = "bi-mat-cua-dai"
    assert come(app)[1].status_code == 503
    station.settings.keys_dir.mkdir(exist_ok=True)
    (station.settings.keys_dir / SECRET_FILE).write_text("bi-mat-cua-dai\n")

    assert come(app)[1].status_code == 303


@pytest.mark.usefixtures("provider")
def test_an_admin_names_people_and_takes_it_back(station: SmallStation, app: FastAPI) -> None:
    """Two people never share a name there; an admin who came so still types a code."""
    account, other = station.member("an", Role.ADMIN), station.member("binh", Role.LEADER)
    admin = browser(app, token=station.session_of("quan", Role.ADMIN))
    proof = {"X-CSRF-Token": form_token(admin.get("/sign-in").text)}

    def name(who: str, login: str) -> httpx.Response:
        return admin.post(f"/people/{who}/province-login", data={"login": login}, headers=proof)

    assert name(account, " Lan@Tinh.example.vn ").status_code == 303
    assert 'value="lan@tinh.example.vn"' in admin.get(f"/people/{account}").text
    assert name(other, "lan@tinh.example.vn").status_code == 409
    client, _ = come(app)
    assert client.get("/people").headers["location"].startswith("/sign-in/code")
    assert name(account, "").status_code == 303
    assert come(app)[1].status_code == 403


@pytest.mark.parametrize(
    "given",
    [
        {"openid_issuer": "http://id.example.vn", "openid_client_id": "x"},
        {"openid_issuer": "https://id.example.vn"},
    ],
)
def test_a_provider_in_the_clear_or_without_a_client_stops_the_program(
    tmp_path: Path, given: dict[str, str]
) -> None:
    """Settings that cannot be safe are none."""
    with pytest.raises(SettingsInvalid, match="openid"):
        load_settings(state_dir=tmp_path, **given)

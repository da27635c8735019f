"""Tokens, webhooks' secrets and password links: told once, and a reload makes no second one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import func, select
from sqlmodel import SQLModel

from broadcaster.accounts import token_pages
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import ApiToken, PasswordLink
from broadcaster.accounts.told_once import KEY_FILE, TOLD_COOKIE, TOLD_WITHIN
from broadcaster.webhooks import pages as webhook_pages
from broadcaster.webhooks.tables import Webhook
from tests.broadcaster.small_station import SmallStation, browser, form_token, found_station
from tests.clients import TestClient
from tests.trail import connect

TOKEN = {"name": "Cổng thông tin", "scopes": ["devices:read"], "days": "30"}
HOOK = {"name": "Cổng tỉnh", "url": "https://cong.example/in", "kinds": ["broadcast.started"]}
SECRETS = re.compile(r"loa_[\w-]{20,}|whsec_[\w+/=]{20,}|/password/[\w-]{20,}")


@pytest.fixture
def station(sqlite_url: str, tmp_path: Path) -> Iterator[SmallStation]:
    """What is asked of the database is tested on both kinds elsewhere."""
    database = connect(sqlite_url)
    yield found_station(database, state_dir=tmp_path)
    database.dispose()


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """Accounts, tokens and webhooks."""
    return station.app(token_pages.router, webhook_pages.router)


@pytest.fixture
def admin(station: SmallStation, app: FastAPI) -> TestClient:
    """An admin's browser."""
    return browser(app, token=station.session_of("quan", Role.ADMIN))


def send(client: TestClient, path: str, fields: dict[str, object]) -> Response:
    """A form of this person's own pages; what is answered at once."""
    token = form_token(client.get("/account").text)
    answer: Response = client.post(path, data={"csrf_token": token, **fields})
    return answer


def count(station: SmallStation, table: type[SQLModel]) -> int:
    """How many there are."""
    with station.database.reading() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize(
    ("path", "fields", "table"),
    [
        ("/tokens", TOKEN, ApiToken),
        ("/webhooks", HOOK, Webhook),
        ("/people", {"username": "chi", "display_name": "Chị Chi", "roles": "operator"},
         PasswordLink),
    ],
)  # fmt: skip
def test_what_is_told_once_stands_on_the_page_that_follows(
    station: SmallStation,
    admin: TestClient,
    path: str,
    fields: dict[str, object],
    table: type[SQLModel],
) -> None:
    """Reloaded, that page tells it no more, and nothing was made a second time."""
    answer = send(admin, path, fields)
    where = answer.headers["location"]
    shown, again = admin.get(where), admin.get(where)

    assert answer.status_code == 303
    assert not SECRETS.search(answer.text + str(answer.headers))
    assert len(SECRETS.findall(shown.text)) == 1
    assert shown.headers["cache-control"] == "no-store"
    assert not SECRETS.search(again.text)
    assert TOLD_COOKIE not in admin.cookies
    assert count(station, table) == 1


def test_a_link_that_was_read_out_is_not_voided_by_a_reload(
    station: SmallStation, app: FastAPI, admin: TestClient
) -> None:
    """It opens what it opened, whatever the admin's browser does afterwards."""
    chi = station.member("chi", Role.OPERATOR)
    where = send(admin, f"/people/{chi}/link", {}).headers["location"]
    (path,) = SECRETS.findall(admin.get(where).text)
    admin.get(where)

    assert TestClient(app, headers={"Accept": "text/html"}).get(path).status_code == 200


def test_it_is_for_one_person_one_page_and_two_minutes(
    station: SmallStation, app: FastAPI, admin: TestClient
) -> None:
    """Whoever carries the cookie elsewhere, or too late, reads nothing."""
    sealed = re.search(f"{TOLD_COOKIE}=([0-9a-f]+)", str(send(admin, "/tokens", TOKEN).headers))
    assert sealed is not None
    other = browser(app, token=station.session_of("khac", Role.ADMIN))

    def read_by(client: TestClient, path: str) -> bool:
        client.cookies.delete(TOLD_COOKIE)
        client.cookies.set(TOLD_COOKIE, sealed[1])
        answer = client.get(path)
        assert answer.status_code == 200
        return bool(SECRETS.search(answer.text))

    assert not read_by(other, "/tokens")
    assert not read_by(admin, "/webhooks")
    station.clock.move(TOLD_WITHIN + timedelta(milliseconds=1))
    assert not read_by(admin, "/tokens")
    station.clock.move(-timedelta(milliseconds=1))
    assert read_by(admin, "/tokens")


def test_what_cannot_be_told_is_not_made(station: SmallStation, admin: TestClient) -> None:
    """A key that cannot be read is said, and leaves no token that nobody knows."""
    (station.settings.keys_dir / KEY_FILE).mkdir(parents=True)

    answer = send(admin, "/tokens", TOKEN)

    assert (answer.status_code, count(station, ApiToken)) == (503, 0)
    assert "told-once.key" in answer.text

"""A small real station for tests: one row each, people with each role, and the app around it."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter, FastAPI
from sqlmodel import select

from broadcaster.accounts import api as accounts_api
from broadcaster.accounts import guard, openid_pages, own_pages, people_pages, second_factor_pages
from broadcaster.accounts import pages as accounts_pages
from broadcaster.accounts.people import create_account
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import SESSION_LIFE
from broadcaster.accounts.tables import Account, RoleGrant, SignInSession
from broadcaster.areas.tables import Cluster, Station, Village
from broadcaster.database import Database
from broadcaster.settings import Settings
from broadcaster.web import frame
from broadcaster.web.context import Context
from tests.broadcaster.station_keys import STATION_ID
from tests.clients import TestClient

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The present."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by


@dataclass
class SmallStation:
    """A station in a database, and what is needed to build its app."""

    database: Database
    settings: Settings
    clock: Clock = field(default_factory=Clock)

    def person(
        self, username: str, *roles: Role, village_ids: Collection[str] = ()
    ) -> tuple[str, str]:
        """Create a person; their account's id and first password."""
        with self.database.writing() as session:
            account, password = create_account(
                session,
                username=username,
                station_id=STATION_ID,
                display_name=username.title(),
                roles=roles,
                village_ids=village_ids,
                now=self.clock(),
            )
        return account.id, password

    def prove(self, account_id: str) -> None:
        """Let this person have proven their second factor in all of their sessions, just now."""
        with self.database.writing() as session:
            for each in session.exec(
                select(SignInSession).where(SignInSession.account_id == account_id)
            ):
                each.second_factor_at = self.clock()

    def member(self, username: str, *roles: Role) -> str:
        """Somebody who never signs in, so that no password costs time; their account's id."""
        account_id = f"acc-{username}"
        with self.database.writing() as session:
            session.add(
                Account(
                    id=account_id,
                    username=username,
                    display_name=username.title(),
                    password_hash="-",
                    created_at=self.clock(),
                )
            )
            session.flush()
            session.add_all(
                RoleGrant(account_id=account_id, station_id=STATION_ID, role=role) for role in roles
            )
        return account_id

    def session_of(self, username: str, *roles: Role) -> str:
        """The token of somebody who is signed in already, without the time a password costs."""
        account_id, token = self.member(username, *roles), secrets.token_urlsafe(32)
        with self.database.writing() as session:
            session.add(
                SignInSession(
                    token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                    account_id=account_id,
                    csrf_token=secrets.token_urlsafe(32),
                    created_at=self.clock(),
                    second_factor_at=self.clock(),
                    expires_at=self.clock() + SESSION_LIFE,
                )
            )
        return token

    @property
    def context(self) -> Context:
        """The station as pages and routes see it."""
        return Context(
            database=self.database,
            settings=self.settings,
            station_id=STATION_ID,
            station_name="Đài truyền thanh xã Thượng",
            zone=ZoneInfo("Asia/Ho_Chi_Minh"),
            rehearsal=True,
            now=self.clock,
        )

    def app(self, *routers: APIRouter) -> FastAPI:
        """The frame, accounts, and whatever a test is about."""
        app = FastAPI()
        app.state.context = self.context
        app.state.now = self.clock
        frame.install(app)
        guard.install(app)
        for router in (
            accounts_pages.router,
            second_factor_pages.router,
            openid_pages.router,
            own_pages.router,
            people_pages.router,
            accounts_api.api,
            *routers,
        ):
            app.include_router(router)
        return app


def found_station(database: Database, *, state_dir: Path) -> SmallStation:
    """Put one station with one cluster and two villages into an empty database."""
    settings = Settings(state_dir=state_dir)
    with database.writing() as session:
        session.add(
            Station(
                id=STATION_ID,
                name="Đài truyền thanh xã Thượng",
                commune="Thượng",
                province="Hà Nội",
                rehearsal=True,
                public_key="00" * 32,
            )
        )
        session.flush()
        session.add(Cluster(id="cl-1", station_id=STATION_ID, name="Cụm Đông"))
        session.flush()
        session.add(Village(id="v-1", cluster_id="cl-1", name="Thôn Một"))
        session.add(Village(id="v-2", cluster_id="cl-1", name="Thôn Hai"))
    return SmallStation(database, settings)


def form_token(page: str) -> str:
    """The CSRF token that a page's form carries."""
    return page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]


def signed_in_client(app: FastAPI, *, username: str, password: str) -> TestClient:
    """A browser in which this person has signed in."""
    client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
    token = form_token(client.get("/sign-in").text)
    answer = client.post(
        "/sign-in", data={"csrf_token": token, "username": username, "password": password}
    )
    assert answer.status_code == 303, answer.text
    return client


def browser(app: FastAPI, *, token: str) -> TestClient:
    """A browser that holds this session."""
    cookies = {guard.SESSION_COOKIE: token}
    html = {"Accept": "text/html"}
    return TestClient(app, follow_redirects=False, headers=html, cookies=cookies)


def bearer(client: TestClient, *, username: str, password: str) -> dict[str, str]:
    """The header that an API client of this person sends."""
    answer = client.post("/api/sessions", json={"username": username, "password": password})
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}

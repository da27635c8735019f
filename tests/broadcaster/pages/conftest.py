"""Fixtures: the commune on its afternoon, and people who look at it."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

import broadcaster.areas.api
import broadcaster.calendar.api
import broadcaster.calendar.entry_pages
import broadcaster.calendar.pages
import broadcaster.calendar.planning_pages
import broadcaster.calendar.slot_pages
import broadcaster.coverage.api
import broadcaster.coverage.device_pages
import broadcaster.coverage.pages
import broadcaster.fleet.api
import broadcaster.fleet.pages
import broadcaster.fleet.village_api
import broadcaster.fleet.village_pages
import broadcaster.inspection.api
import broadcaster.inspection.pages
import broadcaster.ledger.api
import broadcaster.ledger.incident_pages
import broadcaster.ledger.pages
import broadcaster.schedule.api
import broadcaster.schedule.broadcast_pages
import broadcaster.schedule.pages
import broadcaster.schedule.queue_pages
from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.tables import Account, RoleGrant, SignInSession
from broadcaster.database import Database
from tests.broadcaster.pages.commune import add_afternoon, found_commune
from tests.broadcaster.small_station import SmallStation
from tests.broadcaster.station_keys import STATION_ID
from tests.clients import TestClient
from tests.trail import connect

ROUTERS = (
    broadcaster.schedule.pages.router,
    broadcaster.calendar.pages.router,
    broadcaster.calendar.planning_pages.router,
    broadcaster.calendar.entry_pages.router,
    broadcaster.calendar.slot_pages.router,
    broadcaster.schedule.broadcast_pages.router,
    broadcaster.schedule.queue_pages.router,
    broadcaster.ledger.pages.router,
    broadcaster.ledger.incident_pages.router,
    broadcaster.inspection.pages.router,
    broadcaster.coverage.pages.router,
    broadcaster.coverage.device_pages.router,
    broadcaster.fleet.pages.router,
    broadcaster.fleet.village_pages.router,
    broadcaster.areas.api.api,
    broadcaster.schedule.api.api,
    broadcaster.calendar.api.api,
    broadcaster.ledger.api.api,
    broadcaster.inspection.api.api,
    broadcaster.coverage.api.api,
    broadcaster.fleet.api.api,
    broadcaster.fleet.village_api.api,
)
CSRF = "csrf-token-of-the-tests"
Browse = Callable[[str], TestClient]
Call = Callable[[str], tuple[TestClient, dict[str, str]]]


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    """A database for tests whose subject is a page's form, not a query."""
    database = connect(sqlite_url)
    yield database
    database.dispose()


@pytest.fixture
def commune(database: Database, tmp_path: Path) -> SmallStation:
    """The commune with its places and devices; nothing scheduled."""
    return found_commune(database, state_dir=tmp_path)


@pytest.fixture
def people(commune: SmallStation) -> dict[str, str]:
    """One person of each role, signed in already: account ids by name."""
    roles = {"operator": None, "leader": None, "admin": None, "village_head": "dong-2"}
    now = commune.clock()
    with commune.database.writing() as session:
        for name, village_id in roles.items():
            session.add(
                Account(
                    id=f"acc-{name}",
                    username=name,
                    display_name=name.capitalize(),
                    password_hash="none",
                    created_at=now,
                )
            )
            session.flush()
            session.add(
                RoleGrant(
                    account_id=f"acc-{name}",
                    station_id=STATION_ID,
                    role=name,
                    village_id=village_id,
                )
            )
            session.add(
                SignInSession(
                    token_sha256=hashlib.sha256(name.encode()).hexdigest(),
                    account_id=f"acc-{name}",
                    csrf_token=CSRF,
                    created_at=now,
                    second_factor_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )
    return {name: f"acc-{name}" for name in roles}


@pytest.fixture
def afternoon(commune: SmallStation, people: dict[str, str]) -> SmallStation:
    """The commune with broadcasts in every state."""
    with commune.database.writing() as session:
        add_afternoon(
            session, operator=people["operator"], leader=people["leader"], now=commune.clock()
        )
    return commune


@pytest.fixture
def app(commune: SmallStation) -> FastAPI:
    """The pages and routes of this part, in the real frame and behind the real guard."""
    return commune.app(*ROUTERS)


@pytest.fixture
def browse(app: FastAPI, people: dict[str, str]) -> Browse:
    """A browser in which the named person has signed in."""

    def browser_of(name: str) -> TestClient:
        assert name in people
        client = TestClient(app, follow_redirects=False, headers={"Accept": "text/html"})
        client.cookies.set(SESSION_COOKIE, name)
        return client

    return browser_of


@pytest.fixture
def call(app: FastAPI, people: dict[str, str]) -> Call:
    """A client of the API and the header that names its person."""

    def client_of(name: str) -> tuple[TestClient, dict[str, str]]:
        assert name in people
        return TestClient(app), {"Authorization": f"Bearer {name}"}

    return client_of

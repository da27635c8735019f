"""The station as an attacker finds it: the real application, one person of each role signed in."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.tables import Account, RoleGrant, SignInSession
from broadcaster.app import create_app
from broadcaster.bulletins.studio import Studio
from broadcaster.database import Database
from broadcaster.settings import Settings
from broadcaster.web.context import Context
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.pages.commune import AFTERNOON, add_afternoon, found_commune
from tests.broadcaster.small_station import STATION_ID, Clock, SmallStation
from tests.clients import TestClient
from tests.trail import connect

CSRF = "csrf-token-of-the-tests"
ROLES = ("operator", "leader", "admin", "village_head", "inspector")
OWN_VILLAGE = "dong-2"


@dataclass(frozen=True, slots=True)
class Site:
    """The real application over the commune on its afternoon."""

    station: SmallStation
    app: FastAPI

    def browser(self, role: str | None = None) -> TestClient:
        """A browser in which somebody of this role is signed in, or nobody."""
        html = {"Accept": "text/html"}
        client = TestClient(
            self.app, follow_redirects=False, headers=html, raise_server_exceptions=False
        )
        if role:
            client.cookies.set(SESSION_COOKIE, role)
        return client

    def program(self, role: str | None = None) -> TestClient:
        """A client of the API with the token of somebody of this role, or with none."""
        bearer = {"Authorization": f"Bearer {role}"} if role else {}
        return TestClient(
            self.app, follow_redirects=False, headers=bearer, raise_server_exceptions=False
        )


def people_of(station: SmallStation) -> None:
    """One person of each role, signed in by a token that is the role's name."""
    now = station.clock()
    with station.database.writing() as session:
        for role in ROLES:
            account = Account(
                id=f"acc-{role}",
                username=role.replace("_", "-"),
                display_name=role.title(),
                password_hash="-",
                created_at=now,
            )
            session.add(account)
            session.flush()
            village = OWN_VILLAGE if role == "village_head" else None
            session.add(
                RoleGrant(
                    account_id=account.id, station_id=STATION_ID, role=role, village_id=village
                )
            )
            session.add(
                SignInSession(
                    token_sha256=hashlib.sha256(role.encode()).hexdigest(),
                    account_id=account.id,
                    csrf_token=CSRF,
                    created_at=now,
                    second_factor_at=now,
                    expires_at=now + timedelta(hours=1),
                )
            )


def fill(database: Database, *, folder: Path) -> None:
    """Found the commune with its people, and broadcasts in every state."""
    station = found_commune(database, state_dir=folder)
    people_of(station)
    with database.writing() as session:
        add_afternoon(session, operator="acc-operator", leader="acc-leader", now=station.clock())


def open_site(database: Database, *, folder: Path) -> Site:
    """The real application over a commune that was founded in this database."""
    station = SmallStation(database, Settings(state_dir=folder), Clock(AFTERNOON))
    context = Context(
        database=database,
        settings=station.settings,
        station_id=STATION_ID,
        station_name="Đài truyền thanh xã Thượng",
        zone=ZoneInfo("Asia/Ho_Chi_Minh"),
        rehearsal=True,
        now=station.clock,
    )
    studio = Studio(
        voices=OneVoice(ToneEngine()),
        store=AudioStore(folder / "audio"),
        cache_dir=folder / "sentences",
    )
    return Site(station, create_app(context, studio=studio))


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    """A database for tests whose subject is not the database."""
    database = connect(sqlite_url)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One SQLite file with the commune in it, to copy from."""
    folder = tmp_path_factory.mktemp("commune")
    template = folder / "filled.sqlite3"
    shutil.copy(sqlite_template, template)
    database = connect(f"sqlite:///{template}")
    fill(database, folder=folder)
    database.dispose()
    return template


@pytest.fixture
def site(filled_template: Path, tmp_path: Path) -> Iterator[Site]:
    """The real application, on SQLite."""
    file = tmp_path / "site.sqlite3"
    shutil.copy(filled_template, file)
    database = connect(f"sqlite:///{file}")
    yield open_site(database, folder=tmp_path)
    database.dispose()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What is logged is no subject here, and a traceback with its values takes seconds to draw."""
    with capture_logs():
        yield

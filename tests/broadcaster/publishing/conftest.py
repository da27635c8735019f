"""Fixtures: the commune on its afternoon, its channels' app, and a leader's browser."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

import broadcaster.publishing.api
import broadcaster.publishing.outlet_api
import broadcaster.publishing.outlet_pages
import broadcaster.publishing.pages
import broadcaster.publishing.public_pages
import broadcaster.publishing.share_api
import broadcaster.publishing.share_pages
from broadcaster.accounts.guard import SESSION_COOKIE
from broadcaster.accounts.roles import Role
from broadcaster.bulletins.tables import Rendition
from broadcaster.database import Database
from broadcaster.publishing.cards import CardRoom, cards_in
from broadcaster.schedule.tables import Broadcast
from playlists.audio import ffmpeg
from playlists.audio.audio_store import AudioStore
from tests.broadcaster.pages.commune import (
    add_broadcast,
    add_bulletin,
    add_plays,
    found_commune,
)
from tests.broadcaster.small_station import SmallStation
from tests.clients import TestClient


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """One bulletin aired yesterday and an hour ago, one planned for tonight, one withdrawn."""
    commune = found_commune(database, state_dir=tmp_path)
    by, leads = commune.member("author"), commune.member("approver")
    now = commune.clock()
    with database.writing() as session:
        for name, title in (
            ("tiem", "Lịch tiêm <vắc xin> & uống thuốc"),
            ("dien", "Cắt điện thôn Chợ"),
            ("rut", "Rút lại trước giờ phát"),
        ):
            add_bulletin(session, name, title=title, author=by, now=now, approver=leads)
        for name, bulletin, hours in (
            ("b-first", "tiem", -25),
            ("b-again", "tiem", -1),
            ("b-tonight", "dien", 3),
            ("b-gone", "rut", -2),
        ):
            add_broadcast(
                session,
                name,
                bulletin_id=bulletin,
                by=by,
                starts_at=now + timedelta(hours=hours),
                clusters=("dong", "tay"),
                planned_at=now - timedelta(days=2),
            )
        for name in ("b-first", "b-again"):
            add_plays(session, name, "dong", ("confirmed", "not_confirmed"))
    withdraw(database, "b-gone", at=now - timedelta(hours=3))
    return commune


def withdraw(database: Database, broadcast_id: str, *, at: datetime) -> None:
    """Cancel a broadcast at an instant."""
    with database.writing() as session:
        session.get_one(Broadcast, broadcast_id).cancelled_at = at


@pytest.fixture
def app(station: SmallStation) -> FastAPI:
    """The station's site, as far as the channels go."""
    made = station.app(
        broadcaster.publishing.pages.router,
        broadcaster.publishing.public_pages.router,
        broadcaster.publishing.share_pages.router,
        broadcaster.publishing.outlet_pages.router,
        broadcaster.publishing.api.api,
        broadcaster.publishing.share_api.api,
        broadcaster.publishing.outlet_api.api,
    )
    made.state.card_room = CardRoom(
        cards_in(station.settings.state_dir, AudioStore(station.settings.audio_dir))
    )
    return made


@pytest.fixture
def leader(station: SmallStation, app: FastAPI) -> TestClient:
    """A program of a leader."""
    token = station.session_of("leader", Role.LEADER)
    return TestClient(app, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def reader(leader: TestClient, app: FastAPI) -> TestClient:
    """The same leader's browser."""
    token = leader.headers["Authorization"].removeprefix("Bearer ")
    return TestClient(app, cookies={SESSION_COOKIE: token})


@pytest.fixture
def anybody(app: FastAPI) -> TestClient:
    """A stranger, or a podcast player."""
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def sound(station: SmallStation) -> str:
    """The bulletin's sound is really there: a second of a tone."""
    folder = station.settings.state_dir
    made = folder / "tone.mp3"
    ffmpeg.run(
        ["-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-ac", "1", str(made)]
    )
    sha256 = AudioStore(station.settings.audio_dir).put(made)
    with station.database.writing() as session:
        rendition = session.get_one(Rendition, "r-tiem")
        rendition.audio_sha256, rendition.duration_ms = sha256, 1_000
    return sha256

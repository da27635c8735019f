"""A station with its door, and a device that knocks: both sides as they really are."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from fastapi import FastAPI
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import Studio
from broadcaster.database import Database
from devices.controller.enrolling import World, enrol
from devices.protocol.identity import Identity
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.small_station import STATION_ID, SmallStation, browser, found_station
from tests.clients import TestClient

ROOT = SigningKey(b"r" * 32)


@pytest.fixture
def station(database: Database, tmp_path: Path) -> SmallStation:
    """A station whose root key is known to the tests; on SQLite and on PostgreSQL."""
    station = found_station(database, state_dir=tmp_path / "state")
    with database.writing() as session:
        row = session.get_one(Station, STATION_ID)
        row.public_key = ROOT.verify_key.encode(HexEncoder).decode()
    return station


@pytest.fixture
def app(station: SmallStation, tmp_path: Path) -> FastAPI:
    """The product's own app."""
    studio = Studio(voices=OneVoice(ToneEngine()), store=AudioStore(tmp_path / "audio"))
    return create_app(station.context, studio=studio)


@pytest.fixture
def admin(station: SmallStation, app: FastAPI) -> TestClient:
    """An admin's browser."""
    return browser(app, token=station.session_of("quan-tri", Role.ADMIN))


@dataclass
class Door:
    """Carries a device's requests to the app, and lets something happen at each of its waits."""

    client: TestClient
    while_waiting: Callable[[], None]
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    mangle: Callable[[int, bytes], tuple[int, bytes]] = lambda status, body: (status, body)
    waits: list[float] = field(default_factory=list)
    clock_s: float = 0.0

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        """Knock."""
        answer = self.client.post(
            url.removeprefix("http://station"),
            content=body,
            headers={"Content-Type": "application/json"},
        )
        self.answers.append((answer.status_code, answer.content))
        return self.mangle(answer.status_code, answer.content)

    def sleep(self, seconds: float) -> None:
        """Wait, without waiting."""
        self.waits.append(seconds)
        self.clock_s += seconds
        self.while_waiting()

    def world(self) -> World:
        """The world as this device sees it."""
        return World(
            poster=self,
            now_s=lambda: self.clock_s,
            sleep=self.sleep,
            tell=self.told.append,
            rng=Random(1),
        )

    def enrol(self, home: Path, code: str) -> Identity:
        """Be the device."""
        return enrol(
            home,
            station_url="http://station",
            code=code,
            software="loa-controller/1",
            hardware="hộp số 7",
            world=self.world(),
        )


@pytest.fixture
def door(app: FastAPI) -> Door:
    """The way to the station, at whose other end nobody does anything yet."""
    return Door(client=TestClient(app), while_waiting=lambda: None)

"""Fixtures: the commune on its afternoon, its channels' app, and a leader's browser."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

import broadcaster.publishing.api
import broadcaster.publishing.pages
import broadcaster.publishing.public_pages
from broadcaster.accounts.roles import Role
from broadcaster.database import Database
from broadcaster.schedule.tables import Broadcast
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
    return station.app(
        broadcaster.publishing.pages.router,
        broadcaster.publishing.public_pages.router,
        broadcaster.publishing.api.api,
    )


@pytest.fixture
def leader(station: SmallStation, app: FastAPI) -> TestClient:
    """A program of a leader."""
    token = station.session_of("leader", Role.LEADER)
    return TestClient(app, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def anybody(app: FastAPI) -> TestClient:
    """A stranger, or a podcast player."""
    return TestClient(app, follow_redirects=False)

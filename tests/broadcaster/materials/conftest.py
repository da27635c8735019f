"""A small station, a host that publishes a podcast on the loopback, and people at the station."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.database import Database
from broadcaster.errors import LoaError
from broadcaster.materials.desk import ask, take
from broadcaster.materials.feeds import add_feed
from broadcaster.materials.tables import MaterialItem
from tests.broadcaster.alerts.server import Answer, Publisher, publishing
from tests.broadcaster.emergency.conftest import WatchRoom, room
from tests.broadcaster.small_station import STATION_ID, browser
from tests.clients import TestClient
from tests.security.sounds import spoken
from tests.trail import connect

__all__ = ["room"]

on_both = pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
"""For tests of what a database keeps, orders, or undoes."""

LICENCE = "Bộ Thông tin cho phép phát lại, công văn 12"


@dataclass
class Shelf:
    """The station's shelf of material, and the host that fills it."""

    room: WatchRoom
    host: Publisher

    def feed(self, *, url: str = "", sound_host: str = "") -> str:
        """An admin names the host's feed, or another; its id."""
        with self.room.database.writing() as session:
            return add_feed(
                session, name="Cẩm nang", url=url or self.host.url("/rss"), sound_host=sound_host,
                licence=LICENCE, station_id=STATION_ID, by=None, now=self.room.now(),
            ).id  # fmt: skip

    def publishes(self, *items: str, path: str = "/rss", of_channel: str = "") -> None:
        """The host's list has these items now."""
        self.host.has[path] = Answer(
            f'<rss version="2.0"><channel><title>Cẩm nang</title>{of_channel}'
            f"{''.join(items)}</channel></rss>".encode()
        )

    def sounds(self, path: str = "/a.wav", *, content: bytes | None = None, kind: str = "") -> None:
        """The host has a sound."""
        voice = spoken()["recording"][1]
        self.host.has[path] = Answer(
            voice if content is None else content, headers={"Content-Type": kind or "audio/wav"}
        )

    def item(self, guid: str = "g-1", *, at: str = "", inside: str = "") -> str:
        """An item of a list, with its sound."""
        return (
            f"<item><guid>{guid}</guid><title>Rửa tay {guid}</title>"
            f"<description>&lt;p&gt;Rửa tay trước khi ăn.&lt;/p&gt;</description>{inside}"
            f'<enclosure url="{at or self.host.url("/a.wav")}" type="audio/wav" length="1"/></item>'
        )

    def ask(self, feed_id: str) -> LoaError | None:
        """Somebody asks what a feed has."""
        return ask(
            self.room.database, feed_id, station_id=STATION_ID, by=self.room.giver,
            now=self.room.now(),
        )  # fmt: skip

    def items(self) -> list[MaterialItem]:
        """What was seen."""
        with self.room.database.reading() as session:
            return list(session.exec(select(MaterialItem).order_by(col(MaterialItem.guid))))

    def take(self, item_id: str = "") -> str:
        """The operator makes a bulletin of the first item, or of another; its id."""
        return take(
            self.room.newsroom.small.context, self.room.studio, item_id or self.items()[0].id,
            by=self.room.giver,
        )  # fmt: skip


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """SQLite, for tests whose subject is not the database; those `on_both` ask for each kind."""
    reached = connect(request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url"))
    yield reached
    reached.dispose()


@pytest.fixture
def shelf(room: WatchRoom) -> Iterator[Shelf]:
    """A shelf with nothing on it, and a host that has nothing yet."""
    with publishing() as host:
        yield Shelf(room, host)


@pytest.fixture
def app(shelf: Shelf) -> FastAPI:
    """The real application."""
    return create_app(shelf.room.newsroom.small.context, studio=shelf.room.studio)


def signed_in(shelf: Shelf, app: FastAPI, name: str, role: Role) -> TestClient:
    """A browser of somebody of this role."""
    return browser(app, token=shelf.room.newsroom.small.session_of(name, role))

"""A small station linked to a province on the loopback; both are the test's to lead."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import col, select

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.database import Database
from broadcaster.exchange.intake import standing_of
from broadcaster.exchange.link import save_link, switch, try_link
from broadcaster.exchange.mapping import V1, ForeignBulletin
from broadcaster.exchange.rounds import Round, exchange_once
from broadcaster.exchange.standing import Standing
from broadcaster.exchange.tables import ExchangeLink, ExchangeMessage, ReceivedBulletin
from broadcaster.exchange.taking import take
from broadcaster.ledger.tables import Play
from tests.broadcaster.emergency.conftest import WatchRoom, room
from tests.broadcaster.exchange.province import SECRET, Province, province_running
from tests.broadcaster.small_station import STATION_ID, browser
from tests.clients import TestClient
from tests.trail import connect

__all__ = ["room"]

on_both = pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
"""For tests of what a database keeps, orders, or undoes."""

WORDS = "Kính mời bà con đến nhà văn hóa thôn họp lúc bảy giờ tối."


@dataclass
class Desk:
    """The station's side of the exchange."""

    room: WatchRoom
    province: Province

    @property
    def database(self) -> Database:
        """The station's database."""
        return self.room.database

    @property
    def keys_dir(self) -> Path:
        """Where the secret lies."""
        return self.room.newsroom.small.settings.keys_dir

    def link(self, *, address: str = "", secret: str = SECRET) -> ExchangeLink:
        """An admin enters where the province is."""
        with self.database.writing() as session:
            return save_link(
                session, address=address or self.province.at, source_id="XA-10051",
                target_id="TINH-01", secret=secret, keys_dir=self.keys_dir,
                station_id=STATION_ID, by=None, now=self.room.now(),
            )  # fmt: skip

    def switch_on(self) -> None:
        """An admin links, tests and switches on."""
        self.link()
        wrong = try_link(
            self.database, keys_dir=self.keys_dir, station_id=STATION_ID, by=None,
            now=self.room.now(),
        )  # fmt: skip
        assert wrong is None
        with self.database.writing() as session:
            switch(session, is_on=True, station_id=STATION_ID, by=None, now=self.room.now())

    def round(self, *, later: timedelta = timedelta(minutes=1)) -> Round:
        """Let time pass, and do one round."""
        self.room.newsroom.clock.move(later)
        return exchange_once(
            self.database, keys_dir=self.keys_dir, station_id=STATION_ID, now=self.room.now
        )

    def play(self, name: str, **fields: Any) -> str:  # noqa: ANN401 - columns of a play
        """A play that the ledger folded just now; the id of its log. Given again, folded again."""
        now = self.room.now()
        values: dict[str, Any] = {
            "broadcast_id": f"bc-{name}", "cluster_id": "cl-1", "device_name": "Loa 0",
            "title": f"Tin {name}", "audio_sha256": "0" * 64, "asked_ms": 60_000,
            "starts_at": now, "start_due_at": now, "end_due_at": now,
            "frozen": True, "state": "confirmed", "reached": "finished", "played_ms": 60_000,
            "started_at": now, "ended_at": now + timedelta(minutes=1),
            "folded_at": now,
        } | fields  # fmt: skip
        with self.database.writing() as session:
            row = session.get(Play, (f"o-{name}", 0, "loa-0"))
            if row is None:
                session.add(Play(order_id=f"o-{name}", repeat=0, device_id="loa-0", **values))
            else:
                for key, value in ({"folded_at": now} | fields).items():
                    setattr(row, key, value)
        return f"o-{name}/0/loa-0"

    def sends(self, remote_id: str = "BT-1", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
        """The province publishes a bulletin, or another version of one; the document."""
        values: dict[str, Any] = {
            "source_name": "Trung tâm tỉnh", "title": f"Tin {remote_id}", "words": WORDS,
            "topic": 5,
        } | fields  # fmt: skip
        document = V1.write_bulletin(ForeignBulletin(remote_id=remote_id, **values))
        self.province.documents.append(document)
        return document

    def received(self) -> list[ReceivedBulletin]:
        """What came, in the order in which it did."""
        with self.database.reading() as session:
            rows = session.exec(
                select(ReceivedBulletin).order_by(
                    col(ReceivedBulletin.received_at), col(ReceivedBulletin.version)
                )
            ).all()
        return list(rows)

    def newest(self) -> ReceivedBulletin:
        """What came last."""
        return self.received()[-1]

    def standings(self) -> list[Standing]:
        """How all of it stands."""
        with self.database.reading() as session:
            rows = [session.get_one(ReceivedBulletin, each.id) for each in self.received()]
            return [standing_of(session, each) for each in rows]

    def take(self, received_id: str = "") -> str:
        """The operator makes a bulletin of what came last; its id."""
        return take(
            self.room.newsroom.small.context, self.room.studio,
            received_id or self.newest().id, by=self.room.giver,
        )  # fmt: skip

    def outbox(self) -> list[ExchangeMessage]:
        """All that waits to go up or went."""
        with self.database.reading() as session:
            return list(session.exec(select(ExchangeMessage).order_by(col(ExchangeMessage.id))))

    def receipts(self) -> list[tuple[str, str]]:
        """What the province was told of its bulletins: results and reasons."""
        documents = self.province.of("receipt")
        assert all(each["DienTap"] for each in documents)
        told = [V1.read_receipt(each["BienNhan"]) for each in documents]
        return [(each.result, each.reason) for each in told]

    def logs(self) -> list[dict[str, Any]]:
        """The play logs that the province holds."""
        return [each["NhatKy"] for each in self.province.of("play")]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """SQLite, for tests whose subject is not the database; those `on_both` ask for each kind."""
    reached = connect(request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url"))
    yield reached
    reached.dispose()


@pytest.fixture
def province() -> Iterator[Province]:
    """A province's system that works."""
    with province_running() as running:
        yield running


@pytest.fixture
def desk(room: WatchRoom, province: Province) -> Desk:
    """A station that is not linked yet."""
    return Desk(room, province)


@pytest.fixture
def on(desk: Desk) -> Desk:
    """The same, linked, tested and switched on."""
    desk.switch_on()
    return desk


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    """The real application."""
    return create_app(desk.room.newsroom.small.context, studio=desk.room.studio)


def signed_in(desk: Desk, app: FastAPI, name: str, role: Role) -> TestClient:
    """A browser of somebody of this role."""
    return browser(app, token=desk.room.newsroom.small.session_of(name, role))


def as_text(document: object) -> str:
    """A document as it would be searched."""
    return json.dumps(document, ensure_ascii=False)

"""A commune on its afternoon, and a system that is told what happens in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.database import Database
from broadcaster.webhooks.delivering import send_due, tell_all
from broadcaster.webhooks.keeping import add_webhook
from broadcaster.webhooks.kinds import Kind
from broadcaster.webhooks.listing import DeliveryLine, deliveries_of
from tests.broadcaster.pages.commune import add_afternoon, found_commune
from tests.broadcaster.small_station import STATION_ID, SmallStation
from tests.broadcaster.webhooks.receiver import Receiver, receiving


@dataclass
class Told:
    """The station, the receiver, and the rounds in which one tells the other."""

    station: SmallStation
    receiver: Receiver
    secret: str = ""
    whole_s: float = 5.0

    @property
    def database(self) -> Database:
        """The station's database."""
        return self.station.database

    def hook(self, *kinds: Kind, path: str = "/in") -> str:
        """Have the receiver told of these from now on; the webhook's id."""
        with self.database.writing() as session:
            row, self.secret = add_webhook(
                session, name=f"Cổng {path}", url=self.receiver.at + path,
                kinds=kinds or tuple(Kind), station_id=STATION_ID,
                keys_dir=self.station.settings.keys_dir, by=None, now=self.station.clock(),
            )  # fmt: skip
            return row.id

    def round(self, after: timedelta = timedelta(0)) -> None:
        """Let time pass, and hold a round as the process does that leads the schedule."""
        self.station.clock.move(after)
        tell_all(
            self.database, keys_dir=self.station.settings.keys_dir, station_id=STATION_ID,
            now=self.station.clock, whole_s=self.whole_s,
        )  # fmt: skip

    def send(self) -> None:
        """Send what is due, and look for nothing new."""
        send_due(
            self.database, keys_dir=self.station.settings.keys_dir, station_id=STATION_ID,
            now=self.station.clock, whole_s=self.whole_s,
        )  # fmt: skip

    def deliveries(self, webhook_id: str) -> list[DeliveryLine]:
        """How the deliveries stand."""
        with self.database.reading() as session:
            return deliveries_of(session, webhook_id)


@pytest.fixture
def told(database: Database, tmp_path: Path) -> Iterator[Told]:
    """A commune in which nothing is told yet."""
    station = found_commune(database, state_dir=tmp_path)
    operator = station.member("bien-tap", Role.OPERATOR)
    leader = station.member("lanh-dao", Role.LEADER)
    station.clock.move(timedelta(days=-1))
    with receiving() as receiver:
        told = Told(station, receiver)
        told_from = station.clock()
        station.clock.move(timedelta(days=1))
        with database.writing() as session:
            add_afternoon(session, operator=operator, leader=leader, now=station.clock())
        station.clock.now = told_from
        yield told

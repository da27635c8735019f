"""A small station that receives alerts: two villages at known places in one cluster."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.alerts.desk import find_alert, standing_of
from broadcaster.alerts.following import follow
from broadcaster.alerts.intake import content_of, emergency_of, take_in
from broadcaster.alerts.message import Alert
from broadcaster.alerts.rules import decide_rule
from broadcaster.alerts.shown import AlertShown, alert_shown
from broadcaster.alerts.signatures import Opened, Signed
from broadcaster.alerts.standing import Shown
from broadcaster.alerts.tables import AlertFeed, ReceivedAlert
from broadcaster.alerts.writing import write_alert
from broadcaster.database import Database
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.tables import Emergency
from broadcaster.fleet.registry import share_village
from broadcaster.fleet.tables import Device
from tests.broadcaster.emergency.conftest import WatchRoom, room
from tests.broadcaster.small_station import STATION_ID
from tests.trail import connect

__all__ = ["room"]

PLACES = {"v-1": (21.10, 105.80), "v-2": (21.20, 105.80)}


@dataclass
class Desk:
    """The station's desk: what comes, how it stands, and who is there."""

    room: WatchRoom

    def feed(self, name: str = "KTTV") -> str:
        """A feed on the list; its id."""
        with self.room.database.writing() as session:
            feed = AlertFeed(
                id=f"afd-{name.lower()}",
                station_id=STATION_ID,
                name=name,
                url=f"https://{name.lower()}.example/cap",
                added_at=self.room.now(),
            )
            session.add(feed)
            return feed.id

    def take(
        self,
        alert: Alert,
        *,
        feed: str | None = None,
        signer: str = "",
        by: str | None = "",
        follows: bool = False,
    ) -> str:
        """Let an alert come; its id. With `signer` its signature was found good."""
        opened = Opened(
            alert,
            write_alert(alert).decode().split("?>", 1)[1],
            Signed.VERIFIED if signer else Signed.NOT_SIGNED,
            signer,
        )
        with self.room.database.writing() as session:
            taken = take_in(
                session, opened, station_id=STATION_ID, feed_id=feed, by=by, now=self.room.now()
            )
            alert_id = taken.row.id
        if follows and taken.new:
            with self.room.database.writing() as session:
                follow(session, session.get_one(ReceivedAlert, alert_id), now=self.room.now())
        return alert_id

    def state(self, alert_id: str) -> Shown:
        """How an alert stands now."""
        with self.room.database.reading() as session:
            row = find_alert(session, alert_id, station_id=STATION_ID)
            return standing_of(session, row, now=self.room.now())

    def shown(self, alert_id: str) -> AlertShown:
        """An alert as its page shows it."""
        with self.room.database.reading() as session:
            row = find_alert(session, alert_id, station_id=STATION_ID)
            return alert_shown(session, row, now=self.room.now())

    def kept(self, alert_id: str) -> Alert:
        """What was kept of it."""
        with self.room.database.reading() as session:
            return content_of(find_alert(session, alert_id, station_id=STATION_ID))

    def emergency(self, alert_id: str) -> Emergency | None:
        """What was ordered by it."""
        with self.room.database.reading() as session:
            return emergency_of(session, find_alert(session, alert_id, station_id=STATION_ID))

    def rule(self, severity: str) -> str:
        """The second leader authorises the first, who decides a rule; its id."""
        leader, other = self.room.leader, self.room.second_leader
        now = self.room.now()
        with self.room.database.writing() as session:
            authorise(session, leader, station_id=STATION_ID, by=other, now=now)
        with self.room.database.writing() as session:
            return decide_rule(session, severity, station_id=STATION_ID, by=leader, now=now).id

    def place_villages(self) -> None:
        """Say where the poles of both villages stand."""
        with self.room.database.writing() as session:
            devices = session.exec(select(Device).order_by(Device.id)).all()
            for device, (village, place) in zip(devices, PLACES.items(), strict=True):
                device.latitude, device.longitude = place
                share_village(
                    session, village_id=village, share=1.0, device_id=device.id,
                    valid_from=date(2026, 1, 1),
                )  # fmt: skip


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """A database for tests whose subject is not the database; `test_intake` asks for both."""
    reached = connect(sqlite_url)
    yield reached
    reached.dispose()


@pytest.fixture
def desk(room: WatchRoom) -> Desk:
    """The desk of that station at noon."""
    return Desk(room)


@pytest.fixture
def state_dir(desk: Desk) -> Path:
    """The station's state folder."""
    return desk.room.newsroom.small.settings.state_dir

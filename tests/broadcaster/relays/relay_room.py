"""People who plan relays, approve them, and a station that plans and signs them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import approved_rendition, submit
from broadcaster.dispatch.signing import newest_plan, sign_changed_plans
from broadcaster.relays.desk import GivenRelay, change_relay, make_relay_anew, write_relay
from broadcaster.sources.desk import add_source, checked_source
from devices.protocol.messages import Order
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys, plan_as_devices_see
from tests.trail import followed

URL = "https://vov.example/vov1"
HALF_AN_HOUR_MS = 30 * 60_000
KEYS = made_keys()
MINUTE = timedelta(minutes=1)


def listed_source(session: Session, *, by: str, now: datetime, url: str = URL) -> str:
    """VOV1 on the list of sources; its id."""
    given = checked_source(name="VOV1", level="national", kind="stream", url=url)
    return add_source(session, given, station_id=STATION_ID, by=by, now=now).id


@dataclass
class RelayRoom:
    """Each act a transaction at the clock's present."""

    newsroom: Newsroom
    source_id: str

    def given(self, **wish: object) -> GivenRelay:
        """Half an hour of VOV1, unless something else is wished for."""
        return GivenRelay(
            **{"source_id": self.source_id, "duration_ms": HALF_AN_HOUR_MS, **wish}  # type: ignore[arg-type]
        )

    def write(self, **wish: object) -> str:
        """A relay that nobody has decided on; its id."""
        news = self.newsroom
        with news.small.database.writing() as session:
            return write_relay(
                session,
                self.given(**wish),
                station_id=STATION_ID,
                by=news.operator,
                now=news.now(),
            ).id

    def change(self, relay_id: str, **wish: object) -> None:
        """Ask for something else."""
        news = self.newsroom
        with news.small.database.writing() as session:
            change_relay(
                session,
                relay_id,
                self.given(**wish),
                station_id=STATION_ID,
                by=news.operator,
                now=news.now(),
            )

    def make_anew(self, relay_id: str) -> None:
        """Take source and fallback as they are now."""
        news = self.newsroom
        with news.small.database.writing() as session:
            make_relay_anew(
                session, relay_id, station_id=STATION_ID, by=news.operator, now=news.now()
            )

    def approve(self, relay_id: str) -> None:
        """Submit it, and let the leader approve what it is now."""
        news = self.newsroom
        with news.small.database.writing() as session:
            submit(session, relay_id, by=news.operator, now=news.now())
        news.approve(relay_id)

    def is_approved(self, relay_id: str) -> bool:
        """Whether it may go on air as it is."""
        with self.newsroom.small.database.reading() as session:
            return approved_rendition(session, relay_id) is not None

    def sign(self) -> None:
        """Sign what changed."""
        news = self.newsroom
        with news.small.database.writing() as session:
            sign_changed_plans(
                session,
                station=session.get_one(Station, STATION_ID),
                keys=KEYS,
                trail=followed(),
                now=news.now(),
                days=8,
                start_within=MINUTE,
                end_within=MINUTE,
            )

    def orders(self, cluster_id: str = "cl-1") -> tuple[Order, ...]:
        """The orders of a cluster's newest plan, opened as a device would; after signing."""
        self.sign()
        with self.newsroom.small.database.reading() as session:
            signed = newest_plan(session, cluster_id)
            assert signed is not None
            return plan_as_devices_see(signed.message, keys=KEYS, cluster=cluster_id).orders

"""A small station where emergencies are ordered, with a voice that says tones."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import Studio
from broadcaster.database import Database
from broadcaster.dispatch.emergencies import sign_emergencies
from broadcaster.dispatch.signing import newest_plan, sign_changed_plans
from broadcaster.dispatch.tables import SignedNow
from broadcaster.emergency.announcer import make_next
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.raising import checked_wish, raise_emergency
from broadcaster.emergency.tables import Emergency, EmergencyPart
from devices.protocol.envelope import open_now
from devices.protocol.messages import Now, Order, Plan
from playlists.audio.audio_store import AudioStore
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.broadcaster.dispatch.fleet import add_device
from tests.broadcaster.newsroom import CLUSTERS, Newsroom, open_newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys, plan_as_devices_see, trust_of
from tests.trail import followed

KEYS = made_keys()
WITHIN_S = 60
WORDS = "Hồ Suối Đá xả lũ lúc 15 giờ. Bà con hai bên bờ suối lên nơi cao ngay."


@dataclass
class WatchRoom:
    """Who orders emergencies, what makes their sounds, and what the dispatch makes of them."""

    newsroom: Newsroom
    studio: Studio
    second_leader: str
    keys: int = field(default=0)

    @property
    def database(self) -> Database:
        """The station's database."""
        return self.newsroom.small.database

    @property
    def giver(self) -> str:
        """The operator, whom the leader authorises."""
        return self.newsroom.operator

    @property
    def leader(self) -> str:
        """The leader who authorises."""
        return self.newsroom.leader

    def now(self) -> datetime:
        """The present."""
        return self.newsroom.now()

    def station(self, session: Session) -> Station:
        """The station's row."""
        return session.get_one(Station, STATION_ID)

    def authorise(self) -> str:
        """The leader lets the operator order emergencies; the authorisation's id."""
        with self.database.writing() as session:
            return authorise(
                session, self.giver, station_id=STATION_ID, by=self.leader, now=self.now()
            ).id

    def raise_(
        self,
        words: str = WORDS,
        *,
        hazard: str = "dam_release",
        drill: bool = False,
        cadence: str = "usual",
        clusters: tuple[str, ...] = CLUSTERS,
        key: str = "",
    ) -> str:
        """The operator orders an emergency; its id."""
        wish = checked_wish(
            cluster_ids=clusters, hazard=hazard, drill=drill, words=words, cadence=cadence
        )
        self.keys += 1
        with self.database.writing() as session:
            return raise_emergency(
                session,
                wish,
                request_key=key or f"key-{self.keys}",
                station=self.station(session),
                by=self.giver,
                now=self.now(),
            ).id

    def make_all(self) -> None:
        """Let every sound be made that is wanted."""
        while make_next(self.database, self.studio, now=self.now):
            pass

    def emergency(self, emergency_id: str) -> Emergency:
        """The row as it stands."""
        with self.database.reading() as session:
            return session.get_one(Emergency, emergency_id)

    def parts(self, emergency_id: str) -> dict[str, EmergencyPart]:
        """Its parts by kind."""
        with self.database.reading() as session:
            rows = session.exec(
                select(EmergencyPart).where(EmergencyPart.emergency_id == emergency_id)
            ).all()
        return {row.kind: row for row in rows}

    def hurry(self) -> list[Now]:
        """What goes out on the fast path at this moment, as devices of its cluster read it."""
        with self.database.writing() as session:
            rows = sign_emergencies(
                session, station=self.station(session), keys=KEYS, trail=followed(), now=self.now()
            )
            return [_opened(row) for row in rows]

    def plan(self, cluster_id: str = "cl-1") -> Plan:
        """A cluster's plan after a beat of the dispatch, as its devices read it."""
        with self.database.writing() as session:
            self.sign_plans(session)
            signed = newest_plan(session, cluster_id)
            assert signed is not None
            return plan_as_devices_see(signed.message, keys=KEYS, cluster=cluster_id)

    def orders(self, cluster_id: str = "cl-1") -> list[Order]:
        """The orders of a cluster's plan."""
        return list(self.plan(cluster_id).orders)

    def sign_plans(self, session: Session) -> None:
        """Sign what changed, in a transaction."""
        within = timedelta(seconds=WITHIN_S)
        sign_changed_plans(
            session,
            station=self.station(session),
            keys=KEYS,
            trail=followed(),
            now=self.now(),
            days=8,
            start_within=within,
            end_within=within,
        )

    def said_now(self) -> list[str]:
        """What the fast path has said so far: an order or a stop."""
        with self.database.reading() as session:
            return list(
                session.exec(select(SignedNow.says).order_by(col(SignedNow.sequence))).all()
            )


def _opened(row: SignedNow) -> Now:
    now, _ = open_now(
        row.message.encode(),
        station=STATION_ID,
        cluster=row.cluster_id,
        trust=trust_of(KEYS),
        now_ms=0,
    )
    return now


@pytest.fixture
def room(database: Database, tmp_path: Path) -> WatchRoom:
    """Two clusters at noon of a Monday with a device each; nobody is authorised yet."""
    newsroom = open_newsroom(database, state_dir=tmp_path)
    with database.writing() as session:
        for number, cluster_id in enumerate(CLUSTERS):
            add_device(session, number, cluster=cluster_id, now=newsroom.now())
    return WatchRoom(
        newsroom=newsroom,
        studio=Studio(
            voices=OneVoice(ToneEngine()),
            store=AudioStore(tmp_path / "audio"),
            cache_dir=tmp_path / "sentences",
        ),
        second_leader=newsroom.small.member("lan", Role.LEADER),
    )

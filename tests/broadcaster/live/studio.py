"""People who may speak live and who may allow it, at the clock's present."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Role
from broadcaster.accounts.stations import viewer_of_account
from broadcaster.accounts.tables import Account
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.dispatch.tables import SignedNow
from broadcaster.dispatch.talks import close_lost_talks, sign_talks, talks_wait
from broadcaster.fleet.tables import Device
from broadcaster.live.permits import grant_permit, revoke_permit
from broadcaster.live.streams import OpenStreams, open_streams
from broadcaster.live.tables import LivePermit, LiveTalk
from broadcaster.live.talks import ask_to_speak, begin_talk, find_talk, may_go_on, stop_talk
from devices.protocol.envelope import open_now
from devices.protocol.messages import Now
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys, trust_of
from tests.trail import followed

KEYS = made_keys()
WITHIN = timedelta(seconds=90)
DEVICES = {"loa-1": "cl-1", "loa-2": "cl-1", "loa-3": "cl-2"}
DEVICE_KEYS = {name: SigningKey(bytes([number]) * 32) for number, name in enumerate(DEVICES, 1)}


@dataclass
class LiveStudio:
    """Each act is a transaction."""

    room: Newsroom
    other_leader: str
    streams: dict[str, OpenStreams] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Where everything is kept."""
        return self.room.small.database

    def now(self) -> datetime:
        """The present."""
        return self.room.now()

    def later(self, by: timedelta) -> None:
        """Let time pass."""
        self.room.clock.move(by)

    def viewer(self, account_id: str) -> Viewer:
        """A person, as pages know them."""
        with self.database.reading() as session:
            return viewer_of_account(session, session.get_one(Account, account_id))

    def permit(
        self, to: str | None = None, *, by: str | None = None, days: int = 30, quiet: str = ""
    ) -> LivePermit:
        """The leader lets the operator speak, unless others are named."""
        with self.database.writing() as session:
            return grant_permit(
                session,
                station_id=STATION_ID,
                account_id=to or self.room.operator,
                days=days,
                quiet_reason=quiet,
                by=by or self.room.leader,
                now=self.now(),
            )

    def revoke(self, permit: LivePermit) -> None:
        """The leader takes it back."""
        with self.database.writing() as session:
            revoke_permit(
                session, permit.id, station_id=STATION_ID, by=self.room.leader, now=self.now()
            )

    def ask(
        self,
        *,
        by: str | None = None,
        clusters: Sequence[str] = ("cl-1", "cl-2"),
        minutes: int = 5,
        quiet: str = "",
        title: str = "Mời họp",
    ) -> str:
        """The operator asks for the microphone; the talk's id."""
        with self.database.writing() as session:
            return ask_to_speak(
                session,
                station=session.get_one(Station, STATION_ID),
                viewer=self.viewer(by or self.room.operator),
                title=title,
                cluster_ids=clusters,
                minutes=minutes,
                quiet_reason=quiet,
                now=self.now(),
            ).id

    def begin(self, talk_id: str) -> None:
        """A sender begins it."""
        with self.database.writing() as session:
            talk = begin_talk(session, talk_id, now=self.now())
            self.streams[talk_id] = open_streams(session, talk)

    def beat(self, talk_id: str, *, said_ms: int) -> None:
        """The sender says that it lives."""
        with self.database.writing() as session:
            talk = find_talk(session, talk_id)
            talk.beat_at, talk.said_ms = self.now(), said_ms

    def may_go_on(self, talk_id: str) -> bool:
        """What its sender asks every second."""
        with self.database.reading() as session:
            return may_go_on(session, find_talk(session, talk_id))

    def stop(self, talk_id: str) -> None:
        """Somebody presses the button."""
        with self.database.writing() as session:
            stop_talk(session, talk_id, by=self.room.leader, now=self.now())

    def sign(self) -> list[Now]:
        """What the dispatch signs at a beat, as devices see it."""
        with self.database.writing() as session:
            sign_talks(
                session,
                station=session.get_one(Station, STATION_ID),
                keys=KEYS,
                trail=followed(),
                now=self.now(),
                start_within=WITHIN,
                end_within=WITHIN,
            )
            close_lost_talks(session, end_within=WITHIN, now=self.now())
        return self.signed()

    def signed(self) -> list[Now]:
        """All that was ever signed for the fast path, verified as a device verifies it."""
        with self.database.reading() as session:
            assert not talks_wait(session, now=self.now())
            rows = session.exec(select(SignedNow).order_by(col(SignedNow.sequence))).all()
        return [
            open_now(
                row.message.encode(),
                station=STATION_ID,
                cluster=row.cluster_id,
                trust=trust_of(KEYS),
                now_ms=0,
            )[0]
            for row in rows
        ]

    def talk(self, talk_id: str) -> LiveTalk:
        """How it stands."""
        with self.database.reading() as session:
            return find_talk(session, talk_id)


def open_studio(database: Database, *, state_dir: Path) -> LiveStudio:
    """A newsroom with devices, and one more leader."""
    room = open_newsroom(database, state_dir=state_dir)
    other = room.small.member("other-leader", Role.LEADER)
    with database.writing() as session:
        _enrol(session, now=room.now())
    return LiveStudio(room, other)


def _enrol(session: Session, *, now: datetime) -> None:
    for name, cluster in DEVICES.items():
        session.add(
            Device(
                id=name,
                station_id=STATION_ID,
                cluster_id=cluster,
                name=name.title(),
                public_key=DEVICE_KEYS[name].verify_key.encode(HexEncoder).decode(),
                broker_salt="00",
                broker_verifier="00",
                enrolled_at=now,
            )
        )

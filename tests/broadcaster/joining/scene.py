"""Two communes that were merged: ours with a day of its own, and the other with another day.

The other one's loudspeaker has the code of one of ours, its village the name of one of ours, and
one of its people the user name of one of ours, as it is where people typed them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from nacl.encoding import HexEncoder
from sqlmodel import Session

from broadcaster.accounts.phones import keep_phone
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.areas.tables import Cluster, Station, Village, VillagePopulation
from broadcaster.audit.roots import make_due_roots
from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.database import Database
from broadcaster.fleet.registry import enrol, share_village, verify_keys
from broadcaster.joining.bringing import Brought, join
from broadcaster.joining.meeting import Alike, Decisions, Meeting, meet
from broadcaster.joining.other import Other, opened_other
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.ingest import store
from broadcaster.ledger.rollups import roll_up
from broadcaster.ledger.watch import close_overdue
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule, ScheduleCluster
from playlists.audio.audio_store import AudioStore
from tests.broadcaster.inspection.scene import NEXT_MORNING, ZONE, Scene, play_a_day
from tests.broadcaster.ledger.commune import BEFORE, FIRST_DAY, STARTS, STATION, Pole, order
from tests.trail import connect, keys_of

OTHER = "xa-binh-hoa"
ROOT_KEY = keys_of(OTHER).root_public_key
AS_OF = NEXT_MORNING + timedelta(hours=1)
NOW = NEXT_MORNING + timedelta(hours=2)
SOUND = b"an MP3, as far as anybody here knows"
SOUND_SHA256 = sha256(SOUND).hexdigest()
DECISIONS: Decisions = {
    (Alike.DEVICE, "loa-1"): "loa-binh-hoa-1",
    (Alike.PERSON, "acc-b-hoa"): "hoa-binh-hoa",
    (Alike.CLUSTER, "cum-b"): "=",
    (Alike.VILLAGE, "thon-b1"): "Thôn Một Bình Hòa",
}
"""What a person says of everything that both have."""


@dataclass(frozen=True, slots=True)
class Two:
    """Our station's database with a day in it, and the folder in which the other one lies."""

    ours: Scene
    folder: Path

    @property
    def state(self) -> Path:
        """Our station's folder."""
        return self.folder / "ours"

    @contextmanager
    def other(self, *, root_key: str = ROOT_KEY) -> Iterator[Other]:
        """The other station, opened as a command opens it."""
        file, audio = self.folder / "other.sqlite3", self.folder / "audio"
        with opened_other(file, audio_dir=audio, root_key=root_key, as_of=AS_OF) as other:
            yield other

    def met(self, decisions: Decisions = DECISIONS) -> Meeting:
        """A dry run."""
        with self.other() as other, self.ours.database.reading() as session:
            ours = session.get_one(Station, STATION)
            return meet(session, other, station=ours, decisions=decisions)

    def join(self, decisions: Decisions = DECISIONS) -> Brought:
        """The real thing."""
        with self.other() as other:
            return join(
                self.ours.database,
                other,
                state_dir=self.state,
                sounds=AudioStore(self.state / "audio"),
                decisions=decisions,
                by=None,
                now=NOW,
            )


def two_communes(database: Database, sqlite_url: str, folder: Path) -> Two:
    """Both stations on the morning after a day."""
    ours = play_a_day(database)
    with database.writing() as session:
        _person(session, "acc-hoa", station=STATION)
    theirs = connect(sqlite_url)
    live(theirs)
    theirs.dispose()
    Path(sqlite_url.removeprefix("sqlite:///")).rename(folder / "other.sqlite3")
    (folder / "audio").mkdir()
    (folder / "audio" / f"{SOUND_SHA256}.mp3").write_bytes(SOUND)
    return Two(ours, folder)


def live(database: Database) -> None:
    """A day at the other station: a bulletin, one loudspeaker that plays it, one that does not."""
    with database.writing() as session:
        _found(session)
        good = _pole(session, "loa-1", village="thon-b1")
        _pole(session, "loa-8", village="thon-b2")
        head = _person(session, "acc-b-hoa", station=OTHER, village="thon-b1")
        keep_phone(session, head, "0912345678", station_id=OTHER, by=head, now=BEFORE)
        _bulletin(session, author=head)
        expect(
            session,
            order("ord-b", cluster="cum-b", broadcast="bc-b", audio_sha256=SOUND_SHA256),
            now=BEFORE,
        )
    with database.writing() as session:
        freeze(session, now=STARTS)
    good.play(order="ord-b")
    with database.writing() as session:
        store(
            session,
            good.batches(size=2),
            now=STARTS + timedelta(minutes=2),
            keys=verify_keys(session, OTHER),
            station=session.get_one(Station, OTHER),
        )
    with database.writing() as session:
        close_overdue(session, now=STARTS + timedelta(minutes=10))
        while roll_up(session).broadcasts:
            pass
    with database.writing() as session:
        make_due_roots(session, station_id=OTHER, zone=ZONE, keys=keys_of(OTHER), now=NEXT_MORNING)


def _found(session: Session) -> None:
    session.add(
        Station(
            id=OTHER,
            name="Đài Bình Hòa",
            commune="Bình Hòa",
            province="An Giang",
            rehearsal=True,
            public_key=ROOT_KEY,
        )
    )
    session.flush()
    session.add(Cluster(id="cum-b", station_id=OTHER, name="Cụm Đông", position=1))
    session.flush()
    for village_id, name, residents in (("thon-b1", "Thôn Một", 600), ("thon-b2", "Thôn Bốn", 400)):
        session.add(Village(id=village_id, cluster_id="cum-b", name=name))
        session.flush()
        session.add(
            VillagePopulation(
                village_id=village_id, valid_from=FIRST_DAY, households=100, residents=residents
            )
        )
    session.flush()


def _pole(session: Session, device: str, *, village: str) -> Pole:
    pole = Pole(device, station=OTHER)
    enrol(
        session,
        device_id=device,
        cluster=session.get_one(Cluster, "cum-b"),
        name=f"Loa {device}",
        public_key_hex=pole.key.verify_key.encode(HexEncoder).decode(),
        broker_salt="00",
        broker_verifier="00",
        simulated=True,
        now=BEFORE,
    )
    share_village(session, village_id=village, share=1.0, device_id=device, valid_from=FIRST_DAY)
    return pole


def _person(session: Session, account_id: str, *, station: str, village: str = "") -> str:
    session.add(
        Account(
            id=account_id,
            username="hoa",
            display_name="Nguyễn Thị Hòa",
            password_hash="$argon2id$of-there",
            created_at=BEFORE,
        )
    )
    session.flush()
    grant = {"account_id": account_id, "station_id": station}
    session.add(RoleGrant(**grant, role=Role.OPERATOR))
    if village:
        session.add(RoleGrant(**grant, role=Role.VILLAGE_HEAD, village_id=village))
    session.flush()
    return account_id


def _bulletin(session: Session, *, author: str) -> None:
    session.add(
        Bulletin(
            id="bul-b",
            station_id=OTHER,
            title="Lịch tiêm chủng",
            script="Mời bà con đưa trẻ đi tiêm chủng.",
            author_id=author,
            created_at=BEFORE,
            edited_at=BEFORE,
            rendition_id="ren-b",
            submitted_at=BEFORE,
        )
    )
    session.flush()
    session.add(
        Rendition(
            id="ren-b",
            bulletin_id="bul-b",
            script_sha256="0" * 64,
            spoken="Mời bà con đưa trẻ đi tiêm chủng.",
            reading=[],
            warnings=[],
            audio_sha256=SOUND_SHA256,
            audio_size_bytes=len(SOUND),
            duration_ms=60_000,
            loudness_lufs=-16.0,
            engine="espeak-ng",
            rendered_at=BEFORE,
        )
    )
    session.add(
        Schedule(
            id="sch-b",
            station_id=OTHER,
            bulletin_id="bul-b",
            starts_local="2026-11-23T17:00",
            recurrence="FREQ=DAILY",
            created_by=author,
            created_at=BEFORE,
        )
    )
    session.flush()
    session.add(ScheduleCluster(schedule_id="sch-b", cluster_id="cum-b"))
    session.add(
        Broadcast(
            id="bc-b",
            schedule_id="sch-b",
            bulletin_id="bul-b",
            rendition_id="ren-b",
            title="Lịch tiêm chủng",
            topic="y tế",
            priority=3,
            audio_sha256=SOUND_SHA256,
            audio_size_bytes=len(SOUND),
            duration_ms=60_000,
            slot_ms=60_000,
            occurs_at=STARTS,
            starts_at=STARTS,
            not_after=STARTS + timedelta(minutes=5),
            planned_at=BEFORE,
        )
    )
    session.flush()
    session.add(BroadcastOrder(id="ord-b", broadcast_id="bc-b", cluster_id="cum-b"))

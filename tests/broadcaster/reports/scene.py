"""A commune with something to report: broadcasts by unit and topic, an alarm, words, repairs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from broadcaster.accounts.tables import Account
from broadcaster.bulletins.tables import Bulletin, BulletinKind, Rendition
from broadcaster.database import Database
from broadcaster.emergency.tables import (
    Emergency,
    EmergencyAuthorisation,
    EmergencyOrder,
    EmergencyPart,
    EmergencySound,
)
from broadcaster.feedback.tables import Feedback, FeedbackAnswer
from broadcaster.fleet.registry import share_village
from broadcaster.fleet.tables import Device, DeviceSuccession
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.watch import close_overdue
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule
from broadcaster.settings import Settings
from broadcaster.web.context import Context
from tests.broadcaster.ledger.air import EAST, HANOI, HEALTH, WEST, Air, noon
from tests.broadcaster.ledger.commune import (
    ASKED_MS,
    AUDIO,
    FIRST_DAY,
    STATION,
    found,
    order,
    raise_pole,
)

CLINIC, SCHOOL = "Trạm y tế xã", "Trường THCS An Phú"
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass
class Scene:
    """The commune on air, with bulletins behind its broadcasts."""

    air: Air
    state_dir: Path
    now: datetime = NOW
    _plans: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """The station's database."""
        return self.air.database

    @property
    def context(self) -> Context:
        """The station as pages and routes see it."""
        return Context(
            database=self.database,
            settings=Settings(state_dir=self.state_dir),
            station_id=STATION,
            station_name="Đài An Phú",
            zone=HANOI,
            rehearsal=True,
            now=lambda: self.now,
        )

    def bulletin(
        self,
        title: str,
        *,
        contributor: str = "",
        topic: str = HEALTH,
        parts: Collection[tuple[str, int, int]] = (),
    ) -> str:
        """A bulletin with its sound; with `parts` (bulletin, from, to in ms) a programme."""
        bulletin_id = f"bul-{len(self._plans)}-{abs(hash(title)) % 10_000}"
        self._plans[bulletin_id] = title
        rendition_id = f"ren-{bulletin_id}"
        with self.database.writing() as session:
            session.add(
                Bulletin(
                    id=bulletin_id,
                    station_id=STATION,
                    title=title,
                    script=title,
                    topic=topic,
                    kind=BulletinKind.PLAYLIST if parts else BulletinKind.ITEM,
                    contributor=contributor,
                    author_id="acc-hoa",
                    created_at=noon(1, 2),
                    edited_at=noon(1, 2),
                    rendition_id=rendition_id,
                )
            )
            session.flush()
            session.add(
                Rendition(
                    id=rendition_id,
                    bulletin_id=bulletin_id,
                    script_sha256="0" * 64,
                    spoken=title,
                    reading=[],
                    warnings=[],
                    audio_sha256=AUDIO,
                    audio_size_bytes=1_000,
                    duration_ms=ASKED_MS,
                    loudness_lufs=-16.0,
                    engine="none",
                    parts=[
                        {
                            "kind": "bulletin",
                            "title": self._plans[id_],
                            "bulletin_id": id_,
                            "start_ms": start,
                            "end_ms": end,
                        }
                        for id_, start, end in parts
                    ],
                    rendered_at=noon(1, 2),
                )
            )
        return bulletin_id

    def play(
        self,
        bulletin_id: str,
        at: datetime,
        *,
        played: Collection[str] | Mapping[str, float] = (),
        topic: str = HEALTH,
        cluster: str = EAST,
        priority: int = 3,
    ) -> str:
        """The bulletin goes on air, as planned by somebody; its broadcast's id."""
        order_id = self.air.broadcast(at, played=played, topic=topic, cluster=cluster)
        broadcast_id = order_id.replace("ord", "bc")
        with self.database.writing() as session:
            _plan(session, broadcast_id, bulletin_id, at=at, topic=topic, priority=priority)
            session.flush()
            session.add(BroadcastOrder(id=order_id, broadcast_id=broadcast_id, cluster_id=cluster))
        return broadcast_id

    def emergency(self, at: datetime, *, drill: bool = False, said_by: Collection[str] = ()) -> str:
        """A flood warning, said in the east: its message, whoever confirmed it."""
        emergency_id = f"em-{at:%m%d}"
        with self.database.writing() as session:
            part = _raise(session, emergency_id, at=at, drill=drill)
            topic = "Diễn tập" if drill else "Khẩn cấp"
            order_id = f"ord-{part}"
            session.add(EmergencyOrder(id=order_id, part_id=part, cluster_id=EAST))
            planned = order(
                order_id, broadcast=part, starts_at=at, topic=topic, title="Lũ, ngập lụt"
            )
            expect(session, planned, now=at - timedelta(minutes=1))
            freeze(session, now=at)
        for device in said_by:
            self.air.say(device, order_id, at=at)
        with self.database.writing() as session:
            close_overdue(session, now=at + timedelta(minutes=5))
        self.air.roll()
        return emergency_id

    def word(
        self, feedback_id: str, at: datetime, *, village: str = "thon-1", answer: str = ""
    ) -> None:
        """A resident's word, answered or not."""
        with self.database.writing() as session:
            session.add(
                Feedback(
                    id=feedback_id,
                    village_id=village,
                    words="Loa cạnh nhà ông Năm nói nhỏ quá.",
                    received_at=at,
                )
            )
            session.flush()
            if answer:
                session.add(
                    FeedbackAnswer(
                        feedback_id=feedback_id,
                        words=answer,
                        answered_by="acc-hoa",
                        answered_at=at + timedelta(days=1),
                    )
                )


def lively_scene(database: Database, *, state_dir: Path) -> Scene:
    """Poles a and b share Thôn Một, c has Thôn Hai, d most of Thôn Ba beside a wired pole.

    In the third quarter of 2026: the clinic's bulletin on 1 and 8 July, a programme with the
    school's words on 2 August, an emergency on 10 August, three words of residents, one repair.
    """
    scene = bare_scene(database, state_dir=state_dir)
    vaccines = scene.bulletin("Lịch tiêm chủng", contributor=CLINIC)
    school = scene.bulletin("Khai giảng năm học", contributor=SCHOOL, topic="giáo dục")
    programme = scene.bulletin(
        "Chương trình tối", topic="", parts=[(vaccines, 0, 40_000), (school, 40_000, 55_000)]
    )
    scene.play(vaccines, noon(7, 1), played=["loa-a", "loa-c"], priority=2)
    scene.play(vaccines, noon(7, 8), played={"loa-a": 1.0, "loa-b": 0.5})
    scene.play(programme, noon(8, 2), played=["loa-d"], topic="", cluster=WEST)
    scene.play(school, noon(8, 20), played=["loa-c"], topic="giáo dục")
    scene.emergency(noon(8, 10), said_by=["loa-a", "loa-c"])
    scene.emergency(noon(9, 15), drill=True, said_by=["loa-a"])
    scene.word("fb-1", noon(7, 3), answer="Đài đã chỉnh lại âm lượng loa.")
    scene.word("fb-2", noon(7, 9))
    scene.word("fb-3", noon(8, 9), village="thon-3", answer="=1+1 Đài cảm ơn bà con.")
    with database.writing() as session:
        session.add(
            DeviceSuccession(device_id="loa-old", into_device_id="loa-b", at=noon(7, 20))
        )  # fmt: skip
    return scene


def bare_scene(database: Database, *, state_dir: Path) -> Scene:
    """The commune and its poles; nothing was on air yet."""
    with database.writing() as session:
        found(session)
        session.add(
            Account(
                id="acc-hoa",
                username="hoa",
                display_name="Trần Thị Hoa",
                password_hash="-",
                created_at=noon(1, 1),
            )
        )
        session.flush()
        poles = {
            "loa-a": raise_pole(session, "loa-a", thon_1=0.5),
            "loa-b": raise_pole(session, "loa-b", thon_1=0.5),
            "loa-c": raise_pole(session, "loa-c", thon_2=1.0),
            "loa-d": raise_pole(session, "loa-d", cluster="cum-tay", thon_3=0.6),
        }
        raise_pole(session, "loa-old")
        session.get_one(Device, "loa-old").retired_at = noon(1, 5)
        share_village(session, village_id="thon-3", share=0.4, device_id=None, valid_from=FIRST_DAY)
    return Scene(Air(database, poles), state_dir)


def _plan(
    session: Session,
    broadcast_id: str,
    bulletin_id: str,
    *,
    at: datetime,
    topic: str,
    priority: int,
) -> None:
    bulletin = session.get_one(Bulletin, bulletin_id)
    session.add(
        Schedule(
            id=f"s-{broadcast_id}",
            station_id=STATION,
            bulletin_id=bulletin_id,
            created_by="acc-hoa",
            created_at=at,
        )
    )
    session.flush()
    session.add(
        Broadcast(
            id=broadcast_id,
            schedule_id=f"s-{broadcast_id}",
            bulletin_id=bulletin_id,
            rendition_id=bulletin.rendition_id or "",
            title=bulletin.title,
            topic=topic,
            priority=priority,
            audio_sha256=AUDIO,
            audio_size_bytes=1_000,
            duration_ms=ASKED_MS,
            slot_ms=ASKED_MS,
            occurs_at=at,
            starts_at=at,
            not_after=at + timedelta(minutes=1),
            planned_at=at,
        )
    )


def _raise(session: Session, emergency_id: str, *, at: datetime, drill: bool) -> str:
    if session.get(EmergencyAuthorisation, "emu-1") is None:
        session.add(
            EmergencyAuthorisation(
                id="emu-1",
                station_id=STATION,
                account_id="acc-hoa",
                granted_by="acc-hoa",
                granted_at=noon(1, 1),
            )
        )
        session.add(
            EmergencySound(script_sha256="1" * 64, script="Nước đang lên.", wanted_at=noon(1, 1))
        )
        session.flush()
    session.add(
        Emergency(
            id=emergency_id,
            station_id=STATION,
            request_key=emergency_id,
            hazard="flood",
            drill=drill,
            words="Nước sông đang lên nhanh.",
            cadence="once",
            given_by="acc-hoa",
            giver_name="Trần Thị Hoa",
            authorisation_id="emu-1",
            raised_at=at,
            repeats_until=at + timedelta(hours=1),
            ending="over",
            ended_at=at + timedelta(hours=2),
        )
    )
    session.flush()
    part = f"part-{emergency_id}"
    session.add(
        EmergencyPart(
            id=part,
            emergency_id=emergency_id,
            kind="message",
            script_sha256="1" * 64,
            starts_at=at,
        )
    )
    session.flush()
    return part


def day(month: int, number: int) -> date:
    """A day of 2026."""
    return date(2026, month, number)

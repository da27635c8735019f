"""A ledger with something of everything in it: a day that is over, and what does not hold in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.areas.merging import merge_villages
from broadcaster.audit import Act, record
from broadcaster.audit.roots import make_due_roots
from broadcaster.database import Database
from broadcaster.inspection.findings import Finding
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.verifying import Question, Verdict, verify
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.rollups import roll_up
from broadcaster.ledger.watch import close_overdue
from devices.protocol.messages import Kind
from tests.broadcaster.ledger.commune import (
    BEFORE,
    STARTS,
    STATION,
    Pole,
    found,
    ingest,
    order,
    raise_pole,
)
from tests.trail import keys_of

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NEXT_MORNING = STARTS + timedelta(hours=9)
ROOT_KEY = keys_of(STATION).root_public_key


@dataclass(frozen=True, slots=True)
class Scene:
    """The ledger's database and its poles: one good, one silent, one that had two journals."""

    database: Database
    good: Pole
    silent: Pole
    doubled: Pole

    def verdict(self, *anchors: str, now: datetime = NEXT_MORNING) -> Verdict:
        """What an inspector finds."""
        question = Question(root_key=ROOT_KEY, now=now, anchors=anchors)
        with self.database.reading() as session:
            return verify(Sight(session.connection()), question)

    def found(self) -> list[Finding]:
        """What does not hold."""
        return self.verdict().findings

    def without_keeping(self, change: Callable[[Session], object]) -> None:
        """Change the database as its owner can, past the station's own programs."""
        with Database(self.database.engine).writing() as session:
            change(session)


def play_a_day(database: Database) -> Scene:
    """Everything that a day brings, and its root on the next morning."""
    with database.writing() as session:
        found(session)
        good = raise_pole(session, "loa-1", thon_1=0.5)
        silent = raise_pole(session, "loa-2", thon_1=0.5, thon_2=1.0)
        doubled = raise_pole(session, "loa-3", cluster="cum-tay", thon_3=1.0)
        merge_villages(
            session,
            ["thon-1", "thon-2"],
            name="Thôn Một Hai",
            cluster_id="cum-dong",
            since=date(2027, 1, 1),
            households=375,
            residents=1_500,
            by=None,
            now=BEFORE,
        )
        expect(session, order(), order("ord-2", cluster="cum-tay"), now=BEFORE)
        record(
            session,
            Act.BULLETIN_WRITTEN,
            by="acc-an",
            about="bul-1",
            at=BEFORE,
            private={"title": "Lịch tiêm chủng"},
        )
    with database.writing() as session:
        freeze(session, now=STARTS)
    good.play()
    with database.writing() as session:
        ingest(session, good.batches(size=2), now=STARTS + timedelta(minutes=2))
        ingest(session, [good.batch(3, 4)], now=STARTS + timedelta(minutes=3))
        ingest(session, _two_journals(doubled), now=STARTS + timedelta(minutes=3))
        said = [good.status(online=True, at_ms=1, epoch=good.epoch, seq=len(good.entries))]
        ingest(session, said, now=STARTS + timedelta(minutes=3))
        stranger = Pole("loa-9")
        stranger.say(Kind.RECEIVED)
        ingest(session, stranger.batches(), now=STARTS + timedelta(minutes=3))
    with database.writing() as session:
        ingest(session, _old_one_goes_on(doubled), now=STARTS + timedelta(minutes=6))
        close_overdue(session, now=STARTS + timedelta(minutes=10))
    with database.writing() as session:
        while roll_up(session).broadcasts:
            pass
    with database.writing() as session:
        made = make_due_roots(
            session, station_id=STATION, zone=ZONE, keys=keys_of(STATION), now=NEXT_MORNING
        )
        assert made == 1
    return Scene(database, good, silent, doubled)


def _two_journals(pole: Pole) -> list[object]:
    """A journal, and another one after it."""
    pole.say(Kind.RECEIVED, order="ord-2")
    first = pole.batches()
    pole.old = (pole.epoch, list(pole.entries))  # type: ignore[attr-defined]
    pole.epoch, pole.entries = "cd" * 16, []
    pole.say(Kind.CACHED, order="ord-2")
    return [*first, *pole.batches()]


def _old_one_goes_on(pole: Pole) -> list[object]:
    """The older journal is written all the same: two boxes hold one key."""
    newer = (pole.epoch, pole.entries)
    pole.epoch, pole.entries = pole.old  # type: ignore[attr-defined]
    pole.say(Kind.CACHED, order="ord-2")
    said = [pole.batch(2)]
    pole.epoch, pole.entries = newer
    return said

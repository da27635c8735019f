"""Deadlines kept by the schedule's beat: whoever owes its word is told of, and nothing stays open.

Time is the tests' own: every beat is told what time it is.
"""

from datetime import date, datetime, timedelta

import pytest
from nacl.signing import SigningKey
from sqlmodel import select

from broadcaster.areas.tables import Station, Village, VillagePopulation
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.conductor import Conductor, tick
from broadcaster.fleet.registry import share_village, verify_keys
from broadcaster.ledger.alert_queries import open_alerts
from broadcaster.ledger.coverage import Coverage
from broadcaster.ledger.ingest import store
from broadcaster.ledger.period_queries import covered
from broadcaster.ledger.periods import one_year
from broadcaster.ledger.play_state import OPEN
from broadcaster.ledger.tables import Alert, Play
from devices.protocol.messages import Kind
from tests.broadcaster.dispatch.fleet import FakeWire, add_device, leading
from tests.broadcaster.ledger.commune import Pole
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys
from tests.trail import followed

YEAR = one_year(2026)
RESIDENTS = 1_000
FAULTS_SHOW_WITHIN = timedelta(seconds=100)


class OnAir:
    """A bulletin on its way to two poles that share a village; beats and words at any instant."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.database = newsroom.small.database
        self.newsroom = newsroom
        keys = made_keys()
        self.conductor = Conductor(
            database=self.database,
            settings=newsroom.small.settings,
            keys=lambda: keys,
            wire=FakeWire(takes=1_000),  # type: ignore[arg-type]
            lead=leading(self.database),
            trail=followed(),
        )
        self.poles = {
            f"loa-{n}": Pole(f"loa-{n}", station=STATION_ID, key=SigningKey(bytes([n]) * 32))
            for n in (1, 2)
        }
        self.settle()
        newsroom.queue(newsroom.bulletin(), clusters=("cl-1",))
        self.beat(newsroom.now())
        with self.database.reading() as session:
            play = session.exec(select(Play)).all()[0]
        self.order_id, self.starts_at, self.asked_ms = play.order_id, play.starts_at, play.asked_ms

    def settle(self) -> None:
        """A village of 1,000 that the two poles have by halves."""
        with self.database.writing() as session:
            for number in (1, 2):
                add_device(session, number, cluster="cl-1", now=self.newsroom.now())
            session.add(Village(id="thon", cluster_id="cl-1", name="Thôn"))
            session.flush()
            session.add(
                VillagePopulation(
                    village_id="thon",
                    valid_from=date(2026, 1, 1),
                    households=250,
                    residents=RESIDENTS,
                )
            )
            for device in self.poles:
                share_village(
                    session,
                    village_id="thon",
                    share=0.5,
                    device_id=device,
                    valid_from=date(2026, 1, 1),
                )

    def beat(self, now: datetime) -> None:
        """One beat of the schedule's process at that instant."""
        tick(self.conductor, now)

    def says(self, device: str, *kinds: Kind, at: datetime) -> None:
        """A pole's words on its play; a finished one sounded whole."""
        pole = self.poles[device]
        first = len(pole.entries) + 1
        for kind in kinds:
            whole = {"samples": self.asked_ms * 24, "sample_rate_hz": 24_000}
            said = whole if kind is Kind.FINISHED else {}
            pole.say(kind, order=self.order_id, at_ms=to_ms(self.starts_at), **said)
        with self.database.writing() as session:
            store(
                session,
                [pole.batch(first)],
                now=at,
                keys=verify_keys(session, STATION_ID),
                station=session.get_one(Station, STATION_ID),
            )

    def alerts(self) -> set[str]:
        """The devices of which an alert stands open."""
        with self.database.reading() as session:
            return {each.device_id for each in open_alerts(session, villages=None, limit=10)}

    def year(self) -> Coverage:
        """What the year's roll-up says."""
        with self.database.reading() as session:
            return covered(session, YEAR, villages=None)[0].coverage


@pytest.fixture
def air(newsroom: Newsroom) -> OnAir:
    """Expected of both poles; the broadcast begins in some seconds."""
    return OnAir(newsroom)


def test_a_missing_word_is_told_of_within_100_s_of_the_start(air: OnAir) -> None:
    """One pole plays, of the other nothing comes: its alert, and no other, and not too soon."""
    air.beat(air.starts_at)
    air.says("loa-1", Kind.STARTED, Kind.FINISHED, at=air.starts_at + timedelta(seconds=8))
    raised: timedelta | None = None
    for second in range(1, 101):
        air.beat(air.starts_at + timedelta(seconds=second))
        if raised is None and air.alerts():
            raised = timedelta(seconds=second)

    assert air.alerts() == {"loa-2"}
    assert raised is not None
    assert timedelta(seconds=60) < raised <= FAULTS_SHOW_WITHIN


@pytest.mark.parametrize(
    "words",
    [
        (),
        (Kind.RECEIVED,),
        (Kind.CACHED,),
        (Kind.STARTED,),
        (Kind.STARTED, Kind.CUT, Kind.RESUMED),
        (Kind.REJECTED, Kind.RECEIVED),
        (Kind.FINISHED,),
    ],
    ids=str,
)
def test_nothing_stays_in_progress(air: OnAir, words: tuple[Kind, ...]) -> None:
    """Whatever a pole said last: one beat after every deadline no play is open, and no sum is."""
    if words:
        air.says("loa-1", *words, at=air.starts_at + timedelta(seconds=1))
    # The station itself was away meanwhile: its first beat closes what is overdue.
    air.beat(air.starts_at + timedelta(hours=3))
    with air.database.reading() as session:
        states = {play.state for play in session.exec(select(Play))}
    air.beat(air.starts_at + timedelta(hours=3, seconds=1))

    assert states & OPEN == set()
    assert air.year().pending == 0
    assert air.year().asked == RESIDENTS


def test_late_word_corrects_the_record_the_alert_and_the_year(air: OnAir) -> None:
    """Three days late: the alert is resolved and not erased, and the next beat's sums say so."""
    air.beat(air.starts_at + timedelta(minutes=10))
    air.beat(air.starts_at + timedelta(minutes=10, seconds=1))
    before, alarmed = air.year(), air.alerts()
    late = air.starts_at + timedelta(days=3)
    air.says("loa-2", Kind.STARTED, Kind.FINISHED, at=late)
    air.beat(late + timedelta(seconds=1))
    with air.database.reading() as session:
        kept = {each.device_id: each.resolved_at for each in session.exec(select(Alert))}

    assert alarmed == {"loa-1", "loa-2"}
    assert (before.confirmed, before.not_confirmed) == (0, RESIDENTS)
    assert kept == {"loa-1": None, "loa-2": late}
    assert (air.year().confirmed, air.year().not_confirmed) == (RESIDENTS / 2, RESIDENTS / 2)

"""An order that devices refuse, or a row that nobody can read, silences nothing but itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey
from sqlmodel import col, select

from broadcaster.areas.tables import Cluster, Station, Village, VillageLanguage
from broadcaster.bulletins.recordings import keep_recording
from broadcaster.bulletins.tables import Rendition
from broadcaster.database import Database
from broadcaster.dispatch.conductor import Conductor, tick
from broadcaster.dispatch.plans import PlannedBroadcast, orders_of
from broadcaster.dispatch.signing import sign_changed_plans
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.fleet.credentials import verifier_of
from broadcaster.fleet.registry import enrol
from broadcaster.ledger.tables import Alert, Play
from broadcaster.ledger.watch import close_overdue
from broadcaster.schedule.tables import Broadcast
from broadcaster.wire import Wire
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Order, Plan
from tests.broadcaster.bulletins.newsroom import SCRIPT
from tests.broadcaster.dispatch.fleet import leading
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.broadcaster.small_station import NOON, STATION_ID
from tests.broadcaster.station_keys import made_keys, plan_as_devices_see
from tests.trail import followed

KEYS = made_keys()
MINUTE = timedelta(minutes=1)
OF_TWO_PARTS = [
    {"at_ms": 0, "kind": "chime", "title": "Nhạc hiệu"},
    {"at_ms": 30_000, "kind": "bulletin", "title": "Bản tin"},
]


@pytest.fixture
def newsroom(on_sqlite: Database, tmp_path: Path) -> Newsroom:
    """A station at noon of a Monday, an operator and a leader; a device in each cluster."""
    opened = open_newsroom(on_sqlite, state_dir=tmp_path)
    verifier = verifier_of("secret")
    with on_sqlite.writing() as session:
        for number, cluster_id in enumerate(("cl-1", "cl-2")):
            enrol(
                session,
                device_id=f"loa-{number}",
                cluster=session.get_one(Cluster, cluster_id),
                name=f"Loa {number}",
                public_key_hex=SigningKey(bytes([number]) * 32).verify_key.encode().hex(),
                broker_salt=verifier.salt,
                broker_verifier=verifier.verifier,
                now=opened.now(),
                simulated=True,
            )
    return opened


def signed(newsroom: Newsroom, cluster_id: str = "cl-1") -> tuple[Order, ...]:
    """The orders of a cluster's newest plan, as its devices verify it."""
    newsroom.plan()
    with newsroom.small.database.writing() as session:
        sign_changed_plans(
            session,
            station=session.get_one(Station, STATION_ID),
            keys=KEYS,
            trail=followed(),
            now=newsroom.now(),
            days=8,
            start_within=MINUTE,
            end_within=MINUTE,
        )
    with newsroom.small.database.reading() as session:
        newest = session.exec(
            select(SignedPlan)
            .where(SignedPlan.cluster_id == cluster_id)
            .order_by(col(SignedPlan.version).desc())
        ).first()
    assert newest is not None
    return plan_as_devices_see(newest.message, keys=KEYS, cluster=cluster_id).orders


def planned(number: int, **changed: object) -> PlannedBroadcast:
    """A broadcast of a minute in a village; what is given is not as the product writes it."""
    starts_at = NOON + number * MINUTE
    row: dict[str, Any] = {
        "id": f"bc-{number}",
        "title": "Lịch tiêm",
        "priority": 3,
        "audio_sha256": "a" * 64,
        "audio_size_bytes": 1_000_000,
        "duration_ms": 60_000,
        "slot_ms": 60_000,
        "cues": OF_TWO_PARTS,
    }
    broadcast = Broadcast(
        schedule_id="sch",
        bulletin_id="bul",
        rendition_id="ren",
        occurs_at=starts_at,
        starts_at=starts_at,
        not_after=starts_at + MINUTE,
        planned_at=NOON,
        **{**row, **changed},
    )
    return PlannedBroadcast(order_id=f"ord-{number}", broadcast=broadcast, village_ids=("v-1",))


def recordings(count: int, **changed: object) -> list[dict[str, object]]:
    """As many recordings of a second for one village, each another sound."""
    one: dict[str, object] = {
        "village_id": "v-1",
        "village": "Thôn Đông",
        "language": "Tày",
        "audio_size_bytes": 8_000,
        "duration_ms": 1_000,
    }
    return [one | {"audio_sha256": f"{number:064x}"} | changed for number in range(count)]


def cues(count: int, *, title: str = "Bản tin") -> list[dict[str, object]]:
    """As many parts of half a second."""
    return [{"at_ms": 500 * n, "kind": "bulletin", "title": title} for n in range(count)]


REFUSED: dict[str, dict[str, object]] = {
    "more items than an order may have": {"recordings": recordings(50)},
    "more parts than an item may have": {"cues": cues(101)},
    "two parts at once": {"cues": [OF_TWO_PARTS[0], OF_TWO_PARTS[0]]},
    "a part beyond the end": {"cues": [{"at_ms": 60_000, "kind": "pause", "title": ""}]},
    "a part of no known form": {"cues": [{"at_ms": 0, "kind": "Nhạc nền", "title": ""}]},
    "a part without its instant": {"cues": [{"kind": "chime", "title": ""}]},
    "a part that says something else": {"cues": [OF_TWO_PARTS[0] | {"end_ms": 5}]},
    "a part with an endless title": {"cues": cues(1, title="ệ" * 301)},
    "parts that are none": {"cues": None},
    "recordings that are none": {"recordings": None},
    "a recording without its village": {"recordings": [{"audio_sha256": "b" * 64}]},
    "a recording that is no hash": {"recordings": recordings(1, audio_sha256="../etc/passwd")},
    "a recording of no bytes": {"recordings": recordings(1, audio_size_bytes=0)},
    "a recording of a whole day and more": {"recordings": recordings(1, duration_ms=86_400_001)},
    "a language with an endless name": {"recordings": recordings(1, language="ệ" * 300)},
    "an endless title": {"title": "ệ" * 301},
    "half a character": {"title": "\ud800"},
    "a number beyond all bounds": {"audio_size_bytes": 2**70},
    "a rank that there is not": {"priority": 4},
    "an override without bounds": {"override_person": "ệ" * 301, "override_reason": "Bão"},
}


@pytest.mark.parametrize("broken", REFUSED.values(), ids=REFUSED.keys())
def test_what_devices_would_refuse_is_left_out(broken: dict[str, object]) -> None:
    """One malformed order makes a whole plan malformed: the others go without it."""
    orders = orders_of([planned(1), planned(2, **broken), planned(3)], now=NOON, days=8)
    plan = Plan(station="s", cluster="c", version=1, issued_at_ms=1, orders=orders)
    keys = made_keys("s")
    message = seal_message(plan, key=keys.signing_key)

    assert [order.id for order in orders] == ["ord-1", "ord-3"]
    assert plan_as_devices_see(message, keys=keys, station="s", cluster="c") == plan


def test_what_fits_in_no_plan_keeps_nothing_back() -> None:
    """An order that is larger than a whole plan does not make those behind it wait."""
    signs = "\x01" * 290
    large = planned(2, cues=cues(100, title=signs), recordings=recordings(49, village=signs))

    orders = orders_of([planned(1), large, planned(3)], now=NOON, days=8)

    assert [order.id for order in orders] == ["ord-1", "ord-3"]


def test_a_cluster_of_many_languages_hears_everything_else(newsroom: Newsroom) -> None:
    """Sixty villages, each with its own recording, are more than one order holds.

    Queued before the recordings came, nobody could be told then. The other bulletins go out, the
    other cluster hears this one too, and people are alerted.
    """
    newsroom.queue(newsroom.bulletin(SCRIPT + " Mời bà con đến sớm."), at="2026-11-23T17:00")
    bulletin = a_bulletin_in_sixty_villages(newsroom)

    assert len(signed(newsroom)) == 1
    assert len(signed(newsroom, "cl-2")) == 2
    newsroom.clock.move(timedelta(hours=9))
    with newsroom.small.database.writing() as session:
        close_overdue(session, now=newsroom.now())
    with newsroom.small.database.reading() as session:
        silent = select(Broadcast.id).where(Broadcast.bulletin_id == bulletin)
        alerted = select(Alert.device_id).where(col(Alert.broadcast_id).in_(silent))
        assert set(session.exec(alerted)) == {"loa-0", "loa-1"}


@dataclass(frozen=True)
class Recorded:
    """A recording in the audio store."""

    sha256: str
    size_bytes: int = 8_000
    duration_ms: int = 1_000


def a_bulletin_in_sixty_villages(newsroom: Newsroom) -> str:
    """One that was queued, and approved with a recording for each of sixty villages."""
    villages = [f"v-many-{number}" for number in range(60)]
    with newsroom.small.database.writing() as session:
        for id_ in villages:
            session.add(Village(id=id_, cluster_id="cl-1", name=f"Thôn {id_}"))
        session.flush()
        session.add_all(VillageLanguage(village_id=id_, language="Tày") for id_ in villages)
    bulletin = newsroom.bulletin(approved=False)
    newsroom.queue(bulletin, at="2026-11-23T16:00")
    with newsroom.small.database.writing() as session:
        for number, id_ in enumerate(villages):
            sound = Recorded(f"{number:064x}")
            keep_recording(
                session, bulletin, village_id=id_, language="Tày",
                sound=sound, by=newsroom.operator, now=newsroom.now(),
            )  # fmt: skip
    newsroom.render(bulletin, SCRIPT)
    newsroom.approve(bulletin)
    return bulletin


UNREADABLE: dict[str, dict[str, object]] = {
    "a later sound without its hash": {"replay": {"spoken": "xin nhắc lại"}},
    "a part without its beginning": {"parts": [{"kind": "chime", "title": ""}]},
}


@pytest.mark.parametrize("broken", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_row_that_nobody_can_read_is_not_approved(
    newsroom: Newsroom, broken: dict[str, object]
) -> None:
    """What stands in the row of one rendition decides about its own broadcast only."""
    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin, at="2026-11-23T16:00")
    newsroom.queue(newsroom.bulletin(SCRIPT + " Mời bà con."), at="2026-11-23T17:00")
    assert len(signed(newsroom)) == 2
    with newsroom.small.database.writing() as session:
        rendition = newsroom.rendition(session, bulletin)
        for name, value in broken.items():
            setattr(rendition, name, value)

    assert len(signed(newsroom)) == 1


def test_a_bulletin_that_names_itself_as_its_part_ends_nowhere(newsroom: Newsroom) -> None:
    """It is not approved, and asking whether it is comes to an end."""
    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin, at="2026-11-23T16:00")
    assert len(signed(newsroom)) == 1
    with newsroom.small.database.writing() as session:
        rendition = newsroom.rendition(session, bulletin)
        itself = {"bulletin_id": bulletin, "rendition_id": rendition.id}
        rendition.parts = [{"kind": "bulletin", "title": "", "start_ms": 0} | itself]

    assert signed(newsroom) == ()
    with newsroom.small.database.reading() as session:
        assert session.exec(select(Rendition)).one().parts
        assert session.exec(select(Play)).all() == []


class Stumbling(Conductor):
    """One that finds something in its database that nobody thought of."""

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__(
            database=newsroom.small.database,
            settings=newsroom.small.settings,
            keys=lambda: KEYS,
            wire=Wire("mqtt://127.0.0.1:1", client_id="nobody"),
            lead=leading(newsroom.small.database),
            trail=followed(),
        )
        self.done: list[str] = []

    def plan(self, now: datetime) -> None:
        """Fail."""
        raise KeyError(str(now))

    def publish(self, now: datetime) -> None:
        """Note that it was done."""
        self.done.append("publish")
        super().publish(now)

    def watch(self, now: datetime) -> None:
        """Note that it was done."""
        self.done.append("watch")
        super().watch(now)


def test_planning_that_fails_stops_neither_publishing_nor_the_watch(newsroom: Newsroom) -> None:
    """What was signed before still goes out, deadlines are still watched, the error is told."""
    stumbling = Stumbling(newsroom)

    with pytest.raises(KeyError):
        tick(stumbling, newsroom.now())

    assert stumbling.done == ["publish", "watch"]

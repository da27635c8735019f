"""The signer's last look: what no second person approved, exactly so, is not signed."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Station
from broadcaster.bulletins import desk
from broadcaster.bulletins.errors import OwnBulletin
from broadcaster.bulletins.tables import Approval, Bulletin, Rendition
from broadcaster.bulletins.texts import checked, sha256_of
from broadcaster.database import Database
from broadcaster.dispatch.plans import PlannedBroadcast, orders_of
from broadcaster.dispatch.signing import sign_changed_plans
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.inspection.findings import Flaw
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.verifying import Question, verify
from broadcaster.schedule.tables import Broadcast
from devices.protocol.envelope import seal_message
from devices.protocol.jws import MESSAGE_LIMIT_BYTES
from devices.protocol.messages import Order, Plan
from tests.broadcaster.bulletins.newsroom import SCRIPT, decide
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.broadcaster.small_station import NOON, STATION_ID
from tests.broadcaster.station_keys import made_keys, plan_as_devices_see
from tests.trail import followed, keys_of

KEYS = made_keys()
SECOND = timedelta(seconds=1)


@pytest.fixture
def newsroom(on_sqlite: Database, tmp_path: Path) -> Newsroom:
    """A station at noon of a Monday, an operator and a leader."""
    return open_newsroom(on_sqlite, state_dir=tmp_path)


def signed(newsroom: Newsroom) -> tuple[Order, ...]:
    """The orders of the newest plan of the first cluster, as its devices verify it."""
    newsroom.plan()
    with newsroom.small.database.writing() as session:
        sign_changed_plans(
            session,
            station=session.get_one(Station, STATION_ID),
            keys=KEYS,
            trail=followed(),
            now=newsroom.now(),
            days=8,
            start_within=timedelta(seconds=90),
            end_within=timedelta(seconds=90),
        )
    with newsroom.small.database.reading() as session:
        newest = session.exec(
            select(SignedPlan)
            .where(SignedPlan.cluster_id == "cl-1")
            .order_by(col(SignedPlan.version).desc())
        ).first()
    if newest is None:
        return ()
    return plan_as_devices_see(newest.message, keys=KEYS, cluster="cl-1").orders


def queued(newsroom: Newsroom, *, approved: bool = True) -> str:
    """A bulletin that is queued for this afternoon."""
    bulletin = newsroom.bulletin(approved=approved)
    newsroom.queue(bulletin, at="2026-11-23T17:00")
    return bulletin


def test_the_approved_is_signed(newsroom: Newsroom) -> None:
    """With everything in order there is an order: the refusals below refuse something."""
    queued(newsroom)

    assert len(signed(newsroom)) == 1


def test_nothing_unapproved_is_signed(newsroom: Newsroom) -> None:
    """Neither what waits, nor what was returned, nor what was returned after its approval."""
    queued(newsroom, approved=False)
    returned = queued_later(newsroom)
    newsroom.approve(returned, approved=False)

    assert signed(newsroom) == ()


def queued_later(newsroom: Newsroom) -> str:
    """A bulletin that is approved and queued for an hour later."""
    bulletin = newsroom.bulletin(SCRIPT + " Mời bà con đến sớm.")
    newsroom.queue(bulletin, at="2026-11-23T18:00")
    return bulletin


@pytest.mark.parametrize("change", ["title", "topic", "priority", "script"])
def test_any_edit_takes_the_order_back(newsroom: Newsroom, change: str) -> None:
    """Also an edit that is undone again: the approval was for what was before."""
    bulletin = queued(newsroom)
    assert len(signed(newsroom)) == 1
    before = {"title": "Lịch tiêm", "script": SCRIPT, "topic": "", "priority": 3}
    other = {"title": "Khác", "script": SCRIPT + " Thêm.", "topic": "khác", "priority": 2}
    newsroom.clock.move(SECOND)
    for given in (before | {change: other[change]}, before):
        with newsroom.small.database.writing() as session:
            written = checked(**given)  # type: ignore[arg-type]
            desk.edit(session, bulletin, written=written, by=newsroom.operator, now=newsroom.now())
    newsroom.render(bulletin, SCRIPT)

    assert signed(newsroom) == ()


def test_another_sound_takes_the_order_back(newsroom: Newsroom) -> None:
    """The same words said anew are another sound, and nobody has heard it."""
    bulletin = queued(newsroom)
    assert len(signed(newsroom)) == 1
    newsroom.clock.move(SECOND)
    newsroom.render(bulletin, SCRIPT, take="another")

    assert signed(newsroom) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"audio_sha256": "e" * 64},
        {"audio_size_bytes": 1},
        {"duration_ms": 40 * 60_000},
        {"priority": 1},
        {"title": "Sơ tán ngay"},
    ],
)
def test_a_broadcast_that_was_tampered_with_is_not_signed(
    newsroom: Newsroom, change: dict[str, object]
) -> None:
    """What a broadcast's row says of sound and rank must be what was approved."""
    queued(newsroom)
    newsroom.plan()
    with newsroom.small.database.writing() as session:
        broadcast = session.exec(select(Broadcast)).one()
        for name, value in change.items():
            setattr(broadcast, name, value)

    assert signed(newsroom) == ()


@pytest.mark.parametrize("change", [{"audio_sha256": "e" * 64}, {"spoken": "khác"}])
def test_a_rendition_that_was_tampered_with_is_not_signed(
    newsroom: Newsroom, change: dict[str, str]
) -> None:
    """A decision names words and sound by hash; others in the same row are not decided on."""
    queued(newsroom)
    with newsroom.small.database.writing() as session:
        rendition = session.exec(select(Rendition)).one()
        for name, value in change.items():
            setattr(rendition, name, value)

    assert signed(newsroom) == ()


def test_a_script_that_was_tampered_with_is_not_signed(newsroom: Newsroom) -> None:
    """Words that changed past the desk are not the ones that were read aloud."""
    queued(newsroom)
    with newsroom.small.database.writing() as session:
        session.exec(select(Bulletin)).one().script = "Lời khác."

    assert signed(newsroom) == ()


def test_a_leader_who_wrote_a_letter_may_not_approve(newsroom: Newsroom) -> None:
    """Whoever holds both roles and edited a word is an author for good."""
    both = newsroom.small.member("cuong", Role.OPERATOR, Role.LEADER)
    bulletin = newsroom.bulletin(approved=False)
    with newsroom.small.database.writing() as session:
        written = checked(title="Lịch tiêm chủng", script=SCRIPT)
        desk.edit(session, bulletin, written=written, by=both, now=newsroom.now())
        back = checked(title="Lịch tiêm", script=SCRIPT)
        desk.edit(session, bulletin, written=back, by=newsroom.operator, now=newsroom.now())
    newsroom.render(bulletin, SCRIPT)

    with newsroom.small.database.writing() as session:
        rendition = newsroom.rendition(session, bulletin)
        with pytest.raises(OwnBulletin):
            decide(session, rendition, approved=True, by=both, now=newsroom.now())


def test_who_becomes_an_author_ends_their_own_approval(newsroom: Newsroom) -> None:
    """A leader who approved and then writes in it leaves nothing approved behind."""
    bulletin = queued(newsroom)
    with newsroom.small.database.writing() as session:
        written = checked(title="Tiêm", script=SCRIPT)
        desk.edit(session, bulletin, written=written, by=newsroom.leader, now=newsroom.now())
    newsroom.render(bulletin, SCRIPT)
    with newsroom.small.database.writing() as session:
        rendition = newsroom.rendition(session, bulletin)
        with pytest.raises(OwnBulletin):
            decide(session, rendition, approved=True, by=newsroom.leader, now=newsroom.now())

    assert signed(newsroom) == ()


def test_an_approval_that_nobody_gave_is_named_by_whoever_verifies(newsroom: Newsroom) -> None:
    """Who writes the database can write an approval; it is not signed, and the trail names it."""
    bulletin = queued(newsroom, approved=False)
    with Database(newsroom.small.database.engine).writing() as session:
        rendition = newsroom.rendition(session, bulletin)
        session.add(
            Approval(
                id="apr-made-up", bulletin_id=bulletin, rendition_id=rendition.id,
                spoken_sha256=sha256_of(rendition.spoken), audio_sha256=rendition.audio_sha256,
                approver_id=newsroom.leader, approved=True, decided_at=newsroom.now(),
            )
        )  # fmt: skip

    assert signed(newsroom) == ()
    question = Question(root_key=keys_of(STATION_ID).root_public_key, now=newsroom.now())
    with newsroom.small.database.reading() as session:
        found = list(verify(Sight(session.connection()), question).findings)
    named = [(each.table, each.key, each.flaw) for each in found]
    assert ("approval", "apr-made-up", Flaw.FACT_UNRECORDED) in named


def test_a_crowded_plan_is_still_one_that_devices_take(newsroom: Newsroom) -> None:
    """Whoever queues a thousand times keeps nothing from the poles that comes before."""
    assert newsroom.clock() == NOON
    crowd = [_planned(number, starts_at=NOON + number * SECOND) for number in range(1_500)]
    orders = orders_of(reversed(crowd), now=NOON, days=8)
    keys = made_keys("s" * 63)
    plan = Plan(
        station="s" * 63, cluster="c" * 63, version=2**53 - 1, issued_at_ms=1, orders=orders
    )
    message = seal_message(plan, key=keys.signing_key).encode()

    assert len(orders) > 50
    assert len(message) <= MESSAGE_LIMIT_BYTES
    assert [order.id for order in orders[:2]] == ["ord-0", "ord-1"]
    assert plan_as_devices_see(message, keys=keys, station="s" * 63, cluster="c" * 63) == plan


def _planned(number: int, *, starts_at: datetime) -> PlannedBroadcast:
    """A broadcast with the longest texts that there may be."""
    broadcast = Broadcast(
        id=f"bc-{number}",
        schedule_id="sch",
        bulletin_id="bul",
        rendition_id="ren",
        title="ệ" * 200,
        priority=3,
        audio_sha256="a" * 64,
        audio_size_bytes=1_000_000,
        duration_ms=60_000,
        slot_ms=60_000,
        occurs_at=starts_at,
        starts_at=starts_at,
        not_after=starts_at + timedelta(seconds=60),
        override_person="ệ" * 80,
        override_reason="ệ" * 300,
        planned_at=NOON,
    )
    return PlannedBroadcast(order_id=f"ord-{number}", broadcast=broadcast)

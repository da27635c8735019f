"""Signing: the approval is looked at first, versions only grow, and plays are expected with it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Station
from broadcaster.bulletins.standing import approved_rendition
from broadcaster.bulletins.tables import Rendition
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.signing import newest_plan, sign_changed_plans
from broadcaster.dispatch.tables import SignedPlan
from broadcaster.dispatch.versions import AGAIN_AFTER
from broadcaster.fleet.registry import retire
from broadcaster.keys import StationKeys
from broadcaster.ledger.tables import Play
from broadcaster.schedule.queueing import cancel_schedule
from broadcaster.schedule.tables import Broadcast
from devices.protocol.messages import Plan
from tests.broadcaster.dispatch.fleet import add_device, report
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys, plan_as_devices_see
from tests.trail import followed

KEYS = made_keys()
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def devices(newsroom: Newsroom) -> None:
    """One device in each cluster."""
    with newsroom.small.database.writing() as session:
        for number, cluster_id in enumerate(("cl-1", "cl-2")):
            add_device(session, number, cluster=cluster_id, now=newsroom.now())


def sign(newsroom: Newsroom, keys: StationKeys = KEYS) -> int:
    """Sign what changed."""
    with newsroom.small.database.writing() as session:
        return sign_changed_plans(
            session,
            station=session.get_one(Station, STATION_ID),
            keys=keys,
            trail=followed(),
            now=newsroom.now(),
            days=8,
            start_within=MINUTE,
            end_within=MINUTE,
        )


def plan_of(newsroom: Newsroom, cluster_id: str) -> Plan:
    """The newest plan of a cluster, opened as a device would."""
    with newsroom.small.database.reading() as session:
        signed = newest_plan(session, cluster_id)
        assert signed is not None
        return plan_as_devices_see(signed.message, keys=KEYS, cluster=cluster_id)


def expected_plays(newsroom: Newsroom) -> list[tuple[str, str]]:
    """The plays that the ledger expects, as order and device."""
    with newsroom.small.database.reading() as session:
        rows = session.exec(
            select(Play.order_id, Play.device_id).order_by(col(Play.device_id))
        ).all()
    return [(order_id, device_id) for order_id, device_id in rows]


def test_an_approval_is_looked_at_once_for_all_clusters(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A province has hundreds of clusters: what goes to all of them is asked about once a pass."""
    asked: list[str] = []

    def looked_at(session: Session, bulletin_id: str) -> Rendition | None:
        asked.append(bulletin_id)
        return approved_rendition(session, bulletin_id)

    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin)
    newsroom.plan()
    monkeypatch.setattr("broadcaster.dispatch.signing.approved_rendition", looked_at)

    assert sign(newsroom) == 2
    assert asked == [bulletin]


def test_an_approved_broadcast_is_signed_for_its_clusters(newsroom: Newsroom) -> None:
    """Each cluster's plan holds its own order; a device of each is expected to play it."""
    newsroom.queue(newsroom.bulletin())
    newsroom.plan()

    assert sign(newsroom) == 2

    orders = [plan_of(newsroom, cluster).orders[0].id for cluster in ("cl-1", "cl-2")]
    assert len(set(orders)) == 2
    assert expected_plays(newsroom) == [(orders[0], "loa-0"), (orders[1], "loa-1")]


def test_nothing_is_signed_again_that_says_the_same(newsroom: Newsroom) -> None:
    """A second look changes nothing."""
    newsroom.queue(newsroom.bulletin())
    newsroom.plan()
    sign(newsroom)
    newsroom.clock.move(timedelta(seconds=1))

    assert sign(newsroom) == 0


def test_a_broadcast_whose_approval_is_gone_is_not_signed(newsroom: Newsroom) -> None:
    """Even where planning has not noticed yet, signing looks for itself."""
    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin)
    newsroom.plan()
    newsroom.render(bulletin, "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em.", take="khác")

    sign(newsroom)

    assert plan_of(newsroom, "cl-1").orders == ()
    assert expected_plays(newsroom) == []


def test_a_broadcast_with_other_sound_than_approved_is_not_signed(newsroom: Newsroom) -> None:
    """A row changed behind the desk's back does not reach a pole."""
    newsroom.queue(newsroom.bulletin())
    (planned,) = newsroom.plan()
    with newsroom.small.database.writing() as session:
        session.get_one(Broadcast, planned.id).audio_sha256 = "66" * 32

    sign(newsroom)

    assert plan_of(newsroom, "cl-1").orders == ()


def test_what_began_unsigned_is_not_signed_late_without_approval(newsroom: Newsroom) -> None:
    """A start that has come is no excuse: what never left the station needs its approval."""
    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin)
    (planned,) = newsroom.plan()
    newsroom.render(bulletin, "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em.", take="khác")
    newsroom.clock.now = planned.starts_at + timedelta(seconds=1)

    sign(newsroom)

    assert plan_of(newsroom, "cl-1").orders == ()


def test_what_is_on_air_stays_in_the_plan(newsroom: Newsroom) -> None:
    """Once signed and begun it stays until its *not after*, though the bulletin was edited."""
    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin)
    (planned,) = newsroom.plan()
    sign(newsroom)
    newsroom.clock.now = planned.starts_at + timedelta(seconds=1)
    newsroom.render(bulletin, "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em.", take="khác")
    sign(newsroom)

    assert len(plan_of(newsroom, "cl-1").orders) == 1


def test_a_withdrawn_broadcast_leaves_the_plan_and_nothing_is_expected(newsroom: Newsroom) -> None:
    """Cancelled before it begins: the next version is empty, and so is the expectation."""
    schedule = newsroom.queue(newsroom.bulletin())
    newsroom.plan()
    sign(newsroom)
    with newsroom.small.database.writing() as session:
        cancel_schedule(
            session, schedule.id, station_id=STATION_ID, by=newsroom.operator, now=newsroom.now()
        )
    newsroom.clock.move(timedelta(seconds=1))

    assert sign(newsroom) == 2
    assert plan_of(newsroom, "cl-1").orders == ()
    assert expected_plays(newsroom) == []


def test_versions_only_grow_though_the_clock_is_set_back(newsroom: Newsroom) -> None:
    """The version is the time in milliseconds, or one more than the last."""
    newsroom.queue(newsroom.bulletin())
    newsroom.plan()
    sign(newsroom)
    first = plan_of(newsroom, "cl-1").version
    newsroom.clock.move(timedelta(hours=-2))
    newsroom.queue(newsroom.bulletin("Chiều nay cúp điện toàn xã từ một giờ."))
    newsroom.plan()
    sign(newsroom)

    assert first == to_ms(newsroom.now() + timedelta(hours=2))
    assert plan_of(newsroom, "cl-1").version == first + 1


def test_versions_are_kept_one_by_one(newsroom: Newsroom) -> None:
    """Every version that was signed stays as evidence of what was ordered."""
    newsroom.queue(newsroom.bulletin())
    sign(newsroom)
    newsroom.plan()
    newsroom.clock.move(timedelta(seconds=1))
    sign(newsroom)

    with newsroom.small.database.reading() as session:
        kept = session.exec(select(SignedPlan).where(SignedPlan.cluster_id == "cl-1")).all()
    assert len(kept) == 2


def test_a_restored_station_goes_above_what_its_devices_hold(newsroom: Newsroom) -> None:
    """A device refuses a plan that is not above its own, and yesterday's backup knows no better."""
    sign(newsroom)
    held = to_ms(newsroom.now() + timedelta(days=2))
    newsroom.clock.move(AGAIN_AFTER)
    with newsroom.small.database.writing() as session:
        report(session, "loa-0", now=newsroom.now(), plan_version=held)

    assert sign(newsroom) == 1
    assert plan_of(newsroom, "cl-1").version == held + 1
    assert sign(newsroom) == 0


@pytest.mark.parametrize("version", [2**52 + 1, 2**53 - 1])
def test_a_device_that_lies_uses_up_no_versions(newsroom: Newsroom, version: int) -> None:
    """Going above what one stolen pole made up would leave its neighbours without a next plan."""
    sign(newsroom)
    newsroom.clock.move(AGAIN_AFTER)
    with newsroom.small.database.writing() as session:
        report(session, "loa-0", now=newsroom.now(), plan_version=version)

    assert sign(newsroom) == 0


def test_a_device_that_lies_has_no_plan_signed_each_second(newsroom: Newsroom) -> None:
    """However often it claims a newer one: once in five minutes, and the claim is gone by then."""
    sign(newsroom)
    signed = 0
    for step in range(20):
        newsroom.clock.move(timedelta(seconds=1))
        with newsroom.small.database.writing() as session:
            claim = to_ms(newsroom.now()) + 10_000 * step
            report(session, "loa-0", now=newsroom.now(), plan_version=claim)
        signed += sign(newsroom)

    assert signed == 0


def test_what_a_retired_device_holds_is_nobodys_concern(newsroom: Newsroom) -> None:
    """Only devices in service have to accept the next plan."""
    sign(newsroom)
    newsroom.clock.move(AGAIN_AFTER)
    with newsroom.small.database.writing() as session:
        report(session, "loa-0", now=newsroom.now(), plan_version=to_ms(newsroom.now()) + 1)
        retire(session, "loa-0", now=newsroom.now())

    assert sign(newsroom) == 0


def test_another_key_signs_every_plan_again(newsroom: Newsroom) -> None:
    """Devices will not believe the one before for ever, and a revoked one not at all."""
    sign(newsroom)
    other = made_keys(seed=b"n", serial=2)

    assert sign(newsroom, other) == 2
    with newsroom.small.database.reading() as session:
        newest = newest_plan(session, "cl-1")
        assert newest is not None
        plan = plan_as_devices_see(newest.message, keys=other, cluster="cl-1")
    assert plan.orders == ()

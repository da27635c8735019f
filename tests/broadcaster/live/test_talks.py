"""A talk from asking to its end, and what is signed of it where everything is signed."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from broadcaster.accounts.roles import Role
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.database.columns import to_ms
from broadcaster.dispatch.signing import newest_plan, sign_changed_plans
from broadcaster.dispatch.talks import LEAD
from broadcaster.fleet.tables import Device
from broadcaster.ledger.tables import Play
from broadcaster.live.ending import end_talk
from broadcaster.live.errors import (
    NoClusterChosen,
    QuietReasonMissing,
    TalkLengthUnusable,
    TalkOver,
    TalkRunning,
    TalkTitleUnusable,
)
from broadcaster.live.notices import live_notices
from broadcaster.live.tables import LiveOrder, LiveTalk
from broadcaster.live.talks import BEGIN_WITHIN, LOST_AFTER, begin_talk
from devices.protocol.live import unwrap_key
from devices.protocol.messages import Live, OnCut, OnReboot, Priority, QuietHoursOverride
from tests.broadcaster.live.studio import DEVICE_KEYS, KEYS, WITHIN, LiveStudio
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import plan_as_devices_see
from tests.trail import followed

TO_NIGHT = timedelta(hours=8, minutes=57)
"""From noon to shortly before quiet hours begin."""


def spoken(studio: LiveStudio, **fields: object) -> str:
    """A talk that was asked for, begun, and signed."""
    talk_id = studio.ask(**fields)  # type: ignore[arg-type]
    studio.begin(talk_id)
    studio.sign()
    return talk_id


def test_the_board_knows_in_which_clusters_somebody_speaks(studio: LiveStudio) -> None:
    """Their lanes do not say that nothing is on air; a village head is told of the own one."""
    studio.permit()
    viewer = studio.viewer(studio.room.operator)

    def told(viewer: Viewer) -> list[frozenset[str]]:
        with studio.database.reading() as session:
            return [
                each.sounds_in for each in live_notices(session, STATION_ID, viewer, studio.now())
            ]

    assert told(viewer) == []
    talk_id = spoken(studio)
    assert told(viewer) == [{"cl-1", "cl-2"}]
    head = replace(viewer, roles=frozenset({Role.VILLAGE_HEAD}), village_ids=frozenset({"v-1"}))
    assert told(head) == [{"cl-1"}]
    with studio.database.writing() as session:
        end_talk(
            session, talk_id, because="finished", said_ms=1_000, end_within=WITHIN,
            now=studio.now(),
        )  # fmt: skip
    assert told(viewer) == []


def test_what_cannot_be_asked_for_is_named_at_its_field(studio: LiveStudio) -> None:
    """And nothing is kept of it."""
    studio.permit()
    wrong = {
        "title": (TalkTitleUnusable, {"title": "  "}),
        "clusters": (NoClusterChosen, {"clusters": ("cl-9",)}),
        "minutes": (TalkLengthUnusable, {"minutes": 7}),
    }
    for field, (error, given) in wrong.items():
        with pytest.raises(error) as refused:
            studio.ask(**given)  # type: ignore[arg-type]
        assert refused.value.field == field


def test_an_order_is_signed_for_each_cluster(studio: LiveStudio) -> None:
    """With the name of its talk, priority before the programme, and a key for each device."""
    studio.permit()
    talk_id = spoken(studio)
    said = studio.signed()

    assert [each.cluster for each in said] == ["cl-1", "cl-2"]
    for now in said:
        order = now.order
        assert order is not None
        assert isinstance(order.live, Live)
        assert (order.broadcast, order.priority) == (talk_id, Priority.PRIORITY)
        assert order.starts_at_ms == to_ms(studio.now() + LEAD)
        assert (order.on_cut, order.on_reboot) == (OnCut.RESUME, OnReboot.JOIN)
        assert order.live.duration_ms == 300_000
        assert order.override is None
    streams = {now.order.live.stream for now in said if now.order and now.order.live}  # type: ignore[union-attr]
    assert len(streams) == 2


def test_each_device_and_no_other_finds_the_session_key(studio: LiveStudio) -> None:
    """A stream is of one cluster only."""
    studio.permit()
    talk_id = spoken(studio)
    east = next(each for each in studio.signed() if each.cluster == "cl-1").order
    assert east is not None
    assert isinstance(east.live, Live)
    found = {
        name: unwrap_key(east.live, station=STATION_ID, device=name, device_key=key)
        for name, key in DEVICE_KEYS.items()
    }
    session = studio.streams[talk_id].by_cluster["cl-1"].session

    assert found == {"loa-1": session, "loa-2": session, "loa-3": None}


def test_its_secrets_are_nowhere_but_with_its_sender(studio: LiveStudio) -> None:
    """Neither in the database nor in what is signed."""
    studio.permit()
    talk_id = spoken(studio)
    stream = studio.streams[talk_id].by_cluster["cl-1"]
    with studio.database.reading() as session:
        kept = " ".join(str(each.live) for each in session.exec(select(LiveOrder)))
    signed = " ".join(str(each) for each in studio.signed())

    for secret in (stream.session, stream.ephemeral, bytes(stream.signer)):
        assert secret.hex() not in kept + signed
    assert stream.session.hex() not in repr(stream)


def test_it_is_expected_of_each_device_and_asked_what_was_said(studio: LiveStudio) -> None:
    """Nobody knew before how long it would be."""
    studio.permit()
    talk_id = spoken(studio)
    assert {(each.device_id, each.asked_ms) for each in plays(studio)} == {
        (name, 300_000) for name in DEVICE_KEYS
    }
    studio.later(timedelta(seconds=40))
    with studio.database.writing() as session:
        end_talk(
            session,
            talk_id,
            because="finished",
            said_ms=38_400,
            end_within=WITHIN,
            now=studio.now(),
        )

    assert {(each.broadcast_id, each.asked_ms) for each in plays(studio)} == {(talk_id, 38_400)}
    assert {each.end_due_at for each in plays(studio)} == {studio.now() + WITHIN}


def plays(studio: LiveStudio) -> list[Play]:
    """What is expected of whom."""
    with studio.database.reading() as session:
        return list(session.exec(select(Play)).all())


def test_one_speaks_at_a_time_and_each_talk_once(studio: LiveStudio) -> None:
    """There is one microphone."""
    studio.permit()
    first, second = studio.ask(), studio.ask()
    studio.begin(first)

    with pytest.raises(TalkRunning):
        studio.begin(second)
    with pytest.raises(TalkOver):
        studio.begin(first)


def test_what_was_asked_for_long_ago_is_not_begun(studio: LiveStudio) -> None:
    """A page that was left open opens nothing."""
    studio.permit()
    talk_id = studio.ask()
    studio.later(BEGIN_WITHIN + timedelta(seconds=1))

    with pytest.raises(TalkOver):
        studio.begin(talk_id)


def test_a_permit_taken_back_meanwhile_is_seen_where_it_is_signed(studio: LiveStudio) -> None:
    """Nothing is signed, and the talk is over."""
    permit = studio.permit()
    talk_id = studio.ask()
    studio.begin(talk_id)
    studio.revoke(permit)

    assert studio.sign() == []
    assert studio.talk(talk_id).ended_because == "not_permitted"
    assert plays(studio) == []


def test_a_permit_taken_back_on_air_ends_the_talk(studio: LiveStudio) -> None:
    """Its sender asks every second; that its last day comes meanwhile ends nothing."""
    permit = studio.permit(days=1)
    studio.later(timedelta(hours=5))
    talk_id = spoken(studio)
    assert studio.may_go_on(talk_id)
    studio.later(timedelta(hours=20))
    assert studio.may_go_on(talk_id)
    studio.revoke(permit)

    assert not studio.may_go_on(talk_id)


def test_a_stop_ends_the_talk(studio: LiveStudio) -> None:
    """For its sender as well."""
    studio.permit()
    talk_id = spoken(studio)
    studio.stop(talk_id)

    assert not studio.may_go_on(talk_id)


def test_quiet_hours_need_a_leaders_reason(studio: LiveStudio) -> None:
    """The maximum counts: it may end sooner, but nobody knows that."""
    studio.permit()
    studio.later(TO_NIGHT)

    assert studio.ask(minutes=2)
    with pytest.raises(QuietReasonMissing):
        studio.ask(minutes=5)
    with pytest.raises(QuietReasonMissing):
        studio.ask(minutes=5, quiet="Tôi muốn thế")


def test_the_leader_who_allowed_it_is_named_in_the_order(studio: LiveStudio) -> None:
    """With the reason that stands in the permit."""
    studio.permit(quiet="Trực bão số 9")
    studio.later(TO_NIGHT)
    spoken(studio, minutes=5)
    leader = studio.viewer(studio.room.leader).display_name

    assert {each.order.override for each in studio.signed() if each.order} == {
        QuietHoursOverride(person=leader, reason="Trực bão số 9")
    }


def test_a_leader_who_speaks_gives_the_reason_himself(studio: LiveStudio) -> None:
    """And is named."""
    studio.permit(studio.other_leader)
    studio.later(TO_NIGHT)
    spoken(studio, by=studio.other_leader, minutes=5, quiet="Vỡ đê")
    override = studio.signed()[0].order.override  # type: ignore[union-attr]

    assert override == QuietHoursOverride(
        person=studio.viewer(studio.other_leader).display_name, reason="Vỡ đê"
    )


def test_a_stop_is_signed_for_each_cluster_and_stands_in_the_plans(studio: LiveStudio) -> None:
    """For whoever missed the fast path; and it is signed once."""
    studio.permit()
    talk_id = spoken(studio)
    orders = {each.cluster: each.order.id for each in studio.signed() if each.order}
    studio.stop(talk_id)
    stops = {each.cluster: each.stop.order for each in studio.sign() if each.stop}

    assert stops == orders
    assert len(studio.sign()) == 4
    assert {cluster: planned_stops(studio, cluster) for cluster in orders} == {
        cluster: [order] for cluster, order in orders.items()
    }


def planned_stops(studio: LiveStudio, cluster: str) -> list[str]:
    """The stops in a cluster's newest plan, as a device reads them."""
    with studio.database.writing() as session:
        sign_changed_plans(
            session,
            station=session.get_one(Station, STATION_ID),
            keys=KEYS,
            trail=followed(),
            now=studio.now(),
            days=8,
            start_within=WITHIN,
            end_within=WITHIN,
        )
        signed = newest_plan(session, cluster)
    assert signed is not None
    plan = plan_as_devices_see(signed.message, keys=KEYS, cluster=cluster)
    assert plan.orders == ()
    return [stop.order for stop in plan.all_stops]


def test_a_talk_stopped_before_it_began_is_over(studio: LiveStudio) -> None:
    """Nothing was signed, and nothing is to be silenced."""
    studio.permit()
    talk_id = studio.ask()
    studio.stop(talk_id)

    assert studio.sign() == []
    with pytest.raises(TalkOver):
        studio.begin(talk_id)


def test_a_sender_that_is_gone_is_not_waited_for(studio: LiveStudio) -> None:
    """What it said last is what was said; somebody else may speak."""
    studio.permit()
    talk_id = spoken(studio)
    studio.beat(talk_id, said_ms=12_000)
    studio.later(LOST_AFTER + timedelta(seconds=1))
    studio.sign()
    talk = studio.talk(talk_id)

    assert (talk.ended_because, talk.said_ms) == ("lost", 12_000)
    assert {each.asked_ms for each in plays(studio)} == {12_000}
    studio.begin(studio.ask())


def test_a_cluster_without_devices_is_told_nothing(studio: LiveStudio) -> None:
    """There is nobody to wrap a key for."""
    with studio.database.writing() as session:
        session.get_one(Device, "loa-3").retired_at = studio.now()
    studio.permit()
    spoken(studio)

    assert [each.cluster for each in studio.signed()] == ["cl-1"]


def test_two_that_begin_at_once_are_one_after_the_other(studio: LiveStudio) -> None:
    """In two transactions that both run: the second waits, finds the first, and is refused."""
    studio.permit()
    first, second = studio.ask(), studio.ask()
    tried, refused = threading.Event(), threading.Event()

    def begin_the_second() -> None:
        tried.set()
        try:
            studio.begin(second)
        except TalkRunning:
            refused.set()

    with studio.database.writing() as session:
        begin_talk(session, first, now=studio.now())
        beside = threading.Thread(target=begin_the_second)
        beside.start()
        tried.wait()
        # Without a lock it would have begun by now: it sees nothing of a transaction that runs.
        beside.join(timeout=0.5)
    beside.join()

    assert refused.is_set()
    with studio.database.reading() as session:
        begun = session.exec(select(LiveTalk.id).where(col(LiveTalk.begun_at).is_not(None))).all()
    assert begun == [first]

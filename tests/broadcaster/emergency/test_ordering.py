"""An emergency as it is ordered: on the fast path, in the plan, and until somebody ends it."""

from datetime import timedelta

import pytest

from broadcaster.emergency.ending import end_emergency, prolong
from broadcaster.emergency.errors import AlreadyEnded, DrillInQuietHours, NotAuthorised
from broadcaster.emergency.hazards import DRILL_WARNING, HAZARDS
from broadcaster.emergency.orders import TONE_BEHIND_ALARM_MS, TONE_MS
from broadcaster.emergency.sounds import NEEDED_SOON, want
from broadcaster.emergency.tables import Emergency, EmergencySound
from broadcaster.emergency.words import message_script
from devices.protocol.orders import ToneKind
from tests.broadcaster.emergency.conftest import WORDS, WatchRoom
from tests.broadcaster.small_station import STATION_ID

MINUTE = timedelta(minutes=1)


def rendered_before(room: WatchRoom, words: str = WORDS, *, drill: bool = False) -> None:
    """Let a preview have made the sound already."""
    with room.database.writing() as session:
        script = message_script(words, drill=drill)
        want(session, script, urgency=NEEDED_SOON, now=room.now())
    room.make_all()


def end(room: WatchRoom, emergency_id: str, ending: str, words: str = "Hết nguy hiểm.") -> None:
    """The operator ends it."""
    with room.database.writing() as session:
        end_emergency(
            session,
            emergency_id,
            ending=ending,
            words=words,
            station_id=STATION_ID,
            by=room.giver,
            oversees=False,
            now=room.now(),
        )


def sound_of(room: WatchRoom, sha256: str) -> str:
    """The words of a sound."""
    with room.database.reading() as session:
        return session.get_one(EmergencySound, sha256).script


def test_words_that_have_a_sound_go_out_at_once_with_tone_hazard_and_order(
    room: WatchRoom,
) -> None:
    """One order for each cluster, its tone first, by name of who answers for the night."""
    room.authorise()
    rendered_before(room)
    room.raise_()
    nows = room.hurry()

    assert {now.cluster for now in nows} == {"cl-1", "cl-2"}
    for now in nows:
        order = now.order
        assert order is not None
        assert (order.priority, order.tone_ms, order.hazard) == (1, TONE_MS, "dam_release")
        assert order.starts_at_ms == now.issued_at_ms
        assert order.override is not None
        assert order.override.person == "Hanh"
        assert not order.is_drill
        assert order.tone is not None


def test_the_same_order_stands_in_the_plan_with_its_repeats(room: WatchRoom) -> None:
    """By the same id, so that it plays once whichever comes first; twice after five minutes."""
    room.authorise()
    rendered_before(room)
    room.raise_()
    told = {now.order.id for now in room.hurry() if now.order}
    room.make_all()
    orders = room.orders()

    assert {order.id for order in orders} < told
    assert [order.repeat for order in orders] == list(range(len(orders)))
    minutes = [(o.starts_at_ms - orders[0].starts_at_ms) / 60_000 for o in orders]
    assert minutes[:5] == [0, 5, 10, 40, 70]
    assert minutes[-1] == 24 * 60 - 20
    assert orders[1].items[0].sha256 != orders[0].items[0].sha256
    assert orders[1].items[0].sha256 == orders[2].items[0].sha256


def test_words_without_a_sound_sound_the_alarm_and_follow_it(room: WatchRoom) -> None:
    """The alarm's words are there, and said again in a row; the message comes behind the last."""
    room.authorise()
    with room.database.writing() as session:
        want(session, HAZARDS["dam_release"].warning, urgency=NEEDED_SOON, now=room.now())
    room.make_all()
    emergency_id = room.raise_()
    (alarm,) = (now.order for now in room.hurry() if now.cluster == "cl-1")
    row = room.orders()

    assert alarm is not None
    assert {order.id for order in row} == {alarm.id}
    length_ms = alarm.tone_ms + alarm.duration_ms
    assert [o.starts_at_ms - row[0].starts_at_ms for o in row[:8]] == [
        n * length_ms for n in range(8)
    ]

    room.newsroom.clock.move(timedelta(seconds=3))
    room.make_all()
    (message,) = (now.order for now in room.hurry() if now.cluster == "cl-1")
    after = room.orders()

    assert message is not None
    assert message.id != alarm.id
    assert message.tone_ms == TONE_BEHIND_ALARM_MS
    assert [(o.id, o.repeat) for o in after][:2] == [(alarm.id, 0), (message.id, 0)]
    assert {o.id for o in after[1:]} == {message.id}
    assert room.parts(emergency_id)["message"].starts_at == room.now()


def test_an_alarm_that_plays_stays_in_the_plan_until_it_is_heard_out(room: WatchRoom) -> None:
    """Only what has not begun is cancelled by leaving the plan, and a tone is no beginning."""
    room.authorise()
    with room.database.writing() as session:
        want(session, HAZARDS["dam_release"].warning, urgency=NEEDED_SOON, now=room.now())
    room.make_all()
    room.raise_()
    room.make_all()
    alarm = room.orders()[0]
    room.newsroom.clock.move(timedelta(milliseconds=alarm.tone_ms + alarm.duration_ms, seconds=6))

    assert alarm.id not in {order.id for order in room.orders()}


def test_a_drill_says_so_in_every_word_and_tone(room: WatchRoom) -> None:
    """Aloud before and after, by its tone, by its bridge, and never by night."""
    room.authorise()
    rendered_before(room, drill=True)
    room.raise_(drill=True)
    order = next(now.order for now in room.hurry() if now.order)

    assert order.is_drill
    assert order.hazard == "drill"
    assert order.override is None
    assert order.tone is not None
    assert order.tone.kind is ToneKind.DRILL  # type: ignore[union-attr]
    assert order.title.startswith("Diễn tập")


def test_a_drills_alarm_is_that_of_drills(room: WatchRoom) -> None:
    """No real warning is ever said for exercise."""
    room.authorise()
    emergency_id = room.raise_(drill=True)

    assert sound_of(room, room.parts(emergency_id)["alarm"].script_sha256) == DRILL_WARNING


def test_nobody_is_woken_for_a_drill(room: WatchRoom) -> None:
    """In quiet hours there is none; a real danger has its named person."""
    room.authorise()
    room.newsroom.clock.move(timedelta(hours=10))
    with pytest.raises(DrillInQuietHours) as refused:
        room.raise_(drill=True)
    assert (refused.value.field, "từ 05:30" in refused.value.message_vi) == ("mode", True)

    room.raise_()


def test_who_was_not_authorised_orders_nothing(room: WatchRoom) -> None:
    """Whatever their role."""
    with pytest.raises(NotAuthorised):
        room.raise_()

    assert room.hurry() == []


def test_a_second_click_raises_no_second_emergency(room: WatchRoom) -> None:
    """The page that was confirmed has one key."""
    room.authorise()

    assert room.raise_(key="one") == room.raise_(key="one")


def test_what_is_over_is_heard_out_and_followed_by_its_notice(room: WatchRoom) -> None:
    """Nothing is stopped; no repeat is left; the notice is said once with a tone before it."""
    room.authorise()
    rendered_before(room)
    emergency_id = room.raise_()
    room.hurry()
    room.make_all()
    first = room.orders()[0]
    room.newsroom.clock.move(timedelta(seconds=2))
    end(room, emergency_id, "over")
    room.make_all()
    (notice,) = (now.order for now in room.hurry() if now.cluster == "cl-1")
    plan = room.plan()

    assert notice is not None
    assert notice.tone_ms == TONE_MS
    assert [(o.id, o.repeat) for o in plan.orders] == [(first.id, 0), (notice.id, 0)]
    assert plan.all_stops == ()


def test_a_mistake_is_silenced_at_once_and_corrected(room: WatchRoom) -> None:
    """The stop goes before the correction, and both stand in the plan."""
    room.authorise()
    rendered_before(room)
    emergency_id = room.raise_()
    first = next(now.order for now in room.hurry() if now.order and now.cluster == "cl-1")
    room.newsroom.clock.move(timedelta(seconds=2))
    end(room, emergency_id, "mistake")
    (stop,) = (now.stop for now in room.hurry() if now.cluster == "cl-1")
    room.make_all()
    (correction,) = (now.order for now in room.hurry() if now.cluster == "cl-1")
    plan = room.plan()

    assert stop is not None
    assert (stop.order, stop.repeat) == (first.id, None)
    assert plan.all_stops == (stop,)
    assert correction is not None
    assert correction.id in {order.id for order in plan.orders}
    assert room.said_now() == ["order"] * 2 + ["stop"] * 2 + ["order"] * 2


def test_a_message_that_was_not_ready_at_the_end_is_never_said(room: WatchRoom) -> None:
    """What comes late out of the studio warns nobody of what is over."""
    room.authorise()
    emergency_id = room.raise_()
    end(room, emergency_id, "silence", words="")
    room.make_all()

    assert room.hurry() == []
    assert room.orders() == []


def test_an_emergency_ends_once(room: WatchRoom) -> None:
    """A second end is told so."""
    room.authorise()
    emergency_id = room.raise_()
    end(room, emergency_id, "silence", words="")

    with pytest.raises(AlreadyEnded):
        end(room, emergency_id, "over")


def test_repeats_end_after_a_day_unless_somebody_says_that_it_lasts(room: WatchRoom) -> None:
    """An emergency that everybody forgot does not wake a village for ever."""
    room.authorise()
    rendered_before(room)
    emergency_id = room.raise_()
    room.make_all()
    room.newsroom.clock.move(timedelta(hours=23))
    last = room.orders()[-1].repeat
    with room.database.writing() as session:
        prolong(session, emergency_id, station_id=STATION_ID, by=room.giver, now=room.now())

    orders = room.orders()
    assert orders[-1].repeat > last
    room.newsroom.clock.move(timedelta(hours=24))
    assert room.orders() == []


def test_every_cadence_is_absolute(room: WatchRoom) -> None:
    """For a storm every two hours, and at most once where nobody wants it again."""
    room.authorise()
    rendered_before(room)
    room.raise_(cadence="slow")
    room.raise_(cadence="once")
    room.make_all()
    by_id: dict[str, list[int]] = {}
    for order in room.orders():
        by_id.setdefault(order.id, []).append(order.starts_at_ms)
    slow, once = sorted(by_id.values(), key=len, reverse=True)

    assert [(at - slow[0]) / 60_000 for at in slow[:5]] == [0, 5, 10, 130, 250]
    assert len(once) == 1


def test_no_number_goes_beyond_what_devices_take(room: WatchRoom) -> None:
    """Prolonged for three weeks, it ends by itself rather than spoil the plan for everything."""
    room.authorise()
    rendered_before(room)
    emergency_id = room.raise_(cadence="often")
    room.make_all()
    with room.database.writing() as session:
        session.get_one(Emergency, emergency_id).repeats_until = room.now() + timedelta(days=21)
    room.newsroom.clock.move(timedelta(days=13))

    assert [order.repeat for order in room.orders()][-1] == 1_000


def test_a_row_that_no_device_would_take_spoils_no_plan(room: WatchRoom) -> None:
    """It is left out and named in the log; what else stands is signed."""
    room.authorise()
    rendered_before(room)
    room.raise_()
    spoilt = room.raise_()
    with room.database.writing() as session:
        session.get_one(Emergency, spoilt).giver_name = "x" * 400
        session.get_one(Emergency, spoilt).hazard = "chưa rõ"

    assert len({order.id for order in room.orders()}) == 1
    assert len({now.order.id for now in room.hurry() if now.order}) == 2

"""A device plays by no time that it has no reason to believe, and finds out what time it is."""

import asyncio
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from devices.controller.link import RememberingLink
from devices.controller.timekeeping import HURRY_US
from devices.controller.trusted_time import FixedWitness, TimeSource
from devices.protocol.messages import Kind, Stop
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    NOON_MS,
    Pole,
    make_config,
    make_emergency,
    make_issuer,
    make_keyring,
    make_order,
    make_plan,
)
from tests.devices.controller.recording import RecordingSink
from tests.devices.sounds import tone

YEAR_MS = 365 * 86_400_000
NEW_KEY, THIEF_KEY = SigningKey(b"n" * 32), SigningKey(b"t" * 32)
WHOLE = ["received", "cached", "started", "item_started", "finished"]
NOTHING, NTP, RTC = (
    FixedWitness(source) for source in (TimeSource.NONE, TimeSource.NTP, TimeSource.RTC)
)


def test_a_machine_that_woke_up_in_1970_plays_nothing_and_asks(tmp_path: Path) -> None:
    """It asks at once, and again and again; nothing is given up meanwhile."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), not_after_ms=NOON_MS + 20_000)))
            await asyncio.sleep(600)

            assert pole.said("sang") == ["received", "cached"]
            assert 10 <= len(pole.questions()) <= 30
            assert len({each.nonce for each in pole.questions()}) == len(pole.questions())
            assert pole.batches()[-1].clock.source == "none"
            assert pole.batches()[-1].clock.offset_ms is None

    run_simulated(story())


def test_it_plays_to_the_millisecond_once_it_was_answered(tmp_path: Path) -> None:
    """Sink and confirmations go by the station's time, whatever the machine's clock reads."""

    async def story() -> None:
        pole = Pole(tmp_path, witness=NOTHING, machine_ms=12_345)
        pole.sink = sink = RecordingSink(clock=pole.clock)
        async with pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await pole.answer()
            await asyncio.sleep(90)

            assert pole.said("sang") == WHOLE
            finished = pole.one("sang", Kind.FINISHED)
            assert finished.first_sample_at_us == pytest.approx((NOON_MS + 60_000) * 1_000, abs=999)
            (take,) = sink.takes
            assert take.begins_us == pytest.approx((12_345 + 60_000) * 1_000, abs=999)
            clock = pole.batches()[-1].clock
            assert clock.source == "station"
            assert clock.offset_ms == pytest.approx(NOON_MS - 12_345, abs=1)
            assert 101 <= (clock.uncertainty_ms or 0) <= 107

    run_simulated(story())


def test_the_offset_is_stated_also_where_it_is_not_applied(tmp_path: Path) -> None:
    """A clock that a time server holds is left alone while it agrees within half a second."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NTP, machine_ms=NOON_MS - 300) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await pole.answer()
            await asyncio.sleep(90)

            clock = pole.batches()[-1].clock
            assert (clock.source, clock.offset_ms) == ("ntp", 300)
            began_us = pole.one("sang", Kind.FINISHED).first_sample_at_us
            assert began_us == (NOON_MS + 60_000) * 1_000
            assert pole.clock.now_us() < pole.world.now_us()

    run_simulated(story())


@pytest.mark.parametrize("off_ms", [-3_600_000, 3_600_000, 20 * YEAR_MS])
def test_a_time_server_that_contradicts_the_station_is_not_believed(
    tmp_path: Path, off_ms: int
) -> None:
    """Nobody signs what a time server says."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NTP, machine_ms=NOON_MS + off_ms) as pole:
            pole.offer(tone(3_000))
            await pole.answer()
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(90)

            assert pole.said("sang") == WHOLE
            assert pole.batches()[-1].clock.source == "station"
            began_us = pole.one("sang", Kind.FINISHED).first_sample_at_us
            assert began_us == pytest.approx((NOON_MS + 60_000) * 1_000, abs=1_000)

    run_simulated(story())


def test_a_time_server_below_signed_time_is_not_believed(tmp_path: Path) -> None:
    """A plan that was signed an hour after what the clock reads proves it wrong."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NTP, machine_ms=NOON_MS - 3_600_000) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(90)

            assert pole.said("sang") == ["received", "cached"]
            assert pole.batches()[-1].clock.source == "none"

    run_simulated(story())


def test_a_hardware_clock_plays_the_plan_without_a_station(tmp_path: Path) -> None:
    """A pole that comes back after a storm, with no link, does its work."""

    async def story() -> None:
        async with Pole(tmp_path, witness=RTC) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(20)
            await pole.lose_power()
            pole.link.connected, pole.config = False, None
            await pole.switch_on()
            await asyncio.sleep(90)

            assert pole.said("sang") == WHOLE

    run_simulated(story())


@pytest.mark.parametrize("off_ms", [3_600_000, 20 * YEAR_MS])
def test_a_hardware_clock_that_runs_ahead_gives_nothing_up(tmp_path: Path, off_ms: int) -> None:
    """Once the station answers, all is played that is still to be played, and believed again."""

    async def story() -> None:
        async with Pole(tmp_path, witness=RTC, machine_ms=NOON_MS + off_ms) as pole:
            pole.offer(tone(3_000))
            over = make_order("qua", tone(3_000), after_s=-9, not_after_ms=NOON_MS + 5_000)
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60), over))
            await asyncio.sleep(20)
            assert pole.said("sang") == pole.said("qua") == ["received"]
            await pole.answer()
            await asyncio.sleep(90)

            assert pole.said("sang") == WHOLE
            assert pole.said("qua") == ["received", "skipped(too_late)"]

    run_simulated(story())


def test_a_hardware_clock_that_runs_ahead_forgets_no_receipts_and_no_plays(tmp_path: Path) -> None:
    """What is kept for days is not thrown away by a time for which nobody vouches."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        async with pole:
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)
            pole.hear_receipt(seq=5)
        pole.witness, pole.machine_ms, pole.link = RTC, NOON_MS + YEAR_MS, RememberingLink()
        pole.__post_init__()
        async with pole:
            await asyncio.sleep(7_200)

            assert len(pole.journal.entries(first=1, last=5)) == 5
            assert pole.journal.settled

    run_simulated(story())


def test_a_hardware_clock_below_signed_time_is_not_believed(tmp_path: Path) -> None:
    """Its battery is flat: the newest signed time is kept over restarts, and is later."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        async with pole:
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(5)
        pole.witness, pole.machine_ms = RTC, NOON_MS - 86_400_000
        pole.link, pole.config = RememberingLink(), None
        pole.__post_init__()
        async with pole:
            await asyncio.sleep(60)
            assert pole.said("sang") == ["received", "cached"]
            assert pole.statuses()[-1].at_ms >= NOON_MS
            await pole.answer()
            await asyncio.sleep(90)

            assert pole.said("sang") == WHOLE

    run_simulated(story())


def test_a_clock_that_is_set_after_the_answer_moves_nothing(tmp_path: Path) -> None:
    """The answer runs on by a clock that never steps."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            pole.offer(tone(3_000))
            await pole.answer()
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(10)
            pole.clock.step(NOON_MS)
            await asyncio.sleep(60)

            began_us = pole.one("sang", Kind.FINISHED).first_sample_at_us
            assert began_us == pytest.approx((NOON_MS + 60_000) * 1_000, abs=1_000)

    run_simulated(story())


@pytest.mark.parametrize("by_ms", [-7_200_000, 40_000])
def test_an_unheld_clock_that_steps_does_not_make_it_play_twice(tmp_path: Path, by_ms: int) -> None:
    """Back or forth: what was played was played."""

    async def story() -> None:
        async with Pole(tmp_path, witness=RTC) as pole:
            pole.offer(tone(3_000))
            first = make_order("mot", tone(3_000))
            pole.hear(make_plan(first, make_order("hai", tone(3_000), after_s=60)))
            await asyncio.sleep(20)
            pole.clock.step(by_ms)
            await asyncio.sleep(8_000)

            assert pole.said("mot") == WHOLE
            assert pole.said("hai").count("started") <= 1

    run_simulated(story())


def test_an_order_that_the_clock_moved_far_away_holds_nothing_up(tmp_path: Path) -> None:
    """It was prepared; then the station says that it is only tomorrow, and another one is now."""

    async def story() -> None:
        day_ms = 86_400_000
        async with Pole(tmp_path, witness=RTC, machine_ms=NOON_MS + day_ms) as pole:
            pole.offer(tone(3_000))
            tomorrow = make_order("mai", tone(3_000), after_s=86_400 + 12, not_after_ms=2**41)
            pole.hear(make_plan(tomorrow, make_order("nay", tone(3_000), after_s=30)))
            await asyncio.sleep(10)
            await pole.answer()
            await asyncio.sleep(30)
            assert pole.said("nay") == WHOLE
            await asyncio.sleep(86_400)

            assert pole.said("mai") == WHOLE

    run_simulated(story())


@pytest.mark.parametrize("late_s", [10.5, 60])
def test_a_late_answer_is_refused(tmp_path: Path, late_s: float) -> None:
    """It says less than the clock that it should set right; the question is asked again."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            await asyncio.sleep(0.1)
            nonce = pole.questions()[0].nonce
            await asyncio.sleep(late_s)
            asked = len(pole.questions())
            pole.hear_time(at_ms=pole.now_ms, nonce=nonce)
            await asyncio.sleep(120)

            assert pole.controller.violations == {"unasked_answer": 1}
            assert pole.controller.clock.source is TimeSource.NONE
            assert len(pole.questions()) > asked

    run_simulated(story())


def test_an_answer_that_was_not_asked_for_or_comes_twice_is_refused(tmp_path: Path) -> None:
    """Somebody who recorded an answer cannot set the clock back with it."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            pole.hear_time(at_ms=NOON_MS, nonce="0" * 32)
            assert pole.controller.clock.source is TimeSource.NONE
            await pole.answer()
            nonce = pole.questions()[-1].nonce
            await asyncio.sleep(3_600)
            pole.hear_time(at_ms=NOON_MS, nonce=nonce)

            assert pole.controller.violations == {"unasked_answer": 2}
            assert pole.controller.clock.now_us() == pytest.approx(pole.world.now_us(), abs=1_000)

    run_simulated(story())


def test_an_answer_of_a_key_that_may_not_tell_the_time_is_refused(tmp_path: Path) -> None:
    """Nor one of a key whose last day was before that time."""

    async def story() -> None:
        old = make_issuer(NEW_KEY, not_after_ms=NOON_MS - 1)
        config = make_config(keyring=make_keyring(make_issuer(), old))
        async with Pole(tmp_path, config=config, witness=NOTHING, machine_ms=0) as pole:
            await asyncio.sleep(0.1)
            nonce = pole.questions()[-1].nonce
            pole.hear_time(at_ms=pole.now_ms, nonce=nonce, key=THIEF_KEY)
            pole.hear_time(at_ms=pole.now_ms, nonce=nonce, key=NEW_KEY)

            assert pole.controller.violations == {"wrong_key": 1, "key_expired": 1}
            assert pole.controller.clock.source is TimeSource.NONE

    run_simulated(story())


def test_of_two_answers_the_less_uncertain_one_counts(tmp_path: Path) -> None:
    """A slow way says little; but when the two contradict each other, the newer one is right."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            await pole.answer(after_s=0.02)
            await pole.answer(after_s=4)
            assert pole.controller.clock.statement().uncertainty_ms in {12, 13}
            pole.controller.connected()
            await asyncio.sleep(0.1)
            pole.hear_time(at_ms=pole.now_ms + 60_000, nonce=pole.questions()[-1].nonce)

            now_us = pole.controller.clock.now_us()
            assert now_us == pytest.approx(pole.world.now_us() + 60_050_000, abs=60_000)

    run_simulated(story())


def test_signed_time_is_never_undercut(tmp_path: Path) -> None:
    """A plan from the future stops the time until the clock has caught up; a little is believed."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NTP) as pole:
            clock = pole.controller.clock
            pole.hear(make_plan(version=2, issued_at_ms=NOON_MS + 1_500))
            assert clock.now_us() == (NOON_MS + 1_500) * 1_000
            assert clock.source is TimeSource.NTP
            await asyncio.sleep(5)
            assert clock.now_us() == pole.world.now_us()
            pole.hear(make_plan(version=3, issued_at_ms=NOON_MS + 60_000))
            assert clock.now_us() == (NOON_MS + 60_000) * 1_000
            assert clock.source is TimeSource.NONE
            await asyncio.sleep(20)

            assert clock.now_us() == (NOON_MS + 80_000) * 1_000

    run_simulated(story())


def test_a_newer_keyring_takes_back_what_a_thief_did_to_the_time(tmp_path: Path) -> None:
    """His message from next year makes a pole play nothing, and give nothing up, until then."""

    async def story() -> None:
        ahead_ms = NOON_MS + 170 * 86_400_000
        config = make_config(keyring=make_keyring(make_issuer(), make_issuer(THIEF_KEY)))
        async with Pole(tmp_path, config=config, witness=NTP) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(20)
            pole.hear(make_plan(version=2, issued_at_ms=ahead_ms), key=THIEF_KEY)
            await pole.answer()
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=120), version=3))
            await asyncio.sleep(60)
            assert pole.said("sang") == ["received", "cached"]
            assert pole.controller.clock.source is TimeSource.NONE
            # New keys that are over before the time to which the thief pushed this pole.
            new = make_issuer(NEW_KEY, not_after_ms=NOON_MS + 30 * 86_400_000)
            keyring = make_keyring(new, serial=2, issued_at_ms=pole.now_ms)
            taken = make_config(version=2, keyring=keyring, issued_at_ms=pole.now_ms)
            pole.hear_config(taken, key=NEW_KEY)
            plan = make_plan(make_order("sang", tone(3_000), after_s=120), version=4)
            pole.hear(plan, key=NEW_KEY)
            await asyncio.sleep(90)

            assert pole.said("sang") == WHOLE
            await pole.lose_power()
            pole.config = None
            await pole.switch_on()
            assert pole.controller.clock.source is TimeSource.NTP

    run_simulated(story())


@pytest.mark.parametrize("answered", [True, False])
def test_an_emergency_without_a_time_waits_for_a_fresh_answer(
    tmp_path: Path, answered: bool
) -> None:
    """The device asks at once; nobody knows before whether the order is of yesterday."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(HURRY_US / 1e6 + 0.1)
            asked = len(pole.questions())
            pole.hear_now(order=make_emergency("bao", tone(3_000)))
            await asyncio.sleep(0.1)
            assert len(pole.questions()) == asked + 1
            assert pole.said("bao") == []
            if answered:
                await pole.answer()
            await asyncio.sleep(20)

            assert pole.said("bao")[-1:] == (["finished"] if answered else [])

    run_simulated(story())


def test_an_emergency_of_yesterday_is_expired_by_the_fresh_answer(tmp_path: Path) -> None:
    """It was recorded, and comes again to a pole that woke up without knowing the time."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            pole.offer(tone(3_000))
            yesterday_ms = NOON_MS - 86_400_000
            pole.hear_now(
                issued_at_ms=yesterday_ms,
                expires_at_ms=yesterday_ms + 60_000,
                order=make_emergency("cu", tone(3_000), after_s=-86_400, not_after_ms=2**41),
            )
            await pole.answer()
            await asyncio.sleep(20)

            assert pole.said("cu") == ["rejected(expired)"]

    run_simulated(story())


def test_a_stop_needs_no_time(tmp_path: Path) -> None:
    """Silence for one named order does no harm at any time."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(20)
            pole.hear_now(stop=Stop(order="sang", at_ms=pole.now_ms), expires_at_ms=NOON_MS)
            assert pole.said("sang") == ["received", "cached", "stopped"]
            await pole.answer()
            await asyncio.sleep(90)

            assert pole.said("sang") == ["received", "cached", "stopped"]

    run_simulated(story())


def test_a_flood_of_orders_without_a_time_asks_no_flood_of_questions(tmp_path: Path) -> None:
    """And keeps no more of them than it may have to judge, the newest ones."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(0.1)
            for number in range(200):
                order = make_order(f"o{number}", tone(3_000), after_s=60)
                pole.hear_now(sequence=number + 1, order=order)
            await asyncio.sleep(0.5)
            assert len(pole.questions()) <= 2
            await pole.answer()
            await asyncio.sleep(0.5)

            received = [each.order for each in pole.journalled() if each.kind is Kind.RECEIVED]
            assert received == [f"o{number}" for number in range(184, 200)]

    run_simulated(story())


def test_a_device_asks_again_every_quarter_of_an_hour(tmp_path: Path) -> None:
    """So that what it states of its clock is fresh; and never while nobody is there to answer."""

    async def story() -> None:
        async with Pole(tmp_path, witness=NOTHING, machine_ms=0) as pole:
            await pole.answer()
            asked = len(pole.questions())
            await asyncio.sleep(700)
            assert len(pole.questions()) == asked
            await asyncio.sleep(300)
            assert len(pole.questions()) > asked
            asked = len(pole.questions())
            pole.link.connected = False
            await asyncio.sleep(10_000)

            assert len(pole.questions()) == asked

    run_simulated(story())

"""Orders of the moment: acted on once, in the order of their numbers, and only in their time."""

import asyncio
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from devices.controller.moments import STANDING_LIMIT
from devices.protocol.messages import Kind, QuietHours, Stop
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    NOON_MS,
    Pole,
    make_config,
    make_issuer,
    make_keyring,
    make_order,
    make_plan,
)
from tests.devices.sounds import tone

WHOLE = ["received", "cached", "started", "item_started", "finished"]


def test_an_order_of_the_moment_plays_without_a_plan(tmp_path: Path) -> None:
    """It is received by no plan, and plays at once."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear_now(sequence=7, order=make_order("thu", tone(3_000), after_s=0))
            await asyncio.sleep(20)

            assert pole.said("thu") == WHOLE
            assert pole.one("thu", Kind.RECEIVED).plan_version is None
            pole.controller.connected()
            assert pole.statuses()[-1].now_sequence == 7

    run_simulated(story())


@pytest.mark.parametrize("restarted", [False, True])
def test_a_sequence_that_has_passed_is_refused(tmp_path: Path, restarted: bool) -> None:
    """An order that nobody heard of is rejected as replayed, once; also after a restart."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(tone(3_000))
            pole.hear_now(sequence=7, order=make_order("bay", tone(3_000), after_s=0))
            await asyncio.sleep(20)
            if restarted:
                await pole.lose_power()
                await pole.switch_on()
            for _ in range(3):
                pole.hear_now(sequence=6, order=make_order("sau", tone(3_000), after_s=20))
            pole.hear_now(sequence=7, order=make_order("khac", tone(3_000), after_s=20))
            await asyncio.sleep(30)

            assert pole.said("sau") == pole.said("khac") == ["rejected(replayed)"]
            assert pole.controller.violations == {"rolled_back": 4}

    run_simulated(story())


def test_the_same_message_again_is_no_news(tmp_path: Path) -> None:
    """A broker may deliver twice; it plays once, and nobody is accused."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            order = make_order("thu", tone(3_000), after_s=0)
            for _ in range(3):
                pole.hear_now(order=order, issued_at_ms=NOON_MS, expires_at_ms=NOON_MS + 60_000)
            await asyncio.sleep(20)

            assert pole.said("thu") == WHOLE
            assert not pole.controller.violations

    run_simulated(story())


def test_an_order_that_has_expired_is_rejected_once(tmp_path: Path) -> None:
    """It came late: whoever waits at the pole would not know what it is about."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(100)
            order = make_order("tre", tone(3_000), after_s=0)
            pole.hear_now(sequence=7, order=order, expires_at_ms=NOON_MS + 99_999)
            pole.hear_now(sequence=7, order=order, expires_at_ms=NOON_MS + 500_000)
            await asyncio.sleep(20)

            assert pole.said("tre") == ["rejected(expired)"]
            assert pole.controller.violations == {"expired": 1, "rolled_back": 1}

    run_simulated(story())


@pytest.mark.parametrize("plan_first", [True, False])
def test_the_same_order_in_the_plan_plays_once(tmp_path: Path, plan_first: bool) -> None:
    """Whichever comes first."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            order = make_order("bao", tone(3_000), after_s=1)
            hears = [
                lambda: pole.hear(make_plan(order)),
                lambda: pole.hear_now(order=order),
            ]
            for hear in hears if plan_first else hears[::-1]:
                hear()
                await asyncio.sleep(10)
            await asyncio.sleep(20)

            assert pole.said("bao") == WHOLE

    run_simulated(story())


def test_a_plan_that_takes_an_order_up_makes_the_moment_forgotten(tmp_path: Path) -> None:
    """From then on only the plan counts, and the disk keeps nothing else."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            order = make_order("bao", tone(3_000), after_s=60)
            pole.hear_now(order=order)
            assert len(pole.journal.moments()) == 1
            pole.hear(make_plan(order, issued_at_ms=pole.now_ms))
            await asyncio.sleep(70)

            assert pole.journal.moments() == []
            assert pole.said("bao") == WHOLE

    run_simulated(story())


def test_a_newer_plan_without_it_cancels_it(tmp_path: Path) -> None:
    """An older one, which was on its way, does not."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(1)
            pole.hear_now(sequence=1, order=make_order("mot", tone(3_000), after_s=60))
            pole.hear(make_plan(version=1, issued_at_ms=pole.now_ms - 1))
            await asyncio.sleep(20)
            assert ("mot", 0) in pole.controller._agenda.planned
            pole.hear(make_plan(version=2, issued_at_ms=pole.now_ms))
            await asyncio.sleep(90)

            assert pole.said("mot") == ["received", "cached"]

    run_simulated(story())


def test_an_order_of_the_moment_outlives_a_power_cut(tmp_path: Path) -> None:
    """It is on the disk with its sequence, and is judged no second time."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            order = make_order("bao", tone(3_000), after_s=200)
            pole.hear_now(order=order, expires_at_ms=NOON_MS + 10_000)
            await asyncio.sleep(20)
            await pole.lose_power()
            await pole.switch_on()
            await asyncio.sleep(300)

            assert pole.said("bao") == WHOLE
            pole.hear_now(sequence=2, stop=Stop(order="khac", at_ms=pole.now_ms))
            assert len(pole.journal.moments()) == 2

    run_simulated(story())


def test_what_is_over_is_forgotten(tmp_path: Path) -> None:
    """Neither memory nor disk grow with what was once said."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(1_000))
            for number in range(1, 6):
                at_ms = pole.now_ms
                order = make_order(
                    f"o{number}",
                    tone(1_000),
                    after_s=(at_ms - NOON_MS) / 1_000,
                    not_after_ms=at_ms + 5_000,
                )
                pole.hear_now(sequence=number, order=order)
                await asyncio.sleep(100)
            await asyncio.sleep(5)

            assert [sequence for sequence, _ in pole.journal.moments()] == [5]

    run_simulated(story())


def test_nobody_can_make_it_remember_too_many(tmp_path: Path) -> None:
    """Of a flood, the newest stand."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            for number in range(1, STANDING_LIMIT + 51):
                pole.hear_now(
                    sequence=number, order=make_order(f"o{number}", tone(1_000), after_s=900)
                )
            await asyncio.sleep(5)
            pole.hear_now(sequence=999, order=make_order("nua", tone(1_000), after_s=900))

            assert len(pole.journal.moments()) <= STANDING_LIMIT + 1
            assert len(pole.controller._agenda.planned) == STANDING_LIMIT

    run_simulated(story())


def test_an_order_of_the_moment_is_judged_like_any_other(tmp_path: Path) -> None:
    """Quiet hours hold for it too."""

    async def story() -> None:
        quiet = QuietHours(begins="11:00", ends="13:00")
        async with Pole(tmp_path, config=make_config(quiet_hours=quiet)) as pole:
            pole.hear_now(order=make_order("dem", tone(3_000), after_s=0))

            assert pole.said("dem") == ["rejected(quiet_hours)"]

    run_simulated(story())


def test_a_thief_with_yesterdays_key_says_nothing(tmp_path: Path) -> None:
    """Its last day is over, whatever instant he signs."""

    async def story() -> None:
        thief = SigningKey(b"t" * 32)
        yesterday = make_issuer(thief, not_after_ms=NOON_MS - 3_600_000)
        config = make_config(keyring=make_keyring(make_issuer(), yesterday))
        async with Pole(tmp_path, config=config) as pole:
            pole.offer(tone(3_000))
            for sequence, issued_at_ms in enumerate((NOON_MS, NOON_MS - 7_200_000), start=1):
                pole.hear_now(
                    sequence=sequence,
                    key=thief,
                    issued_at_ms=issued_at_ms,
                    order=make_order("gia", tone(3_000), after_s=0),
                )
            await asyncio.sleep(20)

            assert [each.kind for each in pole.journalled()] == [Kind.REJECTED] * 2
            assert {each.code for each in pole.journalled()} == {"key_expired"}
            assert pole.controller.violations == {"key_expired": 2}

    run_simulated(story())

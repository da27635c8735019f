"""A device asks the time when it must, and then leaves the station in peace."""

import asyncio
from pathlib import Path

from devices.controller.trusted_time import FixedWitness, TimeSource
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import NOON_MS, Pole


def test_a_device_that_is_answered_asks_again_after_a_quarter_of_an_hour(tmp_path: Path) -> None:
    """Once at each connection, and then four times an hour."""

    async def story() -> None:
        async with Pole(tmp_path, witness=FixedWitness(TimeSource.NONE)) as pole:
            answered = 0
            for second in range(3_600):
                await asyncio.sleep(1)
                for question in pole.questions()[answered:]:
                    answered += 1
                    pole.hear_time(at_ms=NOON_MS + (second + 1) * 1_000, nonce=question.nonce)

            assert 4 <= answered <= 6

    run_simulated(story())


def test_a_device_that_is_not_answered_asks_ever_more_rarely(tmp_path: Path) -> None:
    """After 2 s, 4 s, 8 s … and then about once a minute."""

    async def story() -> None:
        async with Pole(tmp_path, witness=FixedWitness(TimeSource.NONE)) as pole:
            await asyncio.sleep(600)

            assert 10 <= len(pole.questions()) <= 24

    run_simulated(story())


def test_a_device_in_simulated_time_asks_nobody(tmp_path: Path) -> None:
    """Its time is made up anyway."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await asyncio.sleep(3_600)

            assert pole.questions() == []

    run_simulated(story())

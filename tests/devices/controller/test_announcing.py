"""A device's status is numbered, over restarts too, and told at most once a second."""

import asyncio
from pathlib import Path

from devices.controller.announcing import EVERY_S
from devices.protocol.envelope import open_from_device
from devices.protocol.messages import Status
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import DEVICE, DEVICE_KEY, STATION, Pole, make_plan


def _will(pole: Pole) -> Status:
    """What the broker would say for it if the line were gone after the next connection."""
    return open_from_device(
        pole.controller.last_will(),
        Status,
        station=STATION,
        device=DEVICE,
        key=DEVICE_KEY.verify_key,
    )


def test_the_newer_status_has_the_higher_number(tmp_path: Path) -> None:
    """Whatever the clock does."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            for version in range(1, 6):
                pole.hear(make_plan(version=version))
                await pole.told()

            numbers = [each.number for each in pole.statuses()]
            assert numbers == sorted(set(numbers))
            assert numbers[0] > 0

    run_simulated(story())


def test_numbers_go_on_growing_after_a_restart(tmp_path: Path) -> None:
    """A power cut loses none that was used."""

    async def story() -> None:
        first = Pole(tmp_path)
        async with first:
            before = await first.told()
        second = Pole(tmp_path)
        async with second:
            after = await second.told()

        assert (before.epoch, before.boot != after.boot) == (after.epoch, True)
        assert before.number < min(each.number for each in second.statuses())

    run_simulated(story())


def test_a_last_will_is_numbered_before_what_its_connection_says(tmp_path: Path) -> None:
    """And what is said on that connection names it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            will = _will(pole)
            pole.controller.connected()
            online = pole.statuses()[-1]

            assert (will.online, will.will) == (False, will.number)
            assert online.will == will.number < online.number

    run_simulated(story())


def test_many_changes_in_a_second_are_told_once(tmp_path: Path) -> None:
    """A station that plans fast does not make a thousand devices answer each time."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await asyncio.sleep(2 * EVERY_S)
            before = len(pole.statuses())
            for version in range(1, 20):
                pole.hear(make_plan(version=version))
            await pole.told()

            said = pole.statuses()[before:]
            assert [each.plan_version for each in said] == [1, 19]

    run_simulated(story())


def test_a_new_connection_is_told_at_once(tmp_path: Path) -> None:
    """The station knows that it is back without waiting a second."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await asyncio.sleep(2 * EVERY_S)
            pole.hear(make_plan(version=1))
            before = len(pole.statuses())
            pole.controller.connected()

            assert len(pole.statuses()) == before + 1

    run_simulated(story())

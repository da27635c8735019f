"""Simulated time passes in order and at once."""

import asyncio
import time

import pytest

from devices.simulation.simulated_time import NothingWillHappen, run_simulated


def test_a_week_passes_in_no_time() -> None:
    """Sleepers wake in the order of their instants, each exactly then."""
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append((name, asyncio.get_running_loop().time()))

    async def week() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(sleeper("week", 604_800))
            tasks.create_task(sleeper("day", 86_400))
            tasks.create_task(sleeper("second", 1))

    began_s = time.monotonic()
    run_simulated(week())

    assert woken == [("second", 1), ("day", 86_400), ("week", 604_800)]
    assert time.monotonic() - began_s < 5


def test_waiting_for_what_never_comes_is_an_error() -> None:
    """A story that hangs says so instead of hanging."""

    async def stuck() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(NothingWillHappen):
        run_simulated(stuck())

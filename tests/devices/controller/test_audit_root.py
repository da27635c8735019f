"""The station's daily audit root: kept, never replaced for the same day, repeated in the status."""

import asyncio
from pathlib import Path

import pytest
from msgspec import UNSET
from nacl.signing import SigningKey

from devices.protocol.messages import AuditRoot
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import Pole, make_order, make_plan
from tests.devices.sounds import tone

STRANGER_KEY = SigningKey(b"x" * 32)
FIRST = AuditRoot(day="2026-11-20", root="1" * 64)
REWRITTEN = AuditRoot(day="2026-11-20", root="2" * 64)
NEXT = AuditRoot(day="2026-11-21", root="3" * 64)
FAR_AHEAD = AuditRoot(day="9999-12-31", root="4" * 64)


async def said_something(pole: Pole) -> None:
    """Have an entry that a receipt can speak of."""
    pole.hear(make_plan(make_order("sang", tone(3_000), after_s=5_000)))
    await asyncio.sleep(0.5)


async def repeated(pole: Pole) -> AuditRoot | None:
    """What the newest status repeats."""
    said = (await pole.told()).audit_root
    return None if said is UNSET else said


def test_a_device_repeats_the_root_that_a_receipt_brought(tmp_path: Path) -> None:
    """At once, and after a restart; before it was told any, its status says nothing of it."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.controller.connected()
            assert await repeated(pole) is None
            await said_something(pole)
            pole.hear_receipt(seq=1, audit_root=FIRST)
            assert await repeated(pole) == FIRST
        async with pole:
            pole.controller.connected()
            assert await repeated(pole) == FIRST

    run_simulated(story())


def test_the_first_root_of_a_day_stands_for_ever(tmp_path: Path) -> None:
    """A station that rewrites yesterday cannot make a device forget; a newer day counts."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await said_something(pole)
            pole.hear_receipt(seq=1, audit_root=FIRST)
            pole.hear_receipt(seq=1, audit_root=REWRITTEN)
            assert await repeated(pole) == FIRST
            pole.hear_receipt(seq=1, audit_root=NEXT)
            pole.hear_receipt(seq=1, audit_root=FIRST)
            assert await repeated(pole) == NEXT

    run_simulated(story())


def test_a_root_of_a_day_that_has_not_begun_is_not_taken(tmp_path: Path) -> None:
    """Nobody closes all days ahead, and a stranger tells none at all."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.controller.connected()
            await said_something(pole)
            pole.hear_receipt(seq=1, audit_root=FAR_AHEAD)
            pole.hear_receipt(seq=1, audit_root=FIRST, key=STRANGER_KEY)
            assert await repeated(pole) is None

    run_simulated(story())


@pytest.mark.parametrize("day", ["0000-01-01", "2026-02-30"])
def test_a_root_of_a_day_that_no_calendar_has_is_not_taken(tmp_path: Path, day: str) -> None:
    """The device lives on, and the receipt around it counts."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.controller.connected()
            await said_something(pole)
            pole.hear_receipt(seq=1, audit_root=AuditRoot(day=day, root="5" * 64))
            pole.hear_receipt(seq=1, audit_root=FIRST)
            assert await repeated(pole) == FIRST

    run_simulated(story())

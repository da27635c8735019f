"""A controller with a sound card plays its plan on it, and states what left the card."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from devices.controller.sound.card_sink import CardSink
from devices.protocol.messages import Kind, OnCut, Tone
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import NOON_MS, Pole, make_order, make_plan
from tests.devices.controller.sound.simulated_card import RATE_HZ, SimulatedCard
from tests.devices.sounds import tone

SAMPLE_US = 21


def at_a_pole(folder: Path, story: Callable[[Pole, SimulatedCard], Awaitable[None]]) -> None:
    """Run a story of a controller with a card, in simulated time."""

    async def main() -> None:
        pole = Pole(folder)
        card = SimulatedCard(pole.clock)
        pole.sink = CardSink(card=card, clock=pole.clock)
        async with pole:
            await story(pole, card)

    run_simulated(main())


def test_an_order_leaves_the_card_at_its_planned_instant(tmp_path: Path) -> None:
    """All of it, at the card's rate, marked as no simulation."""

    async def story(pole: Pole, card: SimulatedCard) -> None:
        pole.offer(tone(3_000))
        pole.hear(make_plan(make_order("sang", tone(3_000))))
        await asyncio.sleep(14)
        finished = pole.one("sang", Kind.FINISHED)
        at_us = (NOON_MS + 10_000) * 1_000

        assert (finished.sink, finished.simulated) == ("sound_card", False)
        assert (finished.samples, finished.sample_rate_hz) == (146_304, RATE_HZ)
        assert finished.first_sample_at_us == pytest.approx(at_us, abs=SAMPLE_US)
        assert finished.last_sample_at_us == pytest.approx(at_us + 3_048_000, abs=2 * SAMPLE_US)
        heard = card.heard()
        assert at_us <= heard[0][0] < at_us + 50_000
        assert heard[-1][0] == pytest.approx(at_us + 3_000_000, abs=50_000)

    at_a_pole(tmp_path, story)


def test_a_cut_order_goes_on_with_its_next_sample(tmp_path: Path) -> None:
    """The emergency's tone is there at its instant; what it cut is heard whole all the same."""

    async def story(pole: Pole, card: SimulatedCard) -> None:
        pole.offer(tone(6_000), tone(1_000))
        normal = make_order("tin", tone(6_000), on_cut=OnCut.RESUME)
        emergency = make_order(
            "bao", tone(1_000), after_s=12, priority=1, tone=Tone(duration_ms=4_000)
        )
        pole.hear(make_plan(normal, emergency))
        await asyncio.sleep(30)
        cut = pole.one("tin", Kind.CUT)
        at_us = (NOON_MS + 12_000) * 1_000

        assert pole.one("bao", Kind.TONE_STARTED).first_sample_at_us == pytest.approx(
            at_us, abs=SAMPLE_US
        )
        assert sum(at < at_us for at, _ in card.heard()) == pytest.approx(2 * RATE_HZ, abs=2_000)
        assert cut.samples == pytest.approx(2 * RATE_HZ, abs=2)
        assert cut.last_sample_at_us == pytest.approx(at_us, abs=SAMPLE_US)
        assert pole.one("tin", Kind.FINISHED).samples == pytest.approx(290_304, abs=4)
        assert pole.one("bao", Kind.FINISHED).sample_rate_hz == RATE_HZ

    at_a_pole(tmp_path, story)


def test_an_order_without_a_card_fails_by_name(tmp_path: Path) -> None:
    """The journal says `audio_device`; the next order, on the card that is there again, plays."""

    async def story(pole: Pole, card: SimulatedCard) -> None:
        card.is_missing = True
        pole.offer(tone(1_000))
        pole.hear(
            make_plan(
                make_order("sang", tone(1_000)),
                make_order("trua", tone(1_000), after_s=30),
            )
        )
        await asyncio.sleep(15)
        assert pole.said("sang")[-1] == "failed(audio_device)"

        card.is_missing = False
        await asyncio.sleep(20)
        assert pole.said("trua")[-1] == "finished"

    at_a_pole(tmp_path, story)


def test_a_card_that_is_lost_fails_with_what_was_heard(tmp_path: Path) -> None:
    """The samples that had left, and not those that were still on their way."""

    async def story(pole: Pole, card: SimulatedCard) -> None:
        card.dies_after_us = 12_000_000
        pole.offer(tone(6_000))
        pole.hear(make_plan(make_order("sang", tone(6_000))))
        await asyncio.sleep(20)
        failed = pole.one("sang", Kind.FAILED)

        assert failed.code == "audio_device"
        assert failed.samples == pytest.approx(2 * RATE_HZ, abs=2 * 960)

    at_a_pole(tmp_path, story)

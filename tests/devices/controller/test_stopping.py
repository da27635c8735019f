"""One signed stop silences an order, whether it sounds, waits, or is not even known yet."""

import asyncio
from pathlib import Path

import pytest

from devices.protocol.messages import Kind, OnCut, Stop
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import NOON_MS, Pole, make_emergency, make_order, make_plan
from tests.devices.controller.recording import RecordingSink
from tests.devices.sounds import tone

WHOLE = ["received", "cached", "started", "item_started", "finished"]


def stop(order: str, *, repeat: int | None = None) -> Stop:
    """Silence for an order."""
    return Stop(order=order, at_ms=NOON_MS, repeat=repeat)


def test_what_sounds_is_silent_at_once(tmp_path: Path) -> None:
    """Within half a second, and what had left the sink is counted and said."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.sink = sink = RecordingSink(clock=pole.clock)
        async with pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(11.7)
            pole.hear_now(stop=stop("sang"))
            await asyncio.sleep(0.5)

            assert pole.said("sang")[-1] == "stopped"
            stopped = pole.one("sang", Kind.STOPPED)
            (take,) = sink.takes
            assert len(take.samples) == stopped.samples == round(1.7 * 24_000)
            assert stopped.last_sample_at_us == (NOON_MS + 11_700) * 1_000
            await asyncio.sleep(600)
            assert pole.said("sang")[-2:] == ["item_started", "stopped"]

    run_simulated(story())


def test_what_has_not_begun_never_does(tmp_path: Path) -> None:
    """It says `stopped` without counts, once, however often it is told."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(20)
            pole.hear_now(sequence=1, stop=stop("sang"))
            pole.hear_now(sequence=2, stop=stop("sang"))
            await asyncio.sleep(90)

            assert pole.said("sang") == ["received", "cached", "stopped"]
            assert pole.one("sang", Kind.STOPPED).samples is None

    run_simulated(story())


@pytest.mark.parametrize("at_s", [7.6, 8.4, 9.5, 9.999])
def test_what_is_being_prepared_does_not_begin(tmp_path: Path, at_s: float) -> None:
    """Also in the last second, when `started` stands on the disk already."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.sink = sink = RecordingSink(clock=pole.clock)
        async with pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(at_s)
            pole.hear_now(stop=stop("sang"))
            await asyncio.sleep(30)

            assert pole.said("sang")[-1] == "stopped"
            assert pole.said("sang").count("stopped") == 1
            assert sink.takes == []

    run_simulated(story())


def test_a_stop_that_comes_before_its_order_holds(tmp_path: Path) -> None:
    """The order is received, and stopped by what was said before."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(1)
            pole.hear_now(stop=stop("sang"))
            await asyncio.sleep(600)
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=700)))
            await asyncio.sleep(200)

            assert pole.said("sang") == ["received", "stopped"]

    run_simulated(story())


def test_a_stop_of_one_repeat_leaves_the_others(tmp_path: Path) -> None:
    """An emergency's later repeats go on."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            repeats = [
                make_order("bao", tone(3_000), after_s=60 * number, repeat=number)
                for number in (1, 2, 3)
            ]
            pole.hear(make_plan(*repeats))
            await asyncio.sleep(1)
            pole.hear_now(stop=stop("bao", repeat=2))
            await asyncio.sleep(300)

            ends = {
                each.repeat: each.kind
                for each in pole.journalled()
                if each.kind in {Kind.FINISHED, Kind.STOPPED}
            }
            assert ends == {1: Kind.FINISHED, 2: Kind.STOPPED, 3: Kind.FINISHED}

    run_simulated(story())


def test_a_stop_outlives_a_power_cut(tmp_path: Path) -> None:
    """It is on the disk as soon as there is silence."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("mot", tone(3_000), after_s=60)))
            await asyncio.sleep(20)
            pole.hear_now(sequence=1, stop=stop("mot"))
            pole.hear_now(sequence=2, stop=stop("hai"))
            await pole.lose_power()
            await pole.switch_on()
            pole.hear(make_plan(make_order("hai", tone(3_000), after_s=60), version=2))
            await asyncio.sleep(90)

            assert pole.said("mot")[-1] == "stopped"
            assert pole.said("hai") == ["received", "stopped"]

    run_simulated(story())


def test_a_stop_that_stands_in_the_plan_only_holds(tmp_path: Path) -> None:
    """A pole that was off when it was said learns it from the plan; what sounds falls silent."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            order, later = (
                make_order("mot", tone(3_000)),
                make_order("hai", tone(3_000), after_s=60),
            )
            pole.hear(make_plan(order, later))
            await asyncio.sleep(11)
            pole.hear(make_plan(order, later, version=2, stops=(stop("mot"), stop("hai"))))
            await asyncio.sleep(90)

            assert pole.said("mot")[-1] == "stopped"
            assert pole.one("mot", Kind.STOPPED).samples == 24_000
            assert pole.said("hai") == ["received", "cached", "stopped"]

    run_simulated(story())


def test_of_what_has_ended_nothing_is_said(tmp_path: Path) -> None:
    """Nor of what nobody knows."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(30)
            pole.hear_now(sequence=1, stop=stop("sang"))
            pole.hear_now(sequence=2, stop=stop("la"))

            assert pole.said("sang") == WHOLE
            assert pole.said("la") == []

    run_simulated(story())


def test_a_stop_is_acted_on_after_it_has_expired(tmp_path: Path) -> None:
    """Silence does no harm, and the message may have been long on its way."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(11)
            pole.hear_now(stop=stop("sang"), expires_at_ms=NOON_MS + 1)
            await asyncio.sleep(0.1)

            assert pole.said("sang")[-1] == "stopped"

    run_simulated(story())


def test_a_stop_does_not_wait_for_a_disk(tmp_path: Path) -> None:
    """A full one does not keep a village awake; what happened is written when there is room."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.sink = sink = RecordingSink(clock=pole.clock)
        async with pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(11)
            pole.fill_disk()
            pole.hear_now(sequence=7, stop=stop("sang"))
            await asyncio.sleep(1)
            assert len(sink.takes[0].samples) == 24_000
            pole.empty_disk()
            await asyncio.sleep(10)
            assert pole.said("sang")[-1] == "stopped"
            await pole.lose_power()
            await pole.switch_on()

            assert pole.statuses()[-1].now_sequence == 7

    run_simulated(story())


@pytest.mark.parametrize("at_s", [1, 3.9, 5])
def test_an_emergency_is_stopped_in_its_tone_and_in_its_words(tmp_path: Path, at_s: float) -> None:
    """The samples of the tone are nobody's; what it cut stays cut, or goes on, as it should."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.sink = sink = RecordingSink(clock=pole.clock)
        async with pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(10)
            pole.hear_now(sequence=1, order=make_emergency("bao", tone(3_000), after_s=10))
            await asyncio.sleep(at_s)
            pole.hear_now(sequence=2, stop=stop("bao"))
            await asyncio.sleep(20)

            assert pole.said("bao")[-1] == "stopped"
            stopped = pole.one("bao", Kind.STOPPED)
            assert stopped.samples == pytest.approx(max(0, (at_s - 4) * 22_050), abs=2)
            assert len(sink.takes[0].samples) == pytest.approx(at_s * 22_050, abs=2)

    run_simulated(story())


def test_what_waits_to_go_on_after_a_cut_is_stopped(tmp_path: Path) -> None:
    """It was cut and would resume; now it does not."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(8_000), tone(3_000))
            cut = make_order("tin", tone(8_000), on_cut=OnCut.RESUME)
            pole.hear(make_plan(cut, make_order("bao", tone(3_000), after_s=12, priority=1)))
            await asyncio.sleep(13)
            pole.hear_now(stop=stop("tin"))
            await asyncio.sleep(30)

            assert pole.said("tin")[-2:] == ["cut(emergency)", "stopped"]
            assert pole.said("bao") == WHOLE

    run_simulated(story())


def test_the_next_order_begins_when_one_is_stopped(tmp_path: Path) -> None:
    """Its turn has come."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(8_000), tone(3_000))
            first = make_order("mot", tone(8_000))
            pole.hear(make_plan(first, make_order("hai", tone(3_000), after_s=11)))
            await asyncio.sleep(13)
            pole.hear_now(stop=stop("mot"))
            await asyncio.sleep(10)

            began_us = pole.one("hai", Kind.FINISHED).first_sample_at_us or 0
            assert began_us < (NOON_MS + 13_500) * 1_000

    run_simulated(story())

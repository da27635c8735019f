"""When the disk refuses, nothing sounds that is not recorded, and nothing recorded is lost."""

import asyncio
from pathlib import Path

from devices.controller.mp3 import sample_rate_hz
from devices.protocol.messages import Kind
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import Pole, make_order, make_plan
from tests.devices.sounds import tone


def test_nothing_sounds_while_started_cannot_be_written(tmp_path: Path) -> None:
    """The order starts late, once the disk takes its record."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            order = make_order("sang", tone(3_000))
            pole.hear(make_plan(order))
            await asyncio.sleep(5)
            pole.fill_disk()
            await asyncio.sleep(15)
            assert pole.said("sang") == ["received", "cached"]
            pole.empty_disk()
            await asyncio.sleep(20)

            assert pole.said("sang")[2:] == ["started", "item_started", "finished"]
            began_us = pole.one("sang", Kind.FINISHED).first_sample_at_us or 0
            assert 10_000_000 <= began_us - order.starts_at_ms * 1_000 <= 16_000_000

    run_simulated(story())


def test_an_end_is_stated_when_the_disk_recovers(tmp_path: Path) -> None:
    """What left the sink while the disk was full is counted and said afterwards."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(9.9)
            pole.fill_disk()
            await asyncio.sleep(20)
            assert pole.said("sang") == ["received", "cached", "started"]
            pole.empty_disk()
            await asyncio.sleep(10)

            assert pole.said("sang")[3:] == ["item_started", "finished"]
            assert pole.one("sang", Kind.FINISHED).samples == 73_152

    run_simulated(story())


def test_a_late_disk_does_not_make_it_play_after_its_time(tmp_path: Path) -> None:
    """If the disk recovers after *not after*, the order is skipped."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            order = make_order("sang", tone(3_000), after_s=10)
            short = make_order("sang", tone(3_000), not_after_ms=order.starts_at_ms + 2_000)
            pole.hear(make_plan(short))
            await asyncio.sleep(5)
            pole.fill_disk()
            await asyncio.sleep(60)
            pole.empty_disk()
            await asyncio.sleep(10)

            assert pole.said("sang") == ["received", "cached", "skipped(too_late)"]

    run_simulated(story())


def test_switched_off_in_the_middle_it_says_what_had_sounded(tmp_path: Path) -> None:
    """SIGTERM during a play: interrupted, with the samples that left, and never again."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        await pole.switch_on()
        later = make_order("chieu", tone(2_000), after_s=500)
        pole.hear(make_plan(make_order("sang", tone(3_000)), later))
        await asyncio.sleep(11)
        await pole.switch_off()
        pole.link.connected = True
        async with pole:
            await asyncio.sleep(30)

            assert pole.said("sang")[-1] == "failed(interrupted)"
            assert pole.said("sang").count("started") == 1
            assert pole.one("sang", Kind.FAILED).samples == 24_000

    run_simulated(story())


def test_sound_that_cannot_be_opened_in_the_end_fails(tmp_path: Path) -> None:
    """A second item that is no sound ends the order, and the first one's samples are stated."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            first, second = tone(1_000), tone(2_000)
            pole.offer(first, second)
            pole.hear(make_plan(make_order("hai", first, second)))
            await asyncio.sleep(10.4)
            path = pole.store.path(second.sha256)
            assert sample_rate_hz(path) == 24_000
            path.write_bytes(b"rust")
            await asyncio.sleep(20)

            failed = pole.one("hai", Kind.FAILED)
            assert (failed.code, failed.item) == ("audio_undecodable", 0)
            assert failed.samples == 25_344

    run_simulated(story())

"""What was cut off by the power goes on where it would be by now, or is over, as its order says."""

import asyncio
from pathlib import Path

import pytest

from devices.controller.mp3 import decode
from devices.protocol.messages import Kind, OnReboot, Order, QuietHours
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    NOON_MS,
    Pole,
    make_config,
    make_emergency,
    make_order,
    make_plan,
)
from tests.devices.controller.recording import RecordingSink
from tests.devices.sounds import Sound, tone

RATE_HZ = 24_000
LONG = tone(30_000)


def joining(order_id: str, *sounds: Sound, **fields: object) -> Order:
    """An order that goes on where it would be by now."""
    return make_order(order_id, *sounds, on_reboot=OnReboot.JOIN, **fields)  # type: ignore[arg-type]


def pcm_of(pole: Pole, *sounds: Sound) -> bytes:
    """All samples of these files, one after the other."""
    return b"".join(
        pcm
        for sound in sounds
        for pcm in decode(pole.store.path(sound.sha256), rate_hz=RATE_HZ, chunk_ms=500)
    )


async def lose_power(pole: Pole, *, off_s: float) -> None:
    """For a while."""
    await pole.lose_power()
    await asyncio.sleep(off_s)
    await pole.switch_on()


def with_sink(pole: Pole) -> RecordingSink:
    """Give a pole ears."""
    pole.sink = sink = RecordingSink(clock=pole.clock)
    return sink


def test_it_joins_at_the_elapsed_point(tmp_path: Path) -> None:
    """To the sample: with the other poles of the village."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(15)
            await lose_power(pole, off_s=3)
            await asyncio.sleep(60)

            assert pole.said("tin") == [
                *("received", "cached", "started", "item_started"),
                *("resumed(rebooted)", "finished"),
            ]
            resumed, finished = pole.one("tin", Kind.RESUMED), pole.one("tin", Kind.FINISHED)
            assert 8_000 <= (resumed.position_ms or 0) <= 11_000
            take = sink.takes[-1]
            into_us = take.begins_us - (NOON_MS + 10_000) * 1_000
            assert into_us == (resumed.position_ms or 0) * 1_000
            whole = pcm_of(pole, LONG)
            skipped = into_us * RATE_HZ // 1_000_000
            assert take.pcm == whole[skipped * 2 :]
            assert finished.samples == len(take.samples)

    run_simulated(story())


def test_it_joins_inside_a_later_item(tmp_path: Path) -> None:
    """By the lengths that the order states."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            first, second = tone(8_000), tone(30_000)
            pole.offer(first, second)
            pole.hear(make_plan(joining("tin", first, second)))
            await asyncio.sleep(15)
            await lose_power(pole, off_s=10)
            await asyncio.sleep(60)

            position_ms = pole.one("tin", Kind.RESUMED).position_ms or 0
            skipped = (position_ms - 8_000) * RATE_HZ // 1_000
            assert sink.takes[-1].pcm == pcm_of(pole, second)[skipped * 2 :]

    run_simulated(story())


def test_one_that_skips_is_over(tmp_path: Path) -> None:
    """Interrupted, and no second time."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG)
            pole.hear(make_plan(make_order("tin", LONG)))
            await asyncio.sleep(15)
            await lose_power(pole, off_s=3)
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "failed(interrupted)"
            assert pole.said("tin").count("started") == 1

    run_simulated(story())


@pytest.mark.parametrize("off_s", [22.5, 60])
def test_too_near_its_end_there_is_nothing_to_join(tmp_path: Path, off_s: float) -> None:
    """Two seconds of a sentence help nobody."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(15)
            await lose_power(pole, off_s=off_s)
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "failed(interrupted)"

    run_simulated(story())


def test_it_joins_when_its_audio_has_been_fetched_again(tmp_path: Path) -> None:
    """The card lost the file with the power; what is over by then is left out."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(15)
            await pole.lose_power()
            pole.store.path(LONG.sha256).unlink()
            held, pole.source.files = pole.source.files, {}
            await pole.switch_on()
            await asyncio.sleep(6)
            assert pole.said("tin")[-1] == "item_started"
            pole.source.files = held
            await asyncio.sleep(60)

            assert pole.said("tin")[-2:] == ["resumed(rebooted)", "finished"]
            into_us = sink.takes[-1].begins_us - (NOON_MS + 10_000) * 1_000
            assert into_us == (pole.one("tin", Kind.RESUMED).position_ms or 0) * 1_000

    run_simulated(story())


def test_audio_that_does_not_come_back_ends_it(tmp_path: Path) -> None:
    """When too little would be left."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(15)
            await pole.lose_power()
            pole.store.path(LONG.sha256).unlink()
            pole.source.files = {}
            await pole.switch_on()
            await asyncio.sleep(90)

            assert pole.said("tin")[-1] == "failed(interrupted)"

    run_simulated(story())


def test_a_second_power_cut_is_joined_behind_as_well(tmp_path: Path) -> None:
    """It said `started` once, however often the power goes."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(15)
            await lose_power(pole, off_s=1)
            await asyncio.sleep(5)
            await lose_power(pole, off_s=1)
            await asyncio.sleep(60)

            assert pole.said("tin").count("started") == 1
            assert pole.said("tin").count("resumed(rebooted)") == 2
            assert pole.said("tin")[-1] == "finished"

    run_simulated(story())


def test_a_device_that_was_off_at_the_start_joins_late(tmp_path: Path) -> None:
    """It begins with the others' word, and says from where."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(5)
            await lose_power(pole, off_s=15)
            await asyncio.sleep(60)

            # The beginning of the item was heard by others only.
            assert pole.said("tin") == ["received", "cached", "started", "finished"]
            started = pole.one("tin", Kind.STARTED)
            into_us = sink.takes[-1].begins_us - (NOON_MS + 10_000) * 1_000
            assert into_us == (started.position_ms or 0) * 1_000
            assert into_us >= 10_000_000

    run_simulated(story())


def test_a_device_that_was_off_until_nearly_the_end_skips(tmp_path: Path) -> None:
    """Although the order may begin later: what is left of it is nothing to join."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(5)
            await lose_power(pole, off_s=33)
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "skipped(too_late)"

    run_simulated(story())


def test_one_that_had_to_wait_its_turn_is_heard_whole(tmp_path: Path) -> None:
    """Joining is for a device that was off, not for one that had something else to say."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG, tone(8_000))
            pole.hear(make_plan(make_order("mot", LONG), joining("hai", tone(8_000), after_s=12)))
            await asyncio.sleep(90)

            assert pole.said("hai") == WHOLE
            assert pole.one("hai", Kind.STARTED).position_ms is None
            assert pole.one("hai", Kind.FINISHED).samples == len(pcm_of(pole, tone(8_000))) // 2

    run_simulated(story())


def test_one_that_is_off_the_plan_is_not_joined(tmp_path: Path) -> None:
    """It was begun; now it is over."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(15)
            pole.hear(make_plan(version=2))
            await lose_power(pole, off_s=2)
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "failed(interrupted)"

    run_simulated(story())


def test_it_is_not_joined_in_quiet_hours(tmp_path: Path) -> None:
    """They began while the power was off."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(15)
            quiet = QuietHours(begins="12:00", ends="13:00")
            pole.config = make_config(version=2, quiet_hours=quiet)
            await lose_power(pole, off_s=2)
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "failed(interrupted)"
            assert pole.said("tin").count("resumed(rebooted)") <= 1

    run_simulated(story())


def test_a_clean_restart_in_the_middle_is_an_end(tmp_path: Path) -> None:
    """What sounded until then is known and said; it is not begun anew."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(LONG)
            pole.hear(make_plan(joining("tin", LONG)))
            await asyncio.sleep(15)
        pole.link.connected = True
        async with pole:
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "failed(interrupted)"
            assert pole.one("tin", Kind.FAILED).samples == 5 * RATE_HZ

    run_simulated(story())


def test_an_emergency_that_waits_comes_before_what_is_joined(tmp_path: Path) -> None:
    """The power comes back, and the first thing that is heard is the warning."""

    async def story() -> None:
        pole = Pole(tmp_path)
        with_sink(pole)
        async with pole:
            words = tone(2_000)
            pole.offer(LONG, words)
            emergency = make_emergency("bao", words, after_s=17)
            pole.hear(make_plan(joining("tin", LONG), emergency))
            await asyncio.sleep(15)
            await lose_power(pole, off_s=4)
            await asyncio.sleep(60)

            began_us = pole.one("bao", Kind.TONE_STARTED).first_sample_at_us or 0
            assert began_us <= (NOON_MS + 19_500) * 1_000
            assert pole.said("bao")[-1] == "finished"
            assert pole.said("tin")[-1] in {"finished", "cut(emergency)", "failed(interrupted)"}

    run_simulated(story())


def test_what_a_long_absence_made_too_late_is_said_at_once(tmp_path: Path) -> None:
    """In one write, however much of it there is."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            orders = [
                make_order(f"o{n}", LONG, after_s=60 + n, not_after_ms=NOON_MS + 90_000 + 1_000 * n)
                for n in range(200)
            ]
            pole.hear(make_plan(*orders))
            await asyncio.sleep(1)
            await lose_power(pole, off_s=600)
            before = pole.journal.head.seq
            await asyncio.sleep(0.5)

            assert pole.journal.head.seq - before in {0, 200}
            assert [each.code for each in pole.journalled()].count("too_late") == 200

    run_simulated(story())


def test_a_full_disk_does_not_keep_a_device_from_starting(tmp_path: Path) -> None:
    """What it has to say of yesterday waits."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG)
            pole.hear(make_plan(make_order("tin", LONG)))
            await asyncio.sleep(15)
            await pole.lose_power()
            switched_on = asyncio.create_task(pole.switch_on())
            await asyncio.sleep(0)
            pole.fill_disk()
            await switched_on
            await asyncio.sleep(30)
            pole.empty_disk()
            await asyncio.sleep(10)

            assert pole.said("tin")[-1] == "failed(interrupted)"

    run_simulated(story())


WHOLE = ["received", "cached", "started", "item_started", "finished"]

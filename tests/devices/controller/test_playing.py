"""A plan is played at its instant by the device's own clock, once, and what happened is said."""

import asyncio
from pathlib import Path

import pytest

from devices.controller.sinks import WavSink
from devices.protocol.messages import Kind, QuietHours, QuietHoursOverride
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    NOON_MS,
    Pole,
    make_config,
    make_order,
    make_plan,
)
from tests.devices.sounds import tone

WHOLE = ["received", "cached", "started", "item_started", "finished"]


def test_an_order_plays_at_its_planned_instant(tmp_path: Path) -> None:
    """The first sample leaves the sink at the planned microsecond, and all samples follow."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)

            assert pole.said("sang") == WHOLE
            finished = pole.one("sang", Kind.FINISHED)
            assert finished.first_sample_at_us == (NOON_MS + 10_000) * 1_000
            assert pole.one("sang", Kind.ITEM_STARTED).first_sample_at_us == (
                finished.first_sample_at_us
            )
            assert finished.samples == 73_152
            assert finished.sample_rate_hz == 24_000
            assert finished.last_sample_at_us == finished.first_sample_at_us + 3_048_000
            assert (finished.sink, finished.simulated) == ("null", True)

    run_simulated(story())


def test_started_is_on_disk_before_the_sound(tmp_path: Path) -> None:
    """`started` is written at least 300 ms before the planned instant."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(9.7)

            assert pole.said("sang") == ["received", "cached", "started"]

    run_simulated(story())


def test_every_item_is_announced_when_its_first_sample_leaves(tmp_path: Path) -> None:
    """The second item begins where the first one's samples end, without a gap."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(1_000), tone(2_000))
            pole.hear(make_plan(make_order("sang", tone(1_000), tone(2_000))))
            await asyncio.sleep(20)

            items = [each for each in pole.journalled() if each.kind is Kind.ITEM_STARTED]
            assert [each.item for each in items] == [0, 1]
            first_at_us, second_at_us = (each.first_sample_at_us or 0 for each in items)
            samples_of_first = 25_344
            assert second_at_us - first_at_us == samples_of_first * 1_000_000 // 24_000
            assert all(each.at_ms * 1_000 + 999 >= (each.first_sample_at_us or 0) for each in items)

    run_simulated(story())


def test_a_dropped_order_that_has_not_started_does_not_play(tmp_path: Path) -> None:
    """Leaving an order out of the next plan cancels it, even while it is being prepared."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(8)
            pole.hear(make_plan(version=2))
            await asyncio.sleep(20)

            assert pole.said("sang") == ["received", "cached"]

    run_simulated(story())


def test_a_dropped_order_that_has_started_plays_to_its_end(tmp_path: Path) -> None:
    """What sounds is ended by a stop, not by a plan."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(11)
            pole.hear(make_plan(version=2))
            await asyncio.sleep(20)

            assert pole.said("sang") == WHOLE

    run_simulated(story())


def test_a_moved_order_plays_at_its_new_time_only(tmp_path: Path) -> None:
    """An order that is moved while it is being prepared starts when the newest plan says."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(8)
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60), version=2))
            await asyncio.sleep(80)

            assert pole.said("sang") == WHOLE
            started = pole.one("sang", Kind.ITEM_STARTED).first_sample_at_us
            assert started == (NOON_MS + 60_000) * 1_000

    run_simulated(story())


def test_the_same_id_plays_again_only_under_another_repeat(tmp_path: Path) -> None:
    """(id, repeat) plays at most once, however the plan repeats it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("bao", tone(3_000))))
            await asyncio.sleep(20)
            again = make_order("bao", tone(3_000), after_s=30)
            repeated = make_order("bao", tone(3_000), after_s=60, repeat=1)
            pole.hear(make_plan(again, repeated, version=2))
            await asyncio.sleep(80)

            finished = [each for each in pole.journalled() if each.kind is Kind.FINISHED]
            assert [(each.order, each.repeat) for each in finished] == [("bao", 0), ("bao", 1)]

    run_simulated(story())


def test_a_device_that_comes_back_late_starts_from_the_beginning(tmp_path: Path) -> None:
    """Between the planned instant and *not after*, the whole order is played."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(60)
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)

            assert pole.said("sang") == WHOLE
            assert pole.one("sang", Kind.FINISHED).samples == 73_152

    run_simulated(story())


def test_an_order_is_skipped_once_its_time_is_over(tmp_path: Path) -> None:
    """A device that was off until after *not after* says that it skipped."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        await pole.switch_on()
        pole.hear(make_plan(make_order("sang", tone(3_000), not_after_ms=NOON_MS + 20_000)))
        await asyncio.sleep(5)
        await pole.lose_power()
        await asyncio.sleep(30)
        async with pole:
            await asyncio.sleep(1)

            assert pole.said("sang") == ["received", "cached", "skipped(too_late)"]

    run_simulated(story())


def test_the_later_of_two_orders_waits(tmp_path: Path) -> None:
    """One order at a time: the later start waits for the end of the earlier."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            first = make_order("mot", tone(3_000))
            second = make_order("hai", tone(3_000), after_s=11)
            pole.hear(make_plan(second, first))
            await asyncio.sleep(30)

            assert pole.said("mot") == pole.said("hai") == WHOLE
            ended = pole.one("mot", Kind.FINISHED).last_sample_at_us or 0
            assert (pole.one("hai", Kind.ITEM_STARTED).first_sample_at_us or 0) >= ended

    run_simulated(story())


def test_an_order_that_waited_too_long_is_skipped(tmp_path: Path) -> None:
    """Waiting ends at *not after*."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            first = make_order("mot", tone(3_000))
            second = make_order("hai", tone(3_000), after_s=11, not_after_ms=NOON_MS + 12_000)
            pole.hear(make_plan(first, second))
            await asyncio.sleep(30)

            assert pole.said("mot") == WHOLE
            assert pole.said("hai") == ["received", "cached", "skipped(too_late)"]

    run_simulated(story())


def test_an_emergency_cuts_what_plays(tmp_path: Path) -> None:
    """The cut falls on the emergency's instant, and the samples that had left are stated."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            normal = make_order("tin", tone(3_000))
            emergency = make_order("bao", tone(3_000), after_s=11, priority=1)
            pole.hear(make_plan(normal, emergency))
            await asyncio.sleep(30)

            assert pole.said("tin")[-1] == "cut(emergency)"
            assert pole.said("bao") == WHOLE
            cut = pole.one("tin", Kind.CUT)
            assert (cut.samples, cut.item) == (24_000, 0)
            assert cut.last_sample_at_us == (NOON_MS + 11_000) * 1_000
            assert pole.one("bao", Kind.FINISHED).first_sample_at_us == cut.last_sample_at_us

    run_simulated(story())


def test_an_emergency_does_not_cut_an_emergency(tmp_path: Path) -> None:
    """Of two emergencies the earlier is heard out."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            first = make_order("lu", tone(3_000), priority=1)
            second = make_order("bao", tone(3_000), after_s=11, priority=1)
            pole.hear(make_plan(first, second))
            await asyncio.sleep(30)

            assert pole.said("lu") == pole.said("bao") == WHOLE

    run_simulated(story())


def test_an_order_in_preparation_gives_way_and_plays_afterwards(tmp_path: Path) -> None:
    """A normal order that had not begun when the emergency came plays after it, whole."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            normal = make_order("tin", tone(3_000))
            pole.hear(make_plan(normal))
            await asyncio.sleep(8)
            pole.hear(
                make_plan(
                    normal, make_order("bao", tone(3_000), after_s=7.8, priority=1), version=2
                )
            )
            await asyncio.sleep(30)

            assert pole.said("bao") == WHOLE
            assert pole.said("tin") == WHOLE
            ended = pole.one("bao", Kind.FINISHED).last_sample_at_us or 0
            assert (pole.one("tin", Kind.ITEM_STARTED).first_sample_at_us or 0) >= ended

    run_simulated(story())


def test_of_two_that_wait_priority_goes_first(tmp_path: Path) -> None:
    """Circular 39: a priority bulletin goes before the normal ones that wait with it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            playing = make_order("mot", tone(3_000))
            normal = make_order("hai", tone(3_000), after_s=11)
            priority = make_order("ba", tone(3_000), after_s=12, priority=2)
            pole.hear(make_plan(playing, normal, priority))
            await asyncio.sleep(40)

            finished = [each.order for each in pole.journalled() if each.kind is Kind.FINISHED]
            assert finished == ["mot", "ba", "hai"]

    run_simulated(story())


def test_sound_longer_than_ordered_is_cut(tmp_path: Path) -> None:
    """A file that holds more than the order says does not keep the village listening."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(8_000))
            lying = tone(8_000).item
            short = type(lying)(sha256=lying.sha256, size_bytes=lying.size_bytes, duration_ms=1_000)
            pole.hear(make_plan(make_order("dai", items=(short,))))
            await asyncio.sleep(30)

            assert pole.said("dai")[-1] == "cut(too_long)"
            assert pole.one("dai", Kind.CUT).samples == 3 * 24_000

    run_simulated(story())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"not_after_ms": NOON_MS - 1}, "never_due"),
        ({"starts_at_ms": NOON_MS - 9_000, "not_after_ms": NOON_MS - 1}, "expired"),
        ({"starts_at_ms": NOON_MS + 15 * 3_600_000}, "never_due"),
        (
            {
                "starts_at_ms": NOON_MS + 15 * 3_600_000,
                "not_after_ms": NOON_MS + 16 * 3_600_000,
            },
            "quiet_hours",
        ),
    ],
)
def test_what_will_not_be_played_is_rejected_once(
    tmp_path: Path, fields: dict[str, int], code: str
) -> None:
    """A refusal is said when the order arrives, and not again with each republication."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            usual = make_order("sai", tone(3_000))
            refused = type(usual)(
                **({name: getattr(usual, name) for name in usual.__struct_fields__} | fields)
            )
            for version in (1, 2, 3):
                pole.hear(make_plan(refused, version=version))
            await asyncio.sleep(20)

            assert pole.said("sai") == [f"rejected({code})"]
            assert pole.source.asked == []

    run_simulated(story())


def test_a_signed_override_plays_inside_quiet_hours(tmp_path: Path) -> None:
    """03:15 is allowed when a named person signed a reason."""

    async def story() -> None:
        config = make_config(quiet_hours=QuietHours(begins="11:00", ends="13:00"))
        async with Pole(tmp_path, config=config) as pole:
            pole.offer(tone(3_000))
            override = QuietHoursOverride(person="Lê Văn Tám", reason="Vỡ đê")
            pole.hear(
                make_plan(
                    make_order("khong", tone(3_000)),
                    make_order("de", tone(3_000), override=override, priority=1),
                )
            )
            await asyncio.sleep(20)

            assert pole.said("khong") == ["rejected(quiet_hours)"]
            assert pole.said("de") == WHOLE

    run_simulated(story())


def test_a_late_start_does_not_run_into_quiet_hours(tmp_path: Path) -> None:
    """An order allowed at its own time is skipped when its turn comes inside quiet hours."""

    async def story() -> None:
        config = make_config(quiet_hours=QuietHours(begins="12:01", ends="13:00"))
        async with Pole(tmp_path, config=config) as pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(59)
            pole.hear(make_plan(make_order("muon", tone(3_000))))
            await asyncio.sleep(20)

            assert pole.said("muon") == ["received", "cached", "skipped(quiet_hours)"]

    run_simulated(story())


def test_too_long_a_play_is_rejected(tmp_path: Path) -> None:
    """The device's own limit holds, whatever the station signs."""

    async def story() -> None:
        async with Pole(tmp_path, config=make_config(longest_play_ms=2_999)) as pole:
            pole.hear(make_plan(make_order("dai", tone(3_000))))

            assert pole.said("dai") == ["rejected(too_long)"]

    run_simulated(story())


def test_the_wav_sink_leaves_what_was_heard(tmp_path: Path) -> None:
    """A WAV file holds exactly the samples that are confirmed."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.sink = WavSink(clock=pole.clock, folder=tmp_path / "heard")
        async with pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)

            (file,) = (tmp_path / "heard").iterdir()
            assert file.stat().st_size == 44 + 2 * (pole.one("sang", Kind.FINISHED).samples or 0)

    run_simulated(story())

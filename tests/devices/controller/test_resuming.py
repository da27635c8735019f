"""What an emergency cut goes on with the very next sample, where its order says so."""

import asyncio
from pathlib import Path

import pytest

from devices.controller.mp3 import decode
from devices.protocol.messages import Kind, OnCut, Order, QuietHours
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
LONG, SHORT = tone(8_000), tone(2_000)


def resuming(order_id: str, *sounds: Sound, **fields: object) -> Order:
    """An order that goes on after a cut."""
    return make_order(order_id, *sounds, on_cut=OnCut.RESUME, **fields)  # type: ignore[arg-type]


def pcm_of(pole: Pole, *sounds: Sound) -> bytes:
    """All samples of these files, one after the other."""
    return b"".join(
        pcm
        for sound in sounds
        for pcm in decode(pole.store.path(sound.sha256), rate_hz=RATE_HZ, chunk_ms=500)
    )


def with_sink(pole: Pole) -> RecordingSink:
    """Give a pole ears."""
    pole.sink = sink = RecordingSink(clock=pole.clock)
    return sink


def own(sink: RecordingSink) -> list[bytes]:
    """What was heard of orders at their own rate."""
    return [take.pcm for take in sink.takes if take.rate_hz == RATE_HZ]


def test_it_goes_on_with_the_very_next_sample(tmp_path: Path) -> None:
    """The two stretches together are the file, sample by sample."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12.345)
            pole.hear(make_plan(resuming("tin", LONG), emergency))
            await asyncio.sleep(60)

            assert pole.said("tin")[2:] == [
                *("started", "item_started", "cut(emergency)", "resumed", "finished")
            ]
            first, second = own(sink)
            assert first + second == pcm_of(pole, LONG)
            assert len(first) // 2 == round(2.345 * RATE_HZ)

    run_simulated(story())


def test_its_counts_run_over_the_cut(tmp_path: Path) -> None:
    """The cut says what was heard until then, `resumed` where, the end all of it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12)
            pole.hear(make_plan(resuming("tin", LONG), emergency))
            await asyncio.sleep(60)

            cut, resumed = pole.one("tin", Kind.CUT), pole.one("tin", Kind.RESUMED)
            finished = pole.one("tin", Kind.FINISHED)
            assert cut.samples == 2 * RATE_HZ
            assert resumed.position_ms == 2_000
            assert finished.samples == len(pcm_of(pole, LONG)) // 2
            assert finished.first_sample_at_us == cut.first_sample_at_us
            assert pole.one("tin", Kind.ITEM_STARTED).item == 0

    run_simulated(story())


def test_it_goes_on_shortly_after_the_emergency(tmp_path: Path) -> None:
    """`resumed` is on the disk before the sound."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12)
            pole.hear(make_plan(resuming("tin", LONG), emergency))
            await asyncio.sleep(60)

            _, words, rest = sink.takes
            assert 0 <= rest.begins_us - words.ends_us <= 500_000
            resumed = pole.one("tin", Kind.RESUMED)
            assert resumed.at_ms * 1_000 <= rest.begins_us

    run_simulated(story())


def test_it_is_cut_a_second_time_and_goes_on(tmp_path: Path) -> None:
    """Nothing is heard twice, and nothing is left out."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG, SHORT)
            first = make_emergency("bao", SHORT, after_s=12)
            second = make_emergency("bao", SHORT, after_s=21, repeat=1)
            pole.hear(make_plan(resuming("tin", LONG), first, second))
            await asyncio.sleep(90)

            assert pole.said("tin").count("cut(emergency)") == 2
            assert pole.said("tin").count("resumed") == 2
            assert len(own(sink)) == 3
            assert b"".join(own(sink)) == pcm_of(pole, LONG)
            assert pole.one("tin", Kind.FINISHED).samples == len(pcm_of(pole, LONG)) // 2

    run_simulated(story())


def test_two_emergencies_in_a_row_let_it_wait_for_both(tmp_path: Path) -> None:
    """It does not stammer in between."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG, SHORT)
            first = make_emergency("mot", SHORT, after_s=12)
            second = make_emergency("hai", SHORT, after_s=13)
            pole.hear(make_plan(resuming("tin", LONG), first, second))
            await asyncio.sleep(90)

            assert len(sink.takes) == 4
            assert b"".join(own(sink)) == pcm_of(pole, LONG)

    run_simulated(story())


@pytest.mark.parametrize("cut_s", [11.0, 11.056, 11.5, 12.5])
def test_it_goes_on_across_two_items(tmp_path: Path, cut_s: float) -> None:
    """Cut in the first, at the border, or in the second."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            first, second = tone(1_000), tone(3_000)
            pole.offer(first, second, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=cut_s)
            pole.hear(make_plan(resuming("hai", first, second), emergency))
            await asyncio.sleep(60)

            assert b"".join(own(sink)) == pcm_of(pole, first, second)
            began = [each.item for each in pole.journalled() if each.kind is Kind.ITEM_STARTED]
            assert sorted(each or 0 for each in began) == [0, 0, 1]
            assert pole.said("hai")[-1] == "finished"

    run_simulated(story())


def test_one_that_drops_is_over(tmp_path: Path) -> None:
    """The cut is its end."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12)
            pole.hear(make_plan(make_order("tin", LONG, on_cut=OnCut.DROP), emergency))
            await asyncio.sleep(90)

            assert pole.said("tin")[-1] == "cut(emergency)"

    run_simulated(story())


def test_one_that_was_cut_before_its_first_sample_is_heard_afterwards(tmp_path: Path) -> None:
    """It had said `started`, and nobody had heard anything of it."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG, SHORT)
            pole.hear(make_plan(make_order("tin", LONG, on_cut=OnCut.DROP)))
            await asyncio.sleep(9.8)
            pole.hear_now(order=make_emergency("bao", SHORT, after_s=9.8))
            await asyncio.sleep(60)

            assert pole.said("tin")[2:] == [
                *("started", "cut(emergency)", "resumed", "item_started", "finished")
            ]
            assert own(sink) == [pcm_of(pole, LONG)]

    run_simulated(story())


def test_quiet_hours_that_begin_while_it_waits_end_it(tmp_path: Path) -> None:
    """Nothing more is said of it: the cut was its end."""

    async def story() -> None:
        quiet = QuietHours(begins="12:01", ends="13:00")
        async with Pole(tmp_path, config=make_config(quiet_hours=quiet)) as pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=50)
            pole.hear(make_plan(resuming("tin", LONG, after_s=48), emergency))
            await asyncio.sleep(120)

            assert pole.said("bao")[-1] == "finished"
            assert pole.said("tin")[-1] == "cut(emergency)"

    run_simulated(story())


def test_only_what_is_left_has_to_fit_before_quiet_hours(tmp_path: Path) -> None:
    """Seven of its eight seconds were heard; one more disturbs nobody."""

    async def story() -> None:
        quiet = QuietHours(begins="12:01", ends="13:00")
        async with Pole(tmp_path, config=make_config(quiet_hours=quiet)) as pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=47)
            pole.hear(make_plan(resuming("tin", LONG, after_s=40), emergency))
            await asyncio.sleep(120)

            assert pole.said("tin")[-1] == "finished"

    run_simulated(story())


def test_it_does_not_go_on_hours_later(tmp_path: Path) -> None:
    """Its rest ends no later than it could have ended without a cut."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG, SHORT)
            emergencies = [
                make_emergency("bao", SHORT, after_s=12 + 6 * number, repeat=number)
                for number in range(5)
            ]
            tin = resuming("tin", LONG, not_after_ms=NOON_MS + 25_000)
            pole.hear(make_plan(tin, *emergencies))
            await asyncio.sleep(120)

            assert pole.said("tin")[-1] == "cut(emergency)"
            assert pole.said("tin").count("resumed") == 0

    run_simulated(story())


def test_a_power_cut_while_it_waits_ends_it(tmp_path: Path) -> None:
    """The cut was stated; nothing plays a second time."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12)
            pole.hear(make_plan(resuming("tin", LONG), emergency))
            await asyncio.sleep(14)
            await pole.lose_power()
            await pole.switch_on()
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "cut(emergency)"
            assert len(own(sink)) == 1

    run_simulated(story())


def test_a_power_cut_after_it_went_on_is_stated(tmp_path: Path) -> None:
    """It had an end, and then it had none any more."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12)
            pole.hear(make_plan(resuming("tin", LONG), emergency))
            await asyncio.sleep(21)
            assert pole.said("tin")[-1] == "resumed"
            await pole.lose_power()
            await pole.switch_on()
            await asyncio.sleep(60)

            assert pole.said("tin")[-2:] == ["resumed", "failed(interrupted)"]
            await pole.lose_power()
            await pole.switch_on()
            assert pole.said("tin").count("failed(interrupted)") == 1

    run_simulated(story())


def test_a_clean_end_while_it_waits_says_nothing_more(tmp_path: Path) -> None:
    """SIGTERM: the cut stands."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12)
            pole.hear(make_plan(resuming("tin", LONG), emergency))
            await asyncio.sleep(14)
        pole.link.connected = True
        async with pole:
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "cut(emergency)"

    run_simulated(story())


def test_a_file_that_rotted_while_it_waited_is_a_failure(tmp_path: Path) -> None:
    """It went on, and there was nothing any more."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12)
            pole.hear(make_plan(resuming("tin", LONG), emergency))
            await asyncio.sleep(14)
            pole.store.path(LONG.sha256).unlink()
            await asyncio.sleep(60)

            assert pole.said("tin")[-2:] == ["resumed", "failed(audio_undecodable)"]
            assert pole.one("tin", Kind.FAILED).samples == 2 * RATE_HZ

    run_simulated(story())


def test_a_full_disk_lets_nothing_go_on(tmp_path: Path) -> None:
    """Nothing sounds that is not recorded first, but an emergency."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(LONG, SHORT)
            emergency = make_emergency("bao", SHORT, after_s=12)
            pole.hear(make_plan(resuming("tin", LONG), emergency))
            await asyncio.sleep(14)
            pole.fill_disk()
            await asyncio.sleep(60)
            pole.empty_disk()
            await asyncio.sleep(60)

            assert pole.said("tin")[-1] == "cut(emergency)"
            assert len(own(sink)) == 1

    run_simulated(story())


def test_a_priority_order_goes_first_at_the_next_border_of_two_items(tmp_path: Path) -> None:
    """Circular 39: the programme pauses behind the item that plays, and goes on afterwards."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            items = [tone(3_000), tone(2_000), tone(1_000)]
            pole.offer(*items, SHORT)
            programme = make_order("chuong-trinh", *items)
            priority = make_order("uu-tien", tone(2_000, hertz=600), after_s=11, priority=2)
            pole.offer(tone(2_000, hertz=600))
            pole.hear(make_plan(programme, priority))
            await asyncio.sleep(60)

            assert pole.said("chuong-trinh")[2:] == [
                *("started", "item_started", "cut(priority)", "resumed"),
                *("item_started", "item_started", "finished"),
            ]
            assert pole.said("uu-tien")[-1] == "finished"
            first, between, rest = own(sink)
            assert first == pcm_of(pole, items[0])
            assert between == pcm_of(pole, tone(2_000, hertz=600))
            assert rest == pcm_of(pole, *items[1:])
            assert sink.takes[1].begins_us - sink.takes[0].ends_us <= 100_000

    run_simulated(story())


def test_a_priority_order_waits_for_the_end_of_one_that_has_no_border(tmp_path: Path) -> None:
    """Only an emergency cuts in the middle of an item."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG, SHORT)
            priority = make_order("uu-tien", SHORT, after_s=11, priority=2)
            pole.hear(make_plan(make_order("tin", LONG), priority))
            await asyncio.sleep(60)

            finished = [each.order for each in pole.journalled() if each.kind is Kind.FINISHED]
            assert finished == ["tin", "uu-tien"]
            assert pole.said("tin").count("cut(priority)") == 0

    run_simulated(story())


def test_a_priority_order_gives_way_to_no_other_one(tmp_path: Path) -> None:
    """Two against two is ordered by a person."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(LONG, SHORT)
            first = make_order("mot", SHORT, LONG, priority=2)
            pole.hear(make_plan(first, make_order("hai", SHORT, after_s=11, priority=2)))
            await asyncio.sleep(60)

            finished = [each.order for each in pole.journalled() if each.kind is Kind.FINISHED]
            assert finished == ["mot", "hai"]

    run_simulated(story())


def test_an_emergency_cuts_what_went_first_and_both_go_on(tmp_path: Path) -> None:
    """Last cut, first to go on; each with its own next sample."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            other = tone(3_000, hertz=600)
            pole.offer(SHORT, LONG, other)
            programme = resuming("ba", SHORT, LONG)
            priority = resuming("hai", other, after_s=11, priority=2)
            emergency = make_emergency("mot", SHORT, after_s=14)
            pole.hear(make_plan(programme, priority, emergency))
            await asyncio.sleep(90)

            finished = [each.order for each in pole.journalled() if each.kind is Kind.FINISHED]
            assert finished == ["mot", "hai", "ba"]
            assert b"".join(own(sink)) == (
                pcm_of(pole, SHORT) + pcm_of(pole, other) + pcm_of(pole, LONG)
            )

    run_simulated(story())

"""A programme in one file: the pole says which part it reached, and nothing that was not heard."""

import array
import asyncio
import subprocess
import wave
from pathlib import Path

import imageio_ffmpeg
import msgspec

from devices.controller.sinks import WavSink
from devices.protocol.messages import CUE_LIMIT, Confirmation, Cue, CueKind, Item, Kind
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import NOON_MS, Pole, make_order, make_plan, sent_entries
from tests.devices.sounds import Sound, tone

STARTS_US = (NOON_MS + 10_000) * 1_000
PROGRAMME_MS = (0, 700, 1_900)


def programme(*cues_at_ms: int, duration_ms: int = 3_000) -> Item:
    """A tone with a cue at each of these instants."""
    cues = tuple(Cue(at_ms=at_ms, kind=CueKind.BULLETIN, title="Tin") for at_ms in cues_at_ms)
    return msgspec.structs.replace(tone(duration_ms).item, cues=cues)


def begun(pole: Pole, order_id: str = "sang") -> list[Confirmation]:
    """What was said to have begun, in the order in which it was said."""
    return [
        each
        for each in pole.journalled()
        if each.kind is Kind.ITEM_STARTED and each.order == order_id
    ]


def instants(said: list[Confirmation]) -> list[tuple[int | None, int | None, int]]:
    """Item, cue, and milliseconds since the planned start."""
    return [
        (each.item, each.cue, ((each.first_sample_at_us or 0) - STARTS_US) // 1_000)
        for each in said
    ]


def test_each_cue_is_said_when_its_first_sample_leaves(tmp_path: Path) -> None:
    """At the planned start plus the cue's own place, to the microsecond, and never ahead."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", items=(programme(*PROGRAMME_MS),))))
            await asyncio.sleep(20)

            said = begun(pole)
            assert instants(said) == [(0, 0, 0), (0, 1, 700), (0, 2, 1_900)]
            assert all(each.at_ms * 1_000 + 999 >= (each.first_sample_at_us or 0) for each in said)
            finished = pole.one("sang", Kind.FINISHED)
            assert (finished.item, finished.cue, finished.samples) == (None, None, 73_152)

    run_simulated(story())


def test_a_cue_stands_where_its_sound_begins(tmp_path: Path) -> None:
    """In the samples that were heard: the encoder's delay is not between the two."""
    sound = silence_then_tone(tmp_path / "sound.mp3", silence_ms=1_200)

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.sink = WavSink(clock=pole.clock, folder=tmp_path / "heard")
        async with pole:
            pole.offer(sound)
            cues = (Cue(at_ms=0, kind=CueKind.PAUSE), Cue(at_ms=1_200, kind=CueKind.CHIME))
            item = msgspec.structs.replace(sound.item, cues=cues)
            pole.hear(make_plan(make_order("sang", items=(item,))))
            await asyncio.sleep(20)

            assert instants(begun(pole)) == [(0, 0, 0), (0, 1, 1_200)]

    run_simulated(story())
    (file,) = (tmp_path / "heard").iterdir()
    with wave.open(str(file)) as heard:
        samples = array.array("h", heard.readframes(heard.getnframes()))
        loud = next(at for at, sample in enumerate(samples) if abs(sample) > 500)
        assert abs(loud * 1_000 / heard.getframerate() - 1_200) < 5


def silence_then_tone(path: Path, *, silence_ms: int) -> Sound:
    """An MP3 as the station makes them: with an Info frame, which only a file can be given."""
    tone_of_a_second = "sine=frequency=440:duration=1:sample_rate=22050"
    subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi"),
            *("-i", tone_of_a_second, "-af", f"adelay={silence_ms}", "-ac", "1", "-b:a", "64k"),
            path,
        ],
        check=True,
    )
    return Sound(mp3=path.read_bytes(), duration_ms=silence_ms + 1_000)


def test_a_cue_is_said_while_the_programme_still_plays(tmp_path: Path) -> None:
    """Whoever listens at the station hears of a part within a second of its beginning."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(8_000))
            item = programme(0, 2_000, 5_000, duration_ms=8_000)
            pole.hear(make_plan(make_order("sang", items=(item,))))
            await asyncio.sleep(10 + 3)

            assert instants(begun(pole)) == [(0, 0, 0), (0, 1, 2_000)]

    run_simulated(story())


def test_cues_of_the_second_file_count_from_its_own_beginning(tmp_path: Path) -> None:
    """A recording that follows the programme has cues of its own, after its samples before it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(1_000), tone(2_000))
            items = (tone(1_000).item, programme(500, duration_ms=2_000))
            pole.hear(make_plan(make_order("sang", items=items)))
            await asyncio.sleep(20)

            samples_of_first = 25_344
            second_ms = samples_of_first * 1_000 // 24_000
            assert instants(begun(pole)) == [
                (0, None, 0),
                (1, None, second_ms),
                (1, 0, second_ms + 500),
            ]

    run_simulated(story())


def test_a_cut_leaves_the_parts_after_it_unsaid(tmp_path: Path) -> None:
    """The emergency falls on the third cue's instant: not one sample of it was heard."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(
                make_plan(
                    make_order("sang", items=(programme(0, 700, 1_000, 1_200),)),
                    make_order("bao", tone(3_000), after_s=11, priority=1),
                )
            )
            await asyncio.sleep(30)

            assert instants(begun(pole)) == [(0, 0, 0), (0, 1, 700)]
            cut = pole.one("sang", Kind.CUT)
            assert (cut.item, cut.cue, cut.samples) == (0, 1, 24_000)

    run_simulated(story())


def test_a_late_start_says_every_part_once_and_late(tmp_path: Path) -> None:
    """It plays from the beginning, so no part is skipped and all are where they were heard."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            await asyncio.sleep(60)
            pole.hear(make_plan(make_order("sang", items=(programme(*PROGRAMME_MS),))))
            await asyncio.sleep(20)

            late = [at_ms for _, _, at_ms in instants(begun(pole))]
            assert [each.cue for each in begun(pole)] == [0, 1, 2]
            assert late[0] >= 50_000
            assert [at_ms - late[0] for at_ms in late] == list(PROGRAMME_MS)

    run_simulated(story())


def test_a_power_cut_says_no_part_twice(tmp_path: Path) -> None:
    """After the restart the play is interrupted; what was said stands, and nothing is added."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(8_000))
        await pole.switch_on()
        pole.hear(
            make_plan(make_order("sang", items=(programme(0, 2_000, 5_000, duration_ms=8_000),)))
        )
        await asyncio.sleep(13)
        await pole.lose_power()
        async with pole:
            await asyncio.sleep(30)

            assert [each.cue for each in begun(pole)] == [0, 1]
            assert pole.said("sang")[-1] == "failed(interrupted)"
            assert pole.one("sang", Kind.FAILED).cue is None

    run_simulated(story())


def test_a_clean_end_says_what_had_begun_by_then(tmp_path: Path) -> None:
    """SIGTERM just after a cue: the part that sounded is said before the end, which names it."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        await pole.switch_on()
        pole.hear(make_plan(make_order("sang", items=(programme(*PROGRAMME_MS),))))
        await asyncio.sleep(10.75)
        await pole.switch_off()
        async with pole:
            assert [each.cue for each in begun(pole)] == [0, 1]
            failed = pole.one("sang", Kind.FAILED)
            assert (failed.code, failed.item, failed.cue) == ("interrupted", 0, 1)

    run_simulated(story())


def test_a_disk_that_refuses_for_a_while_loses_no_part(tmp_path: Path) -> None:
    """Parts that begin while nothing can be written are said afterwards, once, where they were."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", items=(programme(*PROGRAMME_MS),))))
            await asyncio.sleep(9.9)
            pole.fill_disk()
            await asyncio.sleep(2)
            pole.empty_disk()
            await asyncio.sleep(20)

            assert instants(begun(pole)) == [(0, 0, 0), (0, 1, 700), (0, 2, 1_900)]

    run_simulated(story())


def test_as_many_cues_as_there_may_be_reach_the_ledger(tmp_path: Path) -> None:
    """A hundred parts are a hundred statements, in batches that keep the contract's limits."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            item = programme(*range(0, 30 * CUE_LIMIT, 30))
            pole.link.connected = False
            pole.hear(make_plan(make_order("sang", items=(item,))))
            await asyncio.sleep(20)
            pole.link.connected = True
            pole.controller.connected()
            await asyncio.sleep(1)

            assert [each.cue for each in begun(pole)] == list(range(CUE_LIMIT))
            assert set(sent_entries(pole.batches())) == set(range(1, pole.journal.head.seq + 1))

    run_simulated(story())

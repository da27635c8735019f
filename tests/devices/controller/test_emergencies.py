"""An emergency: its tone at once, then its words, whatever the network and the disk are doing."""

import asyncio
from pathlib import Path

import pytest

from devices.controller import tones
from devices.controller.journal_file import open_journal, open_what_is_left
from devices.controller.mp3 import decode
from devices.controller.opening import EMERGENCY_RATE_HZ
from devices.errors import JournalUnusable
from devices.protocol.messages import Kind, OnCut, Stop, StoredWarning, Tone, ToneKind
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    DEVICE,
    NOON_MS,
    STATION,
    Pole,
    make_config,
    make_emergency,
    make_order,
    make_plan,
)
from tests.devices.controller.recording import RecordingSink, Take
from tests.devices.sounds import Sound, tone

WHOLE = ["received", "cached", "tone_started", "started", "item_started", "finished"]
WARNING = tone(1_000, hertz=300)
WORDS = tone(3_000)


def words_of(pole: Pole, sound: Sound, *, rate_hz: int = EMERGENCY_RATE_HZ) -> bytes:
    """A file's samples as the emergency's sink gets them."""
    return b"".join(decode(pole.store.path(sound.sha256), rate_hz=rate_hz, chunk_ms=500))


def tone_of(kind: ToneKind = ToneKind.ATTENTION, *, duration_ms: int = 4_000) -> bytes:
    """The tone of four seconds."""
    return tones.tone(kind, duration_ms=duration_ms, rate_hz=EMERGENCY_RATE_HZ)


def silence_ms(take: Take) -> int:
    """How much of a stream is silence."""
    return sum(1 for sample in take.samples if sample == 0) * 1_000 // take.rate_hz


def with_sink(pole: Pole) -> RecordingSink:
    """Give a pole ears."""
    pole.sink = sink = RecordingSink(clock=pole.clock)
    return sink


def test_the_tone_comes_at_once_and_the_words_without_a_gap(tmp_path: Path) -> None:
    """Sample by sample: the tone, and then the message, in one stream."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            pole.hear(make_plan(make_order("sau", WORDS, after_s=3_600)))
            await asyncio.sleep(400)
            now_us = pole.world.now_us()
            pole.hear_now(order=make_emergency("bao", WORDS, after_s=400))
            await asyncio.sleep(20)

            assert pole.said("bao") == WHOLE
            (take,) = sink.takes
            assert take.begins_us == now_us
            assert take.pcm == tone_of() + words_of(pole, WORDS)

    run_simulated(story())


def test_the_broker_may_forget_it_only_when_it_is_on_the_disk(tmp_path: Path) -> None:
    """It sounds first and is written afterwards: were the power cut before, it comes again."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(WORDS)
            told = pole.link.acknowledged
            is_kept = pole.hear_now(order=make_emergency("bao", WORDS))
            await asyncio.sleep(0.2)
            assert not is_kept
            assert pole.link.acknowledged == told

            await asyncio.sleep(4)
            assert pole.link.acknowledged > told
            await pole.lose_power()
            reopened = open_journal(tmp_path, station=STATION, device=DEVICE)
            assert [number for number, _ in reopened.moments()] == [1]
            reopened.close()
            await pole.switch_on()

    run_simulated(story())


def test_a_full_disk_keeps_the_broker_waiting(tmp_path: Path) -> None:
    """Whatever came behind the emergency waits with it, and all is acknowledged at last."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(WORDS)
            pole.fill_disk()
            told = pole.link.acknowledged
            assert not pole.hear_now(order=make_emergency("bao", WORDS))
            await asyncio.sleep(60)
            assert pole.link.acknowledged == told

            pole.empty_disk()
            await asyncio.sleep(20)
            assert pole.link.acknowledged > told
            assert pole.hear_now(sequence=2, stop=Stop(order="bao", at_ms=pole.now_ms))

    run_simulated(story())


def test_what_was_taken_back_while_a_pole_was_away_never_sounds(tmp_path: Path) -> None:
    """The order and its stop wait in the broker's queue: one comes right behind the other."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            await asyncio.sleep(30)
            order = make_emergency("bao", WORDS, after_s=0)
            pole.hear_now(order=order, issued_at_ms=NOON_MS, expires_at_ms=NOON_MS + 60_000)
            await asyncio.sleep(0.2)
            pole.hear_now(sequence=2, stop=Stop(order="bao", at_ms=pole.now_ms))
            await asyncio.sleep(20)

            assert sink.takes == []
            assert pole.said("bao")[-1] == "stopped"

    run_simulated(story())


def test_what_a_pole_missed_while_it_was_away_still_sounds(tmp_path: Path) -> None:
    """Half a second after it came, when nothing has taken it back."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            await asyncio.sleep(30)
            order = make_emergency("bao", WORDS, after_s=0)
            pole.hear_now(order=order, issued_at_ms=NOON_MS, expires_at_ms=NOON_MS + 60_000)
            await asyncio.sleep(20)

            (take,) = sink.takes
            assert take.begins_us == (NOON_MS + 30_500) * 1_000
            assert pole.said("bao") == WHOLE

    run_simulated(story())


def test_neither_tone_nor_warning_counts_as_the_message(tmp_path: Path) -> None:
    """What is confirmed begins with the first word and ends with the last."""

    async def story() -> None:
        pole = Pole(tmp_path)
        with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            pole.hear_now(order=make_emergency("bao", WORDS))
            await asyncio.sleep(20)

            began = pole.one("bao", Kind.TONE_STARTED)
            finished = pole.one("bao", Kind.FINISHED)
            assert began.first_sample_at_us == NOON_MS * 1_000
            assert finished.first_sample_at_us == (NOON_MS + 4_000) * 1_000
            assert finished.samples == len(words_of(pole, WORDS)) // 2
            assert finished.sample_rate_hz == EMERGENCY_RATE_HZ
            item = pole.one("bao", Kind.ITEM_STARTED)
            assert item.first_sample_at_us == pytest.approx(finished.first_sample_at_us, abs=50)

    run_simulated(story())


def test_it_cuts_what_plays_with_its_tone(tmp_path: Path) -> None:
    """At the instant of the message, with its audio still on the way."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(tone(8_000))
            pole.hear(make_plan(make_order("tin", tone(8_000))))
            await asyncio.sleep(12)
            pole.hear_now(order=make_emergency("bao", WORDS, after_s=12))
            await asyncio.sleep(1)

            assert pole.said("tin")[-1] == "cut(emergency)"
            assert pole.one("tin", Kind.CUT).last_sample_at_us == (NOON_MS + 12_000) * 1_000
            pole.offer(WORDS)
            await asyncio.sleep(30)
            assert pole.said("bao")[-1] == "finished"
            assert [take.begins_us // 1_000_000 - NOON_MS // 1_000 for take in sink.takes] == [
                10,
                12,
            ]

    run_simulated(story())


def test_a_planned_emergency_begins_at_its_instant(tmp_path: Path) -> None:
    """Repeats stand in the plan: they cut to the millisecond, also on a staggered pole."""

    async def story() -> None:
        pole = Pole(tmp_path, config=make_config(stagger_ms=300))
        sink = with_sink(pole)
        async with pole:
            pole.offer(tone(8_000), WORDS)
            repeat = make_emergency("bao", WORDS, after_s=13, repeat=1)
            pole.hear(make_plan(make_order("tin", tone(8_000)), repeat))
            await asyncio.sleep(40)

            assert pole.one("bao", Kind.TONE_STARTED).first_sample_at_us == (
                (NOON_MS + 13_000) * 1_000
            )
            assert pole.one("tin", Kind.CUT).last_sample_at_us == (NOON_MS + 13_000) * 1_000
            # The words keep apart where poles hear each other.
            assert pole.one("bao", Kind.FINISHED).first_sample_at_us == (NOON_MS + 17_300) * 1_000
            pause = bytes(round(0.3 * EMERGENCY_RATE_HZ) * 2)
            assert sink.takes[1].pcm == tone_of() + pause + words_of(pole, WORDS)

    run_simulated(story())


def test_a_stored_warning_bridges_until_the_words_come(tmp_path: Path) -> None:
    """It is said to its end, again after a pause, and the message follows it without a gap."""

    async def story() -> None:
        config = make_config(
            warnings=(
                StoredWarning(hazard="flood", item=WARNING.item),
                StoredWarning(hazard="fire", item=tone(2_000).item),
            )
        )
        pole = Pole(tmp_path, config=config)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WARNING, tone(2_000))
            await asyncio.sleep(60)
            pole.hear_now(order=make_emergency("lu", WORDS, after_s=60, hazard="flood"))
            await asyncio.sleep(6)
            pole.offer(WORDS)
            await asyncio.sleep(30)

            assert pole.said("lu") == [
                *("received", "tone_started", "cached", "started", "item_started", "finished")
            ]
            pcm = sink.takes[0].pcm
            warning, words = words_of(pole, WARNING), words_of(pole, WORDS)
            assert pcm.startswith(tone_of() + warning)
            assert pcm.endswith(words)
            assert pole.one("lu", Kind.FINISHED).samples == len(words) // 2
            pause = bytes(3 * EMERGENCY_RATE_HZ * 2)
            between = pcm[len(tone_of() + warning) : -len(words)]
            while between.startswith(pause + warning):
                between = between.removeprefix(pause + warning)
            assert set(between) <= {0}
            assert len(between) < len(pause)

    run_simulated(story())


def test_without_a_warning_for_it_the_tone_sounds_again(tmp_path: Path) -> None:
    """Rather that than a village that thinks it is over."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.hear_now(order=make_emergency("bao", WORDS, hazard="storm"))
            await asyncio.sleep(9)
            pole.offer(WORDS)
            await asyncio.sleep(20)

            assert pole.said("bao")[-1] == "finished"
            pcm, words = sink.takes[0].pcm, words_of(pole, WORDS)
            assert pcm.startswith(tone_of() * 2)
            assert pcm.endswith(words)
            assert pole.one("bao", Kind.FINISHED).samples == len(words) // 2

    run_simulated(story())


@pytest.mark.parametrize("rotten", [b"", b"no sound at all" * 1_000])
def test_a_warning_that_is_no_sound_does_not_silence_it(tmp_path: Path, rotten: bytes) -> None:
    """A file that rotted on the disk leaves the tone."""

    async def story() -> None:
        config = make_config(warnings=(StoredWarning(hazard="flood", item=WARNING.item),))
        pole = Pole(tmp_path, config=config)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WARNING)
            await asyncio.sleep(60)
            pole.store.path(WARNING.sha256).write_bytes(rotten)
            pole.hear_now(order=make_emergency("lu", WORDS, after_s=60, hazard="flood"))
            await asyncio.sleep(12)
            pole.offer(WORDS)
            await asyncio.sleep(30)

            assert pole.said("lu")[-1] == "finished"
            assert sink.takes[0].pcm.startswith(tone_of() * 2)

    run_simulated(story())


def test_words_that_never_come_are_a_failure(tmp_path: Path) -> None:
    """Until its *not after* the warning is repeated; then it is over, and said so."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            order = make_emergency("bao", WORDS, not_after_ms=NOON_MS + 60_000)
            pole.hear_now(order=order)
            await asyncio.sleep(59)
            assert pole.said("bao") == ["received", "tone_started"]
            await asyncio.sleep(30)

            assert pole.said("bao") == ["received", "tone_started", "failed(audio_missing)"]
            assert pole.one("bao", Kind.FAILED).samples == 0

    run_simulated(story())


def test_words_that_are_no_sound_are_a_failure_behind_the_warning(tmp_path: Path) -> None:
    """The village has heard that something is the matter; nothing better can come."""

    async def story() -> None:
        no_sound = Sound(mp3=b"no sound" * 1_000, duration_ms=3_000)
        async with Pole(tmp_path) as pole:
            pole.offer(no_sound)
            pole.hear_now(order=make_emergency("bao", no_sound))
            await asyncio.sleep(60)

            assert pole.said("bao")[-1] == "failed(audio_undecodable)"

    run_simulated(story())


@pytest.mark.parametrize("full_from_s", [0, 2, 5])
def test_a_full_disk_silences_neither_tone_nor_words(tmp_path: Path, full_from_s: float) -> None:
    """What happened is written in its order when there is room, and each thing once."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            pole.hear(make_plan(make_order("sau", WORDS, after_s=3_600)))
            await asyncio.sleep(400)
            if not full_from_s:
                pole.fill_disk()
            pole.hear_now(sequence=7, order=make_emergency("bao", WORDS, after_s=400))
            await asyncio.sleep(full_from_s)
            pole.fill_disk()
            await asyncio.sleep(20)
            assert sink.takes[0].pcm == tone_of() + words_of(pole, WORDS)
            pole.empty_disk()
            await asyncio.sleep(20)

            assert pole.said("bao") == WHOLE
            await pole.lose_power()
            await pole.switch_on()
            await asyncio.sleep(20)
            assert pole.statuses()[-1].now_sequence == 7
            assert pole.said("bao") == WHOLE
            assert len(sink.takes) == 1

    run_simulated(story())


@pytest.mark.parametrize("cleanly", [True, False])
def test_a_card_that_took_nothing_at_the_start_lets_the_tone_sound(
    cleanly: bool, tmp_path: Path
) -> None:
    """Contract 18.1, *muted*: nothing of the plan, and nothing that it could not put on record."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        pole.offer(WORDS)
        await pole.switch_on()
        pole.hear(make_plan(make_order("sang", WORDS, after_s=300)))
        await asyncio.sleep(60)
        await (pole.switch_off() if cleanly else pole.lose_power())
        pole.is_worn_out, pole.config = True, None
        await pole.switch_on()
        await asyncio.sleep(300)
        assert sink.takes == []
        assert not pole.hear_now(sequence=7, order=make_emergency("bao", WORDS, after_s=360))
        await asyncio.sleep(60)

        assert sink.takes[0].pcm.startswith(tone_of())
        await pole.lose_power()
        pole.is_worn_out = False
        await pole.switch_on()
        assert pole.said("bao") == []
        await pole.switch_off()

    run_simulated(story())


def test_what_cannot_be_read_either_is_no_memory(tmp_path: Path) -> None:
    """A device that never had one, or whose file is gone, does not make one up."""
    with pytest.raises(JournalUnusable):
        open_what_is_left(tmp_path)


def test_a_full_disk_silences_no_second_emergency(tmp_path: Path) -> None:
    """What is owed to the disk holds nothing up."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            pole.hear(make_plan(make_order("sau", WORDS, after_s=3_600)))
            await asyncio.sleep(400)
            pole.fill_disk()
            for number in (1, 2, 3):
                order = make_emergency("bao", WORDS, after_s=300 + number * 100, repeat=number)
                pole.hear_now(sequence=number, order=order)
                await asyncio.sleep(100)
            assert len(sink.takes) == 3
            pole.empty_disk()
            await asyncio.sleep(20)

            assert [each.repeat for each in pole.journalled() if each.kind is Kind.FINISHED] == [
                1,
                2,
                3,
            ]

    run_simulated(story())


def test_the_tone_is_out_before_anything_is_written(tmp_path: Path) -> None:
    """Two thousand poles that share a disk do not wait for each other."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            await asyncio.sleep(1)
            seq = pole.journal.head.seq
            pole.hear_now(order=make_emergency("bao", WORDS, after_s=1))
            assert pole.journal.head.seq == seq
            await asyncio.sleep(0.5)
            assert pole.journal.head.seq == seq
            await asyncio.sleep(2)

            assert pole.said("bao") == ["received", "tone_started"]
            began = pole.one("bao", Kind.TONE_STARTED)
            assert began.first_sample_at_us == (NOON_MS + 1_000) * 1_000
            assert sink.takes == []

    run_simulated(story())


def test_a_clock_that_is_a_little_behind_makes_it_wait_for_no_disk(tmp_path: Path) -> None:
    """The instant of the order is still to come by it: a second, say."""

    async def story() -> None:
        pole = Pole(tmp_path)
        with_sink(pole)
        async with pole:
            await asyncio.sleep(1)
            pole.fill_disk()
            pole.hear_now(order=make_emergency("bao", WORDS, after_s=2))
            await asyncio.sleep(2)
            pole.empty_disk()
            await asyncio.sleep(10)

            began = pole.one("bao", Kind.TONE_STARTED)
            assert began.first_sample_at_us == (NOON_MS + 2_000) * 1_000

    run_simulated(story())


def test_a_drill_sounds_like_no_emergency(tmp_path: Path) -> None:
    """Other notes, softer, with rests."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            drill = Tone(duration_ms=4_000, kind=ToneKind.DRILL)
            pole.hear_now(order=make_emergency("tap", WORDS, tone=drill, drill=True))
            await asyncio.sleep(20)

            (take,) = sink.takes
            assert take.pcm.startswith(tone_of(ToneKind.DRILL))
            assert not take.pcm.startswith(tone_of())
            assert silence_ms(take) > 500

    run_simulated(story())


def test_a_real_warning_cuts_a_drill_and_waits_for_none(tmp_path: Path) -> None:
    """And a drill waits for a real one."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            drill = Tone(duration_ms=8_000, kind=ToneKind.DRILL)
            again = make_emergency("tap", WORDS, after_s=4, tone=drill, drill=True, repeat=1)
            pole.hear_now(sequence=1, order=make_emergency("tap", WORDS, tone=drill, drill=True))
            await asyncio.sleep(2)
            pole.hear_now(sequence=2, order=make_emergency("bao", WORDS, after_s=2))
            await asyncio.sleep(2)
            pole.hear_now(sequence=3, order=again)
            await asyncio.sleep(40)

            assert pole.said("bao")[-1] == "finished"
            ends = [(each.repeat, each.kind) for each in pole.journalled() if each.order == "tap"]
            assert (0, Kind.CUT) in ends
            assert (1, Kind.FINISHED) in ends
            assert len(sink.takes) == 3
            assert sink.takes[2].begins_us >= sink.takes[1].ends_us - 50

    run_simulated(story())


def test_an_emergency_waits_for_another_one(tmp_path: Path) -> None:
    """Both are heard to their end; nothing of either is lost."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            pole.hear_now(sequence=1, order=make_emergency("mot", WORDS))
            await asyncio.sleep(2)
            pole.hear_now(sequence=2, order=make_emergency("hai", WORDS, after_s=2))
            await asyncio.sleep(40)

            assert pole.said("mot")[-1] == pole.said("hai")[-1] == "finished"
            first, second = sink.takes
            assert second.begins_us >= first.ends_us - 50

    run_simulated(story())


def test_each_repeat_plays_once(tmp_path: Path) -> None:
    """Told by the moment and by every plan, over a power cut."""

    async def story() -> None:
        pole = Pole(tmp_path)
        sink = with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            first = make_emergency("bao", WORDS, after_s=1)
            repeats = [
                make_emergency("bao", WORDS, after_s=300 * number, repeat=number)
                for number in (1, 2)
            ]
            await asyncio.sleep(1)
            pole.hear_now(order=first)
            await asyncio.sleep(1)
            pole.hear(make_plan(first, *repeats, issued_at_ms=pole.now_ms))
            await asyncio.sleep(100)
            await pole.lose_power()
            await pole.switch_on()
            pole.hear(make_plan(first, *repeats, version=2, issued_at_ms=pole.now_ms))
            await asyncio.sleep(900)

            finished = [each.repeat for each in pole.journalled() if each.kind is Kind.FINISHED]
            assert finished == [0, 1, 2]
            assert len(sink.takes) == 3

    run_simulated(story())


@pytest.mark.parametrize("clean", [True, False])
def test_an_emergency_that_was_cut_off_in_its_tone_begins_anew(tmp_path: Path, clean: bool) -> None:
    """Not a word of it was heard: neither a power cut nor a restart takes it away."""

    async def story() -> None:
        pole = Pole(tmp_path)
        with_sink(pole)
        async with pole:
            pole.offer(WORDS)
            order = make_emergency("bao", WORDS)
            pole.hear_now(order=order)
            await asyncio.sleep(3)
            if clean:
                await pole.switch_off()
                pole.link.connected = True
            else:
                await pole.lose_power()
            await pole.switch_on()
            await asyncio.sleep(20)

            assert pole.said("bao")[-1] == "finished"
            assert pole.said("bao").count("started") == 1
            assert pole.said("bao").count("tone_started") == 2

    run_simulated(story())


def test_an_emergency_is_cut_by_nothing_and_resumes_nothing_of_its_own(tmp_path: Path) -> None:
    """A normal order waits for it, and one that it cut goes on behind it."""

    async def story() -> None:
        pole = Pole(tmp_path)
        with_sink(pole)
        async with pole:
            pole.offer(tone(8_000), WORDS)
            pole.hear(
                make_plan(
                    make_order("tin", tone(8_000), on_cut=OnCut.RESUME),
                    make_order("sau", WORDS, after_s=14),
                )
            )
            await asyncio.sleep(12)
            pole.hear_now(order=make_emergency("bao", WORDS, after_s=12))
            await asyncio.sleep(60)

            finished = [each.order for each in pole.journalled() if each.kind is Kind.FINISHED]
            assert finished == ["bao", "tin", "sau"]

    run_simulated(story())


def test_an_emergencys_audio_waits_for_no_other(tmp_path: Path) -> None:
    """Two files that hang on a slow line do not keep a third one back."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            held = pole.source

            async def fetch(sha256: str, *, offset: int):  # type: ignore[no-untyped-def] # noqa: ANN202
                if sha256 != WORDS.sha256:
                    await asyncio.sleep(10_000)
                async for block in type(held).fetch(held, sha256, offset=offset):
                    yield block

            pole.source.fetch = fetch  # type: ignore[method-assign]
            pole.offer(WORDS)
            slow = [make_order(f"o{n}", tone(1_000 * n), after_s=600) for n in (1, 2, 5)]
            pole.hear(make_plan(*slow))
            await asyncio.sleep(60)
            pole.hear_now(order=make_emergency("bao", WORDS, after_s=60))
            await asyncio.sleep(20)

            assert pole.said("bao") == WHOLE

    run_simulated(story())

"""What is written to a card leaves it at the planned instant, and what left is counted."""

import asyncio
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from devices.controller.clock import LoopClock
from devices.controller.sinks import Stream
from devices.controller.sound.card_sink import REST_AFTER_US, CardSink, Channel
from devices.controller.sound.volume import always_loudest, gain
from devices.errors import AudioDeviceUnusable
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.sound.simulated_card import RATE_HZ, SimulatedCard

NOON_US = 1_795_582_800_000_000
SAMPLE_US = 21
BUFFER_US = 160_000


@dataclass
class Room:
    """A card and its sink at noon."""

    clock: LoopClock
    card: SimulatedCard
    sink: CardSink
    said: list[int] = field(default_factory=list)

    async def play(self, stream: Stream, *, at_us: int, samples: int, level: int = 1_000) -> None:
        """One order's sound, as a play gives it: half a second at a time."""
        await stream.begin(at_us=at_us)
        for begins in range(0, samples, RATE_HZ // 2):
            if stream.is_stopped():
                break
            count = min(RATE_HZ // 2, samples - begins)
            self.said.append(await stream.write(tone(count, level=level)))
        await stream.drain()


def tone(count: int, *, level: int) -> bytes:
    """Samples of one level."""
    return array("h", [level] * count).tobytes()


def in_room(story: Callable[[Room], Awaitable[None]], **card: object) -> None:
    """Run a story in simulated time."""

    async def main() -> None:
        clock = LoopClock(epoch_us=NOON_US, loop=asyncio.get_running_loop())
        simulated = SimulatedCard(clock, **card)  # type: ignore[arg-type]
        room = Room(clock, simulated, CardSink(card=simulated, clock=clock))
        await story(room)
        await room.sink.close()

    run_simulated(main())


@pytest.mark.parametrize("drift_ppm", [-80, 0, 80])
def test_the_first_sample_leaves_at_its_instant(drift_ppm: int) -> None:
    """Within a sample or two of the planned microsecond, and all samples after it without a gap."""

    async def story(room: Room) -> None:
        at_us = NOON_US + 2_000_000
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        await room.play(stream, at_us=at_us, samples=3 * RATE_HZ)
        heard = room.card.heard()
        played = stream.played()

        assert len(heard) == 3 * RATE_HZ
        assert heard[-1][0] - heard[0][0] == pytest.approx(3_000_000, abs=300)
        assert heard[0][0] == pytest.approx(at_us, abs=130)
        assert played.samples == 3 * RATE_HZ
        assert played.first_sample_at_us == pytest.approx(at_us, abs=2 * SAMPLE_US)
        assert played.last_sample_at_us == pytest.approx(at_us + 3_000_000, abs=400)
        assert played.underruns == 0
        assert room.said[:2] == pytest.approx([at_us, at_us + 500_000], abs=150)

    in_room(story, drift_ppm=drift_ppm)


def test_what_the_amplifier_delays_is_taken_off() -> None:
    """Samples are put earlier by the stated latency, and said to leave at the instant."""

    async def story(room: Room) -> None:
        at_us = NOON_US + 2_000_000
        sink = CardSink(card=room.card, clock=room.clock, latency_us=70_000)
        stream = sink.open(sample_rate_hz=RATE_HZ)
        await room.play(stream, at_us=at_us, samples=RATE_HZ)

        assert room.card.heard()[0][0] == pytest.approx(at_us - 70_000, abs=2 * SAMPLE_US)
        assert stream.played().first_sample_at_us == pytest.approx(at_us, abs=2 * SAMPLE_US)
        await sink.close()

    in_room(story)


def test_an_order_for_now_sounds_as_soon_as_the_card_can() -> None:
    """From a card at rest in a quarter of a second, and the true instant is said."""

    async def story(room: Room) -> None:
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        await room.play(stream, at_us=NOON_US - 60_000_000, samples=RATE_HZ)
        heard = room.card.heard()

        assert NOON_US < heard[0][0] < NOON_US + 250_000
        assert len(heard) == RATE_HZ
        assert stream.played().first_sample_at_us == pytest.approx(heard[0][0], abs=SAMPLE_US)

    in_room(story)


def test_samples_are_counted_as_they_leave() -> None:
    """A second into the sound, a second of it has left."""

    async def story(room: Room) -> None:
        at_us = NOON_US + 2_000_000
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        playing = asyncio.create_task(room.play(stream, at_us=at_us, samples=3 * RATE_HZ))
        await asyncio.sleep(1.9)
        before = stream.played()
        await asyncio.sleep(1.1)
        during = stream.played()
        await playing

        assert (before.samples, before.first_sample_at_us, before.last_sample_at_us) == (
            0,
            None,
            None,
        )
        assert during.samples == pytest.approx(RATE_HZ, abs=2)
        assert during.last_sample_at_us == pytest.approx(at_us + 1_000_000, abs=SAMPLE_US)

    in_room(story)


def test_a_stop_is_silence_within_the_buffer() -> None:
    """160 ms after it the last sample has left, which the count includes; nothing follows."""

    async def story(room: Room) -> None:
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        at_us = NOON_US + 2_000_000
        playing = asyncio.create_task(room.play(stream, at_us=at_us, samples=60 * RATE_HZ))
        await asyncio.sleep(3)
        stopped_us = room.clock.now_us()
        stream.stop()
        await playing
        heard = room.card.heard()

        assert stream.is_stopped()
        assert 0 < heard[-1][0] - stopped_us < BUFFER_US
        assert stream.played().samples == len(heard)
        assert room.clock.now_us() - stopped_us < BUFFER_US + 1_000

    in_room(story)


def test_a_stream_that_is_stopped_before_it_sounds_never_does() -> None:
    """Not one sample."""

    async def story(room: Room) -> None:
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        at_us = NOON_US + 2_000_000
        playing = asyncio.create_task(room.play(stream, at_us=at_us, samples=RATE_HZ))
        await asyncio.sleep(1.7)
        stream.stop()
        await playing

        assert room.card.heard() == []
        assert stream.played().samples == 0
        assert stream.played().first_sample_at_us is None

    in_room(story)


def test_a_cut_leaves_no_hole() -> None:
    """The emergency's first sample follows the last of what it cuts, at its planned instant."""

    async def story(room: Room) -> None:
        first = room.sink.open(sample_rate_hz=RATE_HZ)
        at_us = NOON_US + 2_000_000
        playing = asyncio.create_task(room.play(first, at_us=at_us, samples=60 * RATE_HZ))
        await asyncio.sleep(3)
        second = room.sink.open(sample_rate_hz=RATE_HZ)
        cut_us = NOON_US + 4_500_000
        await second.begin(at_us=cut_us)
        first.stop()
        await second.write(tone(RATE_HZ, level=2_000))
        await playing
        ended_us = room.clock.now_us()
        await second.drain()
        heard = room.card.heard()

        at = next(at for at, (_, sample) in enumerate(heard) if sample == 2_000)
        assert heard[at][0] == pytest.approx(cut_us, abs=2 * SAMPLE_US)
        assert heard[at][0] - heard[at - 1][0] <= SAMPLE_US
        assert first.is_stopped()
        assert first.played().samples == at == pytest.approx(2.5 * RATE_HZ, abs=4)
        assert ended_us == pytest.approx(cut_us, abs=1_000)
        assert second.played().samples == RATE_HZ

    in_room(story)


def test_a_stream_whose_card_was_taken_over_ends() -> None:
    """Also where nobody told it to stop."""

    async def story(room: Room) -> None:
        first = room.sink.open(sample_rate_hz=RATE_HZ)
        playing = asyncio.create_task(
            room.play(first, at_us=NOON_US + 2_000_000, samples=60 * RATE_HZ)
        )
        await asyncio.sleep(3)
        second = room.sink.open(sample_rate_hz=RATE_HZ)
        await room.play(second, at_us=NOON_US + 4_500_000, samples=RATE_HZ, level=2_000)
        await asyncio.wait_for(playing, 1)

        assert first.is_stopped()
        assert not second.is_stopped()

    in_room(story)


@pytest.mark.parametrize(
    ("channel", "left", "right"),
    [(Channel.LEFT, True, False), (Channel.RIGHT, False, True), (Channel.BOTH, True, True)],
)
def test_the_amplifier_hangs_on_one_side_or_both(channel: Channel, left: bool, right: bool) -> None:
    """The other side is silent."""

    async def story(room: Room) -> None:
        sink = CardSink(card=room.card, clock=room.clock, channel=channel)
        await room.play(
            sink.open(sample_rate_hz=RATE_HZ), at_us=NOON_US + 2_000_000, samples=RATE_HZ
        )

        assert (bool(room.card.heard(0)), bool(room.card.heard(1))) == (left, right)
        await sink.close()

    in_room(story)


def test_the_volume_is_that_of_the_instant_at_which_it_is_heard() -> None:
    """A cap that begins in the middle of a sound lowers it from the next piece on."""

    async def story(room: Room) -> None:
        quiet_from_ms = NOON_US // 1_000 + 3_000

        def volume(at_ms: int) -> int:
            return 50 if at_ms >= quiet_from_ms else always_loudest(at_ms)

        sink = CardSink(card=room.card, clock=room.clock, volume=volume)
        await room.play(
            sink.open(sample_rate_hz=RATE_HZ),
            at_us=NOON_US + 2_001_000,
            samples=3 * RATE_HZ,
            level=10_000,
        )
        levels = [sample for _, sample in room.card.heard()]

        assert levels[:RATE_HZ] == [10_000] * RATE_HZ
        assert levels[RATE_HZ:] == pytest.approx([10_000 * gain(50)] * 2 * RATE_HZ, abs=2)
        await sink.close()

    in_room(story)


def test_a_machine_that_is_held_up_leaves_a_hole_and_says_so() -> None:
    """Every sample is heard all the same, and counted as it was."""

    async def story(room: Room) -> None:
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        at_us = NOON_US + 2_000_000
        playing = asyncio.create_task(room.play(stream, at_us=at_us, samples=2 * RATE_HZ))
        await asyncio.sleep(3)
        room.card.hold_up(for_us=300_000)
        await playing
        heard = room.card.heard()
        played = stream.played()

        assert len(heard) == 2 * RATE_HZ
        assert heard[-1][0] - heard[0][0] == pytest.approx(2_160_000, abs=20_000)
        assert (played.samples, played.underruns) == (2 * RATE_HZ, 1)
        assert played.last_sample_at_us == pytest.approx(heard[-1][0], abs=300)

    in_room(story)


def test_a_start_that_is_not_sharp_is_tried_again() -> None:
    """Where it stays unclear when the card began, the last try counts."""

    async def story(room: Room) -> None:
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        at_us = NOON_US + 2_000_000
        await room.play(stream, at_us=at_us, samples=RATE_HZ)

        assert room.card.starts == 3
        assert room.card.heard()[0][0] == pytest.approx(at_us, abs=2 * SAMPLE_US)

    in_room(story, starts_late_us=[9_000, 5_000, 100])


def test_a_card_that_never_starts_sharply_plays_all_the_same() -> None:
    """Three tries, and the last one is kept."""

    async def story(room: Room) -> None:
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        await room.play(stream, at_us=NOON_US + 2_000_000, samples=RATE_HZ)

        assert room.card.starts == 3
        assert len(room.card.heard()) == RATE_HZ

    in_room(story, starts_late_us=[9_000, 5_000, 7_000])


def test_a_process_that_stood_still_does_not_lose_its_card() -> None:
    """For two seconds nothing moved; the card asks on, and the sound goes on."""

    async def story(room: Room) -> None:
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        at_us = NOON_US + 2_000_000
        playing = asyncio.create_task(room.play(stream, at_us=at_us, samples=2 * RATE_HZ))
        await asyncio.sleep(3)
        room.card.hold_up(for_us=1_100_000)
        await playing

        assert stream.played().samples == 2 * RATE_HZ

    in_room(story)


def test_a_card_rests_while_nobody_plays() -> None:
    """Some seconds after the last sound it is stopped; the next sound starts it anew."""

    async def story(room: Room) -> None:
        for minute in (1, 2):
            stream = room.sink.open(sample_rate_hz=RATE_HZ)
            at_us = NOON_US + minute * 60_000_000
            await room.play(stream, at_us=at_us, samples=RATE_HZ)
            assert room.card.heard()[0][0] == pytest.approx(at_us, abs=2 * SAMPLE_US)
            assert room.card.is_running
            await asyncio.sleep(REST_AFTER_US / 1e6 + 0.5)

            assert not room.card.is_running
        assert (room.card.starts, room.card.closes) == (2, 0)

    in_room(story)


def test_a_missing_card_is_an_error_with_a_name() -> None:
    """And the card that was put in afterwards is used."""

    async def story(room: Room) -> None:
        with pytest.raises(AudioDeviceUnusable) as refused:
            await room.sink.open(sample_rate_hz=RATE_HZ).begin(at_us=NOON_US)
        assert refused.value.code == "audio_device"

        room.card.is_missing = False
        await room.play(room.sink.open(sample_rate_hz=RATE_HZ), at_us=NOON_US, samples=RATE_HZ)
        assert len(room.card.heard()) == RATE_HZ

    in_room(story, is_missing=True)


def test_a_card_that_is_pulled_out_ends_the_sound() -> None:
    """Within a little more than a second; what had left until then is counted, not more."""

    async def story(room: Room) -> None:
        stream = room.sink.open(sample_rate_hz=RATE_HZ)
        with pytest.raises(AudioDeviceUnusable):
            await room.play(stream, at_us=NOON_US + 2_000_000, samples=60 * RATE_HZ)
        played = stream.played()

        assert room.clock.now_us() - NOON_US < 6_500_000
        assert 2.8 * RATE_HZ < played.samples <= 3 * RATE_HZ
        await asyncio.sleep(0.1)
        assert room.card.closes == 1

        room.card.dies_after_us = None
        again = room.sink.open(sample_rate_hz=RATE_HZ)
        await room.play(again, at_us=room.clock.now_us() + 2_000_000, samples=RATE_HZ)
        assert again.played().samples == RATE_HZ

    in_room(story, dies_after_us=5_000_000)


def test_a_card_that_was_lost_between_two_sounds_is_opened_anew() -> None:
    """The next sound is heard, and in time."""

    async def story(room: Room) -> None:
        room.card.dies_after_us = 3_200_000
        await room.play(
            room.sink.open(sample_rate_hz=RATE_HZ), at_us=NOON_US + 2_000_000, samples=RATE_HZ
        )
        await asyncio.sleep(1)
        room.card.dies_after_us = None
        at_us = room.clock.now_us() + 2_000_000
        await room.play(room.sink.open(sample_rate_hz=RATE_HZ), at_us=at_us, samples=RATE_HZ)

        assert room.card.closes == 1
        assert room.card.heard()[0][0] == pytest.approx(at_us, abs=2 * SAMPLE_US)

    in_room(story)


def test_a_card_that_never_asks_is_lost() -> None:
    """Started, and then nothing."""

    async def story(room: Room) -> None:
        with pytest.raises(AudioDeviceUnusable, match="takes no sound"):
            await room.sink.open(sample_rate_hz=RATE_HZ).begin(at_us=NOON_US)

    in_room(story, starts_late_us=[60_000_000])


def test_another_rate_than_the_card_s_is_refused() -> None:
    """Sound is brought to the card's rate where it is decoded."""

    async def story(room: Room) -> None:
        assert (room.sink.name, room.sink.rate_hz, room.sink.simulated) == (
            "sound_card",
            RATE_HZ,
            False,
        )
        with pytest.raises(ValueError, match="24000 Hz"):
            room.sink.open(sample_rate_hz=24_000)

    in_room(story)

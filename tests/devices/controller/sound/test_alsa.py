"""The sink through libasound: what was played arrives sample for sample, at the right instant."""

import asyncio
import time
from array import array
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from devices.controller.clock import SystemClock
from devices.controller.sinks import Played
from devices.controller.sound.card import RATE_HZ, MiniaudioCard
from devices.controller.sound.card_sink import CardSink, CardStream, Channel
from devices.controller.sound.mixer import FRAME_BYTES
from devices.errors import AudioDeviceUnusable
from tests.devices.controller.sound.alsa_card import (
    CONFIG,
    AlsaCard,
    alsa_card,
    alsa_is_installed,
    now_us,
)

pytestmark = [
    pytest.mark.alsa,
    pytest.mark.skipif(
        not alsa_is_installed(), reason="not run: install libasound2 (make system-deps)"
    ),
]

CLOCK = SystemClock()
EARLY_US = 60_000
SOON_US = 1_000_000
"""How late a loaded machine may show something; how sharp a start is, a benchmark measures."""


def ramp(count: int) -> bytes:
    """Samples that say which they are, none of them silent."""
    return array("h", [1 + at % 30_000 for at in range(count)]).tobytes()


async def play(stream: CardStream, pcm: bytes, *, at_us: int) -> Played:
    """One sound from beginning to end."""
    await stream.begin(at_us=at_us)
    for at in range(0, len(pcm), RATE_HZ):
        await stream.write(pcm[at : at + RATE_HZ])
    await stream.drain()
    return stream.played()


def in_room(
    story: Callable[[AlsaCard, CardSink], Awaitable[None]], folder: Path, **sink: object
) -> None:
    """Run a story with a sink on ALSA's default device."""

    async def main(card: AlsaCard) -> None:
        opened = CardSink(card=MiniaudioCard(clock=CLOCK), clock=CLOCK, **sink)  # type: ignore[arg-type]
        try:
            await story(card, opened)
        finally:
            await opened.close()

    with alsa_card(folder) as card:
        asyncio.run(main(card))


@pytest.mark.processes
def test_what_was_played_arrives_whole_and_in_time(tmp_path: Path) -> None:
    """Each sample, in order, from the planned instant on; and a second sound after the first."""

    async def story(card: AlsaCard, sink: CardSink) -> None:
        pcm = ramp(RATE_HZ)
        for sound in (1, 2):
            at_us = now_us() + 1_000_000
            played = await play(sink.open(sample_rate_hz=RATE_HZ), pcm, at_us=at_us)
            heard = (await card.has_let_out(sound * RATE_HZ))[(sound - 1) * RATE_HZ :]

            assert [sample for _, sample in heard] == list(array("h", pcm))
            assert -EARLY_US < heard[0][0] - at_us < SOON_US
            assert -EARLY_US < (played.first_sample_at_us or 0) - at_us < SOON_US
            assert played.samples == RATE_HZ

    in_room(story, tmp_path)


@pytest.mark.processes
def test_a_stop_is_heard_soon(tmp_path: Path) -> None:
    """Soon after it there is silence, and what was heard until then is counted."""

    async def story(card: AlsaCard, sink: CardSink) -> None:
        stream = sink.open(sample_rate_hz=RATE_HZ)
        playing = asyncio.create_task(play(stream, ramp(20 * RATE_HZ), at_us=now_us() + 500_000))
        await asyncio.sleep(1.5)
        stopped_us = now_us()
        stream.stop()
        played = await playing
        heard = await card.has_let_out(played.samples)

        assert heard[-1][0] - stopped_us < SOON_US
        assert played.samples == len(heard)

    in_room(story, tmp_path)


@pytest.mark.processes
def test_a_sound_can_be_on_one_side(tmp_path: Path) -> None:
    """Where the amplifier is."""

    async def story(card: AlsaCard, sink: CardSink) -> None:
        await play(sink.open(sample_rate_hz=RATE_HZ), ramp(4_800), at_us=now_us())

        assert len(await card.has_let_out(4_800, channel=1)) == 4_800
        assert card.heard(0) == []

    in_room(story, tmp_path, channel=Channel.RIGHT)


@pytest.mark.processes
def test_a_card_that_is_pulled_out_is_let_go(tmp_path: Path) -> None:
    """Its pipe breaks: the sound ends with a name, and no thread keeps trying."""

    async def story(card: AlsaCard, sink: CardSink) -> None:
        stream = sink.open(sample_rate_hz=RATE_HZ)
        playing = asyncio.create_task(play(stream, ramp(20 * RATE_HZ), at_us=now_us()))
        await asyncio.sleep(0.5)
        card.pull_out()

        with pytest.raises(AudioDeviceUnusable, match="takes"):
            await playing
        before_s = time.process_time()
        await asyncio.sleep(0.5)
        assert time.process_time() - before_s < 0.2

    in_room(story, tmp_path)


@pytest.mark.processes
def test_a_card_that_refuses_to_start_again_is_opened_anew(tmp_path: Path) -> None:
    """As one does that was pulled out and put in again meanwhile; here for it runs already."""

    async def story(kept: MiniaudioCard) -> None:
        asked: list[int] = []

        def take(frames: int) -> bytearray:
            asked.append(frames)
            return bytearray(frames * FRAME_BYTES)

        await kept.start(take)
        await asyncio.sleep(0.5)
        before = len(asked)
        await kept.start(take)
        await asyncio.sleep(0.5)
        await kept.close()

        assert len(asked) > before > 0

    with alsa_card(tmp_path):
        asyncio.run(story(MiniaudioCard(clock=CLOCK)))


@pytest.mark.parametrize("device", [None, "hw:7,0", "no such device"])
def test_a_device_that_is_not_there_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str | None
) -> None:
    """Without a default device, and with a name that ALSA does not know."""
    empty = tmp_path / "asound.conf"
    empty.write_text("")
    monkeypatch.setenv(CONFIG, str(empty))
    card = MiniaudioCard(clock=CLOCK, device=device)

    with pytest.raises(AudioDeviceUnusable, match="init"):
        asyncio.run(card.start(bytearray))


@pytest.mark.processes
def test_a_hole_is_no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ALSA's null device swallows everything at once: nobody hears it, so it is an error."""

    async def story() -> None:
        sink = CardSink(card=MiniaudioCard(clock=CLOCK), clock=CLOCK)
        with pytest.raises(AudioDeviceUnusable, match="more sound than there is time for"):
            await play(sink.open(sample_rate_hz=RATE_HZ), ramp(10), at_us=now_us() + 3_000_000)

    config = tmp_path / "asound.conf"
    config.write_text("pcm.!default { type null }")
    monkeypatch.setenv(CONFIG, str(config))
    asyncio.run(story())


@pytest.mark.processes
def test_miniaudio_s_own_null_device_is_marked_as_simulated() -> None:
    """It keeps time as well as naps of ten milliseconds can, but nobody hears it."""

    async def story() -> None:
        sink = CardSink(card=MiniaudioCard(clock=CLOCK, backend="NULL"), clock=CLOCK)
        at_us = now_us() + 500_000
        played = await play(sink.open(sample_rate_hz=RATE_HZ), ramp(RATE_HZ), at_us=at_us)

        assert sink.simulated
        assert played.samples == RATE_HZ
        assert -EARLY_US < (played.first_sample_at_us or 0) - at_us < SOON_US
        await sink.close()

    asyncio.run(story())

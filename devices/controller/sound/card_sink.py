"""The sink of a sound card: samples leave it at the planned instant, by the frame.

The card is started well ahead and plays silence; from its first question on it is known which
frame leaves when (`card_clock`), and a stream's first sample is put into the frame of its instant.
What a card delays beyond its buffer (converters, a USB or radio link, the amplifier) no library
tells: it is measured once with a microphone and given as `latency_us`.
"""

import asyncio
import contextlib
from array import array
from enum import StrEnum
from typing import NoReturn

import structlog

from devices.controller.clock import Clock
from devices.controller.sinks import LEAD_US, Played
from devices.controller.sound.card import Card
from devices.controller.sound.mixer import CHANNELS, Mixer, Voice
from devices.controller.sound.volume import VolumeAt, always_loudest, scaled
from devices.errors import AudioDeviceUnusable

log = structlog.get_logger()

OPEN_AHEAD_US = 1_500_000
"""How long before its instant a stream wants the card to run."""

BEGIN_AHEAD_US = 400_000
"""How long before its instant a stream is begun: what the card holds, and time to be written to."""

REST_AFTER_US = 3_000_000
_SILENT_CARD_US = 1_000_000
_DOUBT_US = 150_000
_LOOK_S = 0.1
_LET_GO_S = 0.5
_SHARP_US = 2_000
"""A start that took longer leaves open when exactly the card began, and is tried again."""
_STARTS = 3


class Channel(StrEnum):
    """Which of a card's two outputs has the amplifier."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class CardSink:
    """One card, which whoever plays shares; it rests while nobody does."""

    name = "sound_card"

    def __init__(
        self,
        *,
        card: Card,
        clock: Clock,
        volume: VolumeAt = always_loudest,
        channel: Channel = Channel.BOTH,
        latency_us: int = 0,
    ) -> None:
        self.simulated = not card.is_real
        self.rate_hz: int | None = card.rate_hz
        self.channel = channel
        self.latency_us = latency_us
        self.volume = volume
        self.mixer = Mixer(clock=clock, rate_hz=card.rate_hz)
        self._card = card
        self._clock = clock
        self._is_running = False
        self._lost_because = "not started"
        self._doubted_us: int | None = None
        self._starting = asyncio.Lock()
        self._resting: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    def open(self, *, sample_rate_hz: int) -> "CardStream":
        """A stream of the card's own rate; of another, ValueError."""
        if sample_rate_hz != self.rate_hz:
            raise ValueError(f"{sample_rate_hz} Hz on a card of {self.rate_hz} Hz")
        return CardStream(sink=self, clock=self._clock, rate_hz=sample_rate_hz)

    async def ready(self, *, at_us: int) -> None:
        """Have the card running, for a sound at a monotonic instant; raise AudioDeviceUnusable."""
        async with self._starting:
            if self._is_running:
                # One that was lost since the last sound may be there again.
                with contextlib.suppress(AudioDeviceUnusable):
                    self.check()
            if not self._is_running:
                await self._start(at_us=at_us)

    def check(self) -> None:
        """Raise AudioDeviceUnusable when the card asks no more, and let go of it."""
        if not self._is_running:
            raise AudioDeviceUnusable(self._lost_because)
        if self._is_silent_for_long():
            self._lose("takes no more sound")
        if self.mixer.runs_away:
            self._lose("takes more sound than there is time for")

    def _is_silent_for_long(self) -> bool:
        """Whether the card has not asked for a second, nor in the moments after that was seen.

        For after the whole process stood still, this may be looked at before the card asks.
        """
        now_us, asked_us = self._clock.monotonic_us(), self.mixer.asked_us or 0
        if now_us - asked_us <= _SILENT_CARD_US:
            self._doubted_us = None
            return False
        self._doubted_us = self._doubted_us or now_us
        return now_us - self._doubted_us > _DOUBT_US

    async def close(self) -> None:
        """Silence, for good."""
        self._is_running = False
        if self._resting is not None:
            self._resting.cancel()
        if self._closing is None:
            await self._card.close()

    async def _start(self, *, at_us: int) -> None:
        """Start the card, and again while it is not clear enough when it began and time is left."""
        if self._closing is not None:
            await asyncio.wait([self._closing], timeout=_LET_GO_S)
        if self._closing is not None:
            raise AudioDeviceUnusable("still lost")
        tries_left = _STARTS
        while (unsure_us := await self._start_once()) > _SHARP_US:
            tries_left -= 1
            if not tries_left or at_us - self._clock.monotonic_us() < BEGIN_AHEAD_US:
                break
            await self._card.stop()
        self._is_running = True
        self._resting = asyncio.create_task(self._rest(), name="sound card at rest")
        log.info("sound_card_started", unsure_us=unsure_us)

    async def _start_once(self) -> int:
        """Start the card; return in how many microseconds its beginning lies somewhere."""
        self.mixer.restart()
        began_us = await self._card.start(self.mixer.take)
        while (begun_us := self.mixer.begun_us) is None:
            if self._clock.monotonic_us() - began_us > _SILENT_CARD_US:
                self._lose("takes no sound")
            await asyncio.sleep(0.001)
        return begun_us - began_us

    def _lose(self, why: str) -> NoReturn:
        """Let go of the card without waiting for it: what is broken may never answer."""
        self._is_running, self._lost_because = False, why
        self._closing = asyncio.create_task(self._let_go(), name="lost sound card")
        log.error("sound_card_lost", why=why)
        raise AudioDeviceUnusable(why)

    async def _let_go(self) -> None:
        await self._card.close()
        self._closing = None

    async def _rest(self) -> None:
        """Stop the card once nobody has sounded for a while, and notice when it is lost."""
        quiet_us = 0
        while self._is_running:
            await asyncio.sleep(_LOOK_S)
            with contextlib.suppress(AudioDeviceUnusable):
                self.check()
            quiet_us = quiet_us + round(_LOOK_S * 1e6) if self.mixer.is_silent else 0
            if quiet_us >= REST_AFTER_US:
                await self._stop_if_silent()

    async def _stop_if_silent(self) -> None:
        async with self._starting:
            if self._is_running and self.mixer.is_silent:
                self._is_running = False
                with contextlib.suppress(AudioDeviceUnusable):
                    await self._card.stop()
                log.info("sound_card_stopped")


class CardStream:
    """One order's samples on their way to the card."""

    def __init__(self, *, sink: CardSink, clock: Clock, rate_hz: int) -> None:
        self._sink = sink
        self._mixer = sink.mixer
        self._clock = clock
        self._rate_hz = rate_hz
        self._voice: Voice | None = None
        self._wall_us = 0
        self._final: Played | None = None
        self._stopping = asyncio.Event()

    def is_stopped(self) -> bool:
        """Whether it was stopped before its end, or another began."""
        return self._stopping.is_set() or (
            self._voice is not None and self._mixer.is_over(self._voice)
        )

    async def begin(self, *, at_us: int) -> None:
        """Return when samples are due: the first of them leaves at the Unix instant `at_us`.

        Of an instant that is too near or over, as soon as the card can.
        """
        await self._clock.wait_until_us(at_us - OPEN_AHEAD_US)
        await self._sink.ready(at_us=at_us - self._wall())
        await self._clock.wait_until_us(at_us - BEGIN_AHEAD_US)
        self._sink.check()
        self._wall_us = self._wall() + self._sink.latency_us
        self._voice = self._mixer.begin(at_us=at_us - self._wall_us)

    async def write(self, pcm: bytes) -> int:
        """Take samples when less than the lead is waiting."""
        voice = self._begun()
        while not self.is_stopped() and self._mixer.waiting_us(voice) > LEAD_US:
            await self._look((self._mixer.waiting_us(voice) - LEAD_US) / 1e6)
        at_us = self._mixer.next_us(voice) + self._wall_us
        if not self.is_stopped():
            percent = self._sink.volume(at_us // 1_000)
            self._mixer.put(voice, framed(scaled(pcm, percent=percent), self._sink.channel))
        return at_us

    async def drain(self) -> None:
        """Wait until what the card was given has left."""
        voice = self._begun()
        self._mixer.end(voice)
        while True:
            left_us = self._mixer.ends_us(voice) - self._clock.monotonic_us()
            if left_us <= 0 and (self.is_stopped() or not voice.waiting):
                break
            await self._look(max(left_us, _SHARP_US) / 1e6)
        self._final = self.played()
        if voice.underruns:
            log.warning("sound_underran", times=voice.underruns, samples=self._final.samples)

    def stop(self) -> None:
        """Give the card nothing more; what it holds still sounds, and is waited for by `drain`."""
        self._stopping.set()
        if self._voice is not None:
            self._mixer.silence(self._voice)

    def played(self) -> Played:
        """What has left the card by now; of a lost card, what had when it asked last."""
        return self._final or self._played(before_us=self._clock.monotonic_us())

    def _played(self, *, before_us: int) -> Played:
        if self._voice is None:
            return Played(0, self._rate_hz, None, None)
        samples = self._mixer.left(self._voice, before_us=before_us)
        first_us = self._voice.first_us if samples else None
        last_us = min(before_us, self._mixer.handed_us(self._voice))
        return Played(
            samples=samples,
            sample_rate_hz=self._rate_hz,
            first_sample_at_us=None if first_us is None else first_us + self._wall_us,
            last_sample_at_us=None if first_us is None else last_us + self._wall_us,
            underruns=self._voice.underruns,
        )

    def _begun(self) -> Voice:
        if self._voice is None:
            raise RuntimeError("a stream is begun before it is written to")
        return self._voice

    def _wall(self) -> int:
        """What the wall clock is ahead of the monotonic one."""
        return self._clock.now_us() - self._clock.monotonic_us()

    async def _look(self, longest_s: float) -> None:
        """Wait a little, at most until it is stopped; raise AudioDeviceUnusable as soon as lost."""
        try:
            self._sink.check()
        except AudioDeviceUnusable:
            self._final = self._played(before_us=self._mixer.asked_us or 0)
            raise
        pause_s = min(longest_s, _LOOK_S)
        if self._stopping.is_set():
            await asyncio.sleep(pause_s)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._stopping.wait()


def framed(pcm: bytes, channel: Channel) -> bytes:
    """Mono samples as frames of left and right."""
    samples = array("h", pcm)
    frames = array("h", bytes(len(pcm) * CHANNELS))
    if channel is not Channel.RIGHT:
        frames[0::CHANNELS] = samples
    if channel is not Channel.LEFT:
        frames[1::CHANNELS] = samples
    return frames.tobytes()

"""Where samples leave the device: the port, and two sinks that keep real time without sound.

The sink of a sound card is `sound.card_sink.CardSink`.
"""

import asyncio
import contextlib
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from devices.controller.clock import Clock
from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.controller.sound.volume import VolumeAt, always_loudest, scaled

LEAD_US = 500_000
"""How much sound a sink takes ahead of what it has let out."""


@dataclass(frozen=True, slots=True)
class Played:
    """What has left a sink; `underruns` is how often it had nothing to let out in between."""

    samples: int
    sample_rate_hz: int
    first_sample_at_us: int | None
    last_sample_at_us: int | None
    underruns: int = 0


class Stream(Protocol):
    """One order's sound on a sink, without gaps from the first sample to the last.

    Whatever waits here may raise AudioDeviceUnusable, and then the sound has ended.
    """

    def is_stopped(self) -> bool:
        """Whether it was stopped before its end."""
        ...

    async def begin(self, *, at_us: int) -> None:
        """Return so that the first sample written next leaves at the Unix instant `at_us`."""
        ...

    async def write(self, pcm: bytes) -> int:
        """Take samples when there is room; return the Unix instant (µs) the first one leaves."""
        ...

    async def drain(self) -> None:
        """Return when everything written has left, or the stream was stopped."""
        ...

    def stop(self) -> None:
        """Silence at once, and where a cut is about to begin, at its first sample.

        What has left stays counted.
        """
        ...

    def played(self) -> Played:
        """What has left by now."""
        ...


class Sink(Protocol):
    """A way out for sound; `rate_hz` is the only rate that it takes, None where it takes any."""

    @property
    def name(self) -> str:
        """What it is called in confirmations."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether nobody can hear it."""
        ...

    @property
    def rate_hz(self) -> int | None:
        """The only rate that it takes."""
        ...

    def open(self, *, sample_rate_hz: int) -> Stream:
        """Prepare for one order's mono samples of 16 bits."""
        ...


class PacedStream:
    """Lets samples out at their rate by the clock, as a sound card would, and into nothing.

    Or to whom it is `heard` by, at the volume of the instant at which it left.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        sample_rate_hz: int,
        heard: Callable[[bytes], None] | None = None,
        volume: VolumeAt = always_loudest,
    ) -> None:
        self._clock = clock
        self._rate_hz = sample_rate_hz
        self._heard = heard
        self._volume = volume
        self._written = bytearray() if heard else None
        self._samples = 0
        self._ends_us = 0
        self._offset_us = 0
        self._first_us: int | None = None
        self._final: Played | None = None
        self._stopping = asyncio.Event()

    def is_stopped(self) -> bool:
        """Whether it was stopped before its end."""
        return self._stopping.is_set()

    async def begin(self, *, at_us: int) -> None:
        """Wait for the instant."""
        await self._clock.wait_until_us(at_us)

    async def write(self, pcm: bytes) -> int:
        """Take samples when less than the lead is waiting; late samples push the end back."""
        if self._first_us is None:
            begins_us = self._begin_now()
        else:
            await self._wait_until(self._ends_us - LEAD_US)
            begins_us = max(self._clock.monotonic_us(), self._ends_us)
        if not self.is_stopped():
            samples = len(pcm) // BYTES_PER_SAMPLE
            self._samples += samples
            self._ends_us = begins_us + samples * 1_000_000 // self._rate_hz
            if self._written is not None:
                at_ms = (begins_us + self._offset_us) // 1_000
                self._written += scaled(pcm, percent=self._volume(at_ms))
        return begins_us + self._offset_us

    async def drain(self) -> None:
        """Wait for the last sample."""
        await self._wait_until(self._ends_us)
        self._finish()

    def stop(self) -> None:
        """Silence at once."""
        self._stopping.set()
        self._finish()

    def played(self) -> Played:
        """What has left by now, by the clock."""
        if self._final is not None:
            return self._final
        now_us = self._clock.monotonic_us()
        waiting = max(0, self._ends_us - now_us) * self._rate_hz // 1_000_000
        last_us = min(now_us, self._ends_us) + self._offset_us
        return Played(
            samples=self._samples - min(waiting, self._samples),
            sample_rate_hz=self._rate_hz,
            first_sample_at_us=self._first_us,
            last_sample_at_us=None if self._first_us is None else last_us,
        )

    def _begin_now(self) -> int:
        begins_us = self._clock.monotonic_us()
        self._first_us = self._clock.now_us()
        self._offset_us = self._first_us - begins_us
        return begins_us

    def _finish(self) -> None:
        if self._final is None:
            self._final = self.played()
            if self._heard is not None and self._written is not None:
                self._heard(bytes(self._written[: self._final.samples * BYTES_PER_SAMPLE]))

    async def _wait_until(self, monotonic_us: int) -> None:
        while (left_us := monotonic_us - self._clock.monotonic_us()) > 0 and not self.is_stopped():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left_us / 1e6):
                    await self._stopping.wait()


class NullSink:
    """Real time, no sound, and says so."""

    name = "null"
    simulated = True
    rate_hz: int | None = None

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def open(self, *, sample_rate_hz: int) -> PacedStream:
        """A stream into nothing."""
        return PacedStream(clock=self._clock, sample_rate_hz=sample_rate_hz)


class WavSink:
    """Real time, into one WAV file an order: what would have been heard, to listen to."""

    name = "wav"
    simulated = True
    rate_hz: int | None = None

    def __init__(self, *, clock: Clock, folder: Path, volume: VolumeAt = always_loudest) -> None:
        self._clock = clock
        self._folder = folder
        self._volume = volume

    def open(self, *, sample_rate_hz: int) -> PacedStream:
        """A stream that leaves a file behind, named by the microsecond it was opened."""
        path = self._folder / f"{self._clock.now_us()}.wav"

        def write_file(pcm: bytes) -> None:
            self._folder.mkdir(parents=True, exist_ok=True)
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(BYTES_PER_SAMPLE)
                file.setframerate(sample_rate_hz)
                file.writeframes(pcm)

        return PacedStream(
            clock=self._clock,
            sample_rate_hz=sample_rate_hz,
            heard=write_file,
            volume=self._volume,
        )

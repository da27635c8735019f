"""The amplifier behind a simulated sink, and the microphone before its horn.

The controller knows nothing of the amplifier, as a box without a current sensor knows nothing: the
sink says `played`, and only a measurement tells whether it sounded. A self-test measures.
"""

import math
from array import array

from devices.controller.clock import Clock
from devices.controller.sinks import Played, Sink, Stream
from devices.controller.sound.self_test import TONE_HZ
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

PLAYING_MA = 1_800
IDLE_MA = 60


class Amplifier:
    """One device's amplifier: when the newest stream reached it, and whether that `sounded`.

    The instant is true time (Unix µs), whatever the device itself believes.

    Muted, it draws nothing, whatever the sink lets out.
    """

    def __init__(self, conditions: Conditions, *, clock: Clock) -> None:
        self.sounded = False
        self.began_at_us = 0
        self._conditions = conditions
        self._clock = clock
        self._streams = 0
        self._heard: list[list[int]] = []

    @property
    def is_muted(self) -> bool:
        """Whether its fuse is gone."""
        return FaultKind.MUTED_AMPLIFIER in self._conditions.active

    @property
    def current_ma(self) -> int:
        """What a sensor in its supply would read now."""
        if self.is_muted:
            return 0
        return PLAYING_MA if self._streams else IDLE_MA

    def began(self) -> None:
        """Sound reaches it."""
        self._streams += 1
        self.began_at_us = self._clock.now_us()
        self.sounded = not self.is_muted
        if self.sounded:
            now_us = self._clock.monotonic_us()
            self._heard = [*self._heard[-1:], [now_us, now_us]]

    def ended(self) -> None:
        """Sound no longer reaches it."""
        self._streams -= 1
        if self._heard:
            self._heard[-1][1] = self._clock.monotonic_us()

    def was_heard(self, at_us: int) -> bool:
        """Whether anything came out of the horn at a monotonic instant a short while ago."""
        return any(first <= at_us < last for first, last in self._heard)


class AmplifiedSink:
    """A sink whose sound goes through an amplifier."""

    def __init__(self, sink: Sink, *, amplifier: Amplifier) -> None:
        self.name = sink.name
        self.simulated = sink.simulated
        self.rate_hz = sink.rate_hz
        self._sink = sink
        self._amplifier = amplifier

    def open(self, *, sample_rate_hz: int) -> "AmplifiedStream":
        """A stream that the amplifier hears."""
        stream = self._sink.open(sample_rate_hz=sample_rate_hz)
        return AmplifiedStream(stream, amplifier=self._amplifier)


class AmplifiedStream:
    """One order's sound on its way through the amplifier."""

    def __init__(self, stream: Stream, *, amplifier: Amplifier) -> None:
        self._stream = stream
        self._amplifier = amplifier
        self._sounds = False

    def is_stopped(self) -> bool:
        """Whether it was stopped before its end."""
        return self._stream.is_stopped()

    async def begin(self, *, at_us: int) -> None:
        """Wait for the instant."""
        await self._stream.begin(at_us=at_us)

    async def write(self, pcm: bytes) -> int:
        """Hand samples on."""
        leaves_us = await self._stream.write(pcm)
        if not self._sounds and not self.is_stopped():
            self._sounds = True
            self._amplifier.began()
        return leaves_us

    async def drain(self) -> None:
        """Wait for the last sample."""
        await self._stream.drain()
        self._end()

    def stop(self) -> None:
        """Silence."""
        self._stream.stop()
        self._end()

    def played(self) -> Played:
        """What has left the sink, heard or not."""
        return self._stream.played()

    def _end(self) -> None:
        if self._sounds:
            self._sounds = False
            self._amplifier.ended()


class SimulatedMicrophone:
    """Hears the test tone where the amplifier let it out, and otherwise nothing at all."""

    rate_hz = 8_000

    def __init__(self, amplifier: Amplifier, *, clock: Clock) -> None:
        self._amplifier = amplifier
        self._clock = clock
        self._began_us = 0

    async def start(self) -> bool:
        """Begin to record."""
        self._began_us = self._clock.monotonic_us()
        return True

    async def stop(self) -> bytes:
        """What was heard since: a sine wherever there was sound."""
        lasted_us = self._clock.monotonic_us() - self._began_us
        turn = 2 * math.pi * TONE_HZ / self.rate_hz
        samples = array("h", bytes(lasted_us * self.rate_hz // 1_000_000 * 2))
        for number in range(len(samples)):
            if self._amplifier.was_heard(self._began_us + number * 1_000_000 // self.rate_hz):
                samples[number] = round(3_000 * math.sin(turn * number))
        return samples.tobytes()

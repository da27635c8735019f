"""A sink whose instants are those of the time that the device believes, whatever the machine reads.

A machine whose clock woke up in 1970 has a sink that waits by that clock, and a play that is due in
this century. How far the two are apart is settled when a stream begins: setting the time right
never moves a sound that is on its way.
"""

from dataclasses import replace

from devices.controller.sinks import Played, Sink, Stream
from devices.controller.trusted_time import TrustedClock

_NEAR_US = 2_500_000
"""How long before its instant a stream is handed to the sink, which may want to be woken up."""


class TimedSink:
    """A sink as plays see it."""

    def __init__(self, sink: Sink, *, clock: TrustedClock) -> None:
        self._sink = sink
        self._clock = clock

    @property
    def name(self) -> str:
        """The sink's own."""
        return self._sink.name

    @property
    def simulated(self) -> bool:
        """The sink's own."""
        return self._sink.simulated

    @property
    def rate_hz(self) -> int | None:
        """The sink's own."""
        return self._sink.rate_hz

    def open(self, *, sample_rate_hz: int) -> "TimedStream":
        """A stream of the sink."""
        return TimedStream(self._sink.open(sample_rate_hz=sample_rate_hz), clock=self._clock)


class TimedStream:
    """One stream, with its instants brought from the machine's clock to the believed time."""

    def __init__(self, stream: Stream, *, clock: TrustedClock) -> None:
        self._stream = stream
        self._clock = clock
        self._ahead_us = 0

    def is_stopped(self) -> bool:
        """Whether it was stopped before its end."""
        return self._stream.is_stopped()

    async def begin(self, *, at_us: int) -> None:
        """Return so that the first sample written next leaves at the Unix instant `at_us`."""
        await self._clock.wait_until_us(at_us - _NEAR_US)
        self._ahead_us = self._clock.ahead_us()
        await self._stream.begin(at_us=at_us - self._ahead_us)

    async def write(self, pcm: bytes) -> int:
        """Take samples when there is room; return the Unix instant (µs) the first one leaves."""
        return await self._stream.write(pcm) + self._ahead_us

    async def drain(self) -> None:
        """Return when everything written has left, or the stream was stopped."""
        await self._stream.drain()

    def stop(self) -> None:
        """Silence at once; what has left stays counted."""
        self._stream.stop()

    def played(self) -> Played:
        """What has left by now."""
        played = self._stream.played()
        return replace(
            played,
            first_sample_at_us=self._believed(played.first_sample_at_us),
            last_sample_at_us=self._believed(played.last_sample_at_us),
        )

    def _believed(self, at_us: int | None) -> int | None:
        return None if at_us is None else at_us + self._ahead_us

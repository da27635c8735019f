"""The amplifier behind a simulated sink: whether it draws current while samples leave.

The controller knows nothing of it, as a controller without a current sensor knows nothing: the
sink says `played`, and only a measurement tells whether it sounded.
"""

from devices.controller.sinks import Played, Sink, Stream
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

PLAYING_MA = 1_800
IDLE_MA = 60


class Amplifier:
    """One device's amplifier; `sounded` is whether the newest stream was heard from its beginning.

    Muted, it draws nothing, whatever the sink lets out.
    """

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._streams = 0
        self.sounded = False

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
        self.sounded = not self.is_muted

    def ended(self) -> None:
        """Sound no longer reaches it."""
        self._streams -= 1


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

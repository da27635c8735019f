"""A sink that keeps every sample that left it, and clocks that are wrong or are stepped."""

from array import array
from dataclasses import dataclass, field

from devices.controller.clock import Clock, LoopClock
from devices.controller.sinks import PacedStream


@dataclass(frozen=True, slots=True)
class Take:
    """One stream: the rate, the machine's instant of the first sample, and all samples."""

    rate_hz: int
    begins_us: int
    pcm: bytes = field(repr=False)

    @property
    def samples(self) -> "array[int]":
        """As numbers."""
        return array("h", self.pcm)

    @property
    def ends_us(self) -> int:
        """When the last sample had left."""
        return self.begins_us + len(self.samples) * 1_000_000 // self.rate_hz


class RecordingSink:
    """Real time, no sound, and all of it remembered."""

    name = "recording"
    simulated = True
    rate_hz: int | None = None

    def __init__(self, *, clock: Clock) -> None:
        """Nothing has sounded."""
        self._clock = clock
        self.takes: list[Take] = []

    def open(self, *, sample_rate_hz: int) -> PacedStream:
        """A stream whose samples are kept."""

        def keep(pcm: bytes) -> None:
            first_us = stream.played().first_sample_at_us
            if first_us is not None:
                self.takes.append(Take(sample_rate_hz, first_us, pcm))

        stream = PacedStream(clock=self._clock, sample_rate_hz=sample_rate_hz, heard=keep)
        return stream


class SteppedClock(LoopClock):
    """A machine's clock that somebody sets."""

    def step(self, by_ms: int) -> None:
        """Set it forward or back."""
        self._epoch_us += by_ms * 1_000

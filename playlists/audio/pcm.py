"""Sound: one channel of signed 16-bit samples, little-endian, at a stated rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

BYTES_PER_SAMPLE = 2


class Sound(Protocol):
    """Samples in memory or on disk, to be gone through without having all of them at hand."""

    @property
    def sample_rate_hz(self) -> int:
        """Samples in a second."""
        ...

    @property
    def frames(self) -> int:
        """How many samples there are."""
        ...

    def blocks(self, frames: int) -> Iterator[bytes]:
        """All samples in order, `frames` of them at a time; the last may be shorter."""
        ...


@dataclass(frozen=True, slots=True)
class Pcm:
    """One channel of sound in memory; `samples` are signed 16-bit little-endian."""

    samples: bytes
    sample_rate_hz: int

    def __post_init__(self) -> None:
        if len(self.samples) % BYTES_PER_SAMPLE:
            raise ValueError("half a sample at the end")
        if self.sample_rate_hz <= 0:
            raise ValueError("a sample rate is above zero")

    @property
    def frames(self) -> int:
        """How many samples there are."""
        return len(self.samples) // BYTES_PER_SAMPLE

    @property
    def duration_ms(self) -> int:
        """The length, to the nearest millisecond."""
        return round(self.frames * 1000 / self.sample_rate_hz)

    def blocks(self, frames: int) -> Iterator[bytes]:
        """All samples in order, `frames` of them at a time; the last may be shorter."""
        step = frames * BYTES_PER_SAMPLE
        for start in range(0, len(self.samples), step):
            yield self.samples[start : start + step]

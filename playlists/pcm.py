"""Sound in memory: one channel of signed 16-bit samples, little-endian, at a stated rate."""

from dataclasses import dataclass

BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class Pcm:
    """One channel of sound; `samples` are signed 16-bit little-endian."""

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

"""Sound on disk: raw samples in a file, so that half an hour of it needs no memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playlists.audio.audio_store import disk_trouble_named
from playlists.audio.pcm import BYTES_PER_SAMPLE


@dataclass(frozen=True, slots=True)
class PcmFile:
    """One channel of signed 16-bit little-endian samples in a file of nothing else."""

    path: Path
    sample_rate_hz: int

    @property
    def frames(self) -> int:
        """How many samples there are. Raises AudioStoreError."""
        with disk_trouble_named():
            return self.path.stat().st_size // BYTES_PER_SAMPLE

    @property
    def duration_ms(self) -> int:
        """The length, to the nearest millisecond."""
        return round(self.frames * 1000 / self.sample_rate_hz)

    def blocks(self, frames: int) -> Iterator[bytes]:
        """All samples in order, `frames` of them at a time. Raises AudioStoreError."""
        yield from read_blocks(self.path, frames * BYTES_PER_SAMPLE)


def read_blocks(path: Path, size_bytes: int) -> Iterator[bytes]:
    """A file's bytes in order, so many at a time; the last may be fewer. Raises AudioStoreError."""
    with disk_trouble_named(), path.open("rb") as file:
        while block := file.read(size_bytes):
            yield block


def write_pcm(blocks: Iterable[bytes], path: Path, *, sample_rate_hz: int) -> PcmFile:
    """Writes samples to a file as they come. Raises AudioStoreFull or AudioStoreFailed."""
    with disk_trouble_named():
        file = path.open("wb")
    with file:
        for block in blocks:
            with disk_trouble_named():
                file.write(block)
        with disk_trouble_named():
            file.flush()
    return PcmFile(path, sample_rate_hz=sample_rate_hz)

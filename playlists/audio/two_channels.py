"""Of a recording's two channels, the sound of one: both together, unless one is of no use.

Phones and mixers give stereo of which one side is dead, or turned over so that both cancel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from playlists.audio.levels import BLOCK_FRAMES
from playlists.audio.pcm import BYTES_PER_SAMPLE
from playlists.audio.pcm_file import PcmFile, read_blocks, write_pcm
from playlists.audio.pydub_audio import AudioSegment, to_pcm

STEREO_FRAME_BYTES = 2 * BYTES_PER_SAMPLE
# A channel so far below the other adds its noise only.
DEAD_BELOW_DB = 15.0
# Two equal channels keep their power when mixed; unlike ones lose 3 dB, opposite ones all.
CANCELLED_BELOW_DB = 6.0


class _Kept(Enum):
    LEFT = 0
    RIGHT = 1
    BOTH = 2


@dataclass(slots=True)
class _Powers:
    left: float = 0.0
    right: float = 0.0
    both: float = 0.0

    def kept(self) -> _Kept:
        louder, other = max(self.left, self.right), min(self.left, self.right)
        one_is_dead = other < louder / 10 ** (DEAD_BELOW_DB / 10)
        they_cancel = self.both < louder / 10 ** (CANCELLED_BELOW_DB / 10)
        if not (one_is_dead or they_cancel):
            return _Kept.BOTH
        return _Kept.LEFT if self.left >= self.right else _Kept.RIGHT


def to_one_channel(stereo: Path, mono: Path, *, sample_rate_hz: int) -> PcmFile:
    """Writes the useful sound of raw two-channel samples. Raises AudioStoreError."""
    powers = _Powers()
    for segment in _segments(stereo, sample_rate_hz):
        left, right = segment.split_to_mono()
        powers.left += left.rms**2 * segment.frame_count()
        powers.right += right.rms**2 * segment.frame_count()
        powers.both += segment.set_channels(1).rms ** 2 * segment.frame_count()
    kept = powers.kept()
    blocks = (_only(segment, kept) for segment in _segments(stereo, sample_rate_hz))
    return write_pcm(blocks, mono, sample_rate_hz=sample_rate_hz)


def _only(segment: AudioSegment, kept: _Kept) -> bytes:
    if kept is _Kept.BOTH:
        return to_pcm(segment.set_channels(1)).samples
    return to_pcm(segment.split_to_mono()[kept.value]).samples


def _segments(stereo: Path, sample_rate_hz: int) -> Iterator[AudioSegment]:
    for block in read_blocks(stereo, BLOCK_FRAMES * STEREO_FRAME_BYTES):
        whole = block[: len(block) // STEREO_FRAME_BYTES * STEREO_FRAME_BYTES]
        if whole:
            yield AudioSegment(
                data=whole, sample_width=BYTES_PER_SAMPLE, frame_rate=sample_rate_hz, channels=2
            )

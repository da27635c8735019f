"""Where encoding raised a peak too far: found in the finished file, lowered before the next try.

An encoder throws single peaks up by as much as 2 dB, and others whenever anything changes, so
lowering a whole session for one of them makes it quieter and seldom helps. A tenth of a second that
is lowered by a decibel is heard by nobody, and the rest stays as it was approved.
"""

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from sys import byteorder

from playlists.audio.mastering import MASTER_RATE_HZ
from playlists.audio.pcm import BYTES_PER_SAMPLE

# The meter's log of every block, asked for together with the summary.
BLOCK_METER = "ebur128=peak=true:framelog=info"
_BLOCK = re.compile(rb" t:\s*([\d.]+) .* FTPK:\s*(-?[\d.]+) dBFS")
_BLOCK_S = 0.1
_RAMP = MASTER_RATE_HZ * 30 // 1000
# Further than measured, since the next encoding is another throw.
_STEP_DB = 0.4


@dataclass(frozen=True, slots=True)
class Peak:
    """A block of the finished file, in frames, and how far it stands above what is allowed."""

    start: int
    end: int
    excess_db: float


def peaks_beyond(log: bytes, *, ceiling_dbtp: float) -> tuple[Peak, ...]:
    """The blocks that stand above the ceiling, from the log of `BLOCK_METER`."""
    found = ((float(end_s), float(peak)) for end_s, peak in _BLOCK.findall(log))
    return tuple(
        Peak(
            start=max(0, round((end_s - _BLOCK_S) * MASTER_RATE_HZ)),
            end=round(end_s * MASTER_RATE_HZ),
            excess_db=peak_dbtp - ceiling_dbtp,
        )
        for end_s, peak_dbtp in found
        if peak_dbtp > ceiling_dbtp
    )


def lower_peaks(track: Path, peaks: Sequence[Peak]) -> None:
    """Lowers these blocks of a file of raw samples, with a soft way down and up again."""
    with track.open("r+b") as file:
        for peak in peaks:
            first = max(0, peak.start - _RAMP)
            file.seek(BYTES_PER_SAMPLE * first)
            samples = _samples(file.read(BYTES_PER_SAMPLE * (peak.end + _RAMP - first)))
            for n, sample in enumerate(samples):
                samples[n] = round(sample * _gain(peak, first + n))
            file.seek(BYTES_PER_SAMPLE * first)
            file.write(_bytes(samples))


def _gain(peak: Peak, frame: int) -> float:
    """The whole reduction inside the block, less of it on the ramps."""
    to_edge = min(frame - (peak.start - _RAMP), peak.end + _RAMP - 1 - frame)
    share = (1 - math.cos(math.pi * min(1.0, to_edge / _RAMP))) / 2
    return 1 - share * (1 - 10 ** (-(peak.excess_db + _STEP_DB) / 20))


def _samples(raw: bytes) -> "array[int]":
    samples = array("h", raw)
    if byteorder == "big":
        samples.byteswap()
    return samples


def _bytes(samples: "array[int]") -> bytes:
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()

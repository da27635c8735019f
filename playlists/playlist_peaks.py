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

from playlists.mastering import MASTER_RATE_HZ
from playlists.pcm import BYTES_PER_SAMPLE

# The meter's log of every block, asked for together with the summary.
BLOCK_METER = "ebur128=peak=true:framelog=info"
_BLOCK = re.compile(rb" t:\s*([\d.]+) .* FTPK:\s*(-?[\d.]+) dBFS")
_BLOCK_S = 0.1
_RAMP_MS = 30
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
    ramp = MASTER_RATE_HZ * _RAMP_MS // 1000
    with track.open("r+b") as file:
        for peak in peaks:
            start = max(0, peak.start - ramp)
            file.seek(BYTES_PER_SAMPLE * start)
            samples = _samples(file.read(BYTES_PER_SAMPLE * (peak.end + ramp - start)))
            depth = 1 - 10 ** (-(peak.excess_db + _STEP_DB) / 20)
            for n, sample in enumerate(samples):
                inside = min(1.0, (n + 1) / ramp, (len(samples) - n) / ramp)
                samples[n] = round(sample * (1 - depth * (1 - math.cos(math.pi * inside)) / 2))
            file.seek(BYTES_PER_SAMPLE * start)
            file.write(_bytes(samples))


def _samples(raw: bytes) -> "array[int]":
    samples = array("h", raw)
    if byteorder == "big":
        samples.byteswap()
    return samples


def _bytes(samples: "array[int]") -> bytes:
    if byteorder == "big":
        samples.byteswap()
    return samples.tobytes()

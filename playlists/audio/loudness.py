"""What ffmpeg's EBU R128 meter says of a sound; nothing here trusts the code that set it.

Source: EBU R 128 and ITU-R BS.1770 as measured by ffmpeg's `ebur128` filter.
"""

import re
from dataclasses import dataclass

from playlists.audio.audio_errors import AudioUnreadable

METER = "ebur128=framelog=quiet"
METER_WITH_PEAK = "ebur128=peak=true:framelog=quiet"
# Below its absolute gate the meter has heard nothing that counts.
SILENCE_LUFS = -70.0

_INTEGRATED = re.compile(r"^\s+I:\s+(-?[\d.]+|-inf|nan) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^\s+Peak:\s+(-?[\d.]+|-inf|nan) dBFS", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Integrated loudness, true peak and exact length of one sound."""

    loudness_lufs: float
    true_peak_dbtp: float
    frames: int
    sample_rate_hz: int

    @property
    def duration_ms(self) -> int:
        """The length, to the nearest millisecond."""
        return round(self.frames * 1000 / self.sample_rate_hz)


def read_loudness(log: bytes) -> float:
    """Integrated loudness in LUFS from ffmpeg's log; silence reads as `SILENCE_LUFS`.

    Raises AudioUnreadable.
    """
    return max(_read(_INTEGRATED, log), SILENCE_LUFS)


def read_peak(log: bytes) -> float:
    """True peak in dBTP from ffmpeg's log; digital silence reads as minus infinity."""
    return _read(_PEAK, log)


def _read(pattern: re.Pattern[str], log: bytes) -> float:
    found = pattern.findall(log.decode(errors="replace"))
    if not found:
        raise AudioUnreadable("the meter said nothing")
    value = float(found[-1])
    return value if value == value else SILENCE_LUFS  # noqa: PLR0124 - NaN is unequal to itself

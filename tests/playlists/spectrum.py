"""Where a sound's energy lies: a Fourier transform of the tests' own."""

import cmath
import math
from array import array
from collections.abc import Sequence

from playlists.audio.pcm import Pcm


def powers(pcm: Pcm) -> list[tuple[float, float]]:
    """Frequency in Hz and power of every bin, over the longest power of two that fits."""
    samples = array("h", pcm.samples)
    size = 1 << (len(samples).bit_length() - 1)
    turn = 2 * math.pi / size
    windowed = [samples[n] * (0.5 - 0.5 * math.cos(turn * n)) for n in range(size)]
    bins = _transformed([complex(value) for value in windowed])[: size // 2]
    return [(n * pcm.sample_rate_hz / size, abs(value) ** 2) for n, value in enumerate(bins)]


def share_within(pcm: Pcm, *, low_hz: float, high_hz: float) -> float:
    """How much of the energy lies between two frequencies."""
    found = powers(pcm)
    inside = sum(power for pitch_hz, power in found if low_hz <= pitch_hz <= high_hz)
    return inside / sum(power for _, power in found)


def centroid_hz(pcm: Pcm) -> float:
    """The mean frequency, weighted by power."""
    found = powers(pcm)
    return sum(pitch * power for pitch, power in found) / sum(power for _, power in found)


def _transformed(values: Sequence[complex]) -> list[complex]:
    if len(values) == 1:
        return list(values)
    even, odd = _transformed(values[::2]), _transformed(values[1::2])
    half = len(even)
    turned = [cmath.exp(-1j * math.pi * n / half) * value for n, value in enumerate(odd)]
    return [a + b for a, b in zip(even, turned, strict=True)] + [
        a - b for a, b in zip(even, turned, strict=True)
    ]

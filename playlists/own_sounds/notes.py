"""One plucked or struck note: partials that die away, made by arithmetic alone.

The station's tune and its music are made of these, so they belong to nobody else.
"""

import cmath
import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, islice, repeat
from operator import mul
from sys import byteorder

from playlists.audio.pcm import BYTES_PER_SAMPLE, Pcm
from playlists.audio.pydub_audio import from_pcm, to_pcm

# What a horn carries; a partial above would only be filtered away again.
LOWEST_HZ = 300.0
HIGHEST_HZ = 6_000.0
ATTACK_MS = 8
SEMITONES_TO_OCTAVE = 12
# A scale without half-tones: any two of its notes sound well together.
PENTATONIC = (0, 2, 4, 7, 9)


@dataclass(frozen=True, slots=True)
class Partial:
    """A multiple of the pitch: its share of the sound, and how fast it dies away."""

    multiple: float
    share: float
    fading_per_s: float


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a note is made of."""

    partials: tuple[Partial, ...]


BELL = Instrument((Partial(1, 0.62, 3.2), Partial(2, 0.24, 5.0), Partial(3, 0.10, 8.0)))
# The higher a string's partial, the sooner it is gone.
STRING = Instrument(
    tuple(
        Partial(multiple, share, 1.8 + 1.1 * multiple)
        for multiple, share in ((1, 0.52), (2, 0.26), (3, 0.13), (4, 0.05), (5, 0.04))
    )
)


def pitch_hz(degree: int, *, tonic_hz: float) -> float:
    """The pitch of a degree of the pentatonic scale; 0 is the tonic, 5 its octave."""
    octave, step = divmod(degree, len(PENTATONIC))
    semitones = PENTATONIC[step] + SEMITONES_TO_OCTAVE * octave
    return float(tonic_hz * 2 ** (semitones / SEMITONES_TO_OCTAVE))


def note(
    note_hz: float, *, instrument: Instrument, amplitude: float, duration_ms: int, rate_hz: int
) -> Pcm:
    """One note; both its ends are silence, so that it never clicks."""
    frames = rate_hz * duration_ms // 1000
    waves = [
        _dying_wave(note_hz * partial.multiple, partial=partial, frames=frames, rate_hz=rate_hz)
        for partial in instrument.partials
        if note_hz * partial.multiple <= min(HIGHEST_HZ, rate_hz * 0.45)
    ]
    envelope = _envelope(frames, rate_hz=rate_hz)
    samples = array(
        "h",
        (
            round(amplitude * level * wave.imag)
            for level, wave in zip(envelope, map(sum, zip(*waves, strict=True)), strict=True)
        ),
    )
    if byteorder == "big":
        samples.byteswap()
    return Pcm(samples=samples.tobytes(), sample_rate_hz=rate_hz)


def _dying_wave(
    partial_hz: float, *, partial: Partial, frames: int, rate_hz: int
) -> Iterator[complex]:
    """A shrinking turn in the complex plane, a multiplication a sample; its height is the sound."""
    turn = cmath.exp(complex(-partial.fading_per_s, 2 * math.pi * partial_hz) / rate_hz)
    return islice(accumulate(repeat(turn), mul, initial=complex(partial.share)), frames)


@lru_cache(maxsize=4)
def _envelope(frames: int, *, rate_hz: int) -> tuple[float, ...]:
    """A short rounded rise, and a straight way down to nothing."""
    rising = min(frames, max(1, rate_hz * ATTACK_MS // 1000))
    rise = [(1 - math.cos(math.pi * n / rising)) / 2 for n in range(rising)]
    fall = [1 - n / frames for n in range(frames)]
    return tuple(map(mul, chain(rise, repeat(1.0)), fall))


def mixed(track: Pcm, sounds: Iterable[tuple[int, Pcm]]) -> Pcm:
    """The track with each sound added from its millisecond on; what goes beyond is left out."""
    segment = from_pcm(track)
    for at_ms, sound in sounds:
        segment = segment.overlay(from_pcm(sound), position=at_ms)
    return to_pcm(segment)


def silence(frames: int, *, rate_hz: int) -> Pcm:
    """A track to mix into."""
    return Pcm(samples=bytes(BYTES_PER_SAMPLE * frames), sample_rate_hz=rate_hz)

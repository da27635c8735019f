"""The station's own tune: a few notes by which a commune knows its radio, grown from its name.

A small grammar over the pentatonic scale: it is drawn backwards from its last note, which is the
tonic, by steps of one or two degrees, so that whatever is drawn is a melody that comes home.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from playlists.audio.pcm import Pcm
from playlists.own_sounds.notes import BELL, mixed, note, pitch_hz, silence

# The same for every station: a playlist's length is known without its tune.
TUNE_MS = 3_200
BEAT_MS = 230
TONICS_HZ = (523.25, 587.33, 659.26, 698.46)
# Beats on which notes begin; the last note rings on to the end.
RHYTHMS = (
    (0, 2, 3, 4, 6),
    (0, 1, 2, 4, 6),
    (0, 2, 4, 5, 6),
    (0, 1, 3, 4, 6),
    (0, 2, 3, 5, 6),
    (0, 1, 2, 3, 4, 6),
    (0, 1, 2, 4, 5, 6),
    (0, 2, 3, 4, 5, 6),
    (0, 1, 3, 4, 5, 6),
    (0, 1, 2, 3, 5, 6),
)
LAST_DEGREES = (0, 5)
LAST_STEPS = (-1, 1)
STEPS = (-2, -1, 1, 2)
DEGREES = range(-2, 6)
AMPLITUDE = 11_000

_Option = TypeVar("_Option")


@dataclass(frozen=True, slots=True)
class Melody:
    """When each note begins, in beats, and its degree of the scale over the tonic."""

    tonic_hz: float
    beats: tuple[int, ...]
    degrees: tuple[int, ...]


def melody(seed: str) -> Melody:
    """The melody of a station; the same seed always gives the same."""
    draws = iter(hashlib.sha256(f"ident {seed}".encode()).digest())
    tonic_hz, beats = _drawn(draws, TONICS_HZ), _drawn(draws, RHYTHMS)
    degrees = [_drawn(draws, LAST_DEGREES)]
    for backwards in range(len(beats) - 1):
        steps = LAST_STEPS if backwards == 0 else STEPS
        reachable = [degrees[-1] + step for step in steps if degrees[-1] + step in DEGREES]
        degrees.append(_drawn(draws, reachable))
    return Melody(tonic_hz=tonic_hz, beats=beats, degrees=tuple(reversed(degrees)))


def _drawn(draws: Iterator[int], options: Sequence[_Option]) -> _Option:
    return options[next(draws) % len(options)]


@lru_cache(maxsize=8)
def ident_tune(seed: str, *, sample_rate_hz: int) -> Pcm:
    """The station's tune, `TUNE_MS` long; the seed is the station's id or name."""
    tune = melody(seed)
    track = silence(sample_rate_hz * TUNE_MS // 1000, rate_hz=sample_rate_hz)
    starts_ms = [beat * BEAT_MS for beat in tune.beats]
    sounds = [
        note(
            pitch_hz(degree, tonic_hz=tune.tonic_hz),
            instrument=BELL,
            amplitude=AMPLITUDE,
            duration_ms=TUNE_MS - start_ms,
            rate_hz=sample_rate_hz,
        )
        for start_ms, degree in zip(starts_ms, tune.degrees, strict=True)
    ]
    return mixed(track, zip(starts_ms, sounds, strict=True))

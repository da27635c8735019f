"""The notes around the words: an opening that turns heads, its answer, and one between bulletins.

Made here, owned by nobody.
"""

import math
from array import array
from functools import lru_cache
from sys import byteorder

from playlists.audio.pcm import Pcm
from playlists.own_sounds.notes import BELL, note

# A falling fourth, high enough for a horn that carries nothing below 300 Hz.
NOTES_HZ = (880.0, 659.26)
NOTE_MS = 750
CHIME_MS = NOTE_MS * len(NOTES_HZ)
ATTACK_MS = 8
FADING_PER_S = 4.5
PARTIALS = ((1.0, 1.0), (2.0, 0.35), (3.0, 0.12))
AMPLITUDE = 9_000
SEPARATOR_HZ = 783.99
SEPARATOR_MS = 1_200


@lru_cache(maxsize=4)
def chime(sample_rate_hz: int) -> Pcm:
    """Two struck notes, one after the other, each fading to nothing."""
    return _struck(NOTES_HZ, sample_rate_hz=sample_rate_hz)


@lru_cache(maxsize=4)
def closing_chime(sample_rate_hz: int) -> Pcm:
    """The opening's two notes the other way round: what fell there rises here."""
    return _struck(NOTES_HZ[::-1], sample_rate_hz=sample_rate_hz)


@lru_cache(maxsize=4)
def separator(sample_rate_hz: int) -> Pcm:
    """One soft note that says: something else begins."""
    return note(
        SEPARATOR_HZ,
        instrument=BELL,
        amplitude=AMPLITUDE,
        duration_ms=SEPARATOR_MS,
        rate_hz=sample_rate_hz,
    )


def _struck(notes_hz: tuple[float, ...], *, sample_rate_hz: int) -> Pcm:
    samples = array("h")
    for note_hz in notes_hz:
        samples.extend(_note(note_hz, sample_rate_hz=sample_rate_hz))
    if byteorder == "big":
        samples.byteswap()
    return Pcm(samples=samples.tobytes(), sample_rate_hz=sample_rate_hz)


def _note(note_hz: float, *, sample_rate_hz: int) -> list[int]:
    frames = sample_rate_hz * NOTE_MS // 1000
    return [round(_strike(n / sample_rate_hz, note_hz) * (1 - n / frames)) for n in range(frames)]


def _strike(at_s: float, note_hz: float) -> float:
    """A bell's sound: partials under one envelope, with a short rise so that it does not click."""
    tone = sum(
        share * math.sin(2 * math.pi * note_hz * partial * at_s) for partial, share in PARTIALS
    )
    rise = min(1.0, at_s * 1000 / ATTACK_MS)
    return AMPLITUDE * tone * rise * math.exp(-FADING_PER_S * at_s)

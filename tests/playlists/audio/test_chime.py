"""The notes around the words: clean at both ends, the same every time."""

import math
from array import array

import pytest

from playlists.own_sounds.chime import (
    CHIME_MS,
    NOTES_HZ,
    SEPARATOR_HZ,
    SEPARATOR_MS,
    chime,
    closing_chime,
    separator,
)
from tests.playlists.spectrum import share_within


def samples(rate_hz: int) -> "array[int]":
    """The chime's samples."""
    return array("h", chime(rate_hz).samples)


def strength(part: "array[int]", *, pitch_hz: float, rate_hz: int) -> float:
    """How much of one pitch a stretch of sound holds (Goertzel)."""
    turn = 2 * math.pi * pitch_hz / rate_hz
    real = sum(sample * math.cos(turn * n) for n, sample in enumerate(part))
    imaginary = sum(sample * math.sin(turn * n) for n, sample in enumerate(part))
    return math.hypot(real, imaginary) / len(part)


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000])
def test_the_chime_lasts_as_long_at_every_rate(rate_hz: int) -> None:
    """Engines differ in their sample rate; the chime does not differ in its length."""
    assert chime(rate_hz).duration_ms == 1_500


def test_the_chime_begins_and_ends_without_a_click() -> None:
    """The first and last samples are as good as silence."""
    sound = samples(22_050)

    assert max(abs(sample) for sample in [*sound[:2], *sound[-4:]]) < 80


def test_the_chime_never_clips() -> None:
    """No sample reaches full scale."""
    assert max(abs(sample) for sample in samples(22_050)) < 20_000


def test_each_half_sounds_its_own_note() -> None:
    """First the high note, then the low one: the other's pitch is hardly there."""
    sound = samples(22_050)
    halves = sound[: len(sound) // 2], sound[len(sound) // 2 :]
    heard = [
        [strength(half, pitch_hz=note, rate_hz=22_050) for note in NOTES_HZ] for half in halves
    ]

    assert heard[0][0] > 5 * heard[0][1]
    assert heard[1][1] > 5 * heard[1][0]


def test_the_closing_answers_the_opening() -> None:
    """What fell at the opening rises at the end: the low note first, then the high one."""
    sound = array("h", closing_chime(22_050).samples)
    low_hz, high_hz = min(NOTES_HZ), max(NOTES_HZ)
    halves = sound[: len(sound) // 2], sound[len(sound) // 2 :]
    heard = [
        [strength(half, pitch_hz=note, rate_hz=22_050) for note in (low_hz, high_hz)]
        for half in halves
    ]

    assert heard[0][0] > 5 * heard[0][1]
    assert heard[1][1] > 5 * heard[1][0]
    assert closing_chime(22_050).duration_ms == chime(22_050).duration_ms == CHIME_MS


def test_between_bulletins_sounds_one_soft_note() -> None:
    """One pitch, below the chime's level, silent at both ends, all of it for a horn."""
    sound = separator(22_050)
    heard = array("h", sound.samples)

    assert sound.duration_ms == SEPARATOR_MS
    assert strength(heard, pitch_hz=SEPARATOR_HZ, rate_hz=22_050) > 10 * max(
        strength(heard, pitch_hz=note, rate_hz=22_050) for note in NOTES_HZ
    )
    assert max(map(abs, heard)) < max(map(abs, samples(22_050)))
    assert max(map(abs, [*heard[:4], *heard[-4:]])) < 40
    assert share_within(sound, low_hz=300, high_hz=6_000) > 0.999

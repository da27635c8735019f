"""Pieces become one sound: every sample, every pause, each piece where it is said to start."""

import math
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.audio.joining import Piece, join
from playlists.audio.pcm import Pcm
from tests.playlists.sounds import RATE_HZ, joined, tone


def test_voices_of_different_rates_can_be_joined() -> None:
    """A sound at 16 kHz keeps its length and pitch among others at 22,050 Hz."""
    slower = Pcm(tone(pitch_hz=500).samples, 16_000)
    whole, starts = joined([Piece(tone()), Piece(slower)])
    second = array("h", whole.samples)[starts[1] :]

    assert len(second) / RATE_HZ * 1000 == pytest.approx(slower.duration_ms, abs=1)
    pitch_hz = 500 * 16_000 / RATE_HZ
    assert _strength(second[:RATE_HZ], pitch_hz) > 20 * _strength(second[:RATE_HZ], 500)


@settings(deadline=None)
@given(
    lengths=st.lists(st.tuples(st.integers(0, 3_000), st.integers(0, 700)), min_size=1, max_size=6)
)
def test_joining_keeps_every_sample_and_pause(lengths: list[tuple[int, int]]) -> None:
    """The whole is the sum of its pieces and pauses, and each starts where it is said to."""
    pieces = [
        Piece(Pcm(bytes([index + 1, 0]) * frames, RATE_HZ), pause_after_ms=pause_ms)
        for index, (frames, pause_ms) in enumerate(lengths)
    ]
    whole, starts = joined(pieces)

    expected = sum(frames + RATE_HZ * ms // 1000 for frames, ms in lengths)
    assert abs(whole.frames - expected) <= len(lengths)
    for piece, start in zip(pieces, starts, strict=True):
        assert whole.samples[2 * start :].startswith(piece.pcm.samples)


def test_pieces_are_written_as_they_come(tmp_path: Path) -> None:
    """A piece is on its way to the disk before the next is asked for."""
    path = tmp_path / "sound.raw"
    sizes: list[int] = []

    def pieces() -> Iterator[Piece]:
        for _ in range(4):
            sizes.append(path.stat().st_size if path.exists() else 0)
            yield Piece(tone())

    join(pieces(), path)

    assert sizes[0] == 0
    assert sizes[2] > 0
    assert path.stat().st_size == 4 * len(tone().samples)


def test_nothing_to_join_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    """Without a piece there is no sample rate."""
    with pytest.raises(ValueError, match="nothing"):
        join([], tmp_path / "sound.raw")


def _strength(samples: "array[int]", pitch_hz: float) -> float:
    turn = 2 * math.pi * pitch_hz / RATE_HZ
    real = sum(sample * math.cos(turn * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * n) for n, sample in enumerate(samples))
    return math.hypot(real, imaginary)

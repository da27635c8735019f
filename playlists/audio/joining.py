"""Pieces of sound one after the other in one file, with their silences, written as they come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playlists.audio.pcm import Pcm
from playlists.audio.pcm_file import PcmFile, write_pcm
from playlists.audio.pydub_audio import AudioSegment, from_pcm, to_pcm


@dataclass(frozen=True, slots=True)
class Piece:
    """A sound and the silence after it."""

    pcm: Pcm
    pause_after_ms: int = 0


def join(pieces: Iterable[Piece], path: Path) -> tuple[PcmFile, tuple[int, ...]]:
    """All pieces as one sound at `path`, and the frame at which each piece starts.

    The first piece's sample rate is that of the whole. Raises ValueError without a piece,
    AudioStoreFull or AudioStoreFailed.
    """
    rest = iter(pieces)
    first = next(rest, None)
    if first is None:
        raise ValueError("nothing to join")
    rate = first.pcm.sample_rate_hz
    starts: list[int] = []

    def blocks() -> Iterator[bytes]:
        frames = 0
        for piece in _with(first, rest):
            starts.append(frames)
            for sound in (_at_rate(piece.pcm, rate), _silence(piece.pause_after_ms, rate)):
                frames += sound.frames
                yield sound.samples

    return write_pcm(blocks(), path, sample_rate_hz=rate), tuple(starts)


def _with(first: Piece, rest: Iterator[Piece]) -> Iterator[Piece]:
    yield first
    yield from rest


def _silence(duration_ms: int, sample_rate_hz: int) -> Pcm:
    return to_pcm(AudioSegment.silent(duration_ms, frame_rate=sample_rate_hz))


def _at_rate(pcm: Pcm, sample_rate_hz: int) -> Pcm:
    if pcm.sample_rate_hz == sample_rate_hz:
        return pcm
    return to_pcm(from_pcm(pcm).set_frame_rate(sample_rate_hz))

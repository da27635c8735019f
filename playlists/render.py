"""From sentences to one mastered file in the audio store: the whole way of a bulletin's sound."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from playlists.audio_errors import NothingToHear, NothingToRender
from playlists.audio_store import AudioStore
from playlists.chime import chime as two_notes
from playlists.loudness import Measurement
from playlists.mastering import HORN, STATION_TARGET, Band, Piece, Target, join, master_to_mp3
from playlists.pcm import Pcm
from playlists.speech.cache import SentenceCache, sentence_key
from playlists.speech.engine import Engine, VoiceSettings
from playlists.speech.pool import VoicePool, say_in_order

log = structlog.get_logger()

PAUSE_AFTER_CHIME_MS = 400
# Room at both ends: amplifiers wake slowly, and a cut tail is heard as a fault.
LEAD_MS = 100
TAIL_MS = 400

Progress = Callable[[int, int], None]


class Spoken(Protocol):
    """A sentence in spoken words, and the silence after it."""

    @property
    def text(self) -> str:
        """What the voice says."""
        ...

    @property
    def pause_after_ms(self) -> int:
        """Milliseconds of silence that follow."""
        ...


@dataclass(frozen=True, slots=True)
class CuePoint:
    """Where a sentence begins and ends in the finished file."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """A finished file: what it measures, who spoke it, and where its sentences begin."""

    sha256: str
    path: Path
    size_bytes: int
    duration_ms: int
    loudness_lufs: float
    true_peak_dbtp: float
    sample_rate_hz: int
    engine: str
    engine_version: str
    cue_points: tuple[CuePoint, ...]
    sentences_synthesised: int
    sentences_from_cache: int


def render(
    sentences: Sequence[Spoken],
    *,
    engine: Engine,
    store: AudioStore,
    settings: VoiceSettings,
    cache_dir: Path | None = None,
    on_progress: Progress | None = None,
    chime: bool = True,
    target: Target = STATION_TARGET,
    band: Band | None = HORN,
) -> Rendering:
    """Says, joins, masters and stores the sentences; the same input gives the same SHA-256.

    `on_progress` hears (steps done, steps in all): one a sentence and one for the mastering.
    Raises NothingToRender, SpeechError or AudioError; then nothing was stored.
    """
    if not sentences:
        raise NothingToRender
    steps = len(sentences) + 1
    told = on_progress or (lambda _done, _total: None)
    reader = _Reader(engine=engine, settings=settings, cache_dir=cache_dir)
    joined, cue_points = _joined(sentences, reader=reader, told=told, chime=chime)
    sha256, measured = _master(joined, store=store, target=target, band=band)
    told(steps, steps)
    path = store.path_of(sha256)
    log.info("bulletin_rendered", sha256=sha256, duration_ms=measured.duration_ms)
    return Rendering(
        sha256=sha256,
        path=path,
        size_bytes=path.stat().st_size,
        duration_ms=measured.duration_ms,
        loudness_lufs=measured.loudness_lufs,
        true_peak_dbtp=measured.true_peak_dbtp,
        sample_rate_hz=measured.sample_rate_hz,
        engine=engine.name,
        engine_version=engine.version,
        cue_points=cue_points,
        sentences_synthesised=reader.synthesised,
        sentences_from_cache=reader.from_cache,
    )


def _joined(
    sentences: Sequence[Spoken], *, reader: "_Reader", told: Progress, chime: bool
) -> tuple[Pcm, tuple[CuePoint, ...]]:
    """Everything that will be heard as one sound, and where its sentences are."""
    clips = []
    for clip in reader.say_all([sentence.text for sentence in sentences]):
        clips.append(clip)
        told(len(clips), len(sentences) + 1)
    reader.finish()
    # The chime alone would measure well and be stored as a bulletin.
    if not any(any(clip.samples) for clip in clips):
        raise NothingToHear
    pieces, first = _lay_out(sentences, clips, chime=chime)
    joined, starts = join(pieces, sample_rate_hz=clips[0].sample_rate_hz)
    return joined, _cue_points(starts[first:], clips)


class _Reader:
    """Says sentences, from the cache where they were said before, and counts both."""

    def __init__(self, *, engine: Engine, settings: VoiceSettings, cache_dir: Path | None) -> None:
        self._engine, self._settings = engine, settings
        self._cache = SentenceCache(cache_dir) if cache_dir else None
        self._counting = threading.Lock()
        self.synthesised = 0
        self.from_cache = 0

    def say_all(self, texts: Sequence[str]) -> Iterator[Pcm]:
        """The sounds in order; a pool of voices makes several at the same time."""
        at_once = self._engine.at_once if isinstance(self._engine, VoicePool) else 1
        return say_in_order(texts, say=self._say, at_once=at_once)

    def _say(self, text: str) -> Pcm:
        if self._cache is None:
            return self._synthesise(text)
        key = sentence_key(text, engine=self._engine, settings=self._settings)
        pcm = self._cache.find(key)
        if pcm is not None:
            with self._counting:
                self.from_cache += 1
            return pcm
        pcm = self._synthesise(text)
        self._cache.keep(key, pcm)
        return pcm

    def finish(self) -> None:
        if self._cache is not None:
            self._cache.trim()

    def _synthesise(self, text: str) -> Pcm:
        with self._counting:
            self.synthesised += 1
        return self._engine.synthesise(text, settings=self._settings)


def _lay_out(
    sentences: Sequence[Spoken], clips: Sequence[Pcm], *, chime: bool
) -> tuple[list[Piece], int]:
    """All pieces in order, and which of them is the first sentence."""
    rate = clips[0].sample_rate_hz
    opening = [Piece(Pcm(samples=b"", sample_rate_hz=rate), pause_after_ms=LEAD_MS)]
    if chime:
        opening.append(Piece(two_notes(rate), pause_after_ms=PAUSE_AFTER_CHIME_MS))
    pauses = [*(max(0, sentence.pause_after_ms) for sentence in sentences[:-1]), TAIL_MS]
    words = [Piece(clip, pause_after_ms=pause) for clip, pause in zip(clips, pauses, strict=True)]
    return opening + words, len(opening)


def _cue_points(starts: Sequence[int], clips: Sequence[Pcm]) -> tuple[CuePoint, ...]:
    rate = clips[0].sample_rate_hz
    return tuple(
        CuePoint(
            start_ms=round(start * 1000 / rate),
            end_ms=round(start * 1000 / rate) + clip.duration_ms,
        )
        for start, clip in zip(starts, clips, strict=True)
    )


def _master(
    joined: Pcm, *, store: AudioStore, target: Target, band: Band | None
) -> tuple[str, Measurement]:
    with store.workspace() as workspace:
        path = workspace / "bulletin.mp3"
        measured = master_to_mp3(joined, path, target=target, band=band)
        return store.put(path), measured

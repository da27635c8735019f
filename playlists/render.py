"""From sentences to one mastered file in the audio store: the whole way of a bulletin's sound."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from playlists.audio.audio_errors import NothingToHear, NothingToRender
from playlists.audio.dead_air import STATION_ENDS
from playlists.audio.joining import Piece, join
from playlists.audio.mastering import HORN, STATION_TARGET, Band, Target, master_to_mp3
from playlists.audio.pcm import Pcm
from playlists.audio.sounds import Sounds
from playlists.own_sounds.chime import chime as two_notes
from playlists.speech.cache import SentenceCache, sentence_key
from playlists.speech.engine import Engine, VoiceSettings
from playlists.speech.pool import VoicePool, say_in_order

log = structlog.get_logger()

PAUSE_AFTER_CHIME_MS = 400
LEAD_MS = STATION_ENDS.lead_ms
TAIL_MS = STATION_ENDS.tail_ms

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
    store: Sounds,
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
    with store.workspace() as workspace:
        words = _Words(sentences, chime=chime, told=told)
        joined, starts = join(words.pieces(reader), workspace / "bulletin.raw")
        reader.finish()
        # The chime alone would measure well and be stored as a bulletin.
        if not words.heard:
            raise NothingToHear
        path = workspace / "bulletin.mp3"
        measured = master_to_mp3(joined, path, target=target, band=band)
        sha256 = store.put(path)
    told(steps, steps)
    path = store.require(sha256)
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
        cue_points=words.cue_points(starts, sample_rate_hz=joined.sample_rate_hz),
        sentences_synthesised=reader.synthesised,
        sentences_from_cache=reader.from_cache,
    )


class _Words:
    """What is said, piece by piece as the voice says it, and what must be known of it later."""

    def __init__(self, sentences: Sequence[Spoken], *, chime: bool, told: Progress) -> None:
        self._sentences, self._chime, self._told = sentences, chime, told
        self._lengths_ms: list[int] = []
        self.heard = False

    def pieces(self, reader: "_Reader") -> Iterator[Piece]:
        """Everything that will be heard, in order. Raises SpeechError."""
        pauses = [*(max(0, sentence.pause_after_ms) for sentence in self._sentences[:-1]), TAIL_MS]
        clips = reader.say_all([sentence.text for sentence in self._sentences])
        for clip, pause_ms in zip(clips, pauses, strict=True):
            if not self._lengths_ms:
                yield from _opening(clip.sample_rate_hz, chime=self._chime)
            self._lengths_ms.append(clip.duration_ms)
            self.heard = self.heard or any(clip.samples)
            self._told(len(self._lengths_ms), len(self._sentences) + 1)
            yield Piece(clip, pause_after_ms=pause_ms)

    def cue_points(self, starts: Sequence[int], *, sample_rate_hz: int) -> tuple[CuePoint, ...]:
        """Where the sentences are, from where all pieces start in frames."""
        words = starts[len(starts) - len(self._lengths_ms) :]
        starts_ms = [round(start * 1000 / sample_rate_hz) for start in words]
        return tuple(
            CuePoint(start_ms=start_ms, end_ms=start_ms + length_ms)
            for start_ms, length_ms in zip(starts_ms, self._lengths_ms, strict=True)
        )


def _opening(sample_rate_hz: int, *, chime: bool) -> Iterator[Piece]:
    """What comes before the first sentence."""
    yield Piece(Pcm(samples=b"", sample_rate_hz=sample_rate_hz), pause_after_ms=LEAD_MS)
    if chime:
        yield Piece(two_notes(sample_rate_hz), pause_after_ms=PAUSE_AFTER_CHIME_MS)


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

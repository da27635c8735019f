"""Script to mastered MP3: against what the sound itself costs, and against the bare engine."""

import importlib
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from broadcaster.demo.newsroom import demo_script
from playlists.audio.audio_store import AudioStore
from playlists.audio.encoding import decode_mp3, encode_mp3, measure_loudness
from playlists.reading import national_lexicon, read_aloud
from playlists.reading.sentences import split_sentences
from playlists.render import Rendering, render
from playlists.speech.engine import Engine, VoiceSettings
from playlists.speech.espeak import EspeakEngine
from playlists.speech.piper import PiperEngine
from tests.benchmarks.comparison import Comparison, best_seconds

# Piper's only voice that a package carries speaks English; the work is the same.
ENGLISH = "\n\n".join(
    [
        "Good morning. The health station vaccinates children tomorrow at half past seven.",
        "Please bring the record of earlier doses, and come in time. Thank you for listening.",
    ]
    * 6
)
HOUSE = VoiceSettings()


def rendering(*, script: str | None = None, rounds: int = 3) -> Comparison:
    """Seconds of work a minute of sound; nothing comes from a cache."""
    written = script or demo_script()
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name, EspeakEngine() as engine:
        folder = Path(name)
        seconds, sound = _whole_path(written, engine=engine, folder=folder, rounds=rounds)
        rate_hz = sound.sample_rate_hz
        pcm = decode_mp3(sound.path, sample_rate_hz=rate_hz)

        def once_each() -> None:
            encode_mp3(pcm, folder / "again.mp3")
            measure_loudness(folder / "again.mp3", sample_rate_hz=rate_hz)

        baseline = best_seconds(once_each, rounds=rounds)
    return _a_minute(
        "rendering with eSpeak NG",
        sound,
        ours=seconds,
        baseline=baseline,
        against="one encoding and one EBU R128 measurement of the same sound",
    )


def rendering_beside_espeak(*, script: str | None = None, rounds: int = 3) -> Comparison:
    """The whole path against eSpeak NG alone."""
    return _beside_engine(
        "whole path, eSpeak NG", EspeakEngine, script=script or demo_script(), rounds=rounds
    )


def rendering_beside_piper(*, script: str = ENGLISH, rounds: int = 2) -> Comparison:
    """The whole path against Piper alone, on one core each."""
    return _beside_engine("whole path, Piper", _piper, script=script, rounds=rounds)


def _beside_engine(
    name: str,
    opened: Callable[[], AbstractContextManager[Engine]],
    *,
    script: str,
    rounds: int,
) -> Comparison:
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as folder, opened() as engine:
        sentences = split_sentences(_spoken(script))

        def bare() -> None:
            for sentence in sentences:
                engine.synthesise(sentence.text, settings=HOUSE)

        bare()
        baseline = best_seconds(bare, rounds=rounds)
        seconds, sound = _whole_path(script, engine=engine, folder=Path(folder), rounds=rounds)
    return _a_minute(
        name, sound, ours=seconds, baseline=baseline, against="the bare engine on the same words"
    )


def _whole_path(
    script: str, *, engine: Engine, folder: Path, rounds: int
) -> tuple[float, Rendering]:
    made: list[Rendering] = []

    def from_script() -> None:
        store = AudioStore(folder / f"store-{len(made)}")
        sentences = split_sentences(_spoken(script))
        made.append(render(sentences, engine=engine, store=store, settings=HOUSE))

    return best_seconds(from_script, rounds=rounds), made[-1]


def _spoken(script: str) -> str:
    # English is refused as no Vietnamese, and needs no reading.
    return script if script is ENGLISH else read_aloud(script, national_lexicon()).spoken


def _a_minute(
    name: str, sound: Rendering, *, ours: float, baseline: float, against: str
) -> Comparison:
    minutes = sound.duration_ms / 60_000
    seconds = sound.duration_ms / 1_000
    return Comparison(
        name=name,
        work=(
            f"{len(sound.cue_points)} sentences, {seconds:.0f} s of sound; "
            f"{seconds / ours:.1f} times real time"
        ),
        ours=ours / minutes,
        baseline=baseline / minutes,
        unit="s/min",
        against=against,
    )


def _piper() -> PiperEngine:
    # Loaded here: the table of measures can be read without a voice of 63 MB.
    voices = importlib.import_module("tests.playlists.speech.voices")
    return PiperEngine(voices.real_voice())

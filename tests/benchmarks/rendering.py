"""Script to mastered MP3: against what the sound itself costs, and against the bare engine."""

import importlib
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any

from broadcaster.demo.newsroom import demo_script
from playlists.audio.audio_store import AudioStore
from playlists.audio.encoding import decode_mp3, encode_mp3, measure_loudness
from playlists.reading import national_lexicon, read_aloud
from playlists.reading.sentences import split_sentences
from playlists.render import Rendering, render
from playlists.speech.engine import Engine, VoiceSettings
from playlists.speech.espeak import EspeakEngine
from playlists.speech.installed_voice import VoiceFiles
from playlists.speech.piper import PiperEngine
from playlists.speech.piper_model import load
from playlists.speech.pool import VoicePool, cores
from tests.benchmarks.comparison import Comparison, best_seconds, by_turns

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


def rendering_beside_piper(*, script: str = ENGLISH, rounds: int = 5) -> Comparison:
    """The whole path with one process of Piper against Piper's library, one thread each."""
    return _beside_library(
        "whole path, Piper, one core",
        script=script,
        rounds=rounds,
        processes=1,
        opened=lambda files: load(files).voice,
        against="Piper's library in this process, one thread, the same sentences",
    )


def rendering_beside_piper_on_all_cores(*, script: str = ENGLISH, rounds: int = 5) -> Comparison:
    """The whole path as the station runs it against Piper's library with the threads it likes."""
    return _beside_library(
        "whole path, Piper, all cores",
        script=script,
        rounds=rounds,
        processes=cores(),
        opened=_library_as_it_comes,
        against="Piper's library in this process, its own threads, the same sentences",
    )


def _beside_library(
    name: str,
    *,
    script: str,
    rounds: int,
    processes: int,
    opened: Callable[[VoiceFiles], Any],
    against: str,
) -> Comparison:
    # Loaded here: the table of measures can be read without a voice of 63 MB.
    voice = importlib.import_module("tests.playlists.speech.voices").real_voice()
    engines = [PiperEngine(voice) for _ in range(processes)]
    unpooled = iter(engines)
    library = opened(voice.files)
    made: list[Rendering] = []
    with (
        tempfile.TemporaryDirectory(prefix="loa-bench-") as folder,
        VoicePool(lambda: next(unpooled), size=processes) as pool,
    ):
        sentences = split_sentences(_spoken(script))

        def bare() -> None:
            for sentence in sentences:
                for _ in library.synthesize(sentence.text):
                    pass

        def whole() -> None:
            store = AudioStore(Path(folder) / f"store-{len(made)}")
            again = split_sentences(_spoken(script))
            made.append(render(again, engine=pool, store=store, settings=HOUSE))

        bare()
        whole()
        turns = by_turns(
            baseline=bare, ours=whole, cpu_s=lambda: _cpu_s_with(engines), rounds=rounds
        )
    ours = median(each.wall_s for each in turns.ours)
    minutes = made[-1].duration_ms / 60_000
    return Comparison(
        name=name,
        work=(
            f"{len(sentences)} sentences, {minutes * 60:.0f} s of sound; "
            f"{minutes * 60 / ours:.1f} times real time; {rounds} rounds by turns "
            f"{min(turns.wall_ratios):.2f}–{max(turns.wall_ratios):.2f}; processor time "
            f"{median(turns.cpu_ratios):.2f} times; load {os.getloadavg()[0]:.1f}"
        ),
        ours=ours / minutes,
        baseline=median(each.wall_s for each in turns.baseline) / minutes,
        unit="s/min",
        against=against,
        ratios=turns.wall_ratios,
    )


def _library_as_it_comes(files: VoiceFiles) -> Any:  # noqa: ANN401 - Piper has no types
    # Loaded first as the worker loads it, so that both find the same libraries.
    piper = load(files).piper
    return piper.PiperVoice.load(files.model, config_path=files.config)


def _cpu_s_with(engines: Sequence[PiperEngine]) -> float:
    """Processor time of this process, of what it waited for, and of the voices with their forks."""
    own = os.times()
    ids = [engine.process_id for engine in engines]
    voices = sum(_cpu_s_of(id_) for id_ in ids if id_ is not None)
    return time.process_time() + own.children_user + own.children_system + voices


def _cpu_s_of(process_id: int) -> float:
    told = Path(f"/proc/{process_id}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")


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
        name,
        sound,
        ours=seconds,
        baseline=baseline,
        against="the engine's own process on the same words",
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

"""Script to mastered MP3, against one measurement and one encoding of the same sound."""

import tempfile
from pathlib import Path

from broadcaster.demo.newsroom import demo_script
from playlists.audio_store import AudioStore
from playlists.encoding import decode_mp3, encode_mp3, measure_loudness
from playlists.reading import national_lexicon, read_aloud
from playlists.reading.sentences import split_sentences
from playlists.render import Rendering, render
from playlists.speech.engine import VoiceSettings
from playlists.speech.espeak import EspeakEngine
from tests.benchmarks.comparison import Comparison, best_seconds


def rendering(*, script: str | None = None, rounds: int = 3) -> Comparison:
    """Seconds of work a minute of sound; nothing comes from a cache."""
    written = script or demo_script()
    lexicon = national_lexicon()
    made: list[Rendering] = []
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as name, EspeakEngine() as engine:
        folder = Path(name)

        def from_script() -> None:
            sentences = split_sentences(read_aloud(written, lexicon).spoken)
            store = AudioStore(folder / f"store-{len(made)}")
            made.append(render(sentences, engine=engine, store=store, settings=VoiceSettings()))

        ours = best_seconds(from_script, rounds=rounds)
        sound, rate_hz = made[-1], made[-1].sample_rate_hz
        pcm = decode_mp3(sound.path, sample_rate_hz=rate_hz)

        def once_each() -> None:
            encode_mp3(pcm, folder / "again.mp3")
            measure_loudness(folder / "again.mp3", sample_rate_hz=rate_hz)

        baseline = best_seconds(once_each, rounds=rounds)
    minutes = sound.duration_ms / 60_000
    return Comparison(
        name="rendering",
        work=f"{len(sound.cue_points)} sentences, {sound.duration_ms / 1_000:.0f} s of sound",
        ours=ours / minutes,
        baseline=baseline / minutes,
        unit="s/min",
        against="one encoding and one EBU R128 measurement of the same sound",
    )

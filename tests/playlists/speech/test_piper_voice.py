"""The real Piper with a real voice: it speaks, repeats itself exactly, and survives its process."""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from playlists.audio.audio_store import AudioStore
from playlists.render import render
from playlists.speech.catalogue import Catalogue, CatalogueVoice, VoiceFile
from playlists.speech.engine import VoiceSettings
from playlists.speech.errors import VoiceRefused, VoiceUnavailable
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.piper import PiperEngine, worker_command
from playlists.speech.voice_store import install
from tests.playlists.sounds import Line, metered
from tests.playlists.speech.voices import real_voice

PLAIN = VoiceSettings()
HELLO = "Good evening, dear listeners."
NOTICE = "On Saturday the health station is open from seven to eleven."


@pytest.fixture(scope="module")
def voice() -> InstalledVoice:
    """The English voice that a package carries."""
    return real_voice()


@pytest.fixture(scope="module")
def piper(voice: InstalledVoice) -> Iterator[PiperEngine]:
    """That voice in its real process."""
    with PiperEngine(voice) as engine:
        yield engine


def test_a_sentence_is_spoken_at_a_speaking_pace(piper: PiperEngine) -> None:
    """Eight syllables take between one and three seconds, at the voice's own sample rate."""
    pcm = piper.synthesise(HELLO, settings=PLAIN)

    assert 1_000 < pcm.duration_ms < 3_000
    assert pcm.sample_rate_hz == 22_050
    assert any(pcm.samples)


def test_a_sentence_sounds_the_same_whatever_was_said_before(
    piper: PiperEngine, voice: InstalledVoice
) -> None:
    """The model's random numbers begin anew with every sentence, here and in a new process."""
    first = piper.synthesise(HELLO, settings=PLAIN)
    piper.synthesise(NOTICE, settings=PLAIN)

    assert piper.synthesise(HELLO, settings=PLAIN) == first
    with PiperEngine(voice) as fresh:
        assert fresh.synthesise(HELLO, settings=PLAIN) == first


@pytest.mark.parametrize(("rate", "least", "most"), [(0.6, 1.3, 2.0), (1.6, 0.5, 0.8)])
def test_rate_is_a_factor_of_the_normal_speed(
    piper: PiperEngine, rate: float, least: float, most: float
) -> None:
    """A slow voice takes longer, a fast one less."""
    normal_ms = piper.synthesise(NOTICE, settings=PLAIN).duration_ms
    asked_ms = piper.synthesise(NOTICE, settings=VoiceSettings(rate=rate)).duration_ms

    assert least < asked_ms / normal_ms < most


@pytest.mark.parametrize("text", ["", "…", "\x1f-A ‖-z", "[[a]] <b>&\0</b>", "Kính thưa bà con"])
def test_any_text_is_survived(piper: PiperEngine, text: str) -> None:
    """Signs, raw phonemes and another language end in samples from the same process."""
    before = piper.version and piper.process_id
    piper.synthesise(text, settings=PLAIN)

    assert piper.process_id == before


def test_a_long_sentence_is_spoken_whole(piper: PiperEngine) -> None:
    """A sentence of several breaths is about as long as its parts."""
    part_ms = piper.synthesise(NOTICE, settings=PLAIN).duration_ms
    whole_ms = piper.synthesise(f"{NOTICE[:-1]}, " * 8, settings=PLAIN).duration_ms

    assert 6 < whole_ms / part_ms < 10


def test_the_version_names_the_program_and_the_very_voice(
    piper: PiperEngine, voice: InstalledVoice
) -> None:
    """Another release or another revision of the voice must not share a cache."""
    assert piper.version[0].isdigit()
    assert voice.files.model_sha256[:12] in piper.version
    assert voice.files.config_sha256[:12] in piper.version


def test_the_process_reports_to_nobody(voice: InstalledVoice, tmp_path: Path) -> None:
    """No uploading thread, no connection and no device identifier: only the station is told."""
    home = ("env", "-u", "CI", f"HOME={tmp_path}", f"XDG_CACHE_HOME={tmp_path}")
    with PiperEngine(voice, command=(*home, *worker_command(voice.files))) as engine:
        engine.synthesise(HELLO, settings=PLAIN)
        process = Path(f"/proc/{engine.process_id}")
        threads = list((process / "task").iterdir())
        sockets = [link for link in (process / "fd").iterdir() if "socket" in str(link.readlink())]

    assert len(threads) == 1
    assert sockets == []
    assert list(tmp_path.iterdir()) == []


def test_a_voice_killed_between_sentences_speaks_on(voice: InstalledVoice) -> None:
    """The next sentence comes from a new process and sounds the same."""
    with PiperEngine(voice) as engine:
        before = engine.synthesise(HELLO, settings=PLAIN)
        killed = engine.process_id
        assert killed is not None
        os.kill(killed, signal.SIGKILL)

        assert engine.synthesise(HELLO, settings=PLAIN) == before
        assert engine.process_id != killed


def test_a_sentence_that_breaks_the_library_costs_only_itself(voice: InstalledVoice) -> None:
    """It is refused by name and the process speaks on."""
    program = (
        "import os, signal, sys\n"
        "from playlists.speech import piper_worker\n"
        "speak = piper_worker.speak\n"
        "def fragile(model, request):\n"
        "    if 'five' in request.text: os.kill(os.getpid(), signal.SIGSEGV)\n"
        "    return speak(model, request)\n"
        "piper_worker.speak = fragile\n"
        "sys.exit(piper_worker.main(sys.argv[1:]))\n"
    )
    arguments = worker_command(voice.files)[-4:]
    with PiperEngine(voice, command=(sys.executable, "-c", program, *arguments)) as engine:
        with pytest.raises(VoiceRefused, match="Piper died of this sentence: SIGSEGV"):
            engine.synthesise("Storm number five.", settings=PLAIN)
        pid = engine.process_id

        assert engine.synthesise(HELLO, settings=PLAIN).duration_ms > 1_000
        assert engine.process_id == pid


@pytest.mark.parametrize("harm", [None, b"", b"another model"], ids=["gone", "empty", "changed"])
def test_a_voice_whose_files_changed_does_not_speak(
    voice: InstalledVoice, tmp_path: Path, harm: bytes | None
) -> None:
    """What was not installed is not loaded: the caller is told that there is no voice."""
    model = tmp_path / "voice.onnx"
    if harm is not None:
        model.write_bytes(harm)
    spoilt = replace(voice, files=replace(voice.files, model=model))
    with PiperEngine(spoilt) as engine, pytest.raises(VoiceUnavailable):
        engine.synthesise(HELLO, settings=PLAIN)


def test_a_module_in_the_current_folder_is_not_taken_for_a_library(
    voice: InstalledVoice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever somebody stands when they ask for a sentence."""
    tmp_path.joinpath("onnxruntime.py").write_text("raise ImportError('not the library')")
    monkeypatch.chdir(tmp_path)
    with PiperEngine(voice) as engine:
        assert engine.synthesise(HELLO, settings=PLAIN).duration_ms > 500


def test_a_machine_without_piper_says_so(voice: InstalledVoice, tmp_path: Path) -> None:
    """Piper is an extra; without it the process greets with its refusal."""
    tmp_path.joinpath("piper.py").write_text("raise ImportError('no piper here')")
    path = f"PYTHONPATH={tmp_path}:{Path.cwd()}"
    with (
        PiperEngine(voice, command=("env", path, *worker_command(voice.files))) as engine,
        pytest.raises(VoiceUnavailable, match="no piper here"),
    ):
        engine.synthesise(HELLO, settings=PLAIN)


def test_an_installed_voice_is_heard_on_air(
    voice: InstalledVoice, tmp_path: Path, store: AudioStore
) -> None:
    """From a source folder to the mastered file: installed, spoken, loud enough, named."""
    described = CatalogueVoice(
        name="en_US-joe-medium",
        title_vi="Giọng nam tiếng Anh",
        title_en="An English man's voice",
        engine="piper",
        language="en",
        espeak_voice="en-us",
        sample_rate_hz=22_050,
        path="en/en_US/joe/medium",
        licence="CC0",
        credit="Joe",
        model=VoiceFile(
            name=voice.files.model.name,
            size_bytes=voice.files.model.stat().st_size,
            sha256=(voice.files.model_sha256,),
        ),
        config=VoiceFile(
            name=voice.files.config.name, size_bytes=voice.files.config.stat().st_size
        ),
    )
    there = install(
        described.name,
        source=voice.files.model.parent,
        into=tmp_path / "voices",
        catalogue=Catalogue(voice=(described,)),
    )
    with PiperEngine(there) as engine:
        rendering = render((Line(HELLO), Line(NOTICE)), engine=engine, store=store, settings=PLAIN)

        assert (rendering.engine, rendering.engine_version) == ("piper", engine.version)
    loudness_lufs, true_peak_dbtp = metered(rendering.path)
    assert loudness_lufs == pytest.approx(-16.0, abs=1.0)
    assert true_peak_dbtp <= -1.0
    assert rendering.duration_ms > 5_000

"""The real eSpeak NG: it speaks three accents, says the same thing twice, and survives its text."""

import os
import subprocess
import sys
from pathlib import Path

import espeakng_loader
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.errors import VoiceUnavailable
from playlists.speech.espeak import EspeakEngine
from tests.playlists.sounds import GREETING, NOTICE

PLAIN = VoiceSettings()


def exit_code(program: str, *, path: str) -> int:
    """What a program of its own ends with, finding its modules on `path`."""
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, check=False, timeout=60).returncode


def test_a_sentence_is_spoken_at_a_speaking_pace(espeak: EspeakEngine) -> None:
    """Seven syllables take between one and three seconds, and are not silence."""
    pcm = espeak.synthesise(GREETING.text, settings=PLAIN)

    assert 1_000 < pcm.duration_ms < 3_000
    assert pcm.sample_rate_hz == 22_050
    assert any(pcm.samples)


def test_a_module_in_the_current_folder_is_not_taken_for_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever somebody stands when they ask for a sentence."""
    tmp_path.joinpath("struct.py").write_text("print('not the library')")
    monkeypatch.chdir(tmp_path)
    with EspeakEngine() as engine:
        assert engine.synthesise(GREETING.text, settings=PLAIN).duration_ms > 500


def test_the_three_accents_sound_different(espeak: EspeakEngine) -> None:
    """North, central and south are three voices, not one under three names."""
    sounds = {espeak.synthesise(GREETING.text, settings=VoiceSettings(accent=a)) for a in Accent}

    assert len(sounds) == 3


@pytest.mark.parametrize(("rate", "least", "most"), [(0.6, 1.3, 2.0), (1.6, 0.4, 0.8)])
def test_rate_is_a_factor_of_the_normal_speed(
    espeak: EspeakEngine, rate: float, least: float, most: float
) -> None:
    """A slow voice takes longer, a fast one less."""
    normal_ms = espeak.synthesise(NOTICE.text, settings=PLAIN).duration_ms
    asked_ms = espeak.synthesise(NOTICE.text, settings=VoiceSettings(rate=rate)).duration_ms

    assert least < asked_ms / normal_ms < most


def test_pitch_changes_the_sound(espeak: EspeakEngine) -> None:
    """A higher pitch is another sound."""
    high = espeak.synthesise(GREETING.text, settings=VoiceSettings(pitch=80))

    assert high != espeak.synthesise(GREETING.text, settings=PLAIN)


def test_a_sentence_sounds_the_same_whatever_was_said_before(espeak: EspeakEngine) -> None:
    """The random state of eSpeak is not carried on, in this process or into a new one."""
    first = espeak.synthesise(GREETING.text, settings=PLAIN)
    espeak.synthesise(NOTICE.text, settings=VoiceSettings(accent=Accent.SOUTH))

    assert espeak.synthesise(GREETING.text, settings=PLAIN) == first
    with EspeakEngine() as fresh:
        assert fresh.synthesise(GREETING.text, settings=PLAIN) == first


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200) | st.text(alphabet="aA1 .,-–—\x1f‖…(\n", max_size=40))
def test_any_text_is_survived(espeak: EspeakEngine, text: str) -> None:
    """Whatever the letters, a whole number of samples comes back from the same process."""
    espeak.synthesise(GREETING.text, settings=PLAIN)
    before = espeak.process_id
    espeak.synthesise(text, settings=PLAIN)

    assert espeak.process_id == before


def test_a_nul_does_not_swallow_the_rest(espeak: EspeakEngine) -> None:
    """A C string ends at NUL; a sentence does not."""
    whole = espeak.synthesise("bà con\0và các bạn nghe đài", settings=PLAIN)

    assert whole.duration_ms > 2 * espeak.synthesise("bà con", settings=PLAIN).duration_ms


def test_a_script_without_a_full_stop_is_spoken_whole(espeak: EspeakEngine) -> None:
    """The longest allowed script as one sentence does not hang or stop early."""
    pcm = espeak.synthesise("bà con " * 4_000, settings=PLAIN)

    assert pcm.duration_ms > 20 * 60 * 1000


def test_the_version_names_the_library_and_its_origin(espeak: EspeakEngine) -> None:
    """The same words may sound different from another build, so the version tells them apart."""
    assert espeak.version.split()[1] in {"(wheel)", "(system)"}
    assert espeak.version[0].isdigit()


def test_the_version_alone_starts_the_process() -> None:
    """A cache asks for the version before any sentence."""
    with EspeakEngine() as engine:
        assert engine.process_id is None
        assert engine.version
        assert engine.process_id is not None


def test_the_wheel_speaks_from_a_very_deep_folder(tmp_path: Path) -> None:
    """The library keeps its data path in 160 bytes; a deep virtual environment still speaks."""
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 8)
    deep.mkdir(parents=True)
    deep.joinpath("espeakng_loader").symlink_to(Path(espeakng_loader.__file__).parent)
    program = (
        "from playlists.speech import espeak_library as library\n"
        "found = library.load(system_library='libabsent.so')\n"
        "request = library.Request(text='bà con', voice='vi', words_per_minute=175, pitch=50)\n"
        "assert library.speak(found, request).duration_ms > 100\n"
    )
    path = f"{deep}:{Path.cwd()}"

    assert exit_code(program, path=path) == 0


def test_a_machine_without_any_espeak_says_so(tmp_path: Path) -> None:
    """No library at all is a named error with a sentence, not a crash."""
    tmp_path.joinpath("espeakng_loader.py").write_text("raise ImportError")
    program = (
        "from playlists.speech.errors import VoiceUnavailable\n"
        "from playlists.speech import espeak_library as library\n"
        "try: library.load(system_library='libabsent.so')\n"
        "except VoiceUnavailable: raise SystemExit(7)\n"
    )
    path = f"{tmp_path}:{Path.cwd()}"

    assert exit_code(program, path=path) == 7


def test_a_machine_without_a_voice_is_named_to_the_caller(tmp_path: Path) -> None:
    """The process greets with its refusal; the caller gets VoiceUnavailable at once."""
    tmp_path.joinpath("espeakng_loader.py").write_text(
        "def get_library_path(): return 'libabsent.so'\n"
    )
    path = f"PYTHONPATH={tmp_path}:{Path.cwd()}"
    program = (
        "import sys\n"
        "from playlists.speech import espeak_library, espeak_worker\n"
        "espeak_worker.load = lambda: espeak_library.load(system_library='libabsent.so')\n"
        "sys.exit(espeak_worker.main())\n"
    )
    with EspeakEngine(command=("env", path, sys.executable, "-c", program)) as engine:
        with pytest.raises(VoiceUnavailable):
            engine.synthesise("bà con", settings=PLAIN)

        assert engine.process_id is None

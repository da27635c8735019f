"""The studio: words and sound of a script, each failure in the reader's words."""

import threading
from pathlib import Path

import pytest

from broadcaster.bulletins.errors import ScriptNotReadable, SoundNotMade, StudioBusy
from broadcaster.bulletins.studio import Studio, open_studio
from broadcaster.settings import Settings
from playlists.audio.audio_store import AudioStore
from playlists.speech.engine import Pcm, VoiceSettings
from playlists.speech.errors import VoiceCrashed
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine

SCRIPT = "Sáng mai, ngày 24/11, trạm y tế xã tiêm vắc xin cho trẻ em."


class SlowVoice(ToneEngine):
    """Says nothing before it is let go; tells when it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """Wait, then speak."""
        self.begun.release()
        assert self.go.wait(timeout=30)
        return super().synthesise(sentence, settings=settings)


class BrokenVoice(ToneEngine):
    """Crashes whenever it is asked."""

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:  # noqa: ARG002
        """Crash."""
        raise VoiceCrashed


def test_a_script_is_refused_under_the_reading_layers_own_code(studio: Studio) -> None:
    """In its words, at the script's field."""
    with pytest.raises(ScriptNotReadable) as refused:
        studio.read("Sang mai tram y te xa tiem vac xin cho tre em. Ba con den dung gio. " * 8)

    assert refused.value.code == "script_unreadable"
    assert (refused.value.status, refused.value.field) == (422, "script")


def test_a_voice_that_crashes_is_told_as_unavailable(tmp_path: Path) -> None:
    """503 in the voice's own words, and its place in the studio is free again."""
    studio = Studio(voices=OneVoice(BrokenVoice()), store=AudioStore(tmp_path), busy_after_s=0.01)

    for _ in range(3):
        with pytest.raises(SoundNotMade) as failed:
            studio.make(SCRIPT)
        assert (failed.value.code, failed.value.status) == (VoiceCrashed.code, 503)


def test_two_render_at_once_and_a_third_is_told_to_wait(tmp_path: Path) -> None:
    """Two cores' worth of work; the third person's words are safe meanwhile."""
    voice = SlowVoice()
    studio = Studio(voices=OneVoice(voice), store=AudioStore(tmp_path), busy_after_s=0.01)
    threads = [threading.Thread(target=studio.make, args=[SCRIPT]) for _ in range(2)]
    for thread in threads:
        thread.start()
        assert voice.begun.acquire(timeout=30)

    with pytest.raises(StudioBusy):
        studio.make(SCRIPT)

    voice.go.set()
    for thread in threads:
        thread.join(timeout=60)
    assert studio.make(SCRIPT).rendering.duration_ms > 0


def test_the_stations_own_studio_speaks_vietnamese(tmp_path: Path) -> None:
    """A real voice, mastered, kept in the audio folder; the same script sounds the same."""
    settings = Settings(state_dir=tmp_path)

    with open_studio(settings) as studio:
        sound = studio.make(SCRIPT)
        again = studio.make(SCRIPT)

    assert sound.rendering.engine == "espeak-ng"
    assert 2_000 < sound.rendering.duration_ms < 20_000
    assert (settings.audio_dir / f"{sound.rendering.sha256}.mp3").is_file()
    assert again.rendering.sha256 == sound.rendering.sha256
    assert again.rendering.sentences_synthesised == 0

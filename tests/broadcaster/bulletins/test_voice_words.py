"""Who read a bulletin, as operators and leaders are told."""

from pathlib import Path

from broadcaster.bulletins.voice_words import KnownVoices, known_voices, voice_in
from broadcaster.settings import Settings
from playlists.speech.catalogue import shipped_catalogue
from playlists.speech.voice_store import install
from tests.broadcaster.voices.joe import NAME, joe_in

SOUND = "piper 1.8.0/1 en_US-joe-medium 58e1ee4b+1b4a5f"


def test_a_voice_of_the_installations_own_catalogue_has_its_title(tmp_path: Path) -> None:
    """By its sound and by what was chosen; whom to thank is in its receipt."""
    joe = joe_in(tmp_path)
    settings = Settings(state_dir=tmp_path, voice_catalogue=joe.catalogue_file)
    install(NAME, source=joe.source, into=settings.voices_dir, catalogue=joe.catalogue)
    known = known_voices(settings)

    heard, chosen = voice_in(SOUND, known=known), voice_in(f"piper:{NAME}", known=known)

    assert (heard.title_vi, heard.credit) == ("Giọng thử Joe", "Joe (CC0 1.0)")
    assert chosen.title_en == "Joe on trial"


def test_a_voice_that_nobody_knows_any_more_is_called_by_its_name() -> None:
    """Without the key of its engine, its version and its hashes."""
    known = KnownVoices(shipped_catalogue())

    assert voice_in(SOUND, known=known).title_vi == "en_US-joe-medium"
    assert voice_in("piper:en_US-joe-medium", known=known).title_vi == "en_US-joe-medium"

"""Who is thanked for a voice that was heard."""

import pytest

from broadcaster.voices.credits import credit_of
from playlists.speech.installed_voice import InstalledVoice
from tests.playlists.speech.voices import real_voice

VAIS = "piper 1.8.0/1 vi_VN-vais1000-medium d82296bdf909+112c2fe1c75a"
JOE = "piper 1.8.0/1 en_US-joe-medium 58e1ee4b+1b4a5f"


def test_the_voice_that_spoke_is_thanked_with_its_licence() -> None:
    """By the text that is kept with the audio; the voice may be gone since."""
    credit = credit_of(VAIS)

    assert credit.startswith("VAIS-1000 Vietnamese Speech Synthesis Corpus")
    assert credit.endswith("(CC BY 4.0)")


@pytest.mark.parametrize(("voices", "credit"), [((), ""), ((real_voice(),), "Joe (CC0)")])
def test_a_voice_of_ones_own_is_thanked_while_it_is_there(
    voices: tuple[InstalledVoice, ...], credit: str
) -> None:
    """The shipped catalogue does not know it; its receipt does."""
    assert credit_of(JOE, voices=voices) == credit


@pytest.mark.parametrize("engine", ["espeak-ng 1.52.0 (wheel)", "gtts online 2026-11", ""])
def test_engines_without_a_voice_of_somebody_owe_no_credit(engine: str) -> None:
    """They are named as the engine, that is all."""
    assert credit_of(engine) == ""

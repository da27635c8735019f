"""What is short to write and takes half a day to say holds no place in the studio."""

from pathlib import Path

import pytest

from broadcaster.bulletins.delivery import Delivery
from broadcaster.bulletins.errors import SCRIPT_LIMIT_CHARACTERS, SpokenOverLimit
from broadcaster.bulletins.studio import Studio
from playlists.audio.audio_store import AudioStore
from playlists.audio.pcm import Pcm
from playlists.delivery import Repeat
from playlists.speech.engine import VoiceSettings
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import ToneEngine
from tests.security.conftest import CSRF, Site

NUMBERS = ("Kính thưa bà con. " + "987654321987 " * 3_000)[:SCRIPT_LIMIT_CHARACTERS]


class NeverAsked(ToneEngine):
    """A voice that must not be troubled."""

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """Fail."""
        raise AssertionError(f"asked to say {len(sentence)} characters at {settings.rate}")


@pytest.mark.parametrize("repeat", list(Repeat))
def test_a_page_of_long_numbers_reaches_no_voice(tmp_path: Path, repeat: Repeat) -> None:
    """A hundred thousand words: refused before the first of them is said."""
    studio = Studio(voices=OneVoice(NeverAsked()), store=AudioStore(tmp_path))

    with pytest.raises(SpokenOverLimit):
        studio.make(NUMBERS, delivery=Delivery(repeat=repeat))


def test_the_author_is_told_and_loses_nothing(site: Site) -> None:
    """On the page and by the API, at the script's field; what was written is kept."""
    author, program = site.browser("operator"), site.program("operator")
    form = {"csrf_token": CSRF, "title": "Số", "script": NUMBERS, "priority": "3"}

    page = author.post("/bulletins", data=form)
    made = program.post("/api/bulletins", json={"title": "Số", "script": NUMBERS}).json()
    told = program.post(f"/api/bulletins/{made['id']}/rendition")

    assert page.status_code == 422
    assert "mất hơn hai giờ" in page.text
    assert (told.status_code, told.json()["code"]) == (422, "spoken_over_limit")
    assert program.get(f"/api/bulletins/{made['id']}").json()["script"] == NUMBERS

"""Hearing a sentence by itself, of what is saved and of what is being written."""

from pathlib import Path

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.bulletins.sentences import heard_sentences
from broadcaster.bulletins.studio import Studio
from playlists.audio.audio_store import AudioStore
from playlists.reading.sentences import Gaps, split_sentences
from playlists.speech.one_voice import OneVoice
from playlists.speech.tones import Pcm, ToneEngine, VoiceSettings
from tests.broadcaster.small_station import SmallStation, browser, form_token

SPOKEN = "Kính thưa bà con. Sáng mai họp thôn.\n\nXin mời bà con, các cụ, các bác đến dự."


class CountingVoice(ToneEngine):
    """Counts what it is asked to say."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """Note it, then say it."""
        self.said.append(sentence)
        return super().synthesise(sentence, settings=settings)


@pytest.mark.parametrize("gaps", list(Gaps))
def test_each_sentence_knows_its_place_in_the_sound(gaps: Gaps) -> None:
    """Whatever gaps the station had when it was made."""
    sentences = split_sentences(SPOKEN, gaps=gaps)
    cues = [[n * 1_000, n * 1_000 + 800] for n in range(len(sentences))]
    heard = heard_sentences(SPOKEN, cues)

    assert [each.text for each in heard] == [each.text for each in sentences]
    assert heard[1].fragment == "#t=1.00,1.80"


def test_where_nobody_knows_the_places_none_is_shown() -> None:
    """A person's recording has no such points, and an older sound may have others."""
    assert heard_sentences(SPOKEN, []) == ()
    assert heard_sentences(SPOKEN, [[0, 1]] * 99) == ()


def test_what_was_said_just_now_is_said_again_at_once(tmp_path: Path) -> None:
    """Without the voice, in another speed with it, and from anew where its sound is gone."""
    voice = CountingVoice()
    studio = Studio(voices=OneVoice(voice), store=AudioStore(tmp_path))
    first = studio.say("Kính thưa bà con.")
    again = studio.say("Kính thưa bà con.")
    assert (again, len(voice.said)) == (first, 1)

    slower = studio.say("Kính thưa bà con.", rate=0.8)
    assert len(voice.said) == 2
    assert slower.duration_ms > 0
    first.path.unlink()
    assert studio.say("Kính thưa bà con.").path.is_file()
    assert len(voice.said) == 3


def test_the_sentence_at_the_cursor_is_heard_and_nothing_is_kept(
    sqlite_station: SmallStation, studio: Studio
) -> None:
    """The part alone, in words and sound; a mistake is told beside it."""
    app = create_app(sqlite_station.context, studio=studio)
    writer = browser(app, token=sqlite_station.session_of("an", Role.OPERATOR))
    proof = {"csrf_token": form_token(writer.get("/").text)}
    script = "Kính thưa bà con.\r\nLúc 7 giờ, mời bà con họp.\r\nXin cảm ơn."
    asked = proof | {"script": script, "part": "sentence", "cursor": "20"}
    heard = writer.post("/bulletins/preview", data=asked)
    whole = writer.post("/bulletins/preview", data=asked | {"part": "whole"})
    nothing = writer.post("/bulletins/preview", data=proof | {"script": " "})

    assert "Lúc bảy giờ, mời bà con họp." in heard.text
    assert "Kính thưa" not in heard.text
    assert "/audio/" in heard.text
    assert "Kính thưa" in whole.text
    assert (nothing.status_code, "chưa có chữ nào" in nothing.text) == (422, True)
    assert "Chưa có bản tin nào" in writer.get("/bulletins").text

"""The manner eSpeak NG speaks in: chosen by measurement, heard, and part of the voice's version."""

import pytest

from playlists.speech.cache import sentence_key
from playlists.speech.engine import SLOWEST, VoiceSettings
from playlists.speech.espeak import HOUSE_MANNER, EspeakEngine, Manner
from tests.playlists.sounds import GREETING, NOTICE

PLAIN = VoiceSettings()
# eSpeak NG does not speak more slowly than this, whatever it is asked.
SLOWEST_WORDS_PER_MINUTE = 80


@pytest.mark.parametrize(
    "manner",
    [
        Manner(words_per_minute=HOUSE_MANNER.words_per_minute + 30),
        Manner(pitch_range=HOUSE_MANNER.pitch_range + 40),
        Manner(word_gap_10ms=HOUSE_MANNER.word_gap_10ms + 5),
        Manner(variant="f2"),
    ],
    ids=["pace", "melody", "gaps", "quality"],
)
def test_another_manner_is_another_sound_under_another_key(
    espeak: EspeakEngine, manner: Manner
) -> None:
    """What was cached in one manner is never played for another."""
    with EspeakEngine(manner=manner) as other:
        sound = other.synthesise(GREETING.text, settings=PLAIN)
        key = sentence_key(GREETING.text, engine=other, settings=PLAIN)

    assert sound != espeak.synthesise(GREETING.text, settings=PLAIN)
    assert key != sentence_key(GREETING.text, engine=espeak, settings=PLAIN)


def test_gaps_between_words_take_time(espeak: EspeakEngine) -> None:
    """Fourteen syllables with a twentieth of a second more between them."""
    usual_ms = espeak.synthesise(NOTICE.text, settings=PLAIN).duration_ms
    with EspeakEngine(manner=Manner(word_gap_10ms=5)) as other:
        gaps_ms = other.synthesise(NOTICE.text, settings=PLAIN).duration_ms - usual_ms

    assert gaps_ms > 400


def test_the_house_speaks_no_faster_than_a_newsreader(espeak: EspeakEngine) -> None:
    """At most three and a half syllables a second: old people outdoors are to follow."""
    duration_ms = espeak.synthesise(NOTICE.text, settings=PLAIN).duration_ms

    assert len(NOTICE.text.split()) / (duration_ms / 1_000) < 3.5


def test_the_slowest_rate_is_really_that_slow() -> None:
    """The library's own lower limit lies below what a station may ask."""
    assert HOUSE_MANNER.words_per_minute * SLOWEST >= SLOWEST_WORDS_PER_MINUTE

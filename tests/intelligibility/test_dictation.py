"""From sentences to figures, with a listener that writes what it is told to."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from playlists.audio.mastering import HORN
from playlists.audio.pcm import Pcm
from playlists.reading import read_aloud
from playlists.speech.engine import VoiceSettings
from playlists.speech.espeak import EspeakEngine, Manner
from tests.intelligibility.head import head, identity
from tests.intelligibility.listened import line_of, way_of
from tests.intelligibility.listening import LISTENING_RATE_HZ, Heard
from tests.intelligibility.measuring import dictate, kinds, sentences
from tests.intelligibility.recordings import later, mastered, unmastered
from tests.intelligibility.settings import (
    CHOSEN,
    TAKES_LATER_MS,
    Trial,
    espeak_trials,
    piper_trials,
)
from tests.intelligibility.table import read_table

SECOND = Pcm(samples=bytes(2 * LISTENING_RATE_HZ), sample_rate_hz=LISTENING_RATE_HZ)
PLAIN = VoiceSettings()
RESULTS = Path(__file__).with_name("results.md")


@dataclass
class Dictaphone:
    """A listener that hears all but the last word, and remembers how long each sound was."""

    durations_ms: list[int] = field(default_factory=list)
    version: str = "dictaphone 1"

    def hear(self, sound: Pcm, *, said: str) -> Heard:
        """All but the last word."""
        self.durations_ms.append(sound.duration_ms)
        return Heard(text=said.rpartition(" ")[0], surprise_bits=2.0)


def test_there_are_twenty_sentences_of_different_kinds() -> None:
    """Each is about something else."""
    assert len(sentences()) == len(set(kinds())) == 20


@pytest.mark.parametrize("said", sentences())
def test_the_sentences_are_spoken_words(said: str) -> None:
    """The reading layer has nothing left to read or to warn of, so it cannot move the figures."""
    reading = read_aloud(said)

    assert reading.spoken == said
    assert not reading.warnings


def test_each_take_is_heard_a_little_later() -> None:
    """Several takes of each sentence count together."""
    listener = Dictaphone()
    heard = dictate(["bà con nghe"], [SECOND], listener=listener, takes_later_ms=TAKES_LATER_MS)

    assert listener.durations_ms == [1_000 + by_ms for by_ms in TAKES_LATER_MS]
    assert heard.words[0].wrong == len(TAKES_LATER_MS)
    assert heard.words[0].said == 3 * len(TAKES_LATER_MS)
    assert heard.mean_surprise_bits == 2.0


def test_what_comes_later_is_the_same_sound() -> None:
    """Silence in front, and nothing else."""
    sound = Pcm(samples=b"\x01\x00" * 16, sample_rate_hz=LISTENING_RATE_HZ)

    assert later(sound, by_ms=1).samples == bytes(32) + sound.samples


@pytest.mark.processes
def test_a_bulletin_is_cut_into_its_sentences() -> None:
    """Mastered or not, each sentence is one sound at the listener's rate, about as long."""
    said = ("Kính thưa bà con.", "Sáng mai họp thôn tại nhà văn hóa.")
    with EspeakEngine() as engine:
        bare = unmastered(said, engine=engine, settings=PLAIN)
        sent = mastered(said, engine=engine, settings=PLAIN, band=HORN)

    assert {each.sample_rate_hz for each in (*bare, *sent)} == {LISTENING_RATE_HZ}
    for before, after in zip(bare, sent, strict=True):
        assert before.duration_ms < after.duration_ms <= before.duration_ms + 520
        assert any(after.samples)


@pytest.mark.processes
def test_a_trial_becomes_a_line() -> None:
    """One word of every sentence was lost, and the line says in whose voice."""
    trial = CHOSEN[0]
    with EspeakEngine() as engine:
        line, heard = line_of(
            trial,
            engine=engine,
            called="espeak-ng",
            listener=Dictaphone(),
            today=date(2026, 11, 22),
        )

    assert line.way == way_of(trial, called="espeak-ng")
    assert line.words == sum(each.said for each in heard.words)
    assert line.word_errors == round(100 * 20 * len(TAKES_LATER_MS) / line.words, 1)
    assert line.spread[0] <= line.word_errors <= line.spread[1]


def test_every_trial_is_another_way() -> None:
    """No line of the table stands for two settings."""
    ways = [way_of(trial, called="voice") for trial in (*espeak_trials(), *piper_trials())]

    assert len(set(ways)) == len(ways)


def test_a_voice_quality_is_named() -> None:
    """Another quality of the same accent is another engine to the table."""
    assert way_of(Trial(manner=Manner(variant="f2")), called="espeak-ng").engine == "espeak-ng+f2"


def test_figures_of_other_words_or_another_listener_are_told_apart() -> None:
    """Their table would compare what cannot be compared."""
    same = identity("a", said=["bà"])

    assert len({same, identity("a", said=["con"]), identity("b", said=["bà"])}) == 3
    assert same in head("a", said=["bà"])


def test_the_table_knows_the_chosen_ways() -> None:
    """Whoever changes how the station speaks must measure it."""
    known = read_table(RESULTS.read_text("utf-8"))
    ways = {line.way for line in known}

    assert {way_of(trial, called="espeak-ng") for trial in CHOSEN} <= ways

"""Several processes of one voice: sentences side by side, in order, the same as from one."""

import threading
from collections.abc import Iterator

import pytest

from playlists.audio.pcm import Pcm
from playlists.speech.engine import VoiceSettings
from playlists.speech.errors import VoiceRefused
from playlists.speech.espeak import EspeakEngine
from playlists.speech.pool import VoicePool, say_in_order
from playlists.speech.tones import ToneEngine
from tests.playlists.sounds import GREETING, NOTICE, THANKS

PLAIN = VoiceSettings()
SENTENCES = [f"{line.text} {count}" for line in (GREETING, NOTICE, THANKS) for count in "abcd"]


class Tones(ToneEngine):
    """A voice of tones that notes when it is closed, and can be made to wait for others."""

    def __init__(self, *, meeting: threading.Barrier | None = None) -> None:
        super().__init__()
        self.closed = 0
        self._meeting = meeting

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """As its parent, once all who are expected are speaking."""
        if self._meeting is not None:
            self._meeting.wait(timeout=20)
        return super().synthesise(sentence, settings=settings)

    def close(self) -> None:
        """Noted."""
        self.closed += 1


@pytest.fixture
def pool() -> Iterator[VoicePool]:
    """Two real voices."""
    with VoicePool(EspeakEngine, size=2) as pool:
        yield pool


def said(pool: VoicePool, sentences: list[str]) -> list[Pcm]:
    """The sounds of these sentences, said side by side."""
    return list(
        say_in_order(
            sentences,
            say=lambda sentence: pool.synthesise(sentence, settings=PLAIN),
            at_once=pool.at_once,
        )
    )


def test_sentences_said_side_by_side_sound_as_from_one_voice(
    pool: VoicePool, espeak: EspeakEngine
) -> None:
    """Whichever process says a sentence, and in whatever order they finish."""
    alone = [espeak.synthesise(sentence, settings=PLAIN) for sentence in SENTENCES]

    assert said(pool, SENTENCES) == alone
    assert (pool.name, pool.version) == (espeak.name, espeak.version)


def test_two_voices_speak_at_the_same_time() -> None:
    """Each sentence waits until the other is being said too: one after another would never end."""
    meeting = threading.Barrier(2)
    pool = VoicePool(lambda: Tones(meeting=meeting), size=2)

    assert len(said(pool, SENTENCES)) == len(SENTENCES)


def test_sentences_one_after_another_start_one_process() -> None:
    """A voice costs memory, so the second is opened only when two are needed."""
    made: list[Tones] = []

    def open_voice() -> Tones:
        made.append(Tones())
        return made[-1]

    pool = VoicePool(open_voice, size=3)
    for sentence in SENTENCES:
        pool.synthesise(sentence, settings=PLAIN)

    assert sorted(len(voice.asked) for voice in made) == [0, 0, len(SENTENCES)]


def test_more_callers_than_voices_wait_their_turn(pool: VoicePool) -> None:
    """Nobody is refused, nobody gets another's sentence."""
    heard: dict[str, Pcm] = {}

    def say(sentence: str) -> None:
        heard[sentence] = pool.synthesise(sentence, settings=PLAIN)

    callers = [threading.Thread(target=say, args=(sentence,)) for sentence in SENTENCES]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(timeout=60)

    assert [heard[sentence] for sentence in SENTENCES] == said(pool, SENTENCES)


def test_a_failed_sentence_gives_its_voice_back() -> None:
    """The pool does not shrink with every error."""

    class Refusing(Tones):
        def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
            if sentence == "no":
                raise VoiceRefused("no")
            return super().synthesise(sentence, settings=settings)

    pool = VoicePool(Refusing, size=2)
    for _ in range(5):
        with pytest.raises(VoiceRefused):
            pool.synthesise("no", settings=PLAIN)

    assert len(said(pool, SENTENCES)) == len(SENTENCES)


@pytest.mark.parametrize("at_once", [1, 3])
def test_an_error_comes_in_the_place_of_its_sentence(at_once: int) -> None:
    """What was said before it is heard; what nobody began is left unsaid."""
    voice = ToneEngine()

    def say(sentence: str) -> Pcm:
        if sentence == "b":
            raise VoiceRefused("b")
        return voice.synthesise(sentence, settings=PLAIN)

    sounds = say_in_order(["a", "b", *["c"] * 200], say=say, at_once=at_once)

    assert next(sounds) == voice.synthesise("a", settings=PLAIN)
    with pytest.raises(VoiceRefused):
        next(sounds)


def test_closing_closes_every_voice() -> None:
    """No process outlives its pool."""
    made: list[Tones] = []

    def open_voice() -> Tones:
        made.append(Tones())
        return made[-1]

    with VoicePool(open_voice, size=3):
        pass

    assert [voice.closed for voice in made] == [1, 1, 1]


def test_a_pool_has_at_least_one_voice() -> None:
    """A size of nothing is a mistake of the program."""
    with pytest.raises(ValueError, match="at least one"):
        VoicePool(EspeakEngine, size=0)

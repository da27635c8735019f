"""One voice in one setting, said, mastered and written down by the listener: the figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from playlists.audio.pcm import Pcm
from tests.intelligibility.listening import Listener
from tests.intelligibility.recordings import later
from tests.intelligibility.word_errors import Errors, character_errors, total, word_errors


@dataclass(frozen=True, slots=True)
class Dictation:
    """What became of each sentence, all takes of it together, in the order of the sentences."""

    words: tuple[Errors, ...]
    characters: tuple[Errors, ...]
    surprise_bits: tuple[float, ...]
    heard: tuple[str, ...]

    @property
    def word_error_percent(self) -> float:
        """Word error rate over all sentences."""
        return total(self.words).percent

    @property
    def character_error_percent(self) -> float:
        """Character error rate over all sentences."""
        return total(self.characters).percent

    @property
    def mean_surprise_bits(self) -> float:
        """Bits a word, each sentence counting the same."""
        return sum(self.surprise_bits) / len(self.surprise_bits)


def sentences() -> tuple[str, ...]:
    """What is said in every measurement."""
    return tuple(said for _, said in _lines())


def kinds() -> tuple[str, ...]:
    """What each of the sentences is about."""
    return tuple(kind for kind, _ in _lines())


def dictate(
    said: Sequence[str],
    sounds: Sequence[Pcm],
    *,
    listener: Listener,
    takes_later_ms: Sequence[int],
) -> Dictation:
    """Has every sentence written down once a take, and marks it."""
    words, characters, surprise, texts = [], [], [], []
    for sentence, sound in zip(said, sounds, strict=True):
        takes = [
            listener.hear(later(sound, by_ms=by_ms), said=sentence) for by_ms in takes_later_ms
        ]
        words.append(total([word_errors(sentence, take.text) for take in takes]))
        characters.append(total([character_errors(sentence, take.text) for take in takes]))
        surprise.append(sum(take.surprise_bits for take in takes) / len(takes))
        texts.append(takes[0].text)
    return Dictation(tuple(words), tuple(characters), tuple(surprise), tuple(texts))


def _lines() -> Iterator[tuple[str, str]]:
    text = files("tests.intelligibility").joinpath("sentences.tsv").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            kind, said = line.split("\t")
            yield kind, said

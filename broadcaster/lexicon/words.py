"""What may be entered: one written form, one reading; tried before it is kept."""

import unicodedata
from dataclasses import dataclass

from broadcaster.lexicon.errors import (
    NOTE_LIMIT_CHARACTERS,
    SAMPLE_LIMIT_CHARACTERS,
    SPOKEN_LIMIT_CHARACTERS,
    WRITTEN_LIMIT_CHARACTERS,
    NoteTooLong,
    SampleUnusable,
    SpokenUnusable,
    WordNotHeard,
    WrittenUnusable,
)
from playlists.errors import LexiconInvalid, ScriptRefused
from playlists.reading import Lexicon, Reading, read_aloud
from playlists.reading.lexicon import with_own_words
from playlists.reading.orthography import fold_tone_placement


@dataclass(frozen=True, slots=True)
class Word:
    """A written form as the reading meets it, its reading, and why."""

    written: str
    spoken: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A sentence as it is read today, and as it would be read with a word."""

    sample: str
    today: str
    then: Reading


def checked(*, written: str, spoken: str, note: str = "") -> Word:
    """What was given, as it will be kept; raise a BadInput that names its field."""
    word = Word(one_line(written), one_line(spoken), one_line(note))
    if not 1 <= len(word.written) <= WRITTEN_LIMIT_CHARACTERS:
        raise WrittenUnusable(field="written")
    if not 1 <= len(word.spoken) <= SPOKEN_LIMIT_CHARACTERS:
        raise SpokenUnusable(field="spoken")
    if len(word.note) > NOTE_LIMIT_CHARACTERS:
        raise NoteTooLong(field="note")
    return word


def tried(word: Word, *, lexicon: Lexicon, sample: str = "") -> Trial:
    """A sentence read without and with a word; without a sample one is made around the word.

    Raises SpokenUnusable, WordNotHeard, SampleUnusable.
    """
    try:
        then = with_own_words(lexicon, [(word.written, word.spoken)])
    except LexiconInvalid as error:
        raise SpokenUnusable(error.message_en, field="spoken") from error
    made = _sentence_around(word.written)
    heard = _read(made, then)
    if word.spoken.lower() not in heard.spoken.lower():
        raise WordNotHeard(word.written, heard=_read(word.written, then).spoken)
    sentence = one_line(sample) or made
    if len(sentence) > SAMPLE_LIMIT_CHARACTERS:
        raise SampleUnusable
    return Trial(sentence, _read(sentence, lexicon).spoken, _read(sentence, then))


def _sentence_around(written: str) -> str:
    return f"Mời bà con nghe tin về {written} sau đây."


def _read(sentence: str, lexicon: Lexicon) -> Reading:
    try:
        return read_aloud(sentence, lexicon)
    except ScriptRefused as refused:
        raise SampleUnusable(refused.message_vi, refused.message_en) from refused


def one_line(text: str) -> str:
    """One spelling, as the reading folds its texts before it looks words up."""
    kept = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return fold_tone_placement(unicodedata.normalize("NFC", " ".join("".join(kept).split())))

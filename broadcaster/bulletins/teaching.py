"""Which words of the commune's own would end a doubt: found out by reading with them.

An author is only offered what helps: a guess by the kind of doubt alone would send people to the
lexicon for what no entry can settle.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Protocol

from broadcaster.bulletins.doubts import sentence_around
from broadcaster.lexicon.errors import WRITTEN_LIMIT_CHARACTERS
from playlists.errors import LexiconInvalid, ScriptRefused
from playlists.reading import Lexicon, Reading, national_lexicon, read_aloud
from playlists.reading.flags import Doubt
from playlists.reading.lexicon import with_own_words

MOST_FORMS = 100
_READING = "đọc thử"
_LONGEST_SENTENCE = 2_000
_ABOUT = re.compile(r"“(.+?)”", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]+")
# The reading of these stands or falls with letters; a date that could be a fraction does not.
_OF_LETTERS = frozenset({Doubt.ABBREVIATION, Doubt.AMBIGUOUS, Doubt.FOREIGN_WORD, Doubt.CODE})

Forms = tuple[str, ...]


class Unsure(Protocol):
    """A place of a text that the reading is unsure of."""

    @property
    def number(self) -> int:
        """Counted from 1."""
        ...

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...

    @property
    def written(self) -> str:
        """As it stands there."""
        ...

    @property
    def code(self) -> str:
        """The kind of doubt."""
        ...

    @property
    def message_vi(self) -> str:
        """What is said of it; it names the part that is meant in quotation marks."""
        ...


def teachable(
    doubts: Sequence[Unsure], *, text: str, lexicon: Lexicon | None = None
) -> Mapping[int, Forms]:
    """The written forms that end a doubt once they are entered, by the doubt's number.

    A doubt that no entry ends is not named, nor are those after the first `MOST_FORMS` forms.
    """
    base = lexicon if lexicon is not None else national_lexicon()
    offers = {each.number: _forms(each, base) for each in doubts}
    tried = set(islice(dict.fromkeys(chain.from_iterable(offers.values())), MOST_FORMS))
    taught = _taught(base, sorted(tried))
    known: dict[tuple[str, Forms], bool] = {}
    for each in doubts:
        forms, code = offers[each.number], each.code
        if forms and tried.issuperset(forms) and (code, forms) not in known:
            known[code, forms] = _ends(each, forms, text=text, base=base, taught=taught)
    return {
        each.number: offers[each.number]
        for each in doubts
        if known.get((each.code, offers[each.number]))
    }


def _forms(doubt: Unsure, base: Lexicon) -> Forms:
    """What would have to be entered; empty where that could be nothing sensible."""
    about = _ABOUT.search(doubt.message_vi)
    meant = about[1] if about and about[1] in doubt.written else doubt.written
    if doubt.code == Doubt.ADDRESS:
        parts = dict.fromkeys(_LETTERS.findall(meant.lower()))
        return tuple(part for part in parts if _is_unknown_in_addresses(part, base))
    if doubt.code in _OF_LETTERS and not _LETTERS.search(meant):
        return ()
    return (meant,) if len(meant) <= WRITTEN_LIMIT_CHARACTERS else ()


def _is_unknown_in_addresses(part: str, base: Lexicon) -> bool:
    reading = _read(f"Mời bà con xem {part}.vn sau đây.", base)
    return reading is not None and any(each.code == Doubt.ADDRESS for each in reading.warnings)


def _ends(doubt: Unsure, forms: Forms, *, text: str, base: Lexicon, taught: Lexicon) -> bool:
    """Whether the doubt stands where it stood without the words, and no longer with them."""
    sentence = sentence_around(text, doubt.start, doubt.end, at_most=_LONGEST_SENTENCE)
    stands = [_raises(_read(sentence or doubt.written, words), doubt) for words in (base, taught)]
    heard = (_read(f"Mời bà con nghe tin về {form} sau đây.", taught) for form in forms)
    return stands == [True, False] and all(each and _READING in each.spoken for each in heard)


def _raises(reading: Reading | None, doubt: Unsure) -> bool | None:
    if reading is None:
        return None
    about = (doubt.code, doubt.written)
    return any((each.code, each.written) == about for each in reading.warnings)


def _taught(base: Lexicon, forms: Sequence[str]) -> Lexicon:
    try:
        return with_own_words(base, [(form, _READING) for form in forms])
    except LexiconInvalid:
        return base


def _read(sentence: str, lexicon: Lexicon) -> Reading | None:
    try:
        return read_aloud(sentence, lexicon)
    except ScriptRefused:
        return None

"""A commune's own word, in every place where the reading looks for one.

People give a written form and its reading, no kind. A word of their own holds alone, inside a
document's number, after a number if the nation knows it as a unit, and in an address; what the
nation says of the same letters inside document numbers stays.
"""

from __future__ import annotations

from collections.abc import Iterable

from playlists.reading.lexicon.entries import Entry, Kind
from playlists.reading.lexicon.lexicon import Lexicon

_SHORT = 3
_OTHERWISE = frozenset({Kind.DOCUMENT, Kind.SIGN})


def with_own_words(lexicon: Lexicon, words: Iterable[tuple[str, str]]) -> Lexicon:
    """A lexicon in which these pairs of written form and reading win.

    Raises:
        LexiconInvalid: a word without reading, or with one that a voice could not say.
    """
    own = [entry for written, spoken in words for entry in own_entries(lexicon, written, spoken)]
    return lexicon.with_entries(own) if own else lexicon


def own_entries(lexicon: Lexicon, written: str, spoken: str) -> list[Entry]:
    """The entries that one word of a commune's own makes over this lexicon."""
    if len(written) == 1 and not written.isalnum():
        return [Entry(written, spoken, Kind.SIGN)]
    entries = [Entry(written, spoken, _kind_of(written))]
    if written in lexicon.units:
        entries.append(Entry(written, spoken, Kind.UNIT))
    if written in lexicon.tight_units:
        entries.append(Entry(written, spoken, Kind.TIGHT_UNIT))
    if len(written) > _SHORT and written.isascii() and written.isalnum() and written.islower():
        entries.append(Entry(written, spoken, Kind.ADDRESS))
    kept = (entry for entry in lexicon.get(written, ()) if entry.kind in _OTHERWISE)
    return [*entries, *kept]


def _kind_of(written: str) -> Kind:
    """Letters in capitals are an abbreviation, exactly so; a word may begin a sentence."""
    capitals = sum(map(str.isupper, written))
    exact = capitals > 1 or any(map(str.isdigit, written))
    return Kind.ABBREVIATION if exact or (capitals and len(written) <= _SHORT) else Kind.WORD

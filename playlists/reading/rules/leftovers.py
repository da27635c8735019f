"""Words that no other rule took: shouted Vietnamese, known units, and what must be flagged."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.letters import spell
from playlists.reading.orthography import is_syllable, syllables_in
from playlists.reading.place import PLAIN, Place, Said
from playlists.reading.rules.abbreviations import in_capitals
from playlists.reading.rules.composing import compose, compose_two

_SHORTEST_SHOUT = 3
_VOWEL = expression(r"[aeiouyăâêôơưà-ỹ]", re.IGNORECASE)


def read_leftover_word(word: str, place: Place) -> Said:
    """A word as it is if a Vietnamese voice can say it; else its best guess, flagged."""
    end = place.start + len(word)
    if len(word) == 1 and (word.isupper() or is_syllable(word)):
        return Said(word, end, PLAIN)
    if is_syllable(word):
        if not word.isupper():
            return Said(word, end, PLAIN)
        if not word.isascii() or in_capitals(place, end):
            return Said(word.lower(), end, "capitals")
    letters = len(word) <= _SHORTEST_SHOUT and word.isupper() and word.isascii()  # TE, BI
    if word.lower() in place.lexicon.sayable and not letters:
        return Said(word.lower() if word.isupper() else word, end, PLAIN)
    unit = place.lexicon.units.get(word)
    if unit is not None and len(word) > 1 and not word.isupper():
        return Said(unit.spoken, end, "unit")
    return _guess(word, place, end)


def _guess(word: str, place: Place, end: int) -> Said:
    composed = (compose(word, place) or compose_two(word, place)) if word.isupper() else ""
    if composed:
        return Said(composed, end, "leftover", (Flag(Doubt.AMBIGUOUS, word, composed),))
    if not word.isupper() and _VOWEL.search(word):
        named = word.istitle() and not word.isascii()  # Niê is a name, and one breath
        said = word if named else " ".join(syllables_in(word)) or word
        return Said(said, end, "leftover", (Flag(Doubt.FOREIGN_WORD, word, said),))
    spelled = spell(word)
    doubt = Doubt.ABBREVIATION if spelled else Doubt.SYMBOL
    return Said(spelled, end, "leftover", (Flag(doubt, word, spelled),))

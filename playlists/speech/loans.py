"""Loans that stay as they are written (kali, vitamin), in the syllables that a voice is given.

Newsreaders write them whole, and so does the reading; a voice would say them in English.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from playlists.reading.lexicon import Kind, national_lexicon


def with_syllables(sentence: str) -> str:
    """The sentence with every such loan in syllables."""
    pattern, syllables = _loans()
    return pattern.sub(lambda loan: syllables[loan[0].lower()], sentence)


@lru_cache(maxsize=1)
def _loans() -> tuple[re.Pattern[str], Mapping[str, str]]:
    syllables = {
        entry.written.lower(): entry.spoken
        for choices in national_lexicon().values()
        for entry in choices
        if entry.kind is Kind.NAME and entry.spoken.lower() != entry.written.lower()
    }
    longest_first = sorted(syllables, key=len, reverse=True)
    pattern = rf"(?<![^\W_])(?:{'|'.join(map(re.escape, longest_first))})(?![^\W_])"
    return re.compile(pattern, re.IGNORECASE), syllables

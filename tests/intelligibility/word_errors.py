"""How much of what was said was heard: errors by alignment, as a dictation is marked.

A syllable's tone counts as a letter of its own, wherever its mark is written, so `hoà` is `hòa`
and a wrong tone is one wrong letter. Sources: Levenshtein's distance; Efron's bootstrap.
"""

import random
import re
import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"[^\W_]+")
_LONE_Y = re.compile(r"^([hklmst])y$")
DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Errors:
    """So many errors among so many units said; more errors than units are possible."""

    wrong: int
    said: int

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(wrong=self.wrong + other.wrong, said=self.said + other.said)

    @property
    def percent(self) -> float:
        """Errors for a hundred units said; 0 when nothing was said and nothing heard."""
        return 100 * self.wrong / max(1, self.said)


def words_of(text: str) -> tuple[str, ...]:
    """The words in lower case, each syllable's tone mark moved behind its letters."""
    lowered = unicodedata.normalize("NFC", text).lower()
    return tuple(_folded(word) for word in _WORD.findall(lowered))


def word_errors(said: str, heard: str) -> Errors:
    """Words left out, put in, or taken for others."""
    expected, found = words_of(said), words_of(heard)
    return Errors(wrong=_distance(expected, found), said=len(expected))


def character_errors(said: str, heard: str) -> Errors:
    """The same in letters and tones, spaces left out."""
    expected, found = "".join(words_of(said)), "".join(words_of(heard))
    return Errors(wrong=_distance(expected, found), said=len(expected))


def total(errors: Sequence[Errors]) -> Errors:
    """All sentences as one."""
    return sum(errors, Errors(wrong=0, said=0))


def spread(errors: Sequence[Errors], *, seed: int = 1) -> tuple[float, float]:
    """Between which percentages nine of ten other choices of sentences would fall."""
    draw = random.Random(seed)
    found = sorted(total(draw.choices(errors, k=len(errors))).percent for _ in range(DRAWS))
    return found[DRAWS // 20], found[-DRAWS // 20]


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFD", word)
    tone = "".join(mark for mark in apart if mark in _TONES)
    letters = "".join(mark for mark in apart if mark not in _TONES)
    return _LONE_Y.sub(r"\1i", unicodedata.normalize("NFC", letters)) + tone


def _distance(expected: Sequence[Hashable], found: Sequence[Hashable]) -> int:
    """The fewest single insertions, deletions and replacements that lead from one to the other."""
    row = list(range(len(found) + 1))
    for line, unit in enumerate(expected, start=1):
        corner, row[0] = row[0], line
        for column, other in enumerate(found, start=1):
            cheapest = min(row[column] + 1, row[column - 1] + 1, corner + (unit != other))
            corner, row[column] = row[column], cheapest
    return row[-1]

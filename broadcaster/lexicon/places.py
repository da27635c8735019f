"""Where in a script, as it was given, a warning stands: line and column, both from 1."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from playlists.reading import Reading, Warning_
from playlists.reading.orthography import fold_tone_placement


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, counted from 1 in composed letters."""

    line: int
    column: int


def places_of(script: str, reading: Reading) -> list[Place]:
    """One place for each warning, in their order.

    A reading's places count in its cleaned text, where lines were joined and marks dropped; what
    is shown to a person must lead back into the file that they have open.
    """
    given = fold_tone_placement(unicodedata.normalize("NFC", script))
    return [_place(given, _found(given, reading.text, warning)) for warning in reading.warnings]


def _found(given: str, cleaned: str, warning: Warning_) -> int:
    """The same one of all its occurrences; where marks were inside it, as far as it is found."""
    sought = warning.written.split("\n", maxsplit=1)[0]
    if not sought:
        return 0
    nth = cleaned.count(sought, 0, warning.start) if warning.end > warning.start else 0
    at = first = given.find(sought)
    for _ in range(nth):
        at = given.find(sought, at + len(sought))
        if at < 0:
            return max(first, 0)
    return max(at, 0)


def _place(given: str, at: int) -> Place:
    return Place(line=given.count("\n", 0, at) + 1, column=at - given.rfind("\n", 0, at))

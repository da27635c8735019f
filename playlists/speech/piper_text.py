"""Sentences cut to what Piper says in one breath: its time and memory grow faster than the text."""

import re

BREATH_CHARACTERS = 300
_STOPS = re.compile(r"[.,;:!?](?=\s)")


def breaths(sentence: str, *, limit: int = BREATH_CHARACTERS) -> tuple[str, ...]:
    """The words in order, in pieces of at most `limit` characters, cut at stops where possible.

    Only a word that is longer than `limit` is cut itself.
    """
    pieces = []
    rest = " ".join(sentence.split())
    while len(rest) > limit:
        cut = _cut(rest, limit=limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*pieces, rest) if rest else tuple(pieces)


def _cut(text: str, *, limit: int) -> int:
    stops = [stop.end() for stop in _STOPS.finditer(text, 0, limit + 1) if stop.end() <= limit]
    # A stop in the first third would leave a breath that sounds like a sentence of its own.
    if stops and stops[-1] > limit // 3:
        return stops[-1]
    space = text.rfind(" ", 1, limit + 1)
    return space if space > 0 else limit

"""Cut spoken words into sentences, each with the pause that a newsreader makes after it."""

from __future__ import annotations

import re
from dataclasses import dataclass

PAUSE_AFTER_MS = {".": 450, "!": 450, "?": 500, ";": 320, ":": 320}
PAUSE_AFTER_LINE_MS = 550
PAUSE_AFTER_PARAGRAPH_MS = 800
_LONGEST_CHARACTERS = 300
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?;:](?=\s|$)|(?=\n)|$)")
_COMMA = re.compile(r",\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One stretch to be spoken in a breath, and the silence after it in milliseconds."""

    text: str
    pause_after_ms: int


def split_sentences(spoken: str) -> tuple[Sentence, ...]:
    """The sentences of a reading's spoken words; paragraphs and list items pause longer."""
    found: list[Sentence] = []
    for match in _SENTENCE.finditer(spoken):
        text = match[0].strip()
        if not any(sign.isalnum() for sign in text):
            continue
        pause_ms = _pause_after(spoken, match.end(), text)
        found.extend(_in_breaths(text, pause_ms))
    return tuple(found)


def _pause_after(spoken: str, end: int, text: str) -> int:
    rest = spoken[end : end + 4].lstrip(" ")
    if rest.startswith("\n\n") or not rest:
        return PAUSE_AFTER_PARAGRAPH_MS
    if rest.startswith("\n"):
        return PAUSE_AFTER_LINE_MS
    return PAUSE_AFTER_MS.get(text[-1], 0)


def _in_breaths(text: str, pause_ms: int) -> list[Sentence]:
    """A very long sentence is spoken in parts, cut at commas."""
    parts: list[str] = []
    current = ""
    for clause in _COMMA.split(text):
        if current and len(current) + len(clause) > _LONGEST_CHARACTERS:
            parts.append(current + ",")
            current = clause
        else:
            current = f"{current}, {clause}" if current else clause
    cut = [Sentence(text=part, pause_after_ms=180) for part in parts]
    return [*cut, Sentence(text=current, pause_after_ms=pause_ms)]

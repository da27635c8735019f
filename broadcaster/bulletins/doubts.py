"""Which warnings of a rendition somebody must settle, and which only inform."""

import re

from broadcaster.bulletins.tables import Rendition
from playlists.reading.flags import Doubt

_TEACHABLE = frozenset({Doubt.ABBREVIATION, Doubt.AMBIGUOUS, Doubt.FOREIGN_WORD, Doubt.CODE})
_SENTENCE_END = re.compile(r"[.!?…]\s|\n")
_SAMPLE_CHARACTERS = 200


def unresolved(rendition: Rendition) -> list[dict[str, object]]:
    """The warnings that an approver must hear and accept in so many words."""
    return [warning for warning in rendition.warnings if needs_settling(str(warning["code"]))]


def needs_settling(code: str) -> bool:
    """Print that is not read (letterhead, page numbers) was left out on purpose, not in doubt."""
    return code != Doubt.LEFT_OUT


def is_teachable(code: str) -> bool:
    """Whether an entry in the commune's own lexicon can end this doubt."""
    return code in _TEACHABLE


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that a place stands in; the place alone where that would be long."""
    begins = max((found.end() for found in _SENTENCE_END.finditer(text, 0, start)), default=0)
    after = _SENTENCE_END.search(text, end)
    sentence = text[begins : after.start() + 1 if after else len(text)].strip()
    return sentence if len(sentence) <= _SAMPLE_CHARACTERS else ""

"""Which warnings of a rendition somebody must settle, and which only inform."""

import re

from broadcaster.bulletins.tables import Rendition
from playlists.reading.flags import Doubt

_SENTENCE_END = re.compile(r"[.!?…]\s|\n")
_SAMPLE_CHARACTERS = 200


def unresolved(rendition: Rendition) -> list[dict[str, object]]:
    """The warnings that an approver must hear and accept in so many words."""
    return [warning for warning in rendition.warnings if needs_settling(str(warning["code"]))]


def needs_settling(code: str) -> bool:
    """Print that is not read (letterhead, page numbers) was left out on purpose, not in doubt."""
    return code != Doubt.LEFT_OUT


def sentence_around(text: str, start: int, end: int, *, at_most: int = _SAMPLE_CHARACTERS) -> str:
    """The sentence that a place stands in; nothing where that would be longer than `at_most`."""
    window = max(0, start - at_most)
    ends = [found.end() for found in _SENTENCE_END.finditer(text, window, start)]
    if window and not ends:
        return ""
    after = _SENTENCE_END.search(text, end, end + at_most)
    stops = after.start() + 1 if after else end + at_most
    sentence = text[ends[-1] if ends else 0 : stops].strip()
    return sentence if len(sentence) <= at_most else ""

"""What is written becomes what a newsreader would say.

`read_aloud` cleans a script, refuses what is not readable Vietnamese, and reads the rest in one
pass: the spoken words, a span for every written stretch, and a warning wherever a person should
look before the bulletin goes on air.
"""

from __future__ import annotations

import unicodedata

from playlists.errors import ScriptEmpty, ScriptTooLong, ScriptUnreadable, Unreadable
from playlists.reading.hygiene import clean
from playlists.reading.legacy import decode_legacy
from playlists.reading.legibility import require_readable
from playlists.reading.lexicon import Entry, Kind, Lexicon, national_lexicon
from playlists.reading.readout import readout
from playlists.reading.values import SCRIPT_LIMIT_CHARACTERS, Reading, Span, Style, Warning_

__all__ = [
    "SCRIPT_LIMIT_CHARACTERS",
    "Entry",
    "Kind",
    "Lexicon",
    "Reading",
    "ScriptEmpty",
    "ScriptTooLong",
    "ScriptUnreadable",
    "Span",
    "Style",
    "Unreadable",
    "Warning_",
    "national_lexicon",
    "read_aloud",
]

_HOUSE_STYLE = Style()


def read_aloud(text: str, lexicon: Lexicon | None = None, style: Style = _HOUSE_STYLE) -> Reading:
    """The words a voice shall say for `text`, with spans and warnings over the cleaned text.

    Without a lexicon the nation's is used.

    Raises:
        ScriptEmpty: nothing in the text can be said.
        ScriptTooLong: more than `SCRIPT_LIMIT_CHARACTERS` characters.
        ScriptUnreadable: not readable Vietnamese, with the reason.
    """
    if len(text) > SCRIPT_LIMIT_CHARACTERS:
        raise ScriptTooLong(length_characters=len(text), limit_characters=SCRIPT_LIMIT_CHARACTERS)
    if not any(map(str.isalnum, text)):
        raise ScriptEmpty
    text = decode_legacy(unicodedata.normalize("NFC", text))
    words = lexicon if lexicon is not None else national_lexicon()
    require_readable(text, words)
    reading = readout(clean(text), lexicon=words, style=style)
    if not any(map(str.isalnum, reading.spoken)):
        raise ScriptEmpty
    return reading

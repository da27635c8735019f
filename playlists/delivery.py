"""How words are delivered beyond being read once: repeated for emphasis, or played again later.

Pure: spoken words in, spoken words out, in paragraphs that are set apart by an empty line.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from playlists.reading.rules.dates import day_month, year_words
from playlists.reading.rules.times import time_words

REPEATED = "Xin nhắc lại:"
_PARAGRAPH_END = re.compile(r"[^\S\n]*\n\s*\n\s*")
_SAYS_IT_AGAIN = re.compile(r"^\W*xin nhắc lại(?!\w)", re.IGNORECASE | re.MULTILINE)


class Repeat(StrEnum):
    """What is said a second time at the end."""

    NONE = "none"
    OPENING = "opening"
    CLOSING = "closing"
    WHOLE = "whole"


def delivered(spoken: str, *, repeat: Repeat) -> str:
    """The words as they will be said: all of them, then what is repeated, so announced.

    A script that says itself "Xin nhắc lại" at the start of a line is left as it is, so nothing
    is ever said a third time. Put a replay's preface before these words, not inside them.
    """
    words = spoken.strip()
    if repeat is Repeat.NONE or not words or _SAYS_IT_AGAIN.search(words):
        return spoken
    return f"{words}\n\n{REPEATED}\n\n{_repeated(words, repeat)}"


def _repeated(words: str, repeat: Repeat) -> str:
    paragraphs = _PARAGRAPH_END.split(words)
    if repeat is Repeat.OPENING:
        return paragraphs[0]
    if repeat is Repeat.CLOSING:
        return paragraphs[-1]
    return words


def replay_preface(issued: datetime) -> str:
    """When the bulletin was issued, in words; `issued` is aware, in the station's zone.

    Listeners who hear an old warning must know that it is old. Raises ValueError for a naive time.
    """
    if issued.utcoffset() is None:
        raise ValueError("the time of issue needs its zone")
    return (
        f"Bản tin sau đây được phát hành lúc {time_words(issued.hour, issued.minute)} "
        f"ngày {day_month(issued.day, issued.month)} {year_words(f'{issued.year:04}')}."
    )


def replayed(spoken: str, *, issued: datetime) -> str:
    """The words of a replay: the time of issue first. Said once, however often it is asked for.

    Raises ValueError for a naive time.
    """
    preface = replay_preface(issued)
    words = spoken.lstrip()
    return spoken if words.startswith(preface) else f"{preface}\n\n{words}"

"""What loudspeakers would say of an alert, to start from: a person reads it before it is ordered.

Pure. A sentence is never cut in two; what does not fit is left out, and said to be left out.
"""

import re
from dataclasses import dataclass

from broadcaster.alerts.message import Info
from broadcaster.emergency.errors import WORDS_LIMIT_CHARACTERS

_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Offered:
    """Words to start from, and whether something of the alert is not in them."""

    words: str
    shortened: bool = False


def offered_words(info: Info | None) -> Offered:
    """Headline, what to do, and what is the matter, as far as they fit; empty for nothing."""
    if info is None:
        return Offered("")
    headline = _sentence(info.headline or info.event)
    instruction, description = _tidy(info.instruction), _tidy(info.description)
    whole = _joined(headline, description, instruction)
    if len(whole) <= WORDS_LIMIT_CHARACTERS:
        return Offered(whole)
    # What to do goes before what is the matter.
    kept_instruction = _fitting(instruction, WORDS_LIMIT_CHARACTERS - len(headline) - 2)
    room = WORDS_LIMIT_CHARACTERS - len(_joined(headline, kept_instruction)) - 2
    kept = _joined(headline, _fitting(description, room), kept_instruction)
    return Offered(kept if len(kept) <= WORDS_LIMIT_CHARACTERS else "", shortened=True)


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?…" else f"{text}."


def _tidy(text: str) -> str:
    """Paragraphs of one line each."""
    lines = (" ".join(line.split()) for line in re.split(r"\n\s*\n", text))
    return "\n\n".join(line for line in lines if line)


def _fitting(text: str, room: int) -> str:
    """Whole sentences from its beginning, as many as there is room for."""
    kept = ""
    for sentence in _SENTENCE_ENDS.split(" ".join(text.split())):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > room:
            break
        kept = longer
    return kept

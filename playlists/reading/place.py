"""Where the scanner stands, what a rule answers, and the piece of the reading it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from playlists.reading.expressions import expression
from playlists.reading.flags import Flag
from playlists.reading.lexicon import Lexicon

_LOOK_BEHIND = 80
_LOOK_AHEAD = 60
_LONGEST_LINK = 24
_RECENT_PIECES = 12
_WITHOUT_QUOTES = dict.fromkeys(map(ord, "\"'“”„«»‹›‘’"))
PLAIN = "plain"
PAUSE = "pause"
LINKS = expression(r"[\s,;/&(]*(?:(?:và|hoặc|hay|đến(?: hết)?|tới|với|-|–)\s*)?")


@dataclass(slots=True)
class Piece:
    """A span in the making: its end and words may still grow while plain words follow."""

    start: int
    end: int
    spoken: str
    rule: str


@dataclass(frozen=True, slots=True)
class Said:
    """A rule's answer: what to say for the text up to `end`, and whether anything is unsure."""

    spoken: str
    end: int
    rule: str
    flags: tuple[Flag, ...] = ()


@dataclass
class Place:
    """The position a rule is asked about, with the text around it."""

    text: str
    start: int
    lexicon: Lexicon
    pieces: list[Piece] = field(default_factory=list)

    @cached_property
    def before(self) -> str:
        """Up to 80 characters before, in lower case and without quotation marks."""
        seen = self.text[max(0, self.start - _LOOK_BEHIND) : self.start]
        return seen[seen.rfind("\n") + 1 :].lower().translate(_WITHOUT_QUOTES)

    @property
    def recent(self) -> Iterator[Piece]:
        """The last pieces, newest first: what stands further back decides nothing here."""
        return reversed(self.pieces[-_RECENT_PIECES:])

    @cached_property
    def said_before(self) -> str:
        """What was said just before, in lower case: an abbreviation there is words by now."""
        said = "".join(piece.spoken for piece in self.pieces[-4:])[-_LOOK_BEHIND:].lower()
        return said[said.rfind("\n") + 1 :]

    def after(self, end: int) -> str:
        """Up to 60 characters after `end`, in lower case, within the paragraph."""
        seen = self.text[end : end + _LOOK_AHEAD]
        line_end = seen.find("\n")
        return (seen if line_end < 0 else seen[:line_end]).lower()

    @property
    def at_line_start(self) -> bool:
        """Whether only blanks stand before on this line."""
        seen = self.text[max(0, self.start - _LOOK_BEHIND) : self.start]
        line = seen.rfind("\n")
        if line < 0 and self.start > _LOOK_BEHIND:
            return False
        return seen[line + 1 :].strip(" \"“'(") == ""

    def follows(self, *rules: str) -> bool:
        """Whether this goes on with a list of things that one of `rules` just read."""
        for piece in reversed(self.pieces):
            if piece.end < self.start - _LONGEST_LINK:
                break
            if piece.rule not in (PLAIN, PAUSE, "dash"):
                return piece.rule in rules and bool(
                    LINKS.fullmatch(self.text, piece.end, self.start)
                )
        return False


@dataclass(frozen=True, slots=True)
class Rule:
    """A class of written things: where it may begin, and how it is read."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], Place], Said | None]

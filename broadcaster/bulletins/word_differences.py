"""What changed between two texts, word by word: lines first, then words where lines differ.

Invariant: what is kept and removed joined is the old text, what is kept and added the new one.
The cost is bounded: where too many words differ at once, all of them are replaced.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\S+\s*|\s+")
# Words on one side times words on the other; a second of work at the very most.
_COMPARED_AT_MOST = 400_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed (`kept`), went (`removed`) or came (`added`)."""

    change: str
    text: str


def differences(old: str, new: str) -> tuple[Piece, ...]:
    """The way from one text to the other."""
    return tuple(_joined(_by_line(_LINE.findall(old), _LINE.findall(new))))


def shortened(pieces: Sequence[Piece], *, around: int = 160) -> tuple[Piece, ...]:
    """The same to be read at a glance: long stretches that stayed lose their middle."""
    shown = []
    for number, piece in enumerate(pieces):
        text = piece.text
        if piece.change == "kept" and len(text) > 2 * around + 40:
            head = "" if number == 0 else text[:around]
            tail = "" if number == len(pieces) - 1 else text[-around:]
            text = f"{head} … {tail}"
        shown.append(Piece(piece.change, text))
    return tuple(shown)


def _by_line(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for tag, before, after in _steps(old, new):
        if tag == "replace":
            yield from _by_word("".join(before), "".join(after))
        else:
            yield from _step(tag, before, after)


def _by_word(old: str, new: str) -> Iterator[Piece]:
    for tag, before, after in _steps(_WORD.findall(old), _WORD.findall(new)):
        yield from _step(tag, before, after)


def _step(tag: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    if tag == "equal":
        yield Piece("kept", "".join(before))
    else:
        yield Piece("removed", "".join(before))
        yield Piece("added", "".join(after))


def _steps(
    old: Sequence[str], new: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    if len(old) * len(new) > _COMPARED_AT_MOST:
        yield "exchange", old, new
        return
    compared = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in compared.get_opcodes():
        yield tag, old[i1:i2], new[j1:j2]


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind are one."""
    change, text = "", ""
    for piece in pieces:
        if not piece.text:
            continue
        if piece.change != change and text:
            yield Piece(change, text)
            text = ""
        change, text = piece.change, text + piece.text
    if text:
        yield Piece(change, text)

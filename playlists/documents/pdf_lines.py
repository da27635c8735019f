"""The lines of one page of a PDF, as the reading layer wants them."""

from __future__ import annotations

import re

_BARE_NUMBER = re.compile(r"[-–—]?[ ]?[0-9]{1,3}[ ]?[-–—]?|[Tt]rang[ ]+[0-9]+(?:[/ ]+[0-9]+)?")
_HYPHENATION = "\u0002\ufffe"  # where PDFium found a word broken at the end of a line
_HYPHENATED = re.compile(f"[{_HYPHENATION}]\n?")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def page_text(text: str) -> str:
    """A page's lines; a page number stands apart, so that the reading can leave it out."""
    unified = _HYPHENATED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [" ".join(_NO_TEXT.sub(" ", line).split()) for line in unified.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    if len(lines) > 1 and _BARE_NUMBER.fullmatch(lines[0]):
        lines = ["", lines[0], "", *lines[1:]]
    if len(lines) > 1 and _BARE_NUMBER.fullmatch(lines[-1]):
        lines = [*lines[:-1], "", lines[-1], ""]
    return "\n".join(lines)

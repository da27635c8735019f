"""The lines of one page of a PDF, as the reading layer wants them."""

from __future__ import annotations

import re
from collections import Counter

from playlists.reading.pages import PAGE_BREAK

_BARE_NUMBER = re.compile(r"[-–—]?[ ]?[0-9]{1,3}[ ]?[-–—]?|[Tt]rang[ ]+[0-9]+(?:[/ ]+[0-9]+)?")
_HYPHENATION = "\u0002\ufffe"  # where PDFium found a word broken at the end of a line
_HYPHENATED = re.compile(f"[{_HYPHENATION}]\n?")
_EDGE_LINES = 2
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


def joined_pages(pages: list[str]) -> str:
    """All pages in one text; where they share an edge, page breaks tell the reading layer so."""
    written = [page for page in pages if page]
    between = f"\n{PAGE_BREAK}\n" if _share_an_edge(written) else "\n"
    return between.join(written).strip("\n")


def _share_an_edge(pages: list[str]) -> bool:
    """Whether two pages begin or end with one line, as they do with a running header."""
    seen: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page.split("\n") if line and not _BARE_NUMBER.fullmatch(line)]
        edges = {*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]}
        seen.update({re.sub(r"[0-9]+", "0", line) for line in edges})
    return any(times > 1 for times in seen.values())

"""WordprocessingML as lines: paragraphs, list items, and tables as they would be read out.

A table whose cells hold several lines is layout (a letterhead, a signature block): its cells
stand below each other. Any other table is data: one line a row, cells apart by a bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from playlists.documents.errors import DocumentDamaged, DocumentTooLong
from playlists.documents.limits import LONGEST_TEXT_CHARACTERS

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main ",
    "http://purl.oclc.org/ooxml/wordprocessingml/main ",
)
# Not on the page: what a reviewer struck out, and the second form of what a newer Word drew.
_UNSEEN = frozenset({"del", "moveFrom", "rubyPr", "rt"})
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_ITEM = "- "
_BAR = " | "
# Word itself stops far below; each line passes through every table that is open around it.
_DEEPEST = 50


@dataclass
class _Table:
    """A table being read: rows of cells of lines."""

    rows: list[list[list[str]]] = field(default_factory=list)

    def lines(self) -> list[str]:
        layout = any(len(cell) > 1 for row in self.rows for cell in row)
        if layout:
            return [line for row in self.rows for cell in row for line in cell]
        rows = ([cell[0] for cell in row if cell] for row in self.rows)
        return [_BAR.join(cells) for cells in rows if cells]


class WordText:
    """Takes a parser's events and gives the text back."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._tables: list[_Table] = []
        self._paragraphs: list[list[str]] = []
        self._unseen = 0
        self._in_text = False
        self._length = 0

    def text(self) -> str:
        """Paragraphs apart by an empty line, list items and rows by a line."""
        text = ""
        for line in self._lines:
            together = line.startswith(_ITEM) or _BAR in line
            text += ("\n" if together else "\n\n") + line
        return text.strip("\n")

    def started(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        local = _local(name)
        if self._unseen or local in _UNSEEN or name == _FALLBACK:
            self._unseen += 1
        elif local == "p":
            _require_shallow(self._paragraphs)
            self._paragraphs.append([])
        elif local == "t":
            self._in_text = True
        elif local in _SIGNS:
            self._add(_SIGNS[local])
        elif local == "numId" and _value(attributes) != "0":
            self._mark_item()
        elif local == "tbl":
            _require_shallow(self._tables)
            self._tables.append(_Table())
        elif local == "tr" and self._tables:
            self._tables[-1].rows.append([])
        elif local == "tc" and self._tables and self._tables[-1].rows:
            self._tables[-1].rows[-1].append([])

    def ended(self, name: str) -> None:
        """An element ends."""
        if self._unseen:
            self._unseen -= 1
            return
        local = _local(name)
        if local == "t":
            self._in_text = False
        elif local == "p" and self._paragraphs:
            self._end_paragraph(self._paragraphs.pop())
        elif local == "tbl" and self._tables:
            for line in self._tables.pop().lines():
                self._put(line)

    def said(self, text: str) -> None:
        """Characters, of which only those in a text element are words."""
        if self._in_text and not self._unseen:
            self._add(text)

    def _add(self, text: str) -> None:
        if not self._paragraphs:
            return
        self._length += len(text)
        if self._length > LONGEST_TEXT_CHARACTERS:
            raise DocumentTooLong(limit_characters=LONGEST_TEXT_CHARACTERS)
        self._paragraphs[-1].append(text)

    def _mark_item(self) -> None:
        if self._paragraphs and not self._paragraphs[-1]:
            self._paragraphs[-1].append(_ITEM)

    def _end_paragraph(self, parts: list[str]) -> None:
        for line in "".join(parts).split("\n"):
            kept = " ".join(line.split())
            if kept and kept != _ITEM.strip():
                self._put(kept)

    def _put(self, line: str) -> None:
        """A line goes to the innermost cell that is open, or to the text."""
        for table in reversed(self._tables):
            if table.rows and table.rows[-1]:
                table.rows[-1][-1].append(line)
                return
        self._lines.append(line)


def _require_shallow(opened: Sequence[object]) -> None:
    """Raise DocumentDamaged where more lie within each other than any page has."""
    if len(opened) >= _DEEPEST:
        raise DocumentDamaged(f"more than {_DEEPEST} within each other")


def _local(name: str) -> str:
    """An element's name if it is Word's own; empty for any other."""
    for namespace in _WORD:
        if name.startswith(namespace):
            return name[len(namespace) :]
    return ""


def _value(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith(" val")), "")

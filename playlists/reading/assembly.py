"""The spoken text in the making: pieces in order, spaces and pauses between them kept tidy.

Invariant: the pieces follow each other without gap over the text, and their words joined are
the spoken text.
"""

from __future__ import annotations

from playlists.reading.flags import Flag
from playlists.reading.place import PAUSE, PLAIN, Piece, Said

_MARKS = ",;:.!?…"
_STRENGTH = {mark: rank for rank, mark in enumerate((",", ";", ":", ".", "!", "?"))}
_QUOTES = " \"'“”„«»‹›‘’*"


class Assembly:
    """Collects pieces and flags for one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces: list[Piece] = []
        self.flags: list[tuple[int, int, Flag]] = []
        self._last = ""  # the last sign said so far
        self._speaking: list[Piece] = []  # the pieces that say something

    def plain(self, start: int, end: int) -> int:
        """A word that is said as it is written."""
        self._append(start, end, self.text[start:end], PLAIN)
        return end

    def space(self, start: int, end: int) -> int:
        """Blanks: one space, or the line break that ends a list item or a paragraph."""
        written = self.text[start:end]
        if "\n" in written:
            self._drop_trailing_space()
            spoken = ("\n\n" if written.count("\n") > 1 else "\n") if self._last else ""
            if self._last == "\n":
                spoken = ""
        else:
            spoken = "" if self._last in ("", " ", "\n") else " "
        self._append(start, end, spoken, PLAIN)
        return end

    def said(self, start: int, said: Said) -> int:
        """What a rule answered."""
        if said.rule == PAUSE:
            self._pause(start, said.end, said.spoken)
        else:
            self._append(start, said.end, said.spoken, said.rule)
        self.flags.extend((start, said.end, flag) for flag in said.flags)
        return said.end

    def silent(self, start: int, end: int) -> int:
        """A sign that is not said, such as a quotation mark."""
        self._append(start, end, "", PAUSE)
        return end

    def pause(self, start: int, end: int) -> int:
        """Punctuation as written, the strongest mark of a group."""
        marks = self.text[start:end].replace("…", "," if self._goes_on(end) else ".")
        known = [mark for mark in marks if mark in _STRENGTH]
        self._pause(start, end, max(known, key=_STRENGTH.__getitem__))
        return end

    def bracket(self, start: int, *, opening: bool) -> int:
        """A bracket is a comma, unless a pause stands there already."""
        following = self.text[start + 1 : start + 12].lstrip(_QUOTES)[:1]
        silent = not opening and (following in _MARKS or following in ("", "\n", ")"))
        self._pause(start, start + 1, "" if silent else ",")
        return start + 1

    def _goes_on(self, end: int) -> bool:
        following = self.text[end : end + 40].lstrip(" ")[:1]
        return following.islower() or following in (")", ",", ";", "”", '"')

    def _pause(self, start: int, end: int, mark: str) -> None:
        if mark:
            mark = self._settle_mark(mark)
        self._append(start, end, mark, PAUSE)

    def _settle_mark(self, mark: str) -> str:
        """Only one mark stands between two words: the stronger one."""
        if self._last in ("", "\n"):
            return ""
        self._drop_trailing_space()
        if self._last not in _STRENGTH:
            return mark
        if _STRENGTH[mark] <= _STRENGTH[self._last]:
            return ""
        self._drop_last()
        return mark

    def _drop_trailing_space(self) -> None:
        while self._last == " ":
            self._drop_last()

    def _drop_last(self) -> None:
        if self._speaking:
            piece = self._speaking[-1]
            piece.spoken = piece.spoken[:-1]
            if not piece.spoken:
                self._speaking.pop()
        self._last = self._speaking[-1].spoken[-1] if self._speaking else ""

    def _append(self, start: int, end: int, spoken: str, rule: str) -> None:
        if spoken and spoken[0].isalnum() and self._last not in ("", " ", "\n"):
            joins = rule == PLAIN and self.pieces[-1].rule == PLAIN
            if not joins:
                spoken = f" {spoken}"
        if spoken:
            self._last = spoken[-1]
        if rule == PLAIN and self.pieces and self.pieces[-1].rule == PLAIN:
            piece = self.pieces[-1]
            piece.end = end
            piece.spoken += spoken
        else:
            piece = Piece(start, end, spoken, rule)
            self.pieces.append(piece)
        if spoken and not (self._speaking and self._speaking[-1] is piece):
            self._speaking.append(piece)

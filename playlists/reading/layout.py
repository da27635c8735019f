"""Undo a page's layout: join lines that a page broke, leave out what is print and not speech."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.letterhead import LeftOut, without_letterhead, without_recipients
from playlists.reading.pages import PAGE_BREAK, page_width, without_page_print

_LABEL = expression(
    r"(?:[-+*•●▪◦–—✓✔➢➤][ ]*(?=\S)|[0-9]{1,2}(?:\.[0-9]{1,2})*[.)](?![0-9])[ ]*|"
    r"[0-9](?:\.[0-9]{1,2}){1,3}[ ]+(?=[A-ZĐÀ-Ỹ])"
    r"|[a-zđ][).][ ]+|[IVX]{1,5}[.)][ ]*(?=\S))"
)
_MID_SENTENCE = expression(r"[-–] (?P<next>[^\W\d_])|[(](?![0-9a-z][)])")
_NUMBER_CUT = expression(r"(?<![0-9.,])[0-9]{1,3}(?P<groups>(?:\.[0-9]{3})*)\.$")
_NUMBER_REST = expression(r"[0-9]{3}(?:\.[0-9]{3})*(?![0-9])")
_GROUPS_REST = expression(r"[0-9]{3}(?:\.[0-9]{3})+(?![0-9])")
_ONLY_LABEL = expression(r"(?:^|\n)[0-9]{1,3}\.$")
_ADDRESS_CUT = expression(r"(?:https?://|www\.|@)\S*[./_-]$")
_TERMINAL = expression(r"[.!?:;…][\"”»)*]*$")
_SENTENCE_END = expression(r"[.!?…][\"”»)*]*$")
_DANGLING = expression(
    r"(?:[,(-]|\b(?:của|và|về|các|những|số|tại|trên|trong|cho|với|do|từ|đến|theo|để|là|được|có|"
    r"ngày|tháng|năm))$",
    re.IGNORECASE,
)
_WIDE = 0.6
_FULL = 0.88
_NARROW = 40


def join_lines(text: str) -> tuple[str, tuple[LeftOut, ...]]:
    """One line per list item or heading, an empty line between paragraphs."""
    lines = [line if line == PAGE_BREAK else line.strip() for line in text.split("\n")]
    if len(lines) == 1:
        return lines[0], ()
    lines, pages = without_page_print(lines)
    lines, head = without_letterhead(lines)
    lines, tail = without_recipients(lines)
    return _joined(lines), (*head, *pages, *tail)


def _joined(lines: list[str]) -> str:
    width = page_width(lines)
    text = ""
    previous = ""
    blank = False
    for line in lines:
        if not line:
            blank = True
            continue
        if not text:
            text = line
        elif _continues(previous, line, blank=blank, width=width):
            text += line if _broken_word(text, line) else f" {line}"
        else:
            text += ("\n\n" if blank else "\n") + line
        previous, blank = line, False
    return text


def _broken_word(text: str, line: str) -> bool:
    """A word, a number or an address that the page broke: 57-, 5.000., https://tanan."""
    tail = text[-60:]
    if _ADDRESS_CUT.search(tail):
        return line[:1].isalnum() and not line[:1].isupper()
    number = _NUMBER_CUT.search(tail)
    if number and _NUMBER_REST.match(line):
        sure = bool(number["groups"]) or line.startswith("000")
        return sure or (_GROUPS_REST.match(line) is not None and not _ONLY_LABEL.search(tail))
    return text.endswith(("-", "/")) and text[-2:-1].isalnum() and line[:1].isalnum()


def _goes_on(previous: str, line: str) -> bool:
    """A bracket or a dash before a small letter, where the line above has no end."""
    match = _MID_SENTENCE.match(line)
    begins = match is not None and (match["next"] is None or match["next"].islower())
    return begins and not _TERMINAL.search(previous)


def _continues(previous: str, line: str, *, blank: bool, width: int) -> bool:
    """Whether `line` goes on with the sentence that `previous` began."""
    cut = not blank and previous.endswith(".") and _broken_word(previous, line)
    if cut or (_goes_on(previous, line) and len(previous) >= _WIDE * width):
        return True
    if _LABEL.match(line) or _SENTENCE_END.search(previous):
        joins_text = not blank and not _LABEL.match(line) and width >= _NARROW
        return joins_text and len(previous) >= _FULL * width
    if _broken_word(previous, line) or line[:1].islower():
        return not blank or (width >= _NARROW and not _TERMINAL.search(previous))
    same_case = previous.isupper() == line.isupper()
    if not same_case or _DANGLING.search(previous):
        return same_case
    if _TERMINAL.search(previous) or width < _NARROW:
        return False
    return _is_full(previous, blank=blank, width=width)


def _is_full(line: str, *, blank: bool, width: int) -> bool:
    """Whether a line reaches so far that a page must have broken it."""
    if line.isupper():
        return not blank
    return len(line) >= (_FULL if blank else _WIDE) * width

"""Undo a page's layout: join lines that a page broke, leave out what is print and not speech."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LABEL = re.compile(
    r"(?:[-+*•●▪◦–—✓✔➢➤][ ]*(?=\S)|[0-9]{1,2}(?:\.[0-9]{1,2})*[.)](?![0-9])[ ]*|"
    r"[0-9](?:\.[0-9]{1,2}){1,3}[ ]+(?=[A-ZĐÀ-Ỹ])"
    r"|[a-zđ][).][ ]+|[IVX]{1,5}[.)][ ]*(?=\S))"
)
_MID_SENTENCE = re.compile(r"[-–] (?=[a-zà-ỹđ])|[(](?![0-9a-z][)])")
_TERMINAL = re.compile(r"[.!?:;…][\"”»)*]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"”»)*]*$")
_DANGLING = re.compile(
    r"(?:[,(-]|\b(?:của|và|về|các|những|số|tại|trên|trong|cho|với|do|từ|đến|theo|để|là|được|có|"
    r"ngày|tháng|năm))$",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(
    r"(?:-[ ]?)?[0-9]{1,3}(?:[ ]?-)?|(?:[Tt]rang|TRANG)[ ]+[0-9]+(?:[/ ]+[0-9]+)?"
)
_RECIPIENTS = re.compile(r"nơi nhận[ ]*:?.*", re.IGNORECASE)
_SIGNATURE = re.compile(r"(?:(?:TM|KT|TL|TUQ|Q)\.[ ]*\S.*|(?:PHÓ )?CHỦ TỊCH|BÍ THƯ|TRƯỞNG .*)")
_LETTERHEAD = re.compile(
    r"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM|Độc lập ?[-–] ?Tự do ?[-–] ?Hạnh phúc|"
    r"ĐẢNG CỘNG SẢN VIỆT NAM|[Ss]ố ?: *[-/] *[A-ZĐ].*|(?:[Ss]ố ?: *[-/] *[A-ZĐ]\S* +)?.*, *"
    r"ngày *(?:\.|…)* *tháng *(?:[0-9]{1,2}|\.|…)* *năm *[0-9]{4}|[*_=~-]{3,}"
)
_AGENCY = re.compile(
    r"(?:ỦY BAN NHÂN DÂN|HỘI ĐỒNG NHÂN DÂN|ĐẢNG ỦY|XÃ|PHƯỜNG|TỈNH|UBND)(?: [^a-zà-ỹ]*)?"
)
_HEAD_LINES = 14
_WIDE = 0.6
_FULL = 0.88
_NARROW = 40


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Lines of print that are not read aloud, and where in the text they stood (start or end)."""

    kind: str
    written: str


def join_lines(text: str) -> tuple[str, tuple[LeftOut, ...]]:
    """One line per list item or heading, an empty line between paragraphs."""
    lines = [line.strip() for line in text.split("\n")]
    if len(lines) == 1:
        return lines[0], ()
    lines, head = _without_letterhead(lines)
    lines, tail = _without_recipients(lines)
    lines, pages = _without_page_numbers(lines)
    return _joined(lines), (*head, *pages, *tail)


def _without_letterhead(lines: list[str]) -> tuple[list[str], tuple[LeftOut, ...]]:
    head = lines[:_HEAD_LINES]
    found = [index for index, line in enumerate(head) if _LETTERHEAD.fullmatch(line)]
    if not found:
        return lines, ()
    last = found[-1]
    gone = {index for index in range(last + 1) if index in found or _AGENCY.fullmatch(lines[index])}
    written = "\n".join(lines[index] for index in sorted(gone) if lines[index])
    kept = [line for index, line in enumerate(lines) if index not in gone]
    return kept, (LeftOut("letterhead", written),)


def _without_recipients(lines: list[str]) -> tuple[list[str], tuple[LeftOut, ...]]:
    for index in range(len(lines) - 1, 0, -1):
        if _RECIPIENTS.fullmatch(lines[index].strip("*_ ")):
            rest = [line for line in lines[index:] if line]
            if any(_LABEL.match(line) or line.startswith("Lưu") for line in rest[1:4]):
                return lines[:index], (LeftOut("recipients", "\n".join(rest)),)
    return lines, ()


def _without_page_numbers(lines: list[str]) -> tuple[list[str], tuple[LeftOut, ...]]:
    def is_page_number(index: int) -> bool:
        if not _PAGE_NUMBER.fullmatch(lines[index]):
            return False
        above = index == 0 or not lines[index - 1]
        below = index == len(lines) - 1 or not lines[index + 1]
        return above and below

    gone = [index for index in range(len(lines)) if is_page_number(index)]
    if not gone or not any(re.search(r"[^\W\d_]", line) for line in lines):
        return lines, ()
    written = "\n".join(lines[index] for index in gone)
    kept = [line for index, line in enumerate(lines) if index not in set(gone)]
    return kept, (LeftOut("page_number", written),)


def _joined(lines: list[str]) -> str:
    width = _page_width(lines)
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


def _page_width(lines: list[str]) -> int:
    """The width a page broke its lines at: the 90th percentile of lengths, 0 if unknowable."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[len(lengths) * 9 // 10] if len(lengths) >= 4 else 0


def _broken_word(text: str, line: str) -> bool:
    return text.endswith(("-", "/")) and text[-2:-1].isalnum() and line[:1].isalnum()


def _goes_on(previous: str, line: str) -> bool:
    """A bracket or a dash before a small letter, where the line above has no end."""
    return bool(_MID_SENTENCE.match(line)) and not _TERMINAL.search(previous)


def _continues(previous: str, line: str, *, blank: bool, width: int) -> bool:
    """Whether `line` goes on with the sentence that `previous` began."""
    if _goes_on(previous, line) and len(previous) >= _WIDE * width:
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

"""What a page bears at its edges: its number, and a line that runs over all pages.

A PDF's or a viewer's text has these between two lines of a sentence. They are left out where the
page proves itself: by the form of the number, by empty lines or a page break around it, by numbers
that rise from page to page, or by a sentence that goes on around it. A number alone on a line that
none of these proves may be what the author counted: it is read, and marked as unsure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from playlists.reading.expressions import expression
from playlists.reading.letterhead import LeftOut

PAGE_BREAK = "\f"
# Stands before a number in doubt until its place in the cleaned text is known.
UNSURE = "\x01"

_TOLD = expression(
    r"[-–—][ ]?[0-9]{1,3}[ ]?[-–—]|(?:Trang|TRANG|Page)(?:[ ]?[,:])?[ ]+[0-9]{1,4}"
    r"(?:[ ]?(?:/|trên|of)[ ]?[0-9]{1,4})?|[0-9]{1,3}[ ]?,[ ]?(?:Trang|TRANG)"
)
_APART = expression(r"(?:-[ ]?)?[0-9]{1,3}(?:[ ]?-)?|(?:[Tt]rang|TRANG)[ ]+[0-9]+(?:[/ ]+[0-9]+)?")
_LONE = expression(r"(?P<page>[0-9]{1,3})(?:[ ]?/[ ]?(?P<of>[0-9]{1,3}))?")
_LETTER = expression(r"[^\W\d_]")
_COUNTED = expression(r"\btrang\b", re.IGNORECASE)
_TERMINAL = expression(r"[.!?:;…][\"”»)*]*$")
_CUT_NUMBER = expression(r"[0-9][.,/-]$")
_WANTS_NUMBER = expression(
    r"(?:[\d,(/+-]|(?<!\w)(?:các|những|và|với|có|là|được|số|thôn|tổ|khu|ấp|bản|buôn|làng|điều|khoản|"
    r"mục|điểm|lần|đợt|vòng|quý|tháng|ngày|năm|cấp|lớp|khóa|khoảng|gần|hơn|trên|dưới|đến|từ|còn|thêm|"
    r"đạt|tại|cho|gồm|cả|mỗi|ít nhất|tối đa|tối thiểu|lô|phường|quận|chương|phần|hạng|nhóm|loại|"
    r"bàn|của|về|trong|k?m|[cd]m|ha|đường|ngõ|hẻm|tuyến|bảng|đội|ca|tuần|giờ|phút))$",
    re.IGNORECASE,
)
_LEAST_PAGE_LINES = 12
_LEAST_WIDTH = 40
_FULL = 0.8
_SHORT = 0.7
_LONGEST_RUNNING = 120
_EDGE_ROUNDS = 2
_LABELLED = expression(r"[-+*•●▪◦–—✓✔➢➤]|[0-9]{1,2}(?:\.[0-9]{1,2})*[.)]|[a-zđ][).]|[IVX]{1,5}[.)]")


def without_page_print(lines: list[str]) -> tuple[list[str], tuple[LeftOut, ...]]:
    """The lines without page breaks, page numbers and running lines, and what those were."""
    numbers = {index for index, line in enumerate(lines) if _is_number(lines, index, line)}
    running = _running(lines, numbers)
    sheet = _sheet(lines, apart=numbers | running)
    if not sheet.has_words:
        return [line for line in lines if line != PAGE_BREAK], ()
    gone = {index for index in numbers if _proves_itself(sheet, index)} | _rising(sheet, numbers)
    unsure = {index for index in numbers - gone if _LONE.fullmatch(lines[index])}
    kept = [
        UNSURE + line if index in unsure else line
        for index, line in enumerate(lines)
        if index not in gone and index not in running and line != PAGE_BREAK
    ]
    named = (("running_line", running), ("page_number", gone))
    return kept, tuple(
        LeftOut(kind, "\n".join(lines[index] for index in sorted(which)))
        for kind, which in named
        if which
    )


def page_width(lines: list[str]) -> int:
    """The width a page broke its lines at: the 90th percentile of lengths, 0 if unknowable."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[len(lengths) * 9 // 10] if len(lengths) >= 4 else 0


def _is_number(lines: list[str], index: int, line: str) -> bool:
    """Whether a line is nothing but a number as pages bear it; the rest of a number is none."""
    if not any(form.fullmatch(line) for form in (_TOLD, _APART, _LONE)):
        return False
    return index == 0 or not _CUT_NUMBER.search(lines[index - 1][-2:])


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Lines, and for each of them the nearest line of text above and below it."""

    lines: list[str]
    above: list[str]
    below: list[str]
    width: int

    @property
    def has_words(self) -> bool:
        """Whether there is any text besides what may be print."""
        return any(map(_LETTER.search, (*self.above, *self.below)))

    def interrupts(self, index: int) -> bool:
        """Whether a sentence goes on around this line."""
        above = self.above[index]
        going_on = bool(above) and not _TERMINAL.search(above[-12:])
        return going_on and self.below[index][:1].islower()

    def below_full_line(self, index: int) -> bool:
        """Whether the line above is so long that the page, not its author, ended it."""
        return self.width >= _LEAST_WIDTH and len(self.above[index]) >= _FULL * self.width

    def opens(self, index: int, step: int) -> bool:
        """Whether an empty line, a page's edge or the text's is on this side."""
        beside = index + step
        return not 0 <= beside < len(self.lines) or self.lines[beside] in ("", PAGE_BREAK)

    def at_break(self, index: int) -> bool:
        """Whether a page break stands right beside it."""
        return PAGE_BREAK in self.lines[max(0, index - 1) : index + 2]


def _sheet(lines: list[str], *, apart: Collection[int]) -> _Sheet:
    above, below = [""] * len(lines), [""] * len(lines)
    near = ""
    for index, line in enumerate(lines):
        above[index] = near
        if index not in apart and line not in ("", PAGE_BREAK):
            near = line
    near = ""
    for index in range(len(lines) - 1, -1, -1):
        below[index] = near
        if index not in apart and lines[index] not in ("", PAGE_BREAK):
            near = lines[index]
    width = page_width([line for index, line in enumerate(lines) if index not in apart])
    return _Sheet(lines=lines, above=above, below=below, width=width)


def _proves_itself(sheet: _Sheet, index: int) -> bool:
    line = sheet.lines[index]
    if _TOLD.fullmatch(line):
        return True
    if not _APART.fullmatch(line):
        return False
    opens = sheet.opens(index, -1), sheet.opens(index, 1)
    if all(opens) or sheet.at_break(index):
        return True
    if not sheet.interrupts(index) or _WANTS_NUMBER.search(sheet.above[index][-20:]):
        return False
    return any(opens) or sheet.below_full_line(index)


def _rising(sheet: _Sheet, numbers: Collection[int]) -> set[int]:
    """Numbers that rise by one from page to page, one of them inside a sentence."""
    proven: set[int] = set()
    chain: list[int] = []
    last: tuple[int, str | None] = (-1, None)
    for index in sorted(numbers):
        match = _LONE.fullmatch(sheet.lines[index])
        if match is None:
            continue
        this = int(match["page"]), match["of"]
        apart = bool(chain) and index - chain[-1] >= _LEAST_PAGE_LINES
        if not (apart and this == (last[0] + 1, last[1])):
            chain = []
        chain.append(index)
        last = this
        if len(chain) > 1 and any(map(sheet.interrupts, chain)):
            proven.update(chain)
    return proven


def _running(lines: list[str], numbers: Collection[int]) -> set[int]:
    """Lines that every page repeats at its edge."""
    seen: dict[str, list[int]] = defaultdict(list)
    width = page_width([line for line in lines if line != PAGE_BREAK])
    for index, line in enumerate(lines):
        if index not in numbers and _may_run(line, width=width):
            seen[_key(line)].append(index)
    repeated = {key: where for key, where in seen.items() if len(where) > 1}
    if not repeated:
        return set()
    if PAGE_BREAK in lines:
        return _at_edges(lines, numbers, repeated)
    return _between_lines(lines, numbers, repeated)


def _may_run(line: str, *, width: int) -> bool:
    """A line of its own, shorter than the page is wide, that ends no sentence and is no item."""
    if len(line) > _LONGEST_RUNNING or line[:1].islower() or not _LETTER.search(line):
        return False
    if _TERMINAL.search(line) or _LABELLED.match(line):
        return False
    return line.isupper() or width < _LEAST_WIDTH or len(line) < _SHORT * width


def _key(line: str) -> str:
    """Equal for one running line on all its pages, though it may count them."""
    return re.sub(r"[0-9]+", "0", line) if _COUNTED.search(line) else line


def _at_edges(
    lines: list[str], numbers: Collection[int], repeated: dict[str, list[int]]
) -> set[int]:
    """Where pages are known: what two pages or more begin or end with."""
    pages: list[list[int]] = [[]]
    for index, line in enumerate(lines):
        if line == PAGE_BREAK:
            pages.append([])
        elif line and index not in numbers:
            pages[-1].append(index)
    running: set[int] = set()
    for edge in (0, -1) * _EDGE_ROUNDS:
        at_edge: dict[str, list[list[int]]] = defaultdict(list)
        for page in pages:
            if len(page) > 1 and _key(lines[page[edge]]) in repeated:
                at_edge[_key(lines[page[edge]])].append(page)
        for same in at_edge.values():
            if len(same) > 1:
                running.update(page.pop(edge) for page in same)
    return running


def _between_lines(
    lines: list[str], numbers: Collection[int], repeated: dict[str, list[int]]
) -> set[int]:
    """Where pages are not known: what stands in mid-sentence, or twice beside a page number."""
    candidates = {index for where in repeated.values() for index in where}
    sheet = _sheet(lines, apart={*numbers, *candidates})
    running: set[int] = set()
    for where in repeated.values():
        near = any(below - above < _LEAST_PAGE_LINES for above, below in pairwise(where))
        cut = any(sheet.interrupts(index) and sheet.below_full_line(index) for index in where)
        numbered = sum(_beside_number(lines, numbers, index) for index in where)
        if not near and (cut or numbered > 1):
            running.update(where)
    return running


def _beside_number(lines: list[str], numbers: Collection[int], index: int) -> bool:
    for step in (-1, 1):
        beside = index + step
        if 0 <= beside < len(lines) and not lines[beside]:
            beside += step
        if beside in numbers:
            return True
    return False

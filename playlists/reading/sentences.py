"""Cut spoken words into sentences, each with the pause that a newsreader makes after it.

What the reading layer gives holds words only; a text that was not read by it may hold numbers,
dates, `TP.` and addresses, and no cut falls inside one of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from playlists.reading.expressions import expression

PAUSE_AFTER_MS = {".": 450, "!": 450, "?": 500, "…": 450, ";": 320, ":": 320}
PAUSE_AFTER_LINE_MS = 550
PAUSE_AFTER_PARAGRAPH_MS = 800
# Between hills a word is heard again for one to two seconds: the next waits until it has died away.
WIDE_PAUSE_AFTER_MS = {".": 1_200, "!": 1_200, "?": 1_200, "…": 1_200, ";": 900, ":": 900}
WIDE_PAUSE_AFTER_LINE_MS = 1_300
WIDE_PAUSE_AFTER_PARAGRAPH_MS = 1_800
WIDE_PAUSE_AFTER_BREATH_MS = 600
LONGEST_WIDE_BREATH_WORDS = 12
_PAUSE_AFTER_BREATH_MS = 180
_LONGEST_CHARACTERS = 302

_CLOSING = "\"'”’»)]"
_ENDS = expression(rf"(?P<mark>[.!?;:…])[{re.escape(_CLOSING)}]*(?=\s|$)")
# A comma between figures, or before a date's month or year, belongs to what it stands in.
_BREATH = expression(r",(?:(?<![0-9],)|(?!\s+[0-9]))\s+(?!(?:tháng|năm)\s)")
_SHORT_FORM = expression(
    r"(?<!\w)(?:TP|Tp|TX|Tx|TT|Tt|GS|PGS|TS|ThS|Ths|BS|Bs|BSCK|DS|KS|CN|LS|NSND|NSƯT|Thg|tr|vs|No|"
    r"Mr|Mrs|Ms|Dr|St)\.$"
)
_BEFORE_FIGURE = expression(r"(?<!\w)(?:P|Q|H|X|F|K|Km|Đ|Số|số|tr|Tr)\.$")
# Nguyễn V. An: a letter after a family name stands for a given name, and the name goes on.
_FAMILY_NAMES = """Nguyễn,Trần,Lê,Phạm,Hoàng,Huỳnh,Phan,Vũ,Võ,Đặng,Bùi,Đỗ,Hồ,Ngô,Dương,Lý,Đinh,
Đoàn,Trịnh,Mai,Lâm,Trương,Đào,Cao,Tô,Tạ,Thái,Châu,Lương,Điểu,Thạch,Sơn,Kim,Danh,Giàng,Lò,Vàng,Hà,
Nông,Hứa,Lưu,Phùng,Tăng,Quách,Vương,La,Tống,Triệu,Lục,Chu,Bế,Lường,Quàng,Sùng,Mùa,Vừ,Thào"""
_INITIAL = expression(
    rf"(?<!\w)(?:{'|'.join(_FAMILY_NAMES.replace(chr(10), '').split(','))})(?: ?[A-ZĐ]\.)+$"
)
_LIST_MARK = expression(r"[0-9]{1,3}(?:\.[0-9]{1,3})*\.")
_LOWER_NEXT = expression(r"\s+[^\W\d_]")
_FIGURE_NEXT = expression(r"\s+[0-9]")
_MORE_NEXT = expression(r"\s*\S")
_FIGURE_COLON = expression(r"[0-9]\s?:$")
_DAY = expression(r"(?<![0-9.,])[0-9]{1,2}\.$")
_DAY_MONTH = expression(r"(?<![0-9.,])[0-9]{1,2}\.\s?[0-9]{1,2}\.$")
_MONTH_NEXT = expression(r"\s+[0-9]{1,2}\.\s?[0-9]{4}(?![0-9])")
_YEAR_NEXT = expression(r"\s+[0-9]{4}(?![0-9])")
# The longest list mark, short form and name with initials are shorter.
_LOOK_BACK_CHARACTERS = 32


class Gaps(StrEnum):
    """How much silence stands between what is said."""

    NORMAL = "normal"
    WIDE = "wide"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One stretch to be spoken in a breath, and the silence after it in milliseconds."""

    text: str
    pause_after_ms: int


@dataclass(frozen=True, slots=True)
class _Manner:
    """The silences of one kind of gaps, and how long a breath may be."""

    after_ms: Mapping[str, int]
    line_ms: int
    paragraph_ms: int
    breath_ms: int
    longest: int
    length: Callable[[str], int]
    even: bool


_MANNERS = {
    Gaps.NORMAL: _Manner(
        after_ms=PAUSE_AFTER_MS,
        line_ms=PAUSE_AFTER_LINE_MS,
        paragraph_ms=PAUSE_AFTER_PARAGRAPH_MS,
        breath_ms=_PAUSE_AFTER_BREATH_MS,
        longest=_LONGEST_CHARACTERS,
        length=len,
        even=False,
    ),
    Gaps.WIDE: _Manner(
        after_ms=WIDE_PAUSE_AFTER_MS,
        line_ms=WIDE_PAUSE_AFTER_LINE_MS,
        paragraph_ms=WIDE_PAUSE_AFTER_PARAGRAPH_MS,
        breath_ms=WIDE_PAUSE_AFTER_BREATH_MS,
        longest=LONGEST_WIDE_BREATH_WORDS,
        length=lambda text: len(text.split()),
        even=True,
    ),
}


def split_sentences(spoken: str, *, gaps: Gaps = Gaps.NORMAL) -> tuple[Sentence, ...]:
    """The sentences of a reading's spoken words; paragraphs and list items pause longer.

    Wide gaps are for valleys that echo: longer silences, and long sentences in short breaths.
    """
    manner = _MANNERS[gaps]
    found: list[Sentence] = []
    for stretch, end in _stretches(spoken):
        text = stretch.strip()
        if _is_said(text):
            pause_ms = _pause_after(spoken, end, text, manner=manner)
            found.extend(_in_breaths(text, pause_ms, manner=manner))
    return tuple(found)


def _stretches(spoken: str) -> Iterator[tuple[str, int]]:
    """Every stretch up to a sentence's end or a line's, and where it ends in the whole."""
    at = 0
    for line in spoken.split("\n"):
        begin = 0
        for match in _ENDS.finditer(line):
            if _is_end(line, match, begin=begin):
                yield line[begin : match.end()], at + match.end()
                begin = match.end()
        if line[begin:].strip():
            yield line[begin:], at + len(line)
        at += len(line) + 1


def _is_end(line: str, match: re.Match[str], *, begin: int) -> bool:
    """Whether a sentence ends at this mark, or the mark belongs to what is written around it."""
    mark_end, rest = match.start() + 1, match.end()
    figure_next = _FIGURE_NEXT.match(line, rest) is not None
    letter = _LOWER_NEXT.match(line, rest)
    lower_next = letter is not None and line[letter.end() - 1].islower()
    if match["mark"] == ":":
        return not (figure_next and _before(_FIGURE_COLON, line, mark_end))
    if match["mark"] == "…" or line.endswith("v.v.", 0, mark_end):
        return not lower_next
    if match["mark"] != ".":
        return True
    more_next = _MORE_NEXT.match(line, rest) is not None
    if more_next and _is_list_mark(line, begin, mark_end):
        return False
    if figure_next and (_before(_BEFORE_FIGURE, line, mark_end) or _within_date(line, match)):
        return False
    name_goes_on = letter and not lower_next and _before(_INITIAL, line, mark_end)
    return not (name_goes_on or (more_next and _before(_SHORT_FORM, line, mark_end)))


def _before(pattern: re.Pattern[str], line: str, end: int) -> bool:
    """Whether a pattern ends here; only so far back as the longest reaches, or time squares."""
    return pattern.search(line, max(0, end - _LOOK_BACK_CHARACTERS), end) is not None


def _is_list_mark(line: str, begin: int, end: int) -> bool:
    alone = line[begin:end] if end - begin <= _LOOK_BACK_CHARACTERS else ""
    return _LIST_MARK.fullmatch(alone.strip()) is not None


def _within_date(line: str, match: re.Match[str]) -> bool:
    """20. 11. 2025, as some write or scan it."""
    end, rest = match.start() + 1, match.end()
    day = _before(_DAY, line, end) and _MONTH_NEXT.match(line, rest)
    month = _before(_DAY_MONTH, line, end) and _YEAR_NEXT.match(line, rest)
    return bool(day or month)


def _pause_after(spoken: str, end: int, text: str, *, manner: _Manner) -> int:
    rest = spoken[end : end + 4].lstrip(" ")
    if rest.startswith("\n\n") or not rest:
        return manner.paragraph_ms
    if rest.startswith("\n"):
        return manner.line_ms
    return manner.after_ms.get(text.rstrip(_CLOSING)[-1], 0)


def _is_said(text: str) -> bool:
    """Whether there is anything to say in it; a voice that is given a bare comma says nothing."""
    return any(sign.isalnum() for sign in text)


def _in_breaths(text: str, pause_ms: int, *, manner: _Manner) -> list[Sentence]:
    """A sentence too long for one breath is spoken in parts, cut at commas."""
    clauses = [clause for clause in _BREATH.split(text) if _is_said(clause)]
    *cut, last = _parts(clauses, manner=manner)
    breaths = [Sentence(text=f"{part},", pause_after_ms=manner.breath_ms) for part in cut]
    return [*breaths, Sentence(text=last, pause_after_ms=pause_ms)]


def _parts(clauses: list[str], *, manner: _Manner) -> list[str]:
    """As few parts as their length allows; where they are to be even, none much shorter."""
    parts = _filled(clauses, longest=manner.longest, length=manner.length)
    if not manner.even or len(parts) == 1:
        return parts
    for longest in range(1, manner.longest):
        evener = _filled(clauses, longest=longest, length=manner.length)
        if len(evener) == len(parts):
            return evener
    return parts


def _filled(clauses: list[str], *, longest: int, length: Callable[[str], int]) -> list[str]:
    """Clauses side by side in each part as long as they fit."""
    parts = clauses[:1]
    for clause in clauses[1:]:
        longer = f"{parts[-1]}, {clause}"
        if length(longer) > longest:
            parts.append(clause)
        else:
            parts[-1] = longer
    return parts

"""Clean a script before it is read: one encoding, one spelling, no marks that nobody says.

Spans and warnings refer to the text as it leaves here. What is left out as a whole (letterhead,
list of recipients, page numbers) is handed back too, so that it is never dropped in silence.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from playlists.reading.expressions import expression
from playlists.reading.layout import join_lines
from playlists.reading.letterhead import LeftOut
from playlists.reading.orthography import fold_tone_placement
from playlists.reading.pages import PAGE_BREAK, UNSURE

_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)]
)
_SAME: dict[int, str] = {
    **{0xFF01 + offset: chr(0x21 + offset) for offset in range(94)},
    **dict.fromkeys([0x00A0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2212, 0xFE63], "-"),
    **dict.fromkeys([0x2028, 0x2029, 0x0B, 0x85], "\n"),
    0x2015: "—", 0x2044: "/", 0x2215: "/", 0x00BA: "°", 0x02DA: "°", 0x2032: "'", 0x2019: "'",
    0x2018: "'", 0x00D0: "Đ", 0x0110: "Đ", 0x20AB: "₫", 0xFB01: "fi", 0xFB02: "fl",
    0x00BD: " 1/2", 0x00BC: " 1/4", 0x00BE: " 3/4", 0x2103: "°C",
}  # fmt: skip
_TAB_BETWEEN = expression(r"(?<=[\w%²³)\]”\"])[ ]*\t[ \t]*(?=[\w(“\"])")
_WIDE_GAP = expression(r"(?<=[\w%²³)\]”\"])[ ]{4,}(?=[\w(“\"])")
_PAGE_BREAK = expression(rf"\n?{PAGE_BREAK}\n?")
_CONTROL = expression(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_OTHER_SCRIPT = "[^\x00-\u024f\u1e00-\u1eff\u2000-\u2e7f]"
_SCRIPT_BORDER = expression(
    f"(?<=[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ0-9])(?={_OTHER_SCRIPT})|(?<={_OTHER_SCRIPT})(?=[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ0-9])"
)
_ARROW = expression(r"(?<![<=>-])(?:=+|-{1,3})>(?![=>])")
_AT_LEAST = expression(r"(?<![<=>])([<>])=(?![<=>])")
_DIAMETER = expression(r"[ØøΦφϕ][ ]?(?=[0-9])")
_PLUS_MINUS = expression(r"(?<!\w)\+/-[ ]?(?=[0-9])")
_TEST_RESULT = expression(r"(?<!tính )(?P<open>\()(?P<sign>[+-])\)(?=\s|[.,;:)]|$)")
_TESTED = expression(
    r"(?<!\w)(?:xét nghiệm|test|hiv|hbsag|hcv|mẫu|ma túy|kết quả|vi rút|virus|cúm|dịch tả)"
    r"(?!\w)[^.;\n]{0,40}$",
    re.IGNORECASE,
)
_STARS = expression(r"(?<=[ ])([3-5])\*(?![\w*])")
_OPENS_EMPHASIS = expression(r"(?<![\w*])\*+(?=\S)")
_KEY = expression(r"(?<!\w)([Pp]hím )([*#])(?![0-9])")
_LINE_MARKS = expression(
    r"^[ ]{0,3}(?:#{1,6}[ ]+|>[ ]?(?![ ]?[0-9]))|^[ ]{0,3}(?:[*_][ ]?){3,}$|^[ ]*-{3,}[ ]*$",
    re.MULTILINE,
)
_EMPHASIS = expression(
    r"(?<![\w*])\*{1,3}(?=\S)(?![0-9]{1,6}[*#])|(?<=\S)\*{1,3}(?![\w*])|(?<!\w)_{1,2}(?=[^\W_])|(?<=[^\W_]|"
    r"[.,;:!?)])_{1,2}(?!\w)|`+"
)
_LINK = expression(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_TABLE_RULE = expression(r"^[ ]*\|?[ :|-]*-{2,}[ :|-]*\|?[ ]*$", re.MULTILINE)
_TABLE_BAR = expression(r"[ ]*\|[ ]*")
_END_MARK = expression(r"[.]?/[.]/?(?=\s|$|[\"”»)])|(?<=[^\W\d_])\./(?=\s|$)")
_DOTS = expression(r"(?:(?<=,)[ ]*)?(?:\.{3,}|…[.…]*)|(?<=,)[ ]*\.{2}(?!\.)")
_DOTTED_RANGE = expression(r"(?<=[0-9])[ ]?(?:\.{2,3}|…)[ ]?(?=[0-9])")
_TWO_DOTS = expression(r"(?<![./\w])\.\.(?=\s|$)|(?<=\w)\.\.(?!\w|\.|/)")
_REPEATED = expression(r"([,;:!?])(?:[ ]*\1)+")
# A run of marks is looked at from its beginning only, or a long one takes the square of its time.
_MARK_BEFORE_STOP = expression(r"(?<![,;:])[,;:]+(?:[ ]*\.(?![.\w])|\.(?=[^\W\d_]))")
_SPACED_DATE = expression(
    r"(?<![0-9/])([0-9]{1,2})[ ]*/[ ]*([0-9]{1,2})[ ]*/[ ]*([0-9]{4})(?![0-9])"
)
_SPACED_NUMBER = expression(
    r"(?<![\w/])([0-9]{1,5})(?:([-/])[ ]+|[ ]+([-/])[ ]*)(?=[A-ZĐ]{1,}[A-Za-zĐđ]*[-/][A-ZĐ])"
)
_SPACED_LETTERS = expression(r"(?<=[0-9][-/])([A-ZĐ][A-Za-zĐđ]*)[ ]*([-/])[ ]*(?=[A-ZĐ]{2}|CP\b)")
# CT. UBND, BS. CKI. Trần: the dot of a title in short ends no sentence before whom it belongs to.
_TITLE_DOT = expression(
    r"(?<!\w)(P?CT|P?BT|P?GĐ|P?CVP)\.[ ]?(?=(?:UB|HĐND|MTTQ|HND|HLHPN|CCB|BCH|BTV|Đảng ủy)"
    r"[A-ZĐ]*(?!\w))|(?<!\w)(CKI{1,2}|CK[12]|BSCKI{1,2}|BSCK[12])\.[ ]?(?=[A-ZĐÀ-Ỹ])"
)
_LONE_NUMBER = expression(r"[0-9]+(?:[ ]?/[ ]?[0-9]+)?")
_SPACES = expression(r"[ ]{2,}")
_EDGE_SPACES = expression(r"[ ]+(?=\n)|(?<=\n)[ ]+")
_BLANK_LINES = expression(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The cleaned text, what was left out of it, and what may be print but is read."""

    text: str
    left_out: tuple[LeftOut, ...]
    unsure: tuple[tuple[int, int], ...] = ()


def clean(script: str) -> Cleaned:
    """The script as it will be read: paragraphs apart by an empty line, list items by a line."""
    text = _characters(script)
    text = _marks(text)
    text, left_out = join_lines(text)
    text = _inside_numbers(text)
    text = _endings(text)
    text, unsure = _places_of_unsure(text.strip())
    return Cleaned(text=text, left_out=left_out, unsure=unsure)


def _places_of_unsure(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without the marks of numbers that may be a page's, and where those stand."""
    first, *marked = text.split(UNSURE)
    at, places = len(first), []
    for part in marked:
        number = _LONE_NUMBER.match(part)
        if number:
            places.append((at, at + number.end()))
        at += len(part)
    return "".join([first, *marked]), tuple(places)


def _characters(script: str) -> str:
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    text = text.translate(_INVISIBLE).translate(_SAME)
    if "\t" in text:
        text = _TAB_BETWEEN.sub(" " * 4, text).replace("\t", " ")
    if PAGE_BREAK in text:
        text = _PAGE_BREAK.sub(f"\n{PAGE_BREAK}\n", text)
    text = _CONTROL.sub(" ", unicodedata.normalize("NFC", text))
    if ">" in text or "<=" in text:
        text = _ARROW.sub("→", text)
        text = _AT_LEAST.sub(lambda match: "≥" if match[1] == ">" else "≤", text)
    text = _SCRIPT_BORDER.sub(" ", text)
    if "+/-" in text:
        text = _PLUS_MINUS.sub("±", text)
    return fold_tone_placement(_DIAMETER.sub("phi ", text))


def _marks(text: str) -> str:
    if "|" in text:
        text = _TABLE_BAR.sub(", ", _TABLE_RULE.sub("", text))
        text = re.sub(r"^, |, $", "", text, flags=re.MULTILINE)
    text = _named_signs(text)
    text = _LINE_MARKS.sub("", _LINK.sub(r"\1", text))
    return _EMPHASIS.sub("", text)


def _named_signs(text: str) -> str:
    """4*, phím #, HIV (+): a sign with a name of its own there, told from emphasis and brackets."""
    if "*" in text or "#" in text:
        text = _KEY.sub(lambda match: match[1] + ("sao" if match[2] == "*" else "thăng"), text)
        if not _OPENS_EMPHASIS.search(text):
            text = _STARS.sub(r"\1 sao", text)
    if "(+)" in text or "(-)" in text:
        text = _TEST_RESULT.sub(_test_result, text)
    return text


def _test_result(match: re.Match[str]) -> str:
    if not _TESTED.search(match.string[max(0, match.start() - 60) : match.start()]):
        return match[0]
    return "dương tính" if match["sign"] == "+" else "âm tính"


def _inside_numbers(text: str) -> str:
    text = _SPACED_DATE.sub(r"\1/\2/\3", text)
    text = _SPACED_NUMBER.sub(lambda match: match[1] + (match[2] or match[3]), text)
    return _SPACED_LETTERS.sub(r"\1\2", text)


def _endings(text: str) -> str:
    text = _TITLE_DOT.sub(lambda match: f"{match[1] or match[2]} ", text)
    text = _END_MARK.sub(".", _WIDE_GAP.sub(", ", text))
    text = _DOTS.sub("…", _DOTTED_RANGE.sub("-", text))
    text = _TWO_DOTS.sub(".", text)
    text = _MARK_BEFORE_STOP.sub(".", _REPEATED.sub(r"\1", text))
    return _BLANK_LINES.sub("\n\n", _EDGE_SPACES.sub("", _SPACES.sub(" ", text)))

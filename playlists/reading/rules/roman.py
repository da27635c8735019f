"""Roman numerals, only after a word that announces one: khóa XIII, quý IV/2025, mục ix."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal, ordinal
from playlists.reading.orthography import is_syllable
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.dates import year_words

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN = expression(
    r"(?P<roman>[IVXLCDM]+|[ivxlcdm]+)(?:(?P<sep>[/-])(?P<year>(?:19|20)[0-9]{2}|(?<=/)[2-5][0-9])(?![0-9]))?(?![^\W_])"
)
_CANONICAL = expression(r"X{0,3}(?:IX|IV|V?I{0,3})")
_CUE = expression(
    r"(?<!\w)(?P<cue>khóa|quý|kỳ họp|thứ|báo động|bđ|mức|tuyến|chương|phần|mục|tiểu mục|"
    r"điều|khoản|đoạn|phụ lục|thế kỷ|"
    r"thế kỉ|đại hội|số|năm|cấp|hạng|loại|vùng|bậc|tập|quyển|hội nghị|kỳ|kì|lần|bảng|nhóm|"
    r"giai đoạn|giải|ban|khối|khu phố|tổ dân phố|xóm|chi bộ|đài|tiểu đoàn|sư đoàn|học kỳ|"
    r"học kì|hk|tiểu khu|khu vực|(?<!tọa )độ|đợt|đệ|lữ đoàn|quân đoàn|quân khu|đô thị loại|"
    r"trung ương|vành đai|"
    r"triều đại|đời vua|toàn quốc|(?:đại hội|hội nghị)[^.;0-9]{0,40}(?:lần|khóa|thứ))\s*$"
)
_LABEL = expression(r"(?P<roman>[IVX]{1,5})(?:[.)]|(?=[ ][-–]))")
_NAME_NEXT = expression(r"[ ]?[A-ZĐ][a-zà-ỹđ]+[ ][A-ZĐ][a-zà-ỹđ]+")
_LOWER_CUES = frozenset(
    [
        "khóa",
        "quý",
        "thứ",
        "chương",
        "phần",
        "mục",
        "khoản",
        "đoạn",
        "phụ lục",
        "thế kỷ",
        "thế kỉ",
        "số",
    ]
)
_YEARLY = frozenset(["quý", "học kỳ", "học kì", "hk", "đợt", "lần", "kỳ"])
_FIRST_BEFORE = expression(r"(?:lần|kỳ họp|hội nghị|hạng|người|con|đợt)\s+thứ\s*$")


def roman_value(written: str) -> int:
    """The value of a Roman numeral in upper case, subtraction by the sign after."""
    total = 0
    for sign, following in zip(written, [*written[1:], ""], strict=True):
        value = _VALUES[sign]
        total += -value if _VALUES.get(following, 0) > value else value
    return total


def read_label(match: re.Match[str], place: Place) -> Said | None:
    """The numeral of a heading at the beginning of its line: II. MỤC TIÊU."""
    if not place.at_line_start or (match[0] == match["roman"] and len(match[0]) == 1):
        return None
    heading = place.text[match.end() : match.end() + 4].lstrip(' -–“"(')[:1]
    if not heading.isupper() or (match[0] == "X." and _NAME_NEXT.match(place.text, match.end())):
        return None  # X. Tân An is a commune
    return Said(f"{cardinal(roman_value(match['roman']))}.", match.end(), "label")


def read_roman(match: re.Match[str], place: Place) -> Said | None:
    """A numeral after its cue, or one that goes on with such a list (quý I, II và III)."""
    written = match["roman"]
    if written in "xX" and place.text[match.end() : match.end() + 2].strip()[:1].isdigit():
        return None
    cue = _CUE.search(place.before) or _CUE.search(place.said_before)
    if written.islower():
        if cue is None or not _is_lower_roman(written, cue["cue"], place, match.end()):
            return None
    elif cue is None and not place.follows("roman"):
        return _without_cue(written, match.end("roman"))
    elif len(written) == 1 and written in "CDLM" and not (cue and cue["cue"] in _LOWER_CUES):
        return None
    number = roman_value(written.upper())
    spoken = "nhất" if number == 1 and _FIRST_BEFORE.search(place.before) else cardinal(number)
    if cue and cue["cue"] == "thứ" and number == 4:
        spoken = ordinal(number)
    if match["sep"] == "-" and not (cue and cue["cue"] in _YEARLY):
        return Said(spoken, match.end("roman"), "roman")
    if match["year"]:
        spoken += f" {year_words(match['year'])}"
    return Said(spoken, match.end(), "roman")


def _without_cue(written: str, end: int) -> Said | None:
    """Two or more signs in good order are most likely a numeral, but nobody said so."""
    if len(written) < 2 or not _CANONICAL.fullmatch(written):
        return None
    spoken = cardinal(roman_value(written))
    return Said(spoken, end, "roman", (Flag(Doubt.AMBIGUOUS, written, spoken),))


def _is_lower_roman(written: str, cue: str, place: Place, end: int) -> bool:
    if cue not in _LOWER_CUES and not cue.endswith(("lần", "khóa", "thứ")):
        return False
    if len(written) == 1 and written not in "ivx" and cue != "số":
        return False
    next_is_word = place.text[end : end + 2].strip()[:1].isalpha()
    return not (is_syllable(written) and next_is_word)


LABEL = Rule(_LABEL, read_label)
ROMAN = Rule(_ROMAN, read_roman)

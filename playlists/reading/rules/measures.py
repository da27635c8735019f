"""Numbers with a unit: 45,6 km², 100%, 118.500đ, 25°C; units are entries of the lexicon."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.letters import LETTER_NAMES
from playlists.reading.numbers import NUMBER, read_number
from playlists.reading.place import Place, Rule, Said

_UNIT = expression(
    r"(?P<gap>[ ]?)(?P<unit>°[ ]?[CFKNE](?![^\W_])|[°%‰₫$€£₹'\"](?![^\W_])|[%‰₫$€£₹°]"
    r"|[µΩ]?[^\W\d_]{1,5}[23²³]?(?![^\W_]))"
)
_MEASURE = expression(NUMBER)
IN_SENTENCE = r"(?!\w)[^.;:\n]{0,30}$"
_CURRENT = (
    r"(?<!\w)(?:dòng điện|cường độ|dòng|định mức|át tô mát|áp tô mát|aptomat|attomat|cầu dao|"
    r"cầu chì|công tơ|ổ cắm|dây dẫn|sạc)"
)
LOAD = r"(?<!\w)(?:xe|tải|tải trọng|trọng tải|tấn|nặng|cẩu|khối lượng)"
_TERM = r"(?<!\w)(?:kỳ hạn|lãi suất|tiết kiệm|tiền gửi|bảo hành|gói vay|trẻ|bé)"
_FUEL = r"(?<!\w)(?:dầu|do|diesel|điêzen|lưu huỳnh)"
_MARKS = r"(?<!\w)(?:điểm|thí sinh|môn|điểm chuẩn|điểm sàn|xét tuyển|đạt loại|học lực|tổ hợp)"
_MEDICINE = r"(?<!\w)(?:uống|viên|thuốc|liều|ngậm)"
# Letters that name different things: the unit is what the sentence speaks of.
_UNITS_OF_SUBJECTS = (
    (expression(r"[ ]?A(?![^\W_])"), expression(_CURRENT + IN_SENTENCE), "am pe"),
    (expression(r"[ ]?T(?![^\W_])"), expression(LOAD + IN_SENTENCE), "tấn"),
    (expression(r"[ ]?T(?=/trục)"), expression(""), "tấn"),
    (expression(r"T(?![^\W_])"), expression(_TERM + IN_SENTENCE), "tháng"),
    (expression(r"S(?![^\W_])(?!-I)"), expression(_FUEL + IN_SENTENCE), "sờ"),
    (expression(r"S-II(?![^\W_])"), expression(_FUEL + IN_SENTENCE), "sờ hai"),
    (expression(r"S-III(?![^\W_])"), expression(_FUEL + IN_SENTENCE), "sờ ba"),
    (
        expression(r"(?:(?<=,[0-9])|(?<=,[0-9]{2})|(?<=[^0-9.][0-9]{2}))đ(?![^\W_])"),
        expression(_MARKS + r"(?!\w)[^.;\n]{0,40}$"),
        "điểm",
    ),
    (expression(r"[ ]W(?![^\W_])"), expression(""), "oát"),
    (expression(r"[ ]V(?![^\W_])"), expression(""), "vôn"),
    (expression(r"[ ]ph?(?![^\W_])"), expression(""), "phút"),
    (expression(r"[ ]s(?![^\W_])"), expression(""), "giây"),
    (expression(r"[ ]?c(?=/kg)"), expression(""), "con"),
    (expression(r"[ ]?v(?![^\W_])"), expression(_MEDICINE + IN_SENTENCE), "viên"),
    (
        expression(r"l(?=/(?:p|ph|phút))"),
        expression(r"(?<!\w)(?:nhịp tim|mạch)[^.;\n]{0,20}$"),
        "lần",
    ),
    (
        expression(r"th(?![^\W_])"),
        expression(r"(?<!\w)(?:trẻ|tuổi|vay|hạn)" + IN_SENTENCE),
        "tháng",
    ),
    (expression(r"l(?=/ngày)"), expression(_MEDICINE + r"(?!\w)[^.;:\n]{0,30}x[ ]?$"), "lần"),
)
_NO_CENTS = expression(",0+$")
_MAGNITUDE_BEFORE = expression(
    r"(?<!\w)(?:nghìn|ngàn|triệu|tỷ|tỉ|vạn|(?<!phần )trăm|chục|mươi|nửa|vài|mấy)\s*$"
)
_PERSONS = expression(r"đ/(?:c|v|chí)(?![^\W_])")
_ARTICLE_NEXT = expression(r"[.][ ]?[0-9]")
_LENGTHS = frozenset(["m", "km", "cm", "dm"])
_LOOSE_POWER = expression(
    r"[ ](?P<power>[23])(?=[ ]*(?:$|\n|[.,;:)](?![0-9])|(?:đất|nhà|sàn)(?!\w)))"
)
_POWERS = {"2": "vuông", "3": "khối"}
_EACH_BEFORE = expression(
    r"(?:(?<!\w)(?:mỗi|từng|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mươi|mấy|nửa|vài|theo)[ ]|"
    r"tích \(|vị:? |\(đvt: )$"
)
_ALWAYS_UNIT = expression(r"[kdcm]?m[23²³]")


def read_unit(place: Place, at: int) -> tuple[str, int] | None:
    """The unit that stands at `at`, in words, and where it ends; None if none does."""
    match = _UNIT.match(place.text, at)
    if match is None:
        return None
    written = match["unit"].replace(" ", "")
    lexicon = place.lexicon
    if place.text.startswith("/", match.end()) and _is_longer_word(place, match.start("unit")):
        return None
    entry = lexicon.units.get(written)
    if written == "Đ" and _ARTICLE_NEXT.match(place.text, match.end()):
        return None  # khoản 1 Đ.5
    if entry is None and not match["gap"]:
        entry = lexicon.tight_units.get(written)
    if entry is None:
        return None
    power = _LOOSE_POWER.match(place.text, match.end()) if written in _LENGTHS else None
    if power is not None:  # 120 m 2: a small figure that a page set by itself
        return f"{entry.spoken} {_POWERS[power['power']]}", power.end()
    return entry.spoken, match.end()


def _is_longer_word(place: Place, at: int) -> bool:
    """35 đ/c: letters with a stroke that the lexicon knows as a whole."""
    text = place.text
    if text[at] == "đ":  # 950.000 đ/chỉ is money, 35 đ/c are people
        return bool(_PERSONS.match(text, at))
    forms = place.lexicon.starting(text[at : text.index("/", at)])
    ends = [at + len(form) for form in forms if "/" in form and text.startswith(form, at)]
    return any(not text[end : end + 1].isalnum() for end in ends)


def read_measure(match: re.Match[str], place: Place) -> Said | None:
    """A number and its unit; a decimal number of money is left to the money rule."""
    unit = read_unit_of_subject(place, match.end()) or read_unit(place, match.end())
    if unit is None:
        return None
    number = match[0]
    if unit[0].startswith("đồng"):  # there is no smaller coin: 1.200.000,00 đồng
        number = _NO_CENTS.sub("", number)
    return Said(f"{read_number(number)} {unit[0]}", unit[1], "measure")


def read_unit_of_subject(place: Place, at: int) -> tuple[str, int] | None:
    """15A is a current, 8T a load, 1v a pill where such is spoken of; else lớp 15A, 220v."""
    for letter, subject, word in _UNITS_OF_SUBJECTS:
        unit = letter.match(place.text, at)
        if unit is not None and subject.search(place.before):
            return word, unit.end()
    return None


def read_unit_after_word(match: re.Match[str], place: Place) -> Said | None:
    """12,5 triệu m3, 5 nghìn ha: a unit whose number ends in a word; m2 and m3 are nothing else."""
    entry = place.lexicon.units.get(match[0])
    if entry is None:
        return None
    hectare = match[0] == "ha" and _EACH_BEFORE.search(place.before)
    if not (
        hectare or _ALWAYS_UNIT.fullmatch(match[0]) or _MAGNITUDE_BEFORE.search(place.said_before)
    ):
        return None
    return Said(entry.spoken, match.end(), "unit")


def read_joined_degree(match: re.Match[str], place: Place) -> Said:
    """25 độC: the letter that a missing space joined to its word."""
    del place
    return Said(f"độ {LETTER_NAMES[match['letter']]}", match.end(), "measure")


def read_unit_per_unit(match: re.Match[str], place: Place) -> Said | None:
    """Giá (đ/kg), độ mặn (g/l): a unit of one letter without its number."""
    alone = not place.before or place.before.rstrip()[-1:] in "(:,"
    if not alone or _is_longer_word(place, place.start) or not read_unit(place, match.end() + 1):
        return None
    return Said(place.lexicon.units[match[0]].spoken, match.end(), "unit")


UNIT_PER_UNIT = Rule(expression(r"[đglm](?=/[^\W\d_]{1,3}[23²³]?(?![^\W_]))"), read_unit_per_unit)
JOINED_DEGREE = Rule(expression(r"[Đđ]ộ(?P<letter>[CFK])(?![^\W\d_])"), read_joined_degree)
UNIT_AFTER_WORD = Rule(
    expression(r"(?:[^\W\d_]{1,5}[23²³]|[^\W\d_]{2,5})(?![^\W_²³])"), read_unit_after_word
)


def read_age_and_more(match: re.Match[str], place: Place) -> Said:
    """70+ tuổi: of that age or older."""
    del place
    return Said(f"{read_number(match['n'])} tuổi trở lên", match.end(), "measure")


AGE_AND_MORE = Rule(expression(r"(?P<n>[0-9]{1,3})\+[ ]?tuổi(?!\w)"), read_age_and_more)
MEASURE = Rule(_MEASURE, read_measure)

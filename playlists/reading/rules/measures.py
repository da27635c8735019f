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
_IN_SENTENCE = r"(?!\w)[^.;:\n]{0,30}$"
_CURRENT = (
    r"(?<!\w)(?:dòng điện|cường độ|dòng|định mức|át tô mát|áp tô mát|aptomat|attomat|cầu dao|"
    r"cầu chì|công tơ|ổ cắm|dây dẫn|sạc)"
)
_LOAD = r"(?<!\w)(?:xe|tải|tải trọng|trọng tải|tấn|nặng|cẩu|khối lượng)"
_MEDICINE = r"(?<!\w)(?:uống|viên|thuốc|liều|ngậm)"
# Letters that name different things: the unit is what the sentence speaks of.
_UNITS_OF_SUBJECTS = (
    (expression(r"[ ]?A(?![^\W_])"), expression(_CURRENT + _IN_SENTENCE), "am pe"),
    (expression(r"[ ]?T(?![^\W_])"), expression(_LOAD + _IN_SENTENCE), "tấn"),
    (expression(r"[ ]W(?![^\W_])"), expression(""), "oát"),
    (expression(r"[ ]V(?![^\W_])"), expression(""), "vôn"),
    (expression(r"[ ]ph?(?![^\W_])"), expression(""), "phút"),
    (expression(r"[ ]s(?![^\W_])"), expression(""), "giây"),
    (expression(r"[ ]?c(?=/kg)"), expression(""), "con"),
    (expression(r"[ ]?v(?![^\W_])"), expression(_MEDICINE + _IN_SENTENCE), "viên"),
    (
        expression(r"l(?=/(?:p|ph|phút))"),
        expression(r"(?<!\w)(?:nhịp tim|mạch)[^.;\n]{0,20}$"),
        "lần",
    ),
    (
        expression(r"th(?![^\W_])"),
        expression(r"(?<!\w)(?:trẻ|tuổi|vay|hạn)" + _IN_SENTENCE),
        "tháng",
    ),
    (expression(r"l(?=/ngày)"), expression(_MEDICINE + r"(?!\w)[^.;:\n]{0,30}x[ ]?$"), "lần"),
)
_MAGNITUDE_BEFORE = expression(
    r"(?<!\w)(?:nghìn|ngàn|triệu|tỷ|tỉ|vạn|(?<!phần )trăm|chục|mươi|nửa|vài|mấy)\s*$"
)
_PERSONS = expression(r"đ/[cv](?![^\W_])")
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
    if entry is None and not match["gap"]:
        entry = lexicon.tight_units.get(written)
    return (entry.spoken, match.end()) if entry else None


def _is_longer_word(place: Place, at: int) -> bool:
    """35 đ/c: letters with a stroke that the lexicon knows as a whole."""
    text = place.text
    forms = place.lexicon.starting(text[at : text.index("/", at)])
    ends = [at + len(form) for form in forms if "/" in form and text.startswith(form, at)]
    if any(not text[end : end + 1].isalnum() for end in ends):
        return True
    return bool(_PERSONS.match(text, at))


def read_measure(match: re.Match[str], place: Place) -> Said | None:
    """A number and its unit; a decimal number of money is left to the money rule."""
    unit = _read_unit_of_subject(match, place) or read_unit(place, match.end())
    if unit is None:
        return None
    return Said(f"{read_number(match[0])} {unit[0]}", unit[1], "measure")


def _read_unit_of_subject(match: re.Match[str], place: Place) -> tuple[str, int] | None:
    """15A is a current, 8T a load, 1v a pill where such is spoken of; else lớp 15A, 220v."""
    for letter, subject, word in _UNITS_OF_SUBJECTS:
        unit = letter.match(place.text, match.end())
        if unit is not None and subject.search(place.before):
            return word, unit.end()
    return None


def read_unit_after_word(match: re.Match[str], place: Place) -> Said | None:
    """12,5 triệu m3, 5 nghìn ha: a unit whose number ends in a word; m2 and m3 are nothing else."""
    entry = place.lexicon.units.get(match[0])
    if entry is None:
        return None
    if not (_ALWAYS_UNIT.fullmatch(match[0]) or _MAGNITUDE_BEFORE.search(place.said_before)):
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


def read_dimensions(match: re.Match[str], place: Place) -> Said:
    """3x4m, 6 x 9 x 2 cm, 5m x 20m: lengths that multiply; every unit that is written is said."""
    parts = _DIMENSION.findall(match[0])
    said = " nhân ".join(
        f"{read_number(part)} {place.lexicon.units[unit].spoken}" if unit else read_number(part)
        for part, unit in parts
    )
    unit = read_unit(place, match.end())
    return Said(f"{said} {unit[0]}" if unit else said, unit[1] if unit else match.end(), "measure")


_TIMES_NEXT = r"(?=[ ]?[xX×])"
_DIMENSION = expression(rf"({NUMBER})(?:[ ]?(mm|cm|dm|m|km){_TIMES_NEXT})?")
DIMENSIONS = Rule(
    expression(
        rf"{NUMBER}(?:[ ]?(?:mm|cm|dm|m|km){_TIMES_NEXT})?(?:[ ]?[xX×][ ]?{NUMBER}(?![0-9])"
        rf"(?:[ ]?(?:mm|cm|dm|m|km){_TIMES_NEXT})?)+"
    ),
    read_dimensions,
)


def read_and_a_bit(match: re.Match[str], place: Place) -> Said | None:
    """2m5, 3kg2, 1km200, 37o5: a measure and its tenths, as people say them."""
    if match["square"]:
        if not _LENGTH_BEFORE.search(place.before):
            return None
        said = f"{read_number(match['whole'])} mét {read_number(match['square'])}"
        return Said(said, match.end(), "measure")
    if match["fever"]:
        said = f"{read_number(match['whole'])} độ {read_number(match['degree'])}"
        return Said(said, match.end(), "measure")
    unit = place.lexicon.units[match["unit"] or match["metre"]].spoken
    tenths = match["tenths"] or match["tenth"]
    said = f"{read_number(match['whole'])} {unit} {read_number(tenths)}"
    return Said(said, match.end(), "measure")


_LENGTH_BEFORE = expression(
    r"(?<!\w)(?:sâu|cao|dài|dày|ngập|đường kính)"
    r"(?: khoảng| hơn| gần| trên| dưới| tới| đến| từ)?\s*$"
)
AND_A_BIT = Rule(
    expression(
        r"(?P<whole>[0-9]{1,4})(?:(?P<unit>kg|km|ha)(?P<tenths>[1-9]00|[1-9]50|[1-9])"
        r"|(?P<metre>m)(?P<tenth>[14-9][0-9]?)|(?<![0-9][0-9])m(?P<square>[23])"
        r"|(?P<fever>(?<=3[5-9])o|(?<=4[0-2])o)(?P<degree>[0-9]))"
        r"(?![^\W_²³])"
    ),
    read_and_a_bit,
)
_SIDES = {"N": "vĩ bắc", "S": "vĩ nam", "E": "kinh đông", "W": "kinh tây"}


def read_coordinate(match: re.Match[str], place: Place) -> Said:
    """11°45'N, 16,0N: degrees and minutes on the map."""
    del place
    words = [read_number(match["degrees"]), "độ"]
    if match["minutes"]:
        words += [read_number(match["minutes"]), "phút"]
    return Said(" ".join([*words, _SIDES[match["side"]]]), match.end(), "measure")


COORDINATE = Rule(
    expression(
        rf"(?P<degrees>{NUMBER})(?:[ ]?°[ ]?(?:(?P<minutes>{NUMBER})[ ]?['’][ ]?)?|"
        rf"(?<=[0-9],[0-9]))"
        r"(?P<side>[NESW])(?![^\W_])"
    ),
    read_coordinate,
)
MEASURE = Rule(_MEASURE, read_measure)

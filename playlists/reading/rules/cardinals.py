"""Plain numbers, and the last word on every digit: labels, sections, names, leftovers."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import (
    NUMBER,
    cardinal,
    digit_by_digit,
    read_number,
    with_leading_zeros,
)
from playlists.reading.orthography import has_vietnamese_mark, is_syllable
from playlists.reading.place import PLAIN, Place, Rule, Said

_LABEL = expression(
    r"(?P<label>[0-9]{1,2}(?:\.[0-9]{1,2})*)(?P<mark>[.)](?![0-9])|(?=[ ][A-ZĐÀ-Ỹ]))"
)
_SECTION = expression(r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}(?![0-9]|[.,][0-9])")
_SECTION_CUE = expression(
    r"(?<!\w)(?:mục|tiểu mục|khoản|điểm|phần|bảng|hình|biểu|phụ lục|chương|điều|phiên bản|"
    r"tiêu chí|tiêu chí số|"
    r"nội dung|nhiệm vụ|tiết|mẫu|chỉ tiêu|lớp)\s*(?:số\s*)?$"
)
_ARMY = expression(r"(?<!\w)(?:trung|sư|lữ|tiểu|binh|hải|không) đoàn\s+$")
_STANDARD_CUE = expression(r"(?<!\w)(?:iso|iec|tcvn|qcvn|tiêu chuẩn|quy chuẩn)[ /a-z]*$")
_NAMED = expression(r"(?P<n>0[0-9]{1,4})(?![0-9]|[.,/][0-9]|-(?!0)[0-9]|[^\W_])")
_NAME_CUE = expression(
    r"(?:(?<!tổng )(?<!một )(?<!con )(?<!\w)số|(?<!\w)(?:đề án|dự án|chỉ thị|nghị quyết|"
    r"nghị định|thông tư|kế hoạch|công điện|"
    r"quyết định|thửa|tờ|tờ bản đồ|tổ|ấp|thôn|khu phố|khu|đội|lô|mẫu|bản|cụm|phòng|nhà|"
    r"mã(?! lực)(?: [^\W\d_]+){0,4}|sbd|báo danh|"
    r"đường|hẻm|"
    r"ngõ|kp|bão|áp thấp|tiểu dự án|chương trình|mô hình|luật|hướng dẫn|công văn|"
    r"thông báo|biểu|phụ lục|bỏ phiếu|bầu cử))\s*$"
)
_EACH_BEFORE = expression(r"(?<!\w)(?:mỗi|từng)\s+(?:[^\W\d_]+\s+){1,2}$")
_COUNTED_AFTER = expression(
    r"\s+(?:người|xe|chiếc|cái|hộ|suất|tầng|thành viên|cán bộ|đồng chí|triệu|nghìn|tỷ|đồng|"
    r"cấp|bậc|bước|chốt|thùng|bàn|ghế|máy|loa|tháng|năm|ngày|tuần)(?!\w)"
)
_GROUP_AFTER = expression(r"[ ][0-9]{3}(?![0-9]|[.,/-][0-9])")
_DIGITS = expression(r"[0-9](?:[0-9./,:-]*[0-9])?")
_LONG = 11
_SERIAL = 7
_LOT = 6
_LOT_BEFORE = expression(r"(?<!\w)(?:lô|số lô)(?: hàng)?\s*:?\s*$")
_NUMBERED = expression(
    r"(?<!tổng )(?<!con )(?<!dân )(?<!một )(?<!doanh )(?<!chỉ )(?<!trị )(?<!\w)số\s*:?\s*$"
)


def read_label(match: re.Match[str], place: Place) -> Said | None:
    """The number of a heading or list item at the beginning of its line."""
    if not place.at_line_start:
        return None
    if not match["mark"] and "." not in match["label"]:
        return None
    parts = [cardinal(int(part)) for part in match["label"].split(".")]
    return Said(" chấm ".join(parts) + ".", match.end(), "label")


def read_section(match: re.Match[str], place: Place) -> Said | None:
    """Mục 1.2.3; three parts or more are a section even without its word."""
    cued = _SECTION_CUE.search(place.before) or place.follows("section")
    if match[0].count(".") < 2 and not cued:
        return None
    parts = match[0].split(".")
    flags = ()
    spoken = " chấm ".join(cardinal(int(part)) for part in parts)
    return Said(spoken, match.end(), "section", flags)


def read_joined_word(match: re.Match[str], place: Place) -> Said | None:
    """Thôn1, Năm2026: a word whose blank is missing; the number after it is read by itself."""
    del place
    word = match[0]
    if word[1:] != word[1:].lower() or not (is_syllable(word) and has_vietnamese_mark(word)):
        return None
    return Said(word, match.end(), PLAIN)


def read_army_unit(match: re.Match[str], place: Place) -> Said | None:
    """Trung đoàn 888: a unit's number of three digits, one by one."""
    if not _ARMY.search(place.before):
        return None
    return Said(digit_by_digit(match[0]), match.end(), "digits")


def read_standard(match: re.Match[str], place: Place) -> Said | None:
    """ISO 9001:2015: a standard and the year it was issued."""
    if not _STANDARD_CUE.search(place.before):
        return None
    spoken = f"{cardinal(int(match['number']))} năm {cardinal(int(match['year']))}"
    return Said(spoken, match.end(), "document_number")


def read_named(match: re.Match[str], place: Place) -> Said | None:
    """A leading zero in a name's number is said: Đề án 06, tờ bản đồ số 08."""
    before = place.before
    listed = place.follows("named_number")
    if not (listed or _NAME_CUE.search(before)) or _EACH_BEFORE.search(before):
        return None
    if _COUNTED_AFTER.match(place.after(match.end())) and not before.rstrip().endswith("số"):
        return None
    return Said(with_leading_zeros(match["n"]), match.end(), "named_number")


def read_plain(match: re.Match[str], place: Place) -> Said:
    """A whole or decimal number; one that begins with a zero is a code, digit by digit."""
    written = match[0]
    if written.isdigit() and written[0] == "0" and len(written) > 3:
        return Said(digit_by_digit(written), match.end(), "digits")
    if written.isdigit() and len(written) >= _SERIAL and _NUMBERED.search(place.before):
        return Said(digit_by_digit(written), match.end(), "digits")
    if written.isdigit() and len(written) >= _LOT and _LOT_BEFORE.search(place.before):
        return Said(digit_by_digit(written), match.end(), "digits")
    spoken = read_number(written)
    unsure = written.isdigit() and (len(written) >= _LONG or _meets_a_group(match, place))
    unsure = unsure or ("," in written and place.text[match.end() : match.end() + 1].isalpha())
    flags = (Flag(Doubt.AMBIGUOUS, written, spoken),) if unsure else ()
    return Said(spoken, match.end(), "decimal" if "," in written else "cardinal", flags)


def _meets_a_group(match: re.Match[str], place: Place) -> bool:
    """12 345 người: two numbers, or one whose thousands stand apart; nobody can tell."""
    return len(match[0]) <= 3 and bool(_GROUP_AFTER.match(place.after(match.end())))


def read_leftover(match: re.Match[str], place: Place) -> Said:
    """Digits in an order that no rule knows: one by one, and flagged."""
    del place
    spoken = digit_by_digit(match[0])
    return Said(spoken, match.end(), "leftover", (Flag(Doubt.NUMBER, match[0], spoken),))


JOINED_WORD = Rule(expression(r"[^\W\d_]{2,7}(?=[0-9])"), read_joined_word)
ARMY_UNIT = Rule(expression(r"[1-9][0-9]{2}(?![^\W_]|[.,/-][0-9])"), read_army_unit)
STANDARD = Rule(
    expression(r"(?P<number>[1-9][0-9]{2,4}):(?P<year>(?:19|20)[0-9]{2})(?![0-9]|[.,/-][0-9])"),
    read_standard,
)
LABEL = Rule(_LABEL, read_label)
SECTION = Rule(_SECTION, read_section)
NAMED = Rule(_NAMED, read_named)
PLAIN_NUMBER = Rule(expression(rf"{NUMBER}(?![.,/:]?[0-9])"), read_plain)
LEFTOVER = Rule(_DIGITS, read_leftover)

"""Plain numbers, and the last word on every digit: scores, section numbers, lists, leftovers."""

from __future__ import annotations

import re

from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import (
    NUMBER,
    cardinal,
    digit_by_digit,
    ordinal,
    read_number,
    with_leading_zeros,
)
from playlists.reading.orthography import has_vietnamese_mark, is_syllable
from playlists.reading.place import PLAIN, Place, Rule, Said
from playlists.reading.rules.measures import read_unit

_LABEL = re.compile(
    r"(?P<label>[0-9]{1,2}(?:\.[0-9]{1,2})*)(?P<mark>[.)](?![0-9])|(?=[ ][A-ZĐÀ-Ỹ]))"
)
_SECTION = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}(?![0-9]|[.,][0-9])")
_SECTION_CUE = re.compile(
    r"(?<!\w)(?:mục|tiểu mục|khoản|điểm|phần|bảng|hình|biểu|phụ lục|chương|điều|phiên bản|"
    r"tiêu chí|tiêu chí số|"
    r"nội dung|nhiệm vụ|tiết|mẫu|chỉ tiêu)\s*(?:số\s*)?$"
)
_SCORE = re.compile(r"(?P<a>[0-9]{1,2})[ ]?[-–:][ ]?(?P<b>[0-9]{1,2})(?![0-9]|[.,/%-][0-9])")
_SCORE_CUE = re.compile(
    r"(?<!\w)(?:tỷ số|tỉ số|cúp|trận|lượt đi|lượt về|hiệp|chung kết|bán kết|thắng|thua|"
    r"pen|penalty|luân lưu|hòa|dẫn|gỡ hòa|cầm hòa)(?!\w)"
    r"[^0-9.;,]{0,25}(?:vòng [0-9][^0-9.;,]{0,30})?$"
)
_SPORT = re.compile(
    r"(?<!\w)(?:bóng đá|bóng chuyền|cầu lông|kéo co|chung kết|bán kết|trận|vòng bảng|ván|đội|"
    r"fc)(?!\w)"
)
_ARMY = re.compile(r"(?<!\w)(?:trung|sư|lữ|tiểu|binh|hải|không) đoàn\s+$")
_STANDARD_CUE = re.compile(r"(?<!\w)(?:iso|iec|tcvn|qcvn|tiêu chuẩn|quy chuẩn)[ /a-z]*$")
_LIST = re.compile(r"[0-9]{1,2}(?:,[0-9]{1,2}){1,}(?![0-9]|[.,/][0-9])")
_LIST_CUE = re.compile(
    r"(?<!\w)(?:khu phố|ấp|thôn|tổ|lớp|khối|các số|mũi|câu|các ngày|các tháng|ngày|tháng|"
    r"đội|cụm|quý|các quý|"
    r"điều|khoản|khu|bản|đợt|lô|tuần|nhóm|các khoản|các điều)\s*$"
)
_NAMED = re.compile(r"(?P<n>0[0-9]{1,4})(?![0-9]|[.,/-][0-9]|[^\W_])")
_NAME_CUE = re.compile(
    r"(?:(?<!tổng )(?<!một )(?<!con )(?<!\w)số|(?<!\w)(?:đề án|dự án|chỉ thị|nghị quyết|"
    r"nghị định|thông tư|kế hoạch|công điện|"
    r"quyết định|thửa|tờ|tờ bản đồ|tổ|ấp|thôn|khu phố|khu|đội|lô|mẫu|bản|cụm|mã|phòng|nhà|"
    r"đường|hẻm|"
    r"ngõ|kp|bão|áp thấp|tiểu dự án|chương trình|mô hình|luật|hướng dẫn|công văn|"
    r"thông báo|biểu|phụ lục))\s*$"
)
_EACH_BEFORE = re.compile(r"(?<!\w)(?:mỗi|từng)\s+(?:[^\W\d_]+\s+){1,2}$")
_COUNTED_AFTER = re.compile(
    r"\s+(?:người|xe|chiếc|cái|hộ|suất|tầng|thành viên|cán bộ|đồng chí|triệu|nghìn|tỷ|đồng|"
    r"cấp|bậc|bước|chốt|thùng|bàn|ghế|máy|loa|tháng|năm|ngày|tuần)(?!\w)"
)
_TIME_AFTER = re.compile(r"\s+(?:giờ|phút|ngày|tuần|tháng|năm|tuổi|lần)(?!\w)")
_DECIMAL_POINT = re.compile(
    r"(?P<whole>[0-9]+)\.(?P<part>[0-9]{1,2}|[0-9]{4,}|(?<=(?<![0-9])0\.)[0-9]{3})(?![0-9]|[.,][0-9])"
)
_COMMA_GROUP = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}(?![0-9]|[.,/-][0-9])")
_FALLING = re.compile(r"(?P<a>[1-9][0-9]{0,2})-(?P<b>[0-9]{1,2})(?![0-9]|[-.,/][0-9]|[^\W_])")
_LIVING_AFTER = re.compile(
    r"[ ]?(?:người|hộ|nhân khẩu|khẩu|con|cây|học sinh|lượt|cử tri|cháu|trẻ|suất|hội viên|đảng viên|"
    r"hồ sơ|phiếu|liều|bộ|cuốn|xe|chiếc)(?!\w)"
)
_MAGNITUDE = re.compile(
    r"[ ]?(?:tỷ|tỉ|triệu|nghìn|ngàn|vạn|phần trăm|%|độ|mét|ki lô|điểm)(?!\w)|[ ]?%"
)
_MONEY_AFTER = re.compile(r"[ ]?đồng(?!\w)")
_GROUP_AFTER = re.compile(r"[ ][0-9]{3}(?![0-9]|[.,/-][0-9])")
_DIGITS = re.compile(r"[0-9](?:[0-9./,:-]*[0-9])?")
_LONG = 11


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


def read_score(match: re.Match[str], place: Place) -> Said | None:
    """Tỷ số 2-1 is *hai một*."""
    sport = _SPORT.search(place.before) and place.before.rstrip().endswith((":", "("))
    if not (sport or _SCORE_CUE.search(place.before) or place.follows("score")):
        return None
    return Said(f"{cardinal(int(match['a']))} {cardinal(int(match['b']))}", match.end(), "score")


def read_hyphenated(match: re.Match[str], place: Place) -> Said:
    """Three or more numbers with hyphens, as on a bag of fertiliser: one after the other."""
    if place.before.endswith("thứ "):
        days = ", ".join(ordinal(int(part)) for part in match[0].split("-"))
        return Said(days, match.end(), "weekday")
    said = " ".join(with_leading_zeros(part) for part in match[0].split("-"))
    flags = () if _FERTILISER.search(place.before) else (Flag(Doubt.CODE, match[0], said),)
    return Said(said, match.end(), "digits", flags)


_FERTILISER = re.compile(r"(?<!\w)(?:npk|phân|bón|loại|đạm|công thức)(?!\w)[^.;\n]*$")
HYPHENATED = Rule(
    re.compile(r"[0-9]{1,3}(?:-[0-9]{1,3}){2,}(?![0-9]|[-/.,][0-9])"), read_hyphenated
)


def read_broken(match: re.Match[str], place: Place) -> Said | None:
    """12 .500đ, 1. 250.000đ: a blank that a PDF put beside a dot; flagged if it could be a stop."""
    unit = read_unit(place, match.end())
    may_be_stop = ". " in match[0]
    if may_be_stop and (unit is None or not unit[0].startswith("đồng")):
        return None
    number = cardinal(int(re.sub(r"[ .]", "", match[0])))
    spoken = f"{number} {unit[0]}" if unit else number
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if may_be_stop else ()
    return Said(spoken, unit[1] if unit else match.end(), "measure" if unit else "cardinal", flags)


def read_joined_word(match: re.Match[str], place: Place) -> Said | None:
    """Thôn1, Năm2026: a word whose blank is missing; the number after it is read by itself."""
    del place
    word = match[0]
    if word.isupper() or not (is_syllable(word) and has_vietnamese_mark(word)):
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


def read_list(match: re.Match[str], place: Place) -> Said | None:
    """Lớp 3,4,5 or khu phố 1,2: a list whose commas have no space."""
    parts = match[0].split(",")
    if len(parts) == 2 and not _LIST_CUE.search(place.before):
        return None
    return Said(", ".join(cardinal(int(part)) for part in parts), match.end(), "list")


def read_named(match: re.Match[str], place: Place) -> Said | None:
    """A leading zero in a name's number is said: Đề án 06, tờ bản đồ số 08."""
    before = place.before
    if not _NAME_CUE.search(before) or _EACH_BEFORE.search(before):
        return None
    if _COUNTED_AFTER.match(place.after(match.end())) and not before.rstrip().endswith("số"):
        return None
    return Said(with_leading_zeros(match["n"]), match.end(), "named_number")


def read_decimal_point(match: re.Match[str], place: Place) -> Said:
    """1.5 cannot be thousands; read as a decimal, and flagged where no magnitude follows."""
    spoken = read_number(f"{match['whole']},{match['part']}")
    unit = read_unit(place, match.end())
    sure = unit or match["whole"] == "0" or _MAGNITUDE.match(place.after(match.end()))
    flags = () if sure else (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    if unit is not None:
        return Said(f"{spoken} {unit[0]}", unit[1], "measure", flags)
    return Said(spoken, match.end(), "decimal", flags)


def read_comma_group(match: re.Match[str], place: Place) -> Said | None:
    """5,000 đồng, 12,345 người: thousands in foreign writing; else three decimals; both flagged."""
    unit = read_unit(place, match.end())
    money = unit is not None and unit[0].startswith(("đồng", "đô la", "nghìn đồng"))
    after = place.after(match.end())
    if match[0].endswith(",000") or money or _LIVING_AFTER.match(after):
        spoken = cardinal(int(match[0].replace(",", "")))
    elif unit is not None or _MAGNITUDE.match(after):
        return None
    else:
        spoken = read_number(match[0])
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    if unit is not None:
        return Said(f"{spoken} {unit[0]}", unit[1], "measure", flags)
    return Said(spoken, match.end(), "cardinal", flags)


def read_falling(match: re.Match[str], place: Place) -> Said | None:
    """25-18 and 2-2 are no ranges, for ranges rise: most likely a score, so flagged."""
    first, second = int(match["a"]), int(match["b"])
    if first < second or read_unit(place, match.end()):
        return None
    after = place.after(match.end())
    if any(words.match(after) for words in (_MAGNITUDE, _COUNTED_AFTER, _TIME_AFTER)):
        return None
    spoken = f"{cardinal(first)} {cardinal(second)}"
    return Said(spoken, match.end(), "score", (Flag(Doubt.AMBIGUOUS, match[0], spoken),))


def read_spaced(match: re.Match[str], place: Place) -> Said | None:
    """1 500 000 đồng: blanks between thousands, where the groups or the money leave no doubt."""
    unit = read_unit(place, match.end())
    money = unit is not None or _MONEY_AFTER.match(place.after(match.end()))
    if match[0].count(" ") < 2 and not match[0].endswith(" 000") and not money:
        return None
    number = cardinal(int(match[0].replace(" ", "")))
    if unit is None:
        return Said(number, match.end(), "cardinal")
    return Said(f"{number} {unit[0]}", unit[1], "measure")


def read_plain(match: re.Match[str], place: Place) -> Said:
    """A whole or decimal number; one that begins with a zero is a code, digit by digit."""
    written = match[0]
    if written.isdigit() and written[0] == "0" and len(written) > 3:
        return Said(digit_by_digit(written), match.end(), "digits")
    spoken = read_number(written)
    unsure = written.isdigit() and (len(written) >= _LONG or _meets_a_group(match, place))
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


SPACED = Rule(re.compile(r"[1-9][0-9]{0,2}(?:[ ][0-9]{3})+(?![0-9]|[.,/-][0-9])"), read_spaced)
BROKEN = Rule(
    re.compile(
        r"[1-9][0-9]{0,2}(?:\.[0-9]{3})*(?:[ ]\.|\.[ ])[0-9]{3}(?:[ ]?\.[ ]?[0-9]{3})*"
        r"(?![0-9]|[.,/-][0-9])"
    ),
    read_broken,
)
JOINED_WORD = Rule(re.compile(r"[^\W\d_]{2,7}(?=[0-9])"), read_joined_word)
ARMY_UNIT = Rule(re.compile(r"[1-9][0-9]{2}(?![^\W_]|[.,/-][0-9])"), read_army_unit)
STANDARD = Rule(
    re.compile(r"(?P<number>[1-9][0-9]{2,4}):(?P<year>(?:19|20)[0-9]{2})(?![0-9]|[.,/-][0-9])"),
    read_standard,
)
COMMA_GROUP = Rule(_COMMA_GROUP, read_comma_group)
FALLING = Rule(_FALLING, read_falling)
LABEL = Rule(_LABEL, read_label)
SECTION = Rule(_SECTION, read_section)
SCORE = Rule(_SCORE, read_score)
LIST = Rule(_LIST, read_list)
NAMED = Rule(_NAMED, read_named)
DECIMAL_POINT = Rule(_DECIMAL_POINT, read_decimal_point)
PLAIN_NUMBER = Rule(re.compile(rf"{NUMBER}(?![.,/:]?[0-9])"), read_plain)
LEFTOVER = Rule(_DIGITS, read_leftover)

"""Codes of letters and digits that nothing else knows: trạm T2, lô B12, lớp 5A, H5N1."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.letters import LETTER_NAMES, code_number, spell
from playlists.reading.numbers import cardinal, read_number
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.composing import sure_reading

_CODE = expression(
    r"(?=[0-9]*[^\W\d_]+[0-9]|[0-9]+[^\W\d_])[^\W_]+(?:[./-](?=[^\W_]*[0-9])[^\W_]+)*"
    r"|(?:OM|IR|TBR)[ ][0-9]{2,5}(?![^\W_])"  # rice varieties
    r"|[A-Z]{1,3}\.[0-9]{1,2}(?:\.[0-9]{1,2})?(?![^\W_])"  # BA.5
)
_SPAN = expression(  # A1-A5: two codes of one kind, from one to the other
    r"(?P<first>(?P<head>[0-9]{0,2}[A-ZĐ]{1,3})(?P<n>[0-9]{1,3}))-(?P=head)(?P<last>[0-9]{1,3})"
)
_LOT_BEFORE = expression(
    r"(?<!\w)(?:lô|lô đất|căn|căn hộ|ô|nhà|khu|block|tòa|kho|cổng|ki ốt|quầy|ghế|giống|máy)\s*$"
)
_QUAKE_BEFORE = expression(r"(?<!\w)(?:động đất|độ lớn|cường độ|rung chấn)[^.;\n]{0,20}$")
_CUE = expression(r"(?<!\w)mã(?: hồ sơ| số| tra cứu| định danh| đơn vị| khách hàng)?(?: là)?[ :]*$")
_LINE_CUE = expression(
    r"(?<!\w)(?:xe buýt|tuyến buýt|buýt|chuyến bay|tàu|số hiệu)(?: số)?"
    r"(?: [0-9]{1,3}[-.][0-9]{1,3}(?:,| và))* ?$"
)
_SERIAL_CUE = expression(
    r"(?<!\w)(?:seri|sê ri|xê ri|serial|giấy chứng nhận|gcn|gcnqsdđ|sổ đỏ|sổ hồng|bìa đỏ|phát hành|"
    r"hóa đơn|ký hiệu|phôi|tem|hộ chiếu)(?: (?:số|qsdđ|quyền sử dụng đất|phát hành|mang))*\s*:?\s*$"
)
_TYPED = expression(
    r"(?<!\w)(?:cú pháp|soạn tin nhắn|soạn tin|nội dung tin nhắn)(?: là| theo cú pháp)?\s*:?\s*$"
)
_PART = expression(r"[0-9]+|[^\W\d_]+")
_THING_BEFORE = expression(
    r"(?<!\w)(?:trạm|bơm|lô|nhà|khu|đường|cống|kênh|tuyến|cột|giống|lúa|hiệu|phòng|máy|lớp|số|cầu|"
    r"block|tòa|chốt|điểm|cổng|tháp|giếng|mốc|bến|cảng|sân|tầng|kho|dãy|tủ|biến áp)"
    r"[^.;:\n]{0,24}$"
)
_NUMBERED_THING = expression(
    r"(?:khu|nghị|báo động|tổ|thông tư|chỉ thị|quyết|quốc|đường|tỉnh|hương|ấp|thôn|xóm|giai đoạn|"
    r"học|lớp|tầng|nhà|phòng|tiểu|trung|vòng|nhóm|đợt|đội|trạm|cách mạng|công an|quân|đại|luật|"
    r"kết luận|ron|bệnh nhân)(?!\w)"
)
_SURE_LETTERS = 2
_SURE_DIGITS = 3
_SURE_PARTS = 3


def read_code(match: re.Match[str], place: Place) -> Said | None:
    """Letter by letter and number by number; long or mixed codes are flagged."""
    span = _SPAN.fullmatch(match[0])
    rises = span is not None and int(span["n"]) < int(span["last"])
    written = span["first"] if span and rises else match[0]
    end = match.start() + len(written)
    known = _known_letters(written, place)
    if known:
        return Said(known, end, "code")
    parts = _PART.findall(written)
    letters = [part for part in parts if not part.isdigit()]
    if any(sign.upper() not in LETTER_NAMES for part in letters for sign in part):
        return None
    if any(not part.isascii() for part in parts if part.isdigit()):
        return None
    spoken = " ".join(code_number(part) if part.isdigit() else spell(part) for part in parts)
    single = all(len(part) == 1 for part in letters)
    short = all(len(part) <= _SURE_LETTERS and part.isupper() for part in letters)
    sure = (single and len(parts) <= _SURE_PARTS) or (short and len(parts) == 2)
    sure = sure and not (len(parts) == 2 and _may_be_a_document(parts[0], place))
    lot = len(parts) == _SURE_PARTS and len(letters) == 1 and short
    sure = sure or (lot and bool(_THING_BEFORE.search(place.before)))
    if letters == ["T"] and written[0].isdigit():  # months or tons as well
        sure = bool(_THING_BEFORE.search(place.before))
    sure = sure or bool(_CUE.search(place.before))
    flags = () if sure else (Flag(Doubt.CODE, written, spoken),)
    return Said(spoken, end, "code", flags)


def read_dashed(match: re.Match[str], place: Place) -> Said | None:
    """Lô LK-05, căn A-12: letters and a number that a dash joins, after a thing that bears such."""
    if not _LOT_BEFORE.search(place.before):
        return None
    spoken = f"{spell(match['letters'])} {code_number(match['n'])}"
    return Said(spoken, match.end(), "code")


def read_counted(match: re.Match[str], place: Place) -> Said | None:
    """3HCV, 2CLB: so many of what known letters stand for."""
    entry = sure_reading(match["letters"], place)
    if not entry:
        return None
    return Said(f"{cardinal(int(match['n']))} {entry[0].spoken}", match.end(), "abbreviation")


def read_edition(match: re.Match[str], place: Place) -> Said:
    """V2.1, nhóm E9.2: a letter and two numbers; động đất M4,5 is how strong it was."""
    quake = _QUAKE_BEFORE.search(place.before) or match["letter"] == "M"
    number, part = match["n"], match["part"]
    if quake:
        said = read_number(f"{number},{part}")
    elif match["mark"] == ",":
        return Said(f"{spell(match['letter'])} {code_number(number)}", match.end("n"), "code")
    else:
        said = f"{code_number(number)} chấm {code_number(part)}"
    return Said(f"{LETTER_NAMES[match['letter']]} {said}", match.end(), "code")


def _known_letters(written: str, place: Place) -> str:
    """KP5, NQ57: an abbreviation that has one reading without a neighbour, and its number."""
    parts = _PART.findall(written)
    if len(parts) != 2 or parts[0] not in place.lexicon.starting(parts[0]):
        return ""
    choices = place.lexicon.words(parts[0])
    entry = next((one for one in choices if not (one.before or one.after)), None)
    sure = entry is not None and not entry.guess
    if (
        entry is None
        or not sure
        or not _NUMBERED_THING.match(entry.spoken)
        or not parts[1].isdigit()
        or len(parts[1]) > _SURE_DIGITS
    ):
        return ""
    return f"{entry.spoken} {code_number(parts[1])}"


def _may_be_a_document(letters: str, place: Place) -> bool:
    """KH45, TT30: a document's letters, unless a thing that bears codes stands before."""
    return letters in place.lexicon.documents and not _THING_BEFORE.search(place.before)


def read_cued(match: re.Match[str], place: Place) -> Said | None:
    """Mã hồ sơ 000.00.15.H10-260915-0001: every letter and digit; xe buýt 61-04: its parts."""
    if _LINE_CUE.search(place.before):
        parts = _PART.findall(match[0])
        words = (code_number(part) if part.isdigit() else spell(part) for part in parts)
        return Said(" ".join(words), match.end(), "code")
    if not _CUE.search(place.before) or len(_PART.findall(match[0])) <= 2:
        return None
    return Said(spell(match[0]), match.end(), "code")


def read_text_message(match: re.Match[str], place: Place) -> Said | None:
    """Soạn tin: HN gửi 8088: what is typed into a telephone is spelled, whatever it stands for."""
    if not _TYPED.search(place.before):
        return None
    parts = _PART.findall(match[0])
    words = (code_number(part) if part.isdigit() else spell(part) for part in parts)
    return Said(" ".join(words), match.end(), "code")


def read_serial(match: re.Match[str], place: Place) -> Said | None:
    """Giấy chứng nhận số BĐ 123456: a serial number, letters and digits one by one."""
    if not _SERIAL_CUE.search(place.before):
        return None
    return Said(spell(match[0]), match.end(), "code")


DASHED = Rule(
    expression(r"(?P<letters>[A-ZĐ]{1,3})-(?P<n>[0-9]{1,4})(?![^\W_]|[./-][^\W_])"), read_dashed
)
COUNTED = Rule(
    expression(r"(?P<n>[1-9][0-9]{0,2})(?P<letters>[A-ZĐ]{2,6})(?![^\W_])"), read_counted
)
EDITION = Rule(
    expression(
        r"(?P<letter>[A-Z])(?P<n>[0-9]{1,2})(?P<mark>[.,])(?P<part>[0-9]{1,2})"
        r"(?![^\W_]|[.,/-][0-9])"
    ),
    read_edition,
)
SERIAL = Rule(expression(r"[A-ZĐ]{1,3}[ ]?[0-9]{5,8}(?![^\W_]|[.,/-][0-9])"), read_serial)
TEXT_MESSAGE = Rule(expression(r"[A-Z]{1,6}[0-9]{0,3}(?![^\W_])"), read_text_message)
CUED = Rule(expression(r"[A-Z0-9]+(?:[.-][A-Z0-9]+)+(?![^\W_])"), read_cued)
CODE = Rule(_CODE, read_code)

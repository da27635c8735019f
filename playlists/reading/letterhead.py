"""What a printed document bears above and below its text: letterhead, recipients, signature.

Nobody reads these aloud. They are cut only where the page proves itself a document: by the
nation's or the Party's name, by a line that is nothing but the document's number, by *Nơi nhận*,
or by a signatory's title in capitals. What is cut is handed back, so that it is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from playlists.reading.expressions import expression

_NAMES = expression(
    r"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM(?=\s|$)|ĐẢNG CỘNG SẢN VIỆT NAM(?=\s|$)|"
    r"ĐOÀN TNCS HỒ CHÍ MINH(?=\s|$)|Độc lập ?[-–—] ?Tự do ?[-–—] ?Hạnh phúc",
)
_NUMBER = expression(
    r"^[Ss][ốỐ] ?:?[0-9 .…]*[a-z]? ?[-–/] ?[A-ZĐ][A-Za-zĐđ]*[0-9]*(?:[-–/.&][A-ZĐ][A-Za-zĐđ&]*"
    r"[0-9]*)*(?=\s|$)"
)
_DATELINE = expression(
    r"(?:^|(?<=\s))[^\W\d_a-z][^,;:.\d]{1,40}, *ngày[ .…0-9]*tháng[ .…0-9]*năm[ .…0-9]*$"
)
_RULE = expression(r"[*_=~\s–—-]*")
_AGENCIES = """ỦY BAN,UBND,HỘI ĐỒNG,HĐND,ĐẢNG,HUYỆN,TỈNH,THÀNH,THỊ,XÃ,PHƯỜNG,ĐẶC KHU,MẶT TRẬN,MTTQ,
UBMTTQ,UBMT,BAN,BCH,BCĐ,BTV,ĐOÀN,HỘI,LIÊN ĐOÀN,CÔNG ĐOÀN,CÔNG AN,BỘ,SỞ,CHI,TRƯỜNG,TRẠM,TRUNG TÂM,
PHÒNG,VĂN PHÒNG,HỢP TÁC XÃ,HTX,THÔN,ẤP,BẢN,BUÔN,KHU,TỔ,NGÂN HÀNG,BẢO HIỂM,KHO BẠC,TÒA ÁN,VIỆN,QUỸ,
CÔNG TY,ĐIỆN LỰC,TIỂU BAN,CỤC,ĐÀI"""
_AGENCY = expression(rf"(?:{'|'.join(_AGENCIES.replace(chr(10), '').split(','))})(?![^\W_])")
_HEAD_LINES = 14
_LONGEST_AGENCY = 60
_RECIPIENTS = expression(r"nơi nhận[ ]*:?(?P<first>.*)", re.IGNORECASE)
_FILED = expression(r"(?<!\w)(?:[Ll]ưu|[Nn]hư trên)(?!\w)")
_RECIPIENT = expression(r"[-+*•–][ ]*\S|Lưu")
_SIGNATORY = expression(r"(?:T/?M|K/?T|TL|TUQ|Q)[.] *\S|(?:T/M|K/T) *\S")
_TITLES = """CHỦ TỊCH,PHÓ CHỦ TỊCH,BÍ THƯ,PHÓ BÍ THƯ,TRƯỞNG,PHÓ TRƯỞNG,GIÁM ĐỐC,PHÓ GIÁM ĐỐC,
HIỆU TRƯỞNG,PHÓ HIỆU TRƯỞNG,CHÁNH VĂN PHÒNG,CHỈ HUY TRƯỞNG,THỦ TRƯỞNG,TỔ TRƯỞNG,NGƯỜI"""
_TITLE = expression(rf"(?:{'|'.join(_TITLES.replace(chr(10), '').split(','))})(?![^\W_])")
_SIGNED = expression(r"\(?(?:đã ký|ký tên|ký, ?(?:ghi rõ họ tên|đóng dấu)).{0,30}", re.IGNORECASE)
_RANKS = r"(?:(?:Thượng|Trung|Đại|Thiếu) (?:tá|úy|tướng)|ThS|TS|BS)\.? "
_NAME = expression(rf"(?:{_RANKS})?[^\W\d_]+(?: [^\W\d_]+){{1,4}}")
_SIGNATURE_LINES = 12


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Lines of print that are not read aloud, and what they are."""

    kind: str
    written: str


def without_letterhead(lines: list[str]) -> tuple[list[str], tuple[LeftOut, ...]]:
    """The lines below the letterhead, and the letterhead; all lines if there is none."""
    head = lines[:_HEAD_LINES]
    strong = [index for index, line in enumerate(head) if _is_print(line, dateline=False)]
    if not strong:
        return lines, ()
    last = max(index for index, line in enumerate(head) if _is_print(line, dateline=True))
    above = range(last + 1)
    gone = {index for index in above if _is_print(head[index], dateline=True, rest=True)}
    written = "\n".join(lines[index] for index in sorted(gone) if lines[index])
    kept = [line for index, line in enumerate(lines) if index not in gone]
    return kept, (LeftOut("letterhead", written),)


def _is_print(line: str, *, dateline: bool, rest: bool = False) -> bool:
    """Whether a line is nothing but letterhead; with `rest` also an agency's name or a rule."""
    left = _NUMBER.sub("", _NAMES.sub("", line))
    if dateline or left != line:
        left = _DATELINE.sub("", left)
    if left == line and not rest:
        return False
    left = left.strip()
    return bool(_RULE.fullmatch(left)) or _is_agency(left)


def _is_agency(line: str) -> bool:
    return line.isupper() and len(line) <= _LONGEST_AGENCY and bool(_AGENCY.match(line))


def without_recipients(lines: list[str]) -> tuple[list[str], tuple[LeftOut, ...]]:
    """The lines above the list of recipients and the signature, and those two."""
    kept = lines
    for index in range(len(lines) - 1, 0, -1):
        match = _RECIPIENTS.fullmatch(lines[index].strip("*_ "))
        if match and _lists_recipients(match["first"], lines[index + 1 :]):
            kept = lines[:index]
            break
    kept = kept[: _signature_start(kept)]
    written = "\n".join(line for line in lines[len(kept) :] if line)
    return (kept, (LeftOut("recipients", written),)) if written else (lines, ())


def _lists_recipients(first: str, below: list[str]) -> bool:
    listed = [line for line in below if line][:3]
    return bool(_FILED.search(first)) or any(_RECIPIENT.match(line) for line in listed)


def _signature_start(lines: list[str]) -> int:
    """Where the signature begins: its first line, or the number of lines if there is none."""
    start, index, seen = len(lines), len(lines), 0
    while index > 1 and seen < _SIGNATURE_LINES:
        index -= 1
        line = lines[index].strip("*_ ")
        if not line:
            continue
        seen += 1
        if _is_signatory(line):
            start = index
        elif start < len(lines) and _DATELINE.fullmatch(line):
            return index
        elif not (_SIGNED.fullmatch(line) or _is_name(line)):
            break
    return start


def _is_signatory(line: str) -> bool:
    """TM. ỦY BAN NHÂN DÂN, PHÓ CHỦ TỊCH: in whose name, or which title."""
    words = line.removesuffix(".")
    return words.isupper() and bool(_SIGNATORY.match(line) or _TITLE.match(line))


def _is_name(line: str) -> bool:
    return bool(_NAME.fullmatch(line)) and all(word[0].isupper() for word in line.split()[-2:])

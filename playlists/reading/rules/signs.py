"""Signs between words: strokes, dashes and what stands for a word; brackets become pauses."""

from __future__ import annotations

import re

from playlists.reading.flags import Doubt, Flag
from playlists.reading.place import PAUSE, PLAIN, Place, Said
from playlists.reading.rules.measures import read_unit

NUMERIC = frozenset(
    ["cardinal", "decimal", "measure", "money", "time", "date", "period", "named_number", "roman", "month",
     "weekday", "digits", "section", "fraction"]
)  # fmt: skip
_TIME_UNITS = (
    "giờ",
    "ngày",
    "đêm",
    "tuần",
    "tháng",
    "quý",
    "năm",
    "vụ",
    "lần",
    "phút",
    "giây",
    "lượt",
    "kỳ",
    "buổi",
    "phiên",
    "ca",
)
_COUNTED_UNITS = (
    "lượng", "chỉ", "đơn vị", "hộ", "người", "xã", "phường", "thôn", "ấp", "khu phố", "cháu", "học sinh", "suất", "con", "cây",
    "bao", "lớp", "trường", "gia đình", "vé", "xe", "chiếc", "cái", "hồ sơ", "trường hợp", "sản phẩm", "mẫu", "sào", "công",
    "héc ta", "ki lô gam", "mét", "lít", "tấn", "tạ", "yến", "cân", "khẩu", "nhân khẩu", "đầu người", "trẻ", "giường", "phòng",
    "em", "chuyến", "gói", "chai", "thùng", "bình", "liều", "mũi", "cặp", "đại biểu", "thành viên", "tổ", "nhóm", "đội", "cụm", "cấp",
)  # fmt: skip
_PER_WORD = re.compile(
    r"/[ ]?(?=(?:"
    + "|".join(sorted((*_TIME_UNITS, *_COUNTED_UNITS), key=len, reverse=True))
    + r")(?![^\W_]))",
    re.IGNORECASE,
)
_PER_TIME = re.compile(r"/[ ]?(?=(?:" + "|".join(_TIME_UNITS) + r")(?![^\W_]))", re.IGNORECASE)
_RECENT_NUMBER = re.compile(r"[0-9][^.;:\n]{0,40}$")
_ONE_UNIT = re.compile(r"[^\W\d_]*(?:[ ][^\W\d_]+){0,2}")
_MEASURED = re.compile(
    r"(?:đồng|người|tấn|tạ|yến|lít|mét|nghìn|triệu|tỷ|khách|lượt|con|giường|bác sĩ|kg|xe|%)$"
)
_HOURS_NEXT = re.compile(r"[ ]?[0-9]{1,3}[ ]?(?:h|giờ|ngày)(?![^\W_])")
_DASHES = "-–—"
_NUMBER_NEXT = re.compile(
    r"[ ]?[-+]?[0-9$]|[ ]?(?:thứ|ngày|tháng|cấp|quý|năm)[ ]+[0-9IVX]|[ ]?[IVX]+(?![^\W_])"
)
_SAME_UNIT_BEFORE = re.compile(
    r"[0-9]\s*(?:giờ|phút|ngày|tháng|năm|tuần|đồng|nghìn|triệu|tỷ|độ|mét|tuổi|người|hộ|tấn|lần|lít|phần trăm|triệu đồng|nghìn đồng|tỷ đồng)\s*$"
)
_COMPOUNDS = frozenset(
    [("tế", "xã"), ("trị", "xã"), ("hóa", "xã"), ("học", "công"), ("học", "kỹ"), ("hóa", "thông"), ("hóa", "văn"),
     ("phòng", "an"), ("hóa", "thể"), ("lập", "tự"), ("do", "hạnh"), ("tài", "kế"), ("nông", "lâm"), ("tư", "pháp"),
     ("hóa", "nghệ"), ("thao", "du"), ("hóa", "gia"), ("hoạch", "tài"), ("chính", "kế"), ("công", "tư"), ("nghiệp", "dịch"),
     ("thương", "binh"), ("binh", "xã"), ("động", "thương"), ("tin", "truyền"), ("mại", "dịch"), ("nghiệp", "tiểu"), ("hội", "nghề")]
)  # fmt: skip
_LAST_WORD = re.compile(r"([^\W\d_]+)[ ]*$")
_NEXT_WORD = re.compile(r"[ ]*([^\W\d_]+)")


def read_stroke(place: Place) -> Said:
    """A stroke: *một* before a unit that something is counted by, else a pause between words."""
    at = place.start
    text = place.text
    left = text[at - 1 : at]
    if _HOURS_NEXT.match(text, at + 1):
        return Said("trong", at + 1, "per")
    unit = read_unit(place, at + 1) if left.isalnum() or left in "²³%₫$€)" else None
    if unit is not None and not text[at + 1 : at + 2].isspace():
        return Said(f"một {unit[0]}", unit[1], "per")
    per = _PER_TIME.match(text, at)
    if per is None and _per_counts(place):
        per = _PER_WORD.match(text, at)
    if per is not None:
        return Said("một", per.end(), "per")
    if text[at - 3 : at].lower() == "và" or place.before.endswith(" và"):
        return Said("", at + 1, "stroke")
    return Said(",", at + 1, "pause")


def _per_counts(place: Place) -> bool:
    before = place.before
    last = next(
        (piece for piece in reversed(place.pieces) if piece.rule not in (PLAIN, PAUSE)), None
    )
    if last and last.rule == "per" and _ONE_UNIT.fullmatch(place.text, last.end, place.start):
        return True
    return bool(_RECENT_NUMBER.search(before) or _MEASURED.search(before))


def read_dash(place: Place) -> Said:
    """A dash: a range between numbers, a minus before one, a bullet, or a pause."""
    at, text = place.start, place.text
    left, right = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if _NUMBER_NEXT.match(text, at + 1) and _after_number(place):
        return Said(_range_word(place), at + 1, "dash")
    if place.at_line_start:
        return _at_line_start(place, right)
    if right.isdigit() and (not left or left in " (:"):
        return Said("âm", at + 1, "minus")
    if left.isalnum() and right.isalnum():
        return Said("", at + 1, "dash")
    words = _LAST_WORD.search(place.before), _NEXT_WORD.match(place.after(at + 1))
    if words[0] and words[1] and (words[0][1], words[1][1]) in _COMPOUNDS:
        return Said("", at + 1, "dash")
    return Said(",", at + 1, PAUSE)


def _at_line_start(place: Place, right: str) -> Said:
    """A bullet says nothing; a lone negative number or degrees keep their minus."""
    if right.isdigit():
        line = place.after(place.start + 1)
        if re.match(r"[0-9.,/ ]+(?:°|độ|$)", line):
            return Said("âm", place.start + 1, "minus")
    return Said("", place.start + 1, "bullet")


def _after_number(place: Place) -> bool:
    for piece in reversed(place.pieces):
        if piece.spoken.strip():
            if piece.rule in NUMERIC and not place.text[piece.end : place.start].strip():
                return True
            break
    return bool(_SAME_UNIT_BEFORE.search(place.before))


def _range_word(place: Place) -> str:
    last = next((piece for piece in reversed(place.pieces) if piece.spoken.strip()), None)
    if last is not None and last.rule == "date":
        day_word = re.search(r"ngày\s*$", place.text[max(0, last.start - 6) : last.start].lower())
        if day_word and not place.after(place.start + 1).lstrip().startswith("ngày"):
            return "đến ngày"
    return "đến"


def read_sign(place: Place, sign: str) -> Said:
    """A sign with a name is said, brackets and quotation marks pause, all others are flagged."""
    name = place.lexicon.signs.get(sign)
    if name is not None:
        return Said(name, place.start + 1, "sign")
    return Said("", place.start + 1, "symbol", (Flag(Doubt.SYMBOL, sign, ""),))

"""The dash: a range between numbers, a minus, a bullet, a compound word, or a pause."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import NUMBER
from playlists.reading.place import PAUSE, Place, Said
from playlists.reading.rules.day_ranges import PAUSED, dash_after_day, reaches_until
from playlists.reading.rules.measures import read_unit

_NUMERIC_RULES = """cardinal decimal measure money time date period named_number roman month weekday
digits section fraction post"""
_NUMERIC = frozenset(_NUMERIC_RULES.split())
_NUMBER_RIGHT = expression(rf"[ ]?{NUMBER}(?:/{NUMBER})?")
_COORDINATES = ("vĩ bắc", "vĩ nam", "kinh đông", "kinh tây", "độ n", "độ e")
_NUMBER_NEXT = expression(
    r"[ ]?[-+]?[0-9$]|[ ]?(?:thứ|ngày|tháng|cấp|quý|năm)[ ]+[0-9IVX]|[ ]?[IVX]+(?![^\W_])"
    r"|[ ]?[Kk]m[ ]?[0-9]"
)
_CODE_BEFORE = expression(r"(?<![^\W_])(?P<letters>[0-9]{0,2}[A-ZĐ]{1,3})(?P<n>[0-9]{1,3})[ ]?$")
_CODE_NEXT = expression(
    r"[ ]?(?P<letters>[0-9]{0,2}[A-ZĐ]{1,3})(?P<n>[0-9]{1,3})(?![^\W_]|[-/.][0-9])"
)
_ROUTE_BEFORE = expression(
    r"(?<!\w)(?:đoạn|tuyến|đường|lộ trình|hành trình|xe|chuyến)[^.;:,\n]{0,24}(?<!\w)từ "
    r"(?!\w+ (?:nay|đó|đây)(?!\w))[^.;:,–—()-]{3,40}$"
)
_COUNTDOWN = expression(r"(?<!\w)ngày[ ][a-z]$")
_FROM_THING = expression(r"(?<!\w)từ (?P<thing>[^\W\d_]+(?: [^\W\d_]+)?) (?P<n>[0-9]{1,3}) ?$")
_THING_NEXT = expression(
    r" ?(?P<thing>[^\W\d_]+(?: [^\W\d_]+)?) (?P<n>[0-9]{1,3})(?![0-9]|[.,/][0-9])"
)
_DECIMAL_BEFORE = expression(r"(?<![0-9.,])([0-9]{1,4},[0-9]{1,2})[ ]?$")
_DECIMAL_NEXT = expression(r"[ ]?([0-9]{1,4},[0-9]{1,2})(?![0-9]|[.,][0-9])")
_SAME_UNIT_BEFORE = expression(
    r"[0-9]\s*(?:giờ|phút|ngày|tháng|năm|tuần|đồng|nghìn|triệu|tỷ|độ|mét|tuổi|người|hộ|"
    r"tấn|lần|lít|phần trăm|triệu đồng|nghìn đồng|tỷ đồng)\s*$"
)
# The words on both sides of a dash that joins two names into one: kinh tế - xã hội.
_JOINED = """tế-xã trị-xã hóa-xã học-công học-kỹ hóa-thông hóa-văn phòng-an hóa-thể lập-tự do-hạnh
tài-kế nông-lâm tư-pháp hóa-nghệ thao-du hóa-gia hoạch-tài chính-kế công-tư nghiệp-dịch thương-binh
binh-xã động-thương tin-truyền mại-dịch nghiệp-tiểu hội-nghề"""
_COMPOUNDS = frozenset(_JOINED.split())
_LAST_WORD = expression(r"([^\W\d_]+)[ ]*$")
_NEXT_WORD = expression(r"[ ]*([^\W\d_]+)")


def read_dash(place: Place) -> Said:
    """A range, a minus or a bullet if numbers or the line say so; else a join or a pause."""
    at, text = place.start, place.text
    left, right = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if _NUMBER_NEXT.match(text, at + 1) and _after_number(place):
        return _between_numbers(place)
    if place.at_line_start:
        return _at_line_start(place, right)
    if right.isdigit() and (not left or left in " (:") and not _leads_on(place):
        return Said("âm", at + 1, "minus")
    if right.isdigit() and _COUNTDOWN.search(place.before):
        return Said("trừ", at + 1, "minus")
    return _between_words(place, left=left, right=right)


def _leads_on(place: Place) -> bool:
    """From a day, a place, a code or a thing to another one of its kind."""
    return reaches_until(place) or _leads_from(place) or _same_letters(place) or _same_things(place)


def _between_words(place: Place, *, left: str, right: str) -> Said:
    end = place.start + 1
    if _leads_on(place):
        return Said("đến", end, "dash")
    joined = (left.isalnum() and right.isalnum()) or _is_compound(place)
    return Said("", end, "dash") if joined else Said(PAUSED, end, PAUSE)


def _between_numbers(place: Place) -> Said:
    """A range, unless both are figures of different kinds or the second is the smaller one."""
    end = place.start + 1
    last = next((piece for piece in place.recent if piece.spoken.strip()), None)
    of_day = dash_after_day(place, last)
    coordinates = place.said_before.rstrip().endswith(_COORDINATES)
    if of_day == PAUSED or coordinates or _changes_unit(place):
        return Said(PAUSED, end, PAUSE)
    if of_day:
        return Said(of_day, end, "dash")
    if _falls(place):
        return Said("", end, "dash", (Flag(Doubt.AMBIGUOUS, "-", ""),))
    return Said(_range_word(place), end, "dash")


def _leads_from(place: Place) -> bool:
    """Đoạn từ ngã ba Tân Phú - cầu Bà Rén: from one place to another."""
    spaced = place.text[place.start - 1 : place.start] == " "
    return spaced and bool(_ROUTE_BEFORE.search(place.before))


def _same_letters(place: Place) -> bool:
    """BĐ2-BĐ3, A1 - A5: from one code to another of its kind."""
    left = _CODE_BEFORE.search(place.text, max(0, place.start - 8), place.start)
    right = _CODE_NEXT.match(place.text, place.start + 1)
    same = left is not None and right is not None and left["letters"] == right["letters"]
    return bool(left and right and same and int(left["n"]) < int(right["n"]))


def _same_things(place: Place) -> bool:
    """Từ tổ 1 - tổ 5: from one thing to another of its kind."""
    left = _FROM_THING.search(place.before)
    right = _THING_NEXT.match(place.after(place.start + 1))
    same = left is not None and right is not None and left["thing"] == right["thing"]
    return bool(left and right and same and int(left["n"]) < int(right["n"]))


def _falls(place: Place) -> bool:
    """2,5-0,5: a pair of decimals that does not rise is no range."""
    left = _DECIMAL_BEFORE.search(place.before)
    right = _DECIMAL_NEXT.match(place.text, place.start + 1)
    if left is None or right is None:
        return False
    return float(left[1].replace(",", ".")) > float(right[1].replace(",", "."))


def _changes_unit(place: Place) -> bool:
    """380V-50Hz: two figures of one thing, not a range; a range keeps to one kind of unit."""
    last = place.pieces[-1]
    right = _NUMBER_RIGHT.match(place.text, place.start + 1)
    unit = read_unit(place, right.end()) if right else None
    if last.rule != "measure" or unit is None:
        return False
    kinds = last.spoken.split()[-1], unit[0].split()[-1]
    degrees = {"độ", "xê", "ép"}.issuperset(kinds)
    return kinds[0] != kinds[1] and not degrees


def _is_compound(place: Place) -> bool:
    left = _LAST_WORD.search(place.before)
    right = _NEXT_WORD.match(place.after(place.start + 1))
    return bool(left and right and f"{left[1]}-{right[1]}" in _COMPOUNDS)


def _at_line_start(place: Place, right: str) -> Said:
    """A bullet says nothing; a lone negative number or degrees keep their minus."""
    if right.isdigit():
        line = place.after(place.start + 1)
        if re.match(r"[0-9.,/ ]+(?:°|độ|$)", line):
            return Said("âm", place.start + 1, "minus")
    return Said("", place.start + 1, "bullet")


def _after_number(place: Place) -> bool:
    for piece in place.recent:
        if piece.spoken.strip():
            if piece.rule in _NUMERIC and not place.text[piece.end : place.start].strip():
                return True
            break
    return bool(_SAME_UNIT_BEFORE.search(place.before))


def _range_word(place: Place) -> str:
    last = next((piece for piece in place.recent if piece.spoken.strip()), None)
    if last is not None and last.rule == "date":
        day_word = re.search(r"ngày\s*$", place.text[max(0, last.start - 6) : last.start].lower())
        if day_word and not place.after(place.start + 1).lstrip().startswith("ngày"):
            return "đến ngày"
    return "đến"

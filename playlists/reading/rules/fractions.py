"""Parts of a whole and scales: hai phần ba, một phần năm trăm, 216,5 trên 218 mét."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.numbers import NUMBER, cardinal, read_number
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.measures import read_unit

_SMALL = 10
QUARTERS = 4
SCALE_BEFORE = expression(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|bản đồ|pha|pha loãng|trộn)\s*"
    r"(?:là|khoảng|pha|pha loãng|pha trộn|trộn|tối đa|theo tỷ lệ|theo tỉ lệ)?\s*$"
)
_PLAN_BEFORE = expression(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|bản đồ|quy hoạch|qh|phân khu|chi tiết|bản vẽ|mặt bằng)"
    r"(?: địa chính| phân khu| chi tiết| là| tỷ lệ| tỉ lệ)*\s*$"
)
_PEOPLE_AFTER = expression(r"\s*(?:dân|người|trẻ|phụ nữ|ca|bà mẹ|trường hợp)(?!\w)")


def fraction_words(first: int, second: int) -> str:
    """A fraction: two thirds are *hai phần ba*; out of more than ten, and all of all, is *trên*."""
    if (second > _SMALL and first > 1) or first == second:
        return f"{cardinal(first)} trên {cardinal(second)}"
    below = "tư" if second == QUARTERS else cardinal(second)
    return f"{cardinal(first)} phần {below}"


def is_scale(match: re.Match[str], place: Place, *, below: str) -> bool:
    """Bản đồ 1/2000, 1/1000 dân: no month of a year, though it could be written so."""
    number = below.replace(".", "")
    if not (number.isdigit() and number.endswith("00")):
        return False
    people = _PEOPLE_AFTER.match(place.after(match.end()))
    return bool(_PLAN_BEFORE.search(place.before) or people)


def read_long_pair(match: re.Match[str], place: Place) -> Said:
    """216,5/218m, 1.205/1.300 hộ: so much of so much; bản đồ 1/2.000 is a scale."""
    first, second = match[0].split("/")
    if first == "1" and is_scale(match, place, below=second):
        return Said(f"một phần {read_number(second)}", match.end(), "fraction")
    spoken = f"{read_number(first)} trên {read_number(second)}"
    unit = read_unit(place, match.end())
    if unit is None:
        return Said(spoken, match.end(), "ratio")
    return Said(f"{spoken} {unit[0]}", unit[1], "measure")


def read_scale(match: re.Match[str], place: Place) -> Said | None:
    """Tỷ lệ 1:100, bản đồ 1:2000."""
    if not SCALE_BEFORE.search(place.before):
        return None
    spoken = " trên ".join(read_number(part) for part in match[0].replace(" ", "").split(":"))
    return Said(spoken, match.end(), "ratio")


LONG_PAIR = Rule(
    expression(rf"(?=[0-9]*[.,]|[0-9]+/[0-9]+[.,][0-9]){NUMBER}/{NUMBER}(?![0-9]|[/.,][0-9])"),
    read_long_pair,
)
SCALE = Rule(expression(rf"{NUMBER}[ ]?:[ ]?{NUMBER}"), read_scale)

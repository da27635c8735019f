"""Ordinals: thứ 4 is thứ tư, thứ 2-6 thứ hai đến thứ sáu, tháng 6-8."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.numbers import ordinal
from playlists.reading.place import Place, Rule, Said

_ORDINAL = expression(
    r"(?P<a>[0-9]{1,4})(?:\s?[-–]\s?(?P<b>[0-9]))?(?![0-9]|[.,/-][0-9]|[^\W_]|[%°])"
)
_CUE = expression(r"(?<!\w)(?:thứ|tháng)\s*$")
_FIRST = expression(
    r"(?<!\w)(?:lần|kỳ họp|hội nghị|hạng|người|con|đợt|phiên|vòng|vị trí|giải)\s+thứ\s*$"
)


def read_ordinal(match: re.Match[str], place: Place) -> Said | None:
    """What follows *thứ* or *tháng*, or goes on with such a list (thứ 2, 4, 6)."""
    cue = _CUE.search(place.before)
    if cue is None:
        return _read_listed(match, place)
    first = int(match["a"])
    if match["b"] and not (2 <= first < int(match["b"]) <= 12):
        return None
    word = cue[0].strip()
    is_first = first == 1 and _FIRST.search(place.before)
    spoken = "nhất" if is_first else ordinal(first)
    if match["b"]:
        spoken += f" đến {word} {ordinal(int(match['b']))}"
    return Said(spoken, match.end(), "weekday" if word == "thứ" else "month")


def _read_listed(match: re.Match[str], place: Place) -> Said | None:
    if match["b"] or int(match["a"]) > 12:
        return None
    for rule in ("weekday", "month"):
        if place.follows(rule):
            counted = place.after(match.end()).lstrip()[:6]
            if counted.startswith(("giờ", "người", "hộ", "ngày", "tháng", "năm", "triệu", "lần")):
                return None
            return Said(ordinal(int(match["a"])), match.end(), rule)
    return None


ORDINAL = Rule(_ORDINAL, read_ordinal)

"""Letters with a dot that stand for a place: H. Bù Đăng, P. 5, X. Tân An."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.place import Place, Rule, Said

_AREAS = {"H": "huyện", "Q": "quận", "P": "phường", "X": "xã", "T": "tỉnh"}
_AREA = expression(r"(?P<letter>[HQPXT])\.(?=[ ]?(?:[A-ZĐ][^\W\d_]|[0-9]|[A-ZĐ][ ][A-ZĐ][^\W\d_]))")
_AREA_BEFORE = expression(r"(?:[,;(–-]|(?<!\w)(?:tại|ở|thuộc|ubnd|hđnd|của|về|đến|từ|và|các))\s*$")
_NEXT = expression(r"[ ]?(?P<first>[0-9]{1,4}|[^\W\d_]{1,24})(?:[ ](?P<second>[^\W\d_]{1,24}))?")
_LAST = expression(r"(?P<word>[^\W\d_]+)[ ]$")


def read_area(match: re.Match[str], place: Place) -> Said | None:
    """A district or a ward; after a person's name the letter is that person's."""
    letter = match["letter"]
    if not _AREA_BEFORE.search(place.before) and not _names_area(match, place):
        return None
    return Said(_AREAS[letter], match.end(), "abbreviation")


def _names_area(match: re.Match[str], place: Place) -> bool:
    """A name or a number follows, and no person's name stands before."""
    named = _NEXT.match(place.text, match.end())
    if match["letter"] == "T" or named is None:
        return False
    first, second = named["first"], named["second"] or ""
    two_names = first[0].isupper() and second.istitle()
    before = _LAST.search(place.text, max(0, place.start - 12), place.start)
    if before is not None and before["word"].istitle():
        return False
    beside = place.at_line_start or (before is not None and before["word"].islower())
    return two_names or (beside and (first.isdigit() or first.istitle()))


AREA = Rule(_AREA, read_area)

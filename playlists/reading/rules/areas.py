"""Letters with a dot that stand for a place: H. Bù Đăng, P. 5, X. Tân An."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.place import Place, Rule, Said

_AREAS = {"H": "huyện", "Q": "quận", "P": "phường", "X": "xã", "T": "tỉnh"}
_AREA = expression(r"(?P<letter>[HQPXT])\.(?=[ ]?(?:[A-ZĐ][^\W\d_]|[0-9]|[A-ZĐ][ ][A-ZĐ][^\W\d_]))")
_AREA_BEFORE = expression(r"(?:[,;(–-]|(?<!\w)(?:tại|ở|thuộc|ubnd|hđnd|của|về|đến|từ|và|các))\s*$")
_NAME_NEXT = expression(r"[ ]?[A-ZĐÀ-Ỹ][^\W\d_]*[a-zà-ỹ]|[ ]?[0-9]|[ ]?[A-ZĐ][ ][A-ZĐ][a-zà-ỹ]")
_TWO_NAMES_NEXT = expression(r"[ ]?[A-ZĐ][^\W\d_]*[ ][A-ZĐ][a-zà-ỹ]")
_PERSON_BEFORE = expression(r"[A-ZĐÀ-Ỹ][a-zà-ỹ]+[ ]$")
_WORD_BEFORE = expression(r"[a-zà-ỹ]\s$")


def read_area(match: re.Match[str], place: Place) -> Said | None:
    """A district or a ward; after a person's name the letter is that person's."""
    text, letter = place.text, match["letter"]
    if not _AREA_BEFORE.search(place.before):
        names_person = _PERSON_BEFORE.search(text, max(0, place.start - 12), place.start)
        if letter == "T" or names_person or not _NAME_NEXT.match(text, match.end()):
            return None
        alone = not place.at_line_start and not _WORD_BEFORE.search(place.before)
        if alone and not _TWO_NAMES_NEXT.match(text, match.end()):
            return None
    return Said(_AREAS[letter], match.end(), "abbreviation")


AREA = Rule(_AREA, read_area)

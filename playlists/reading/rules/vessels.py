"""Ships and boats: tàu cá QNg 95678 TS, tàu KN 491, letter by letter and digit by digit."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.letters import spell
from playlists.reading.place import Place, Rule, Said

_FISHING = expression(
    r"(?P<letters>[A-ZĐ][A-Za-zĐđ]{0,3})[ -]?(?P<n>[0-9]{4,5})(?:[ -]?(?P<ts>TS))?(?![^\W_])"
)
_SHIP = expression(r"(?P<letters>[A-ZĐ]{2,3})[ -]?(?P<n>[0-9]{2,4}(?:-[0-9]{2}){0,2})(?![^\W_])")
_BOAT_BEFORE = expression(
    r"(?<!\w)(?:tàu|thuyền|ghe|sà lan|số hiệu|số đăng ký|biển số|bks)(?!\w)"
    r"(?![^.;\n]*(?<!\w)(?:xe|ô tô)(?!\w))[^.;\n]{0,40}$"
)
_SHIP_BEFORE = expression(
    r"(?<!\w)(?:tàu|ca nô|xuồng|xuồng cao tốc)"
    r"(?: (?:cá|kiểm ngư|cảnh sát biển|cứu nạn|cứu hộ|tuần tra|hải quân|biên phòng|số hiệu|số|"
    r"mang số hiệu|vận tải|hàng))*\s*$"
)


def read_fishing(match: re.Match[str], place: Place) -> Said | None:
    """A province's letters and five digits, TS for a fishing boat, where boats are spoken of."""
    if not (match["ts"] or _BOAT_BEFORE.search(place.before)):
        return None
    ending = f" {spell(match['ts'])}" if match["ts"] else ""
    return Said(f"{spell(match['letters'])} {spell(match['n'])}{ending}", match.end(), "plate")


def read_ship(match: re.Match[str], place: Place) -> Said | None:
    """A ship of the state, whose number stands right after the word for it."""
    if not _SHIP_BEFORE.search(place.before):
        return None
    return Said(f"{spell(match['letters'])} {spell(match['n'])}", match.end(), "plate")


FISHING = Rule(_FISHING, read_fishing)
SHIP = Rule(_SHIP, read_ship)

"""Signs: dashes and strokes go to their own rules, signs with a name are said, others flagged."""

from __future__ import annotations

from playlists.reading.flags import Doubt, Flag
from playlists.reading.place import Place, Said
from playlists.reading.rules.dashes import read_dash
from playlists.reading.rules.measures import read_unit
from playlists.reading.rules.strokes import read_stroke

_BULLETS = "*•●▪◦■□✓✔➢➤→+"
DASHES = "-–—"
BRACKETS = "()[]{}"
QUOTES = "\"'“”„«»‹›‘’"


def read_sign(place: Place, sign: str) -> Said:
    """A dash, a stroke, a unit or a sign with a name; all others are flagged and skipped."""
    if sign in DASHES:
        return read_dash(place)
    if sign == "/":
        return read_stroke(place)
    if sign in _BULLETS and place.at_line_start:
        return Said("", place.start + 1, "bullet")
    unit = read_unit(place, place.start) if sign in "°%‰" else None
    if unit is not None:
        return Said(unit[0], unit[1], "unit")
    name = place.lexicon.signs.get(sign)
    if name is not None:
        return Said(name, place.start + len(sign), "sign")
    return Said("", place.start + len(sign), "symbol", (Flag(Doubt.SYMBOL, sign, ""),))

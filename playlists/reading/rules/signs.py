"""Signs: dashes and strokes go to their own rules, signs with a name are said, others flagged."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.place import PAUSE, Place, Rule, Said
from playlists.reading.rules.dashes import read_dash
from playlists.reading.rules.measures import read_unit
from playlists.reading.rules.strokes import read_stroke

_BULLETS = "*•●▪◦■□✓✔➢➤→+"
DASHES = "-–—"
BRACKETS = "()[]{}"
QUOTES = "\"'“”„«»‹›‘’"


# Engineers write a range with these signs; a sum is never written out in a bulletin.
_BETWEEN_NUMBERS = expression(r"[0-9]\s?[÷~]\s?[0-9]")
_REPEATED = expression(r"\((?P<words>[^()\n]{2,120})\)")


def read_repeated(place: Place) -> Said | None:
    """1 (một), năm nghìn đồng, Bảo hiểm y tế (BHYT): what was just said is not said again."""
    match = _REPEATED.match(place.text, place.start)
    if match is None:
        return None
    words = match["words"]
    meant = [words.lower()]
    if words in place.lexicon.starting(words):
        meant += [entry.spoken.lower() for entry in place.lexicon.words(words)]
    said = f" {place.said_before.rstrip()}"
    if not any(said.endswith(f" {one}") for one in meant):
        return None
    return Said("", match.end(), "repeated")


def read_number_sign(match: re.Match[str], place: Place) -> Said:
    """No. 5, N° 5, № 5: the sign is said *số*."""
    del place
    return Said("số ", match.end(), "sign")


NUMBER_WORD = "No"
NUMBER_SIGN = Rule(expression(rf"(?:{NUMBER_WORD}\.|N[°º]|№)[ ]?(?=[0-9])"), read_number_sign)


def read_joint(match: re.Match[str], place: Place) -> Said | None:
    """VP.UBND, BCH.PTDS: a dot that joins two abbreviations is no stop."""
    if not _LETTERS_BEFORE.search(place.text, max(0, place.start - 8), place.start):
        return None
    return Said("", match.end(), "sign")


_LETTERS_BEFORE = expression(r"(?<![^\W_])[A-ZĐ]{2,7}$")
JOINT = Rule(expression(r"\.(?=[A-ZĐ]{2,}(?![a-zà-ỹ]))"), read_joint)


def read_sign(place: Place, sign: str) -> Said:
    """A dash, a stroke, a unit or a sign with a name; all others are flagged and skipped."""
    if sign in DASHES:
        return read_dash(place)
    if sign == "/":
        return read_stroke(place)
    if sign == "#" and place.text[place.start + 1 : place.start + 2].isalpha():
        return Said("", place.start + 1, "hashtag")
    if sign in _BULLETS and place.at_line_start:
        return Said("", place.start + 1, "bullet")
    return _read_named(place, sign)


def _read_named(place: Place, sign: str) -> Said:
    if sign in "÷~" and _BETWEEN_NUMBERS.search(
        place.text, max(0, place.start - 2), place.start + 3
    ):
        return Said("đến", place.start + 1, "dash")
    unit = read_unit(place, place.start) if sign in "°%‰" else None
    if unit is not None:
        return Said(unit[0], unit[1], "unit")
    end = place.start + len(sign)
    name = place.lexicon.signs.get(sign)
    if name is None:
        return Said(",", end, PAUSE, (Flag(Doubt.SYMBOL, sign, ""),))
    already_said = place.said_before.rstrip().endswith(name)
    return Said("" if already_said else name, end, "sign")

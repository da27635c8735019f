"""A letter by itself: the label of a list item, điểm b, độ C, or a name that stays as it is."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.letters import LETTER_NAMES
from playlists.reading.place import PLAIN, Place, Rule, Said
from playlists.reading.rules import areas

_ALONE = r"(?![^\W_])"
_LABEL = expression(r"(?P<letter>[a-zđA-HĐ])(?P<mark>[).])(?=\s)")
_POINT_BEFORE = expression(r"(?<!\w)(?:điểm|tiết)\s*$")
_CLAUSE_BEFORE = expression(r"(?<!\w)(?:khoản|điểm) [0-9a-zđ]{1,2}[ ,;]*$")
_FACTOR_BEFORE = expression(r"[0-9%)][ ]?(?:[^\W\d_]{1,7}[23²³]?[ ]){0,2}$")
_DEGREE_BEFORE = expression(r"(?<!\w)độ\s*$")


def read_label(match: re.Match[str], place: Place) -> Said | None:
    """a) at the beginning of a line, or inside a sentence that counts its points."""
    if not place.at_line_start and match["mark"] != ")":
        return None
    letter = match["letter"]
    name = letter if letter.isupper() else LETTER_NAMES[letter.upper()]
    return Said(f"{name}.", match.end(), "label")


def read_room(match: re.Match[str], place: Place) -> Said:
    """P.203, P.105: a room; wards have no numbers of three digits."""
    del place
    return Said("phòng ", match.end(), "abbreviation")


def read_article(match: re.Match[str], place: Place) -> Said | None:
    """Khoản 2, Đ.5: an article, after the clause that stands in it."""
    if not _CLAUSE_BEFORE.search(place.before):
        return None
    return Said("Điều ", match.end(), "abbreviation")


def read_point(match: re.Match[str], place: Place) -> Said | None:
    """Điểm b khoản 1."""
    name = LETTER_NAMES.get(match[0].upper())
    listed = match[0].islower() and place.follows("point")
    if name is None or not (listed or _POINT_BEFORE.search(place.before)):
        return None
    return Said(name, match.end(), "point")


def read_nutrient(match: re.Match[str], place: Place) -> Said:
    """46%N, 16%P: what a bag of fertiliser holds."""
    del place
    return Said(LETTER_NAMES[match[0]], match.end(), "code")


def read_degree(match: re.Match[str], place: Place) -> Said | None:
    """25 độ C."""
    if not _DEGREE_BEFORE.search(place.said_before):
        return None
    return Said(LETTER_NAMES[match[0]], match.end(), "measure")


def read_times(match: re.Match[str], place: Place) -> Said:
    """X 6 tháng: times."""
    del place
    return Said("nhân", match.end(), "sign")


def read_product(match: re.Match[str], place: Place) -> Said | None:
    """3% x giá trị, 100 hộ x500.000đ: times, after a number or what it counts."""
    del match
    if not _FACTOR_BEFORE.search(place.before):
        return None
    return Said("nhân", place.start + 1, "sign")


def read_initial(match: re.Match[str], place: Place) -> Said:
    """Nguyễn Thị H., trưởng thôn: the dot belongs to the name and is no end."""
    del place
    return Said(match[0][0], match.end(), PLAIN)


SINGLE_LETTERS: tuple[Rule, ...] = (
    Rule(expression(r"Đ[.]?[ ]?(?=[0-9])"), read_article),
    Rule(expression(r"P[.][ ]?(?=[1-9][0-9]{2}(?![0-9]|[.,][0-9]))"), read_room),
    areas.AREA,
    Rule(_LABEL, read_label),
    Rule(expression(rf"[A-Za-zĐđ]{_ALONE}"), read_point),
    Rule(expression(rf"(?<=%)[NPKS]{_ALONE}"), read_nutrient),
    Rule(expression("[CF]"), read_degree),
    Rule(
        expression(r"[xX](?=[ ][0-9])|x(?=[0-9]+(?:[.,][0-9]+)?(?![^\W_]|[.,/-][0-9]))"), read_times
    ),
    Rule(expression(rf"[xX](?:{_ALONE}|(?=[0-9]))"), read_product),
    Rule(expression(r"[A-ZĐ]\.(?=[ ]?[,;)]|[ ][a-zà-ỹđ])"), read_initial),
)

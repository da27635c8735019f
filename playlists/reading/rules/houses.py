"""Two numbers with a stroke that name a thing: a house, a class, a group, a plot of land."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.fractions import QUARTERS, fraction_words

HOUSE_BEFORE = expression(r"(?<!\w)(?:số nhà|nhà số|hẻm|ngõ|ngách|kiệt|địa chỉ(?::| số)?)\s*$")
_ADDRESS_AFTER = expression(
    r",?[ ](?:đường|phố)[ ][A-ZĐÀ-Ỹ0-9]|,?[ ](?:tổ|ấp|khu phố|khóm|ngõ|hẻm|thôn|KP)[ ][0-9]"
)
_LISTED = r"(?:[0-9]{1,3}/[0-9]{1,2}\s*(?:,|;|và|-|–|đến)\s*)*$"
_CLASS_BEFORE = expression(
    r"(?<!\w)(?:(?<!họp )(?<!mở )(?<!giảng )(?<!mặt )(?<!hội )lớp|(?<!giỗ )(?<!quốc )(?<!họp )tổ|"
    rf"phòng(?: học| họp)?(?: số)?|thửa(?: đất)?(?: số)?)\s*{_LISTED}"
)
_HIGHEST_CLASS = 12
_PLOT = expression(r"(?<!\w)thửa(?: đất)?(?: số)?\s*[0-9/,; ]*$")


def is_named(match: re.Match[str], place: Place) -> bool:
    """Lớp 9/3, các lớp 6/1, 6/2, tổ 1/3, thửa 45/2: a name, in lists of such names too."""
    if not _CLASS_BEFORE.search(place.before):
        return False
    return int(match["a"]) <= _HIGHEST_CLASS or bool(_PLOT.search(place.before))


def read_named(match: re.Match[str]) -> Said:
    """Both numbers of a name, with *trên* between them."""
    spoken = f"{cardinal(int(match['a']))} trên {cardinal(int(match['b']))}"
    return Said(spoken, match.end(), "named_number")


def stands_in_address(match: re.Match[str], place: Place) -> bool:
    """12/3 tổ 5, 45/12 đường Lê Lợi: what follows is a street or a hamlet."""
    return bool(_ADDRESS_AFTER.match(place.text, match.end()))


def read_in_address(match: re.Match[str], place: Place) -> Said:
    """A house by what follows it; sure where a word before says so too."""
    first, second = int(match["a"]), int(match["b"])
    spoken = f"{cardinal(first)} trên {cardinal(second)}"
    sure = is_house(place)
    if not sure and first < second <= QUARTERS:
        spoken = fraction_words(first, second)
    flags = () if sure else (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    return Said(spoken, match.end(), "ratio", flags)


def is_house(place: Place) -> bool:
    """Whether a word before says that this is a house."""
    return bool(HOUSE_BEFORE.search(place.before)) or place.before.rstrip().endswith("số")


def read_house(match: re.Match[str], place: Place) -> Said | None:
    """Nhà số 47/12/3: a house in a lane of a lane."""
    if not is_house(place) and not _ADDRESS_AFTER.match(place.text, match.end()):
        return None
    spoken = " trên ".join(cardinal(int(part)) for part in match[0].split("/"))
    return Said(spoken, match.end(), "ratio")


def read_plot(match: re.Match[str], place: Place) -> Said | None:
    """Thửa 123-1: a plot that was parted from another."""
    if not _PLOT.search(place.before):
        return None
    spoken = f"{cardinal(int(match['a']))} gạch {cardinal(int(match['b']))}"
    return Said(spoken, match.end(), "named_number")


PLOT = Rule(
    expression(r"(?P<a>[1-9][0-9]{0,3})-(?P<b>[1-9][0-9]?)(?![0-9]|[-/.,][0-9]|[^\W_])"), read_plot
)
HOUSE = Rule(
    expression(r"[1-9][0-9]{0,3}(?:/[1-9][0-9]{0,2}){2,3}(?![0-9]|[/.,-][0-9])"), read_house
)

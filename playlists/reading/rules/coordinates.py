"""Places on the map: 11°45'N, 10°45'30"N, 16,0N, 15,5 độ N."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.numbers import read_number
from playlists.reading.place import Place, Rule, Said

_SIDES = {"N": "vĩ bắc", "S": "vĩ nam", "E": "kinh đông", "W": "kinh tây"}
_DEGREES = r"[0-9]{1,3}(?:[.,][0-9]{1,3})?"
_SECONDS = r"(?:[ ]?(?P<seconds>[0-9]{1,2}(?:[.,][0-9]{1,2})?)[ ]?(?:''|’’|[\"”]))?"
_MINUTES = rf"(?:[ ]?(?P<minutes>[0-9]{{1,2}}(?:[.,][0-9]{{1,3}})?)[ ]?['’′](?!['’]){_SECONDS})?"
_SIDE = r"[ ]?(?P<side>[NESW])(?![^\W_])"
_POSITION = expression(
    rf"(?P<degrees>{_DEGREES})[ ]?(?:"
    r"-(?P<sea_minutes>[0-5][0-9](?:[.,][0-9])?)[ ]?(?P<at_sea>[NE])(?![^\W_])|"
    rf"°(?:{_MINUTES}{_SIDE}|[ ]?(?P<only_minutes>[0-9]{{1,2}})[ ]?['’][ ]?"
    r"(?P<only_seconds>[0-9]{1,2}(?:[.,][0-9]{1,2})?)[ ]?(?:''|’’|[\"”]))"
    r"|độ[ ](?P<told>[NESW])(?![^\W_])"
    r"|(?<=[0-9][.,][0-9])(?P<plain>[NE])(?![^\W_])"
    r"|(?<=[.,][0-9] )(?P<apart>[NE])(?![^\W_])|(?<=[.,][0-9]{2})(?P<close>[NE])(?![^\W_]))"
)


def read_coordinate(match: re.Match[str], place: Place) -> Said:
    """Degrees, minutes and seconds, and the side of the world they are on."""
    del place
    words = [read_number(match["degrees"].replace(".", ",")), "độ"]
    minutes = match["minutes"] or match["only_minutes"] or match["sea_minutes"]
    seconds = match["seconds"] or match["only_seconds"]
    if minutes:
        words += [read_number(minutes.replace(".", ",")), "phút"]
    if seconds:
        words += [read_number(seconds.replace(".", ",")), "giây"]
    side = next((match[key] for key in _SIDE_GROUPS if match[key]), None)
    if side:
        words.append(_SIDES[side])
    return Said(" ".join(words), match.end(), "measure")


_SIDE_GROUPS = ("side", "at_sea", "told", "plain", "apart", "close")
COORDINATE = Rule(_POSITION, read_coordinate)

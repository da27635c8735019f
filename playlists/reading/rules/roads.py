"""Roads, power lines and number plates: ĐT.741, QL14, lộ 471, 60B1-234.56."""

from __future__ import annotations

import re

from playlists.reading.letters import code_number, spell
from playlists.reading.numbers import cardinal, digit_by_digit
from playlists.reading.place import Place, Rule, Said

_PLATE_CUE = re.compile(r"(?:biển|bks|kiểm soát)[^0-9]{0,30}$")
_NAMES = {
    "QL": "quốc lộ", "TL": "tỉnh lộ", "ĐT": "đường tỉnh", "DT": "đường tỉnh", "ĐH": "đường huyện",
    "HL": "hương lộ", "ĐX": "đường xã",
}  # fmt: skip
_ROAD = re.compile(
    r"(?P<road>QL|TL|ĐT|DT|ĐH|HL|"
    r"ĐX)[. -]{0,2}(?P<number>[0-9]{1,3})(?P<letter>[A-ZĐ]?)(?![^\W_]|[.,][0-9])"
)
_POST = re.compile(
    r"(?:[Kk]m[ ]?|KM[ ])(?P<km>[0-9]{1,4})(?:[ ]?\+[ ]?(?P<metres>[0-9]{1,3}))?(?![\w,.]*[0-9])"
)
_LINE = re.compile(r"(?P<number>[0-9]{2,4})(?P<letter>[A-Z]?)(?![^\W_]|[.,/-][0-9])")
_LINE_CUE = re.compile(
    r"(?<!\w)(?:lộ|lộ ra|xuất tuyến|tuyến|phát tuyến|đường dây|đường tỉnh|tỉnh lộ|"
    r"đường huyện|hương lộ|"
    r"đường số|máy cắt|recloser|trạm|tàu|chuyến bay)\s*$"
)
_PLATE = re.compile(
    r"(?P<area>[0-9]{2})[ -]?(?P<series>[A-ZĐ]{1,2})(?P<digit>[0-9]?)"
    r"(?:[ .-]{1,2}(?P<rest>[0-9]{3}[.]?[0-9]{1,2})|"
    r"(?P<bare>[0-9]{4,5}))(?![0-9]|[^\W_])"
)


def read_road(match: re.Match[str], place: Place) -> Said | None:
    """The road's kind in words; three digits one by one, fewer as a number."""
    if match["road"] in {"ĐT", "ĐH"} and place.before.rstrip().endswith(("số", ":")):
        return None
    number = match["number"]
    said = cardinal(int(number)) if len(number) < 3 else digit_by_digit(number)
    letter = f" {spell(match['letter'])}" if match["letter"] else ""
    name = _NAMES[match["road"]]
    if place.before.endswith("đường "):
        name = name.removeprefix("đường ")
    return Said(f"{name} {said}{letter}", match.end(), "road")


def read_line(match: re.Match[str], place: Place) -> Said | None:
    """A power line or road that is known by its digits: lộ 471, đường tỉnh 741."""
    follows = place.follows("line")
    if not follows and not _LINE_CUE.search(place.before):
        return None
    if len(match["number"]) < 3:
        return None
    letter = f" {spell(match['letter'])}" if match["letter"] else ""
    return Said(digit_by_digit(match["number"]) + letter, match.end(), "line")


def read_plate(match: re.Match[str], place: Place) -> Said | None:
    """60B1-234.56: the province as a number, the series by letter, the rest digit by digit."""
    cued = _PLATE_CUE.search(place.before) or place.follows("plate")
    if match["bare"] and not cued:
        return None
    series = spell(match["series"]) + (
        f" {digit_by_digit(match['digit'])}" if match["digit"] else ""
    )
    rest = digit_by_digit(match["rest"] or match["bare"])
    return Said(f"{code_number(match['area'])} {series} {rest}", match.end(), "plate")


def read_post(match: re.Match[str], place: Place) -> Said:
    """Km 12+300: a kilometre post and the metres past it."""
    del place
    metres = f" cộng {cardinal(int(match['metres']))}" if match["metres"] else ""
    return Said(f"ki lô mét {cardinal(int(match['km']))}{metres}", match.end(), "post")


POST = Rule(_POST, read_post)
ROAD = Rule(_ROAD, read_road)
LINE = Rule(_LINE, read_line)
PLATE = Rule(_PLATE, read_plate)

"""Roads, power lines and number plates: ĐT.741, QL14, lộ 471, 60B1-234.56."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.letters import code_number, spell
from playlists.reading.numbers import cardinal, digit_by_digit
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.measures import read_unit

_PLATE_CUE = expression(r"(?:biển|bks|kiểm soát)[^0-9]{0,30}$")
_NAMES = {
    "QL": "quốc lộ", "TL": "tỉnh lộ", "ĐT": "đường tỉnh", "DT": "đường tỉnh", "ĐH": "đường huyện",
    "HL": "hương lộ", "ĐX": "đường xã", "CT": "cao tốc", "ĐL": "đại lộ",
}  # fmt: skip
_ROAD = expression(
    r"(?P<road>QL|TL|ĐT|DT|ĐH|HL|"
    r"ĐX|CT(?=[.]?[0-9]{2}))[. -]{0,2}(?P<number>[0-9]{1,3})(?P<letter>[A-ZĐ]?)(?![^\W_]|[.,][0-9])"
)
_ROAD_BEFORE = expression(r"(?:cao tốc|tuyến|đường|nút giao|tránh)[^.;:\n]{0,30}$")
_PHONE_NEXT = expression(r"(?:[ .-][0-9]{2,4}){2,3}(?![0-9])")
_NO_ROAD_BEFORE = expression(r"(?<!\w)(?:số|điện thoại|diện tích)\s*$|:\s*$")
_VARIETY_BEFORE = expression(r"(?<!\w)(?:giống|lúa|gạo|bắp|ngô|mía|sắn)[^.;:\n]{0,40}$")
_SEASON_BEFORE = expression(r"(?<!\w)(?:vụ|lúa|sản xuất)(?: lúa| vụ)?\s*$")
_POST = expression(
    r"(?:[Kk]m[ ]?|KM[ ]|KM(?=[0-9]{1,4}[ ]?\+))(?P<km>[0-9]{1,4})"
    r"(?:[ ]?\+[ ]?(?P<metres>[0-9]{1,3}))?(?![\w,.]*[0-9])"
)
_LINE = expression(r"(?P<number>[0-9]{2,4})(?P<letter>[A-Z]?)(?![^\W_]|[.,/-][0-9])")
_LINE_CUE = expression(
    r"(?<!\w)(?:lộ|lộ ra|xuất tuyến|tuyến|phát tuyến|đường dây|đường tỉnh|tỉnh lộ|"
    r"đường huyện|hương lộ|"
    r"đường số|máy cắt|recloser|trạm|tàu|chuyến bay)\s*$"
)
_PLATE = expression(
    r"(?P<area>[0-9]{2})[ -]?(?P<series>[A-ZĐ]{1,2})(?P<digit>[0-9]?)"
    r"(?:[ .-]{1,3}(?P<rest>[0-9]{3}[.]?[0-9]{1,2})|"
    r"(?P<bare>[0-9]{4,5}))(?![0-9]|[^\W_])"
)


def read_road(match: re.Match[str], place: Place) -> Said | None:
    """The road's kind in words; three digits one by one, fewer as a number."""
    if not _is_road(match, place):
        return None
    number = match["number"]
    short = len(number) < 3 and not number.startswith("0")
    said = cardinal(int(number)) if short else digit_by_digit(number)
    letter = f" {spell(match['letter'])}" if match["letter"] else ""
    name = _NAMES[match["road"]]
    doubled = name if place.said_before.endswith(f"{name} ") else ""
    if not doubled and place.before.endswith("đường "):
        doubled = "đường "
    name = name.removeprefix(doubled).strip()
    name = f"{name} " if name else ""
    return Said(f"{name}{said}{letter}", match.end(), "road")


def _is_road(match: re.Match[str], place: Place) -> bool:
    """Not a telephone, an area, a rice: ĐT: 0912…, DT 350 ha, giống lúa ĐT8."""
    kind = match["road"]
    if match["number"][0] == "0" and _PHONE_NEXT.match(place.text, match.end()):
        return False
    if kind == "CT":
        return bool(_ROAD_BEFORE.search(place.before)) or place.follows("road")
    if kind in {"ĐT", "ĐH", "DT", "ĐX"} and not place.follows("road"):
        variety = len(match[0]) < 5 and _VARIETY_BEFORE.search(place.before)
        season = kind == "ĐX" and _SEASON_BEFORE.search(place.before)
        other = variety or season or _NO_ROAD_BEFORE.search(place.before)
        return not (other or read_unit(place, match.end()))
    return True


def read_line(match: re.Match[str], place: Place) -> Said | None:
    """A power line or road that is known by its digits: lộ 471, đường tỉnh 741."""
    follows = place.follows("line")
    if not follows and not _LINE_CUE.search(place.before):
        return None
    if len(match["number"]) < 3 or read_unit(place, match.end()):
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


def read_plate_cued(match: re.Match[str], place: Place) -> Said | None:
    """Biển số 29-H1 345.67: after its word a plate is no document's number."""
    return read_plate(match, place) if _PLATE_CUE.search(place.before) else None


PLATE_CUED = Rule(_PLATE, read_plate_cued)
POST = Rule(_POST, read_post)
ROAD = Rule(_ROAD, read_road)
LINE = Rule(_LINE, read_line)
PLATE = Rule(_PLATE, read_plate)

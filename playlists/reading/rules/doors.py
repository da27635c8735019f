"""Numbers that people read off a door, a bed or a bus: phòng 102, giường 205, xe buýt 601."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.letters import spell
from playlists.reading.numbers import digit_by_digit
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.measures import read_unit

_DOOR = expression(r"(?P<n>[1-9][0-9]{2,3})(?P<letter>[A-Z]?)(?![^\W_]|[.,/][0-9]|-[0-9])")
_DOOR_BEFORE = expression(
    r"(?<!\w)(?:phòng(?: học| họp| làm việc| khám| bệnh| trọ| máy| thi| tiếp dân| tiếp công dân)?|"
    r"ki ốt|kiốt|ki-ốt|kiot|giường|căn hộ|căn|quầy|sạp|gian hàng|p\.|"
    r"(?:tuyến )?(?:xe )?buýt|(?:chuyến )?bay)(?: số)?"
    r"(?: [0-9]{3,4}[a-z]?(?:,| và))*\s*$"
)
_COUNTED_AFTER = expression(
    r"\s*(?:chỗ|người|giường|máy|ghế|học sinh|em|cháu|trẻ|khách|bệnh nhân|hộ|triệu|nghìn|ngàn|tỷ|"
    r"đồng|phòng|suất|lượt|đại biểu|bộ|tầng|ngày|giờ|năm|tháng|mét|m2)(?!\w)"
)
_SIGN_BEFORE = expression(
    r"(?<!\w)biển(?: báo| cấm| hiệu| chỉ dẫn| số)*(?: cấm)?(?: hiệu)?"
    r"(?: [pwrisd]{1,2}\.?[0-9]{3}[a-z]?(?:,| và))*\s*$"
)
_ROAD_SIGN = expression(
    r"(?P<letters>[PWRISD]{1,2})\.?[ ]?(?P<n>[0-9]{3})(?P<part>[a-z]?)(?![^\W_])"
)


def read_door(match: re.Match[str], place: Place) -> Said | None:
    """Three or four digits of a room, a stall or a bus line, unless they count something."""
    if not _DOOR_BEFORE.search(place.before) or _COUNTED_AFTER.match(place.after(match.end())):
        return None
    if not match["letter"] and read_unit(place, match.end()):
        return None
    letter = f" {spell(match['letter'])}" if match["letter"] else ""
    return Said(digit_by_digit(match["n"]) + letter, match.end(), "digits")


def read_road_sign(match: re.Match[str], place: Place) -> Said | None:
    """Biển cấm P.106a: a sign on the road, not a room."""
    if not _SIGN_BEFORE.search(place.before):
        return None
    words = (spell(match["letters"]), spell(match["n"]), spell(match["part"]))
    return Said(" ".join(filter(None, words)), match.end(), "code")


def read_house_letters(match: re.Match[str], place: Place) -> Said | None:
    """SN 15, đường số 3: a house; (SN 78) and SN 1978 are years of birth."""
    if place.before.rstrip().endswith(("(", "ông", "bà")):
        return None
    return Said("số nhà ", match.end(), "abbreviation")


DOOR = Rule(_DOOR, read_door)
ROAD_SIGN = Rule(_ROAD_SIGN, read_road_sign)
HOUSE_LETTERS = Rule(
    expression(r"SN[ ]?(?=[0-9]{1,3}(?:/[0-9]{1,3}){0,3}[A-Z]?[ ]?(?:,|đường|phố|ngõ|hẻm|tổ|ấp))"),
    read_house_letters,
)

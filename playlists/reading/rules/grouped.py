"""Numbers with a foreign or a broken look: 1 500 000, 12 .500, 5,000, 1.5."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal, digit_by_digit, read_number
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.measures import read_unit, read_unit_of_subject

_DECIMAL_POINT = expression(
    r"(?P<whole>[0-9]+)\.(?P<part>[0-9]{1,2}|[0-9]{4,}|(?<=(?<![0-9])0\.)[0-9]{3})(?![0-9]|[.,][0-9])"
)
_LONGEST_PART = 4
_CARD_BEFORE = expression(r"(?<!\w)(?<!chỉ )(?<!hệ )(?:số|thẻ)(?: đảng)?\s*:?\s*$")
_PROCEDURE_BEFORE = expression(r"(?<!\w)(?:mã|thủ tục)(?: [^\W\d_]+){0,3}\s*:?\s*$")
_FACTOR_BEFORE = expression(r"(?<!\w)(?:x|×|hệ số)[ ]?$")
_COMMA_GROUP = expression(r"[1-9][0-9]{0,2},[0-9]{3}(?![0-9]|[.,/-][0-9])")
_LIVING_AFTER = expression(
    r"[ ]?(?:người|hộ|nhân khẩu|khẩu|con|cây|học sinh|lượt|cử tri|cháu|trẻ|suất|hội viên|đảng viên|"
    r"hồ sơ|phiếu|liều|bộ|cuốn|xe|chiếc)(?!\w)"
)
_MAGNITUDE = expression(
    r"[ ]?(?:tỷ|tỉ|triệu|nghìn|ngàn|vạn|phần trăm|%|độ|mét|ki lô|điểm|tấn|tạ|yến|sào|lít|gam|giờ|"
    r"lần|richter|cây số|héc ta|phần nghìn)(?!\w)|[ ]?%"
)
_LITTLE_BEFORE = expression(
    r"(?<!\w)(?:là|có|được|gồm|với|khoảng|hơn|gần|trên|dưới|tổng số|đạt|còn|cho|và|từ|đến|cả|hộ|"
    r"đàn|lợn|heo|bò|gà|vịt)\s*$"
)
_MONEY_AFTER = expression(r"[ ]?đồng(?!\w)")


def read_broken(match: re.Match[str], place: Place) -> Said | None:
    """12 .500đ, 1. 250.000đ: a blank that a PDF put beside a dot; flagged if it could be a stop."""
    unit = read_unit(place, match.end())
    may_be_stop = ". " in match[0]
    if may_be_stop and not (unit and unit[0].startswith("đồng")):
        counted = _LIVING_AFTER.match(place.after(match.end()))
        if place.at_line_start or not counted or not _LITTLE_BEFORE.search(place.before):
            return None
    number = cardinal(int(re.sub(r"[ .]", "", match[0])))
    spoken = f"{number} {unit[0]}" if unit else number
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if may_be_stop else ()
    return Said(spoken, unit[1] if unit else match.end(), "measure" if unit else "cardinal", flags)


def read_decimal_point(match: re.Match[str], place: Place) -> Said:
    """1.5 cannot be thousands; read as a decimal, and flagged where no magnitude follows."""
    if len(match["part"]) > _LONGEST_PART:
        numbered = _read_registered(match, place)
        if numbered is not None:
            return numbered
    spoken = read_number(f"{match['whole']},{match['part']}")
    unit = read_unit_of_subject(place, match.end()) or read_unit(place, match.end())
    sure = (
        unit
        or match["whole"] == "0"
        or _FACTOR_BEFORE.search(place.before)
        or _MAGNITUDE.match(place.after(match.end()))
    )
    flags = () if sure else (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    if unit is not None:
        return Said(f"{spoken} {unit[0]}", unit[1], "measure", flags)
    return Said(spoken, match.end(), "decimal", flags)


def _read_registered(match: re.Match[str], place: Place) -> Said | None:
    """Thẻ mang số 12.345678, mã thủ tục 1.012345: the number of a card or of a procedure."""
    whole, part = digit_by_digit(match["whole"]), digit_by_digit(match["part"])
    if _CARD_BEFORE.search(place.before):
        return Said(f"{whole} {part}", match.end(), "digits")
    if _PROCEDURE_BEFORE.search(place.before):
        return Said(f"{whole} chấm {part}", match.end(), "digits")
    return None


def read_comma_group(match: re.Match[str], place: Place) -> Said | None:
    """5,000 đồng, 12,345 người: thousands in foreign writing; else three decimals; both flagged."""
    unit = read_unit(place, match.end())
    money = unit is not None and unit[0].startswith(("đồng", "đô la", "nghìn đồng"))
    after = place.after(match.end())
    if match[0].endswith(",000") or money or _LIVING_AFTER.match(after):
        spoken = cardinal(int(match[0].replace(",", "")))
    elif (unit is not None or _MAGNITUDE.match(after)) and not match[0].endswith("00"):
        return None
    else:
        spoken = read_number(match[0])
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
    if unit is not None:
        return Said(f"{spoken} {unit[0]}", unit[1], "measure", flags)
    return Said(spoken, match.end(), "cardinal", flags)


def read_spaced(match: re.Match[str], place: Place) -> Said | None:
    """1 500 000 đồng: blanks between thousands, where the groups or the money leave no doubt."""
    unit = read_unit(place, match.end())
    money = unit is not None or _MONEY_AFTER.match(place.after(match.end()))
    if match[0].count(" ") < 2 and not match[0].endswith(" 000") and not money:
        return None
    number = cardinal(int(match[0].replace(" ", "")))
    if unit is None:
        return Said(number, match.end(), "cardinal")
    return Said(f"{number} {unit[0]}", unit[1], "measure")


SPACED = Rule(expression(r"[1-9][0-9]{0,2}(?:[ ][0-9]{3})+(?![0-9]|[.,/-][0-9])"), read_spaced)
BROKEN = Rule(
    expression(
        r"[1-9][0-9]{0,2}(?:\.[0-9]{3})*(?:[ ]\.[ ]?|\.[ ])[0-9]{3}(?:[ ]?\.[ ]?[0-9]{3})*"
        r"(?![0-9]|[.,/-][0-9])"
    ),
    read_broken,
)
COMMA_GROUP = Rule(_COMMA_GROUP, read_comma_group)
DECIMAL_POINT = Rule(_DECIMAL_POINT, read_decimal_point)

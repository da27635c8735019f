"""Lengths and loads as people write them: 3x4m, 2m5, 1m20, 3kg2, xe 3T5."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.numbers import NUMBER, digit_by_digit, read_number
from playlists.reading.place import Place, Rule, Said
from playlists.reading.rules.measures import IN_SENTENCE, LOAD, read_unit


def read_dimensions(match: re.Match[str], place: Place) -> Said:
    """3x4m, 6 x 9 x 2 cm, 5m x 20m: lengths that multiply; every unit that is written is said."""
    parts = _DIMENSION.findall(match[0])
    said = " nhân ".join(
        f"{read_number(part)} {place.lexicon.units[unit].spoken}" if unit else read_number(part)
        for part, unit in parts
    )
    unit = read_unit(place, match.end())
    return Said(f"{said} {unit[0]}" if unit else said, unit[1] if unit else match.end(), "measure")


_TIMES_NEXT = r"(?=[ ]?[xX×])"
_DIMENSION = expression(rf"({NUMBER})(?:[ ]?(mm|cm|dm|m|km){_TIMES_NEXT})?")
DIMENSIONS = Rule(
    expression(
        rf"{NUMBER}(?:[ ]?(?:mm|cm|dm|m|km){_TIMES_NEXT})?(?:[ ]?[xX×][ ]?{NUMBER}(?![0-9])"
        rf"(?:[ ]?(?:mm|cm|dm|m|km){_TIMES_NEXT})?)+"
    ),
    read_dimensions,
)


def read_and_a_bit(match: re.Match[str], place: Place) -> Said | None:
    """2m5, 3m05, 3kg2, 1km200, 37o5: a measure and its tenths, as people say them."""
    whole = read_number(match["whole"])
    if match["square"]:
        if not _is_length(match, place):
            return None
        return Said(f"{whole} mét {read_number(match['square'])}", match.end(), "measure")
    if match["fever"]:
        return Said(f"{whole} độ {read_number(match['degree'])}", match.end(), "measure")
    unit = place.lexicon.units[match["unit"] or match["metre"]].spoken
    tenths = match["tenths"] or match["tenth"]
    part = digit_by_digit(tenths) if tenths[0] == "0" else read_number(tenths)
    return Said(f"{whole} {unit} {part}", match.end(), "measure")


def _is_length(match: re.Match[str], place: Place) -> bool:
    """1m2 is a height where water, a wall or a depth is spoken of, else an area."""
    before = place.before
    if place.text.startswith("/", match.end()) or _SOLID_AFTER.match(place.after(match.end())):
        return False
    if len(match["whole"]) > 1:
        return bool(_WATER_LEVEL.search(before))
    subject = _HEIGHT_SUBJECT.search(before)
    if subject and not _AREA_NAMED.search(subject[0]):
        return True
    return bool(_LENGTH_BEFORE.search(before) or _SIDE_BEFORE.search(before))


_LENGTH_BEFORE = expression(
    r"(?<!\w)(?:sâu|cao|dài|dày|ngập|đường kính)"
    r"(?: khoảng| hơn| gần| trên| dưới| tới| đến| từ)?\s*$"
)
_WATER_LEVEL = expression(
    r"(?<!\w)(?:mực nước|cao trình|đỉnh lũ)(?!\w)(?![^.;\n]*(?<!\w)(?:dung tích|thể tích|lưu lượng|"
    r"xả|khối)(?!\w))[^.;\n]{0,60}$"
)
_HEIGHT_SUBJECT = expression(
    r"(?<!\w)(?:mực nước|mức nước|nước (?:sông|suối|hồ|lũ|dâng|lên|biển|ngập)|nước đã lên|dâng|"
    r"ngập|đỉnh lũ|chiều cao|độ sâu|chiều sâu|cao hơn|thấp hơn|hàng rào|bờ rào|tường rào|triều|hố|"
    r"bậc)(?!\w)[^.;\n]{0,60}$"
)
_AREA_NAMED = expression(
    r"(?<!\w)(?:diện tích|đất|sàn|nhà|sân|lúa|rau|khối|thể tích|dung tích|lưu lượng|bê tông|cát|"
    r"nước sạch|đá|gỗ|kè|mặt bằng|vườn|ruộng|ao)(?!\w)"
)
_SOLID_AFTER = expression(
    r"\s*(?:đất|đá|nước|gỗ|cát|bê tông|sàn|nhà|bùn|rác|diện tích|mặt|lúa|vườn)(?!\w)"
)
_SIDE_BEFORE = expression(
    r"(?:sâu|cao|dài|dày) [0-9]{1,2}m[0-9]{0,2}[^.;\n0-9]{0,12}(?:rộng|ngang|dài|cao|sâu)\s*$"
)
AND_A_BIT = Rule(
    expression(
        r"(?P<whole>[0-9]{1,4})(?:(?P<unit>kg|km|ha)(?P<tenths>[1-9]00|[1-9]50|[1-9])"
        r"|(?P<metre>m)(?P<tenth>[0-9][0-9]|[14-9])|(?<![0-9][0-9][0-9])m(?P<square>[23])"
        r"|(?P<fever>(?<=3[5-9])o|(?<=4[0-2])o)(?P<degree>[0-9]))"
        r"(?![^\W_²³])"
    ),
    read_and_a_bit,
)
_LOADED_BEFORE = expression(LOAD + IN_SENTENCE)


def read_loaded(match: re.Match[str], place: Place) -> Said | None:
    """Xe 3T5: three and a half tons, where a load is spoken of."""
    if not _LOADED_BEFORE.search(place.before):
        return None
    spoken = f"{read_number(match['whole'])} tấn {read_number(match['tenth'])}"
    return Said(spoken, match.end(), "measure")


LOADED = Rule(expression(r"(?P<whole>[1-9][0-9]?)[tT](?P<tenth>[1-9])(?![^\W_])"), read_loaded)

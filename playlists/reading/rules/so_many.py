"""So many for so many: 1 gói/10 lít, 50 m/ngày, 8 tiêu chí/19 tiêu chí, 3 lần/24 giờ."""

from __future__ import annotations

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import NUMBER
from playlists.reading.place import Piece, Place, Said
from playlists.reading.rules.measures import read_unit

_ONE_NEXT = expression(r"1[ ]?[^\W\d_]")
_NUMBER_NEXT = expression(NUMBER)
# 111,5 bé trai/100 bé gái, 8 tiêu chí/19 tiêu chí, 12 bác sĩ/vạn dân.
_COUNT_BEFORE = expression(r"(?<![\w.,/])[0-9][0-9.,]*[ ](?P<what>[^\W\d_]+(?:[ ][^\W\d_]+){0,3})$")
_COUNT_NEXT = expression(r"[0-9][0-9.]*[ ]?(?P<what>[^\W\d_]+(?:[ ][^\W\d_]+){0,3})")
_ROUND = expression(r"10{0,2}(?:\.?000)*(?<=00)(?![0-9.])|1[ ](?:vạn|nghìn|ngàn|triệu)(?!\w)")
# One of these is never counted beside another thing: it is for so much of it.
_DOSE = expression(
    r"(?:mi ?li ?gam|gam|gói|viên|thìa|muỗng|lọ|ống|nắp|chai|bình|lít|giọt|bác sĩ|giáo viên|cô|"
    r"cán bộ|điều dưỡng|người lớn|máy|lần|nhịp|con đực|đực|trống|cây|hố|mũi|liều|bao|khẩu phần|"
    r"hướng dẫn viên)(?: (?:cà phê|canh|thuốc|nước|vôi|bột|đực|phân|men|giống))?"
)
# 1kg vôi/10m2: so much of what is measured.
_MATTER_BEFORE = expression(
    r"[0-9][ ]?(?:kg|g|mg|ml|l|lít|tạ|tấn|ki lô gam|gam)[ ][^\W\d_]+(?:[ ][^\W\d_]+){0,2}$"
)
_SOLUTES = ("gam", "mi li lít", "lít", "xê xê")
_SOLVENTS = ("lít", "mi li lít", "ki lô gam", "héc ta", "mét vuông", "mét khối")
_LITRES_NEXT = expression(r"[ ]?lít(?![^\W_])")
_SUMS = frozenset(["nghìn", "ngàn", "triệu", "tỷ", "tỉ", "triệu đồng", "nghìn đồng", "tỷ đồng"])
_HOUSEHOLDS = expression(r"hộ(?!\w)(?! (?:nghèo|cận nghèo))")
_LARGE_NEXT = expression(r"[ ]?(?:vạn|nghìn|ngàn|triệu)[ ](?=dân|người|trẻ|phụ nữ)")
_HOURS_NEXT = expression(r"[ ]?[0-9]{1,3}[ ]?(?:h|giờ|ngày|tuần|tháng|năm|phút|giây)(?![^\W_])")


def of_so_many(place: Place) -> Said | None:
    """What a stroke says before so many hours or another number; nothing if no number follows."""
    at, text = place.start, place.text
    told_hour = place.pieces[-1:] and place.pieces[-1].rule == "time"
    if not told_hour and _HOURS_NEXT.match(text, at + 1):
        return Said("trong", at + 1, "per")
    if _MATTER_BEFORE.search(place.before) and _unit_of_next(place) is not None:
        return Said("trên", at + 1, "stroke")
    if text[at + 1 : at + 2].isdigit() and place.pieces[-1:] and _is_measured(place.pieces[-1]):
        return _over_a_number(place)
    return _counts_for_counts(place)


def _is_measured(piece: Piece) -> bool:
    return piece.rule in ("measure", "money") and piece.spoken[-1:].isalpha()


def _over_a_number(place: Place) -> Said:
    """25,40 m/26,00 m: how much of how much; with another unit (50 kg/2 bao) it is a guess."""
    if _ONE_NEXT.match(place.text, place.start + 1):  # 0,4 mg/1 lít: the number says it
        return Said("", place.start + 1, "stroke")
    unit = _unit_of_next(place)
    said = place.said_before.rstrip()
    same = unit is not None and (
        said.endswith(unit) or (unit in _SOLVENTS and said.endswith(_SOLUTES))
    )
    flags = () if same else (Flag(Doubt.AMBIGUOUS, "/", "trên"),)
    return Said("trên", place.start + 1, "stroke", flags)


def _unit_of_next(place: Place) -> str | None:
    number = _NUMBER_NEXT.match(place.text, place.start + 1)
    if number is None:
        return None
    if _LITRES_NEXT.match(place.text, number.end()):
        return "lít"
    unit = read_unit(place, number.end())
    return unit[0] if unit else None


def _counts_for_counts(place: Place) -> Said | None:
    """Things for so many others: *trên* before a round number or the same thing, else a pause."""
    end = place.start + 1
    left = _COUNT_BEFORE.search(place.before)
    if left is None:
        return None
    if _LARGE_NEXT.match(place.text, end):
        return Said("trên một", end, "per")
    right = _COUNT_NEXT.match(place.text, end)
    if right is None or _HOUSEHOLDS.match(left["what"]):
        return None
    one = right[0].startswith("1 ")
    if left["what"] in _SUMS:
        flags = () if one else (Flag(Doubt.AMBIGUOUS, "/", "trên"),)
        return Said("" if one else "trên", end, "stroke", flags)
    same = right["what"].lower().startswith(left["what"]) or _ROUND.match(right[0])
    if not (same or _DOSE.fullmatch(left["what"])):
        return None
    return Said("" if one and not same else "trên", end, "stroke")

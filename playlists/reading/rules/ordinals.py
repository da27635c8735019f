"""Ordinals and weekdays: thứ 4 is thứ tư, thứ 2-6 and T2-T6 thứ hai đến thứ sáu."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal, ordinal
from playlists.reading.place import Place, Rule, Said

_ORDINAL = expression(
    r"(?P<a>[0-9]{1,4})(?:\s?[-–]\s?(?P<b>[0-9]))?(?![0-9]|[.,/-][0-9]|[^\W_]|[%°])"
)
_CUE = expression(r"(?<!\w)(?:thứ|tháng)\s*$")
_FIRST = expression(
    r"(?<!\w)(?:lần|kỳ họp|hội nghị|hạng|người|con|đợt|phiên|vòng|vị trí|giải)\s+thứ\s*$"
)


def read_ordinal(match: re.Match[str], place: Place) -> Said | None:
    """What follows *thứ* or *tháng*, or goes on with such a list (thứ 2, 4, 6)."""
    cue = _CUE.search(place.before)
    if cue is None:
        return _read_listed(match, place)
    first = int(match["a"])
    if match["b"] and not (2 <= first < int(match["b"]) <= 12):
        return None
    word = cue[0].strip()
    is_first = first == 1 and _FIRST.search(place.before)
    spoken = "nhất" if is_first else ordinal(first)
    if match["b"]:
        spoken += f" đến {word} {ordinal(int(match['b']))}"
    return Said(spoken, match.end(), "weekday" if word == "thứ" else "month")


def _read_listed(match: re.Match[str], place: Place) -> Said | None:
    if match["b"] or int(match["a"]) > 12:
        return None
    for rule in ("weekday", "month"):
        if place.follows(rule):
            counted = place.after(match.end()).lstrip()[:6]
            if counted.startswith(("giờ", "người", "hộ", "ngày", "tháng", "năm", "triệu", "lần")):
                return None
            return Said(ordinal(int(match["a"])), match.end(), rule)
    return None


_WEEKDAY_RANGE = expression(
    r"T(?P<a>[2-7])(?:[ ]?[-–—][ ]?|[ ]đến[ ])(?:T?(?P<b>[3-7])|(?P<sunday>CN|Cn|cn))"
    r"(?![^\W_]|[.,/][0-9])"
)
_DAYS_LISTED = expression(
    r"(?:(?:[ ]?[,;&][ ]?|[ ]và[ ])T[2-7](?![^\W_])){0,5}"
    r"(?:(?:[ ]?[,;&+-][ ]?|[ ](?:và|hoặc|đến|đến hết)[ ]|[ ]?→[ ]?)"
    r"(?:CN(?![^\W_])|T[3-7](?![^\W_])|[Cc]hủ [Nn]hật|thứ )"
    r"|[ ](?:hằng|hàng|trong) tuần)"
)
_DAYTIME_BEFORE = expression(
    r"(?<!\w)(?:sáng|trưa|chiều|tối|đêm|ngày|các ngày|các buổi|trừ|hằng tuần|hàng tuần|mỗi|"
    r"cuối tuần)[ ]?[:(]?[ ]?$"
)
_WEEK_AFTER = expression(
    r"[ ]?(?:[(]?(?:hằng|hàng|trong) tuần|tuần (?:này|tới|sau|đầu|cuối)"
    r"|[,(]?[ ]?(?:ngày )?[0-9]{1,2}/[0-9])"
)
_NAMED_PLACE = expression(
    r"(?<!\w)(?:trạm|trụ|cột|nhánh|tuyến|kênh|lô|đường|tầng|nút|lộ|đoạn|tba|mương|cống|số|mã|ga|tòa|"
    r"block|cọc|điểm|khu|cụm|vùng|mức|giai đoạn|giống)\s*$"
)
_NAMED_NEAR = expression(
    r"(?<!\w)(?:trạm|trụ|cột|nhánh|tuyến|kênh|lô|đường|tầng|nút|lộ|đoạn|tba|mương|cống|ga|tòa|cọc|"
    r"block|giếng|bơm|máy|tủ|biến áp|cửa|nhà)(?!\w)[^.;:\n]{0,24}$"
)


def read_weekday_range(match: re.Match[str], place: Place) -> Said | None:
    """T2-T6, T2 – CN: weekdays, unless a word before makes them names of places."""
    first, last = int(match["a"]), int(match["b"] or 8)
    if first >= last or _NAMED_PLACE.search(place.before):
        return None
    until = "chủ nhật" if match["sunday"] else f"thứ {ordinal(last)}"
    return Said(f"thứ {ordinal(first)} đến {until}", match.end(), "weekday")


def read_short_weekday(match: re.Match[str], place: Place) -> Said | None:
    """T3, T5 và chủ nhật; sáng T7: a weekday, where its list or its neighbours speak of days.

    Alone it may be a month or a place as well, so it is flagged.
    """
    if _NAMED_PLACE.search(place.before):
        return None
    day_near = (
        any(piece.rule == "weekday" for piece in place.recent)
        or _DAYS_LISTED.match(place.text, match.end())
        or _DAYTIME_BEFORE.search(place.before)
        or _WEEK_AFTER.match(place.after(match.end()))
    )
    if not day_near and match[0][:2] in ("T.", f"t{match['n']}"):
        return None
    if not day_near:
        spoken = f"tê {cardinal(int(match['n']))}"
        flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),)
        return (
            None if _NAMED_NEAR.search(place.before) else Said(spoken, match.end(), "code", flags)
        )
    return Said(f"thứ {ordinal(int(match['n']))}", match.end(), "weekday")


def read_sunday(match: re.Match[str], place: Place) -> Said | None:
    """T2, T5, CN: the last of a list of weekdays."""
    if not (place.follows("weekday") or place.follows("time")):
        return None
    return Said("chủ nhật", match.end(), "weekday")


SUNDAY = Rule(expression(r"CN(?![^\W_]|[./-])"), read_sunday)
SHORT_WEEKDAY = Rule(
    expression(r"(?:T[.]?|t)(?P<n>[2-7])(?![^\W_]|[.,/-][0-9])"), read_short_weekday
)
WEEKDAY_RANGE = Rule(_WEEKDAY_RANGE, read_weekday_range)
ORDINAL = Rule(_ORDINAL, read_ordinal)

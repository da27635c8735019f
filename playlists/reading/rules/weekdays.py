"""Weekdays in short, T2 to T7 and CN, told from the trạm T2 and the nhà T3 that are codes."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal, ordinal
from playlists.reading.place import Place, Rule, Said

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
    r"block|cọc|điểm|khu|cụm|vùng|mức|giai đoạn|giống|biến áp|mba|trạm bơm|bơm|tái định cư|"
    r"dân cư|lộ [0-9]{2,3})\s*:?\s*$"
)
_AND = r"\s*(?:,|&|và|hoặc|-|–|đến)\s*"
_RUN_BEFORE = expression(rf"(?<!\w)(?:t[0-9]{{1,2}}{_AND})+$")
_RUN_AFTER = expression(rf"(?:{_AND}T[0-9]{{1,2}}(?![^\W_])){{1,12}}")
_NUMBER = expression("[0-9]+")
_WEEKDAYS = range(2, 8)
_NAMED_NEAR = expression(
    r"(?<!\w)(?:trạm|trụ|cột|nhánh|tuyến|kênh|lô|đường|tầng|nút|lộ|đoạn|tba|mương|cống|ga|tòa|cọc|"
    r"block|giếng|bơm|máy|tủ|biến áp|cửa|nhà)(?!\w)[^.;:\n]{0,24}$"
)


def _is_named(match: re.Match[str], place: Place) -> bool:
    """Trạm T1, T2, T3: a list of codes, by the thing before it or by a number no weekday has."""
    before = place.before
    run = _RUN_BEFORE.search(before)
    head = before[: run.start()] if run else before
    more = _RUN_AFTER.match(place.text, match.end())
    listed = (run[0] if run else "") + (more[0] if more else "")
    others = any(int(number) not in _WEEKDAYS for number in _NUMBER.findall(listed))
    return others or bool(_NAMED_PLACE.search(head))


def read_weekday_range(match: re.Match[str], place: Place) -> Said | None:
    """T2-T6, T2 – CN: weekdays, unless a word before makes them names of places."""
    first, last = int(match["a"]), int(match["b"] or 8)
    if first >= last or _is_named(match, place):
        return None
    until = "chủ nhật" if match["sunday"] else f"thứ {ordinal(last)}"
    return Said(f"thứ {ordinal(first)} đến {until}", match.end(), "weekday")


def read_short_weekday(match: re.Match[str], place: Place) -> Said | None:
    """T3, T5 và chủ nhật; sáng T7: a weekday, where its list or its neighbours speak of days.

    Alone it may be a month or a place as well, so it is flagged.
    """
    code = f"tê {cardinal(int(match['n']))}"
    if _is_named(match, place):
        return Said(code, match.end(), "code") if match[0][1].isdigit() else None
    day_near = (
        any(piece.rule == "weekday" for piece in place.recent)
        or _DAYS_LISTED.match(place.text, match.end())
        or _DAYTIME_BEFORE.search(place.before)
        or _WEEK_AFTER.match(place.after(match.end()))
    )
    if not day_near and match[0][:2] in ("T.", f"t{match['n']}"):
        return None
    if not day_near:
        flags = (Flag(Doubt.AMBIGUOUS, match[0], code),)
        return None if _NAMED_NEAR.search(place.before) else Said(code, match.end(), "code", flags)
    return Said(f"thứ {ordinal(int(match['n']))}", match.end(), "weekday")


def read_short_list(match: re.Match[str], place: Place) -> Said | None:
    """T2,3,4: weekdays; after a thing that bears codes the letter stays one."""
    days = [int(day) for day in _NUMBER.findall(match[0])]
    if _is_named(match, place):
        return Said(f"tê {', '.join(map(cardinal, days))}", match.end(), "code")
    return Said(f"thứ {', '.join(map(ordinal, days))}", match.end(), "weekday")


def read_sunday(match: re.Match[str], place: Place) -> Said | None:
    """T2, T5, CN: the last of a list of weekdays."""
    if not (place.follows("weekday") or place.follows("time")):
        return None
    return Said("chủ nhật", match.end(), "weekday")


SHORT_LIST = Rule(expression(r"T[2-7](?:,[2-7])+(?![^\W_]|[.,/-][0-9])"), read_short_list)
SUNDAY = Rule(expression(r"CN(?![^\W_]|[./-])"), read_sunday)
SHORT_WEEKDAY = Rule(
    expression(r"(?:T[.]?|t)(?P<n>[2-7])(?![^\W_]|[.,/-][0-9])"), read_short_weekday
)
WEEKDAY_RANGE = Rule(_WEEKDAY_RANGE, read_weekday_range)

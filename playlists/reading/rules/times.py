"""Times of day and durations: 7h30, 08:00, 19h45', 6:10:05, 3p20s."""

from __future__ import annotations

import re

from playlists.reading.expressions import expression
from playlists.reading.flags import Doubt, Flag
from playlists.reading.numbers import cardinal
from playlists.reading.place import Place, Rule, Said

_HOUR = r"(?:[01]?[0-9]|2[0-4])"
_SIXTY = r"[0-5]?[0-9]"
_HOURS = expression(
    rf"(?P<h>{_HOUR})[ ]?(?:[hH](?:[.:](?=[0-9]))?|(?:g|G|giờ)(?=[0-9])|"
    rf"[ ][gG][ ](?=[0-5][0-9](?![^\W_]))|[gG](?=[ ][0-5][0-9][ ]?(?:$|[\n.,;:)–-](?![0-9]))))"
    rf"(?:[ ](?![0-9]{{1,2}}[ ](?:người|hộ|em|cháu|học sinh|cán bộ|đại biểu|xe|lượt)(?!\w)))?"
    rf"(?:(?P<m>{_SIXTY})(?:['’](?:(?P<s>{_SIXTY})(?:''|’’|[\"”s]|giây))?|[ ]?(?:phút|ph)|p|"
    rf"(?![0-9%]))|[ ]giờ)?"
    r"(?![^\W_]|[.,/][0-9]{1,2}(?![0-9]|[-/.][0-9]|[ ]?[hHgG:]))"
)
_CLOCK = expression(
    rf"(?P<h>{_HOUR})(?P<colon>:|[ ]:[ ])(?P<m>[0-5][0-9])(?:(?P=colon)(?P<s>[0-5][0-9]))?"
    r"(?P<unit>[ ]?(?:h|giờ|phút)(?![^\W_]))?(?![0-9%]|:[0-9])"
)
_MINUTES = expression(r"(?P<m>[0-9]{1,3})(?:p|ph|')(?:(?P<s>[0-5]?[0-9])(?:s|''|\"))?(?![^\W_])")


_SPELLED = expression(
    rf"(?P<h>{_HOUR})[ ]giờ[ ](?P<m>[0-5][0-9])(?:[ ]?(?:phút|ph|'|’)(?![^\W_])|"
    r"(?=\s*(?:$|[,.;)–-](?![0-9])|(?:ngày|đến|sáng|chiều|tối|đêm|trưa|hôm|thứ|tại|"
    r"cùng)(?![^\W_]))))"
)
_SHORT = expression(
    rf"(?P<h>{_HOUR})[gG](?=[ ](?:sáng|trưa|chiều|tối|đêm|ngày|(?P<until>đến|-))(?![^\W_]))"
)


_RATIO_BEFORE = expression(
    r"(?<!\w)(?:tỷ lệ|tỉ lệ|tỷ số|tỉ số|bản đồ|pha|trộn|loãng)\s*(?:là)?\s*$"
)
_AT_TIME = expression(r"(?<!\w)(?:lúc|hồi|khai mạc|bắt đầu|bắt đầu từ|đúng)\s*:?\s*$")
_DEADLINE = expression(
    r"(?<!\w)(?:trước|sau|quá|muộn nhất|chậm nhất|trễ nhất|sớm nhất|hạn chót|hạn cuối)"
    r"(?: lúc)?\s*:?\s*$"
)
_BOUND = expression(r"(?<!\w)(?:từ|đến|tới)\s*$")
_CLAUSE_END = expression(r"\s*(?:$|[.,;:)]|(?:ngày|hôm|thứ|mỗi|hằng|hàng)(?!\w))")
_WEIGHING_BEFORE = expression(
    r"(?<!\w)(?:uống|trộn|pha|bón|cân nặng|liều|hàm lượng|trọng lượng|muối|nặng|ngâm|hòa)(?!\w)"
    r"[^.;\n]*$"
)
_WEIGHED_AFTER = expression(
    r"\s*(?:/|[^\W\d_]*(?<!\w)(?:muối|đường|bột|phân|thuốc|thịt|gạo|vàng|cát|chất|đạm|rau|sữa|chè|"
    r"trà|hạt|hóa|cám|cá|vôi|phèn)(?!\w))"
)
_TIME_NEAR = expression(
    r"(?<!\w)(?:giờ|lúc|hồi|thời gian|từ|đến|sáng|trưa|chiều|tối|đêm|buổi|ngày|trước|sau|khoảng|"
    r"phát|vào)(?!\w)[^.;0-9]{0,16}$"
)


def time_words(hour: int, minute: int = 0, second: int = 0) -> str:
    """A time of day; minutes and seconds that are zero are not said."""
    said = f"{cardinal(hour)} giờ"
    if minute:
        said += f" {cardinal(minute)} phút"
    if second:
        said += f" {cardinal(second)} giây"
    return said


def read_hours(match: re.Match[str], place: Place) -> Said:
    """7h, 7h30, 09g05, 19h45', 23h59'59''."""
    del place
    second = int(match.groupdict().get("s") or 0)
    return Said(time_words(int(match["h"]), int(match["m"] or 0), second), match.end(), "time")


def read_short(match: re.Match[str], place: Place) -> Said | None:
    """7g sáng, 5g đến 10g, unless something is weighed."""
    if match["until"] and _WEIGHING_BEFORE.search(place.before):
        return None
    return Said(time_words(int(match["h"])), match.end(), "time")


def read_dotted(match: re.Match[str], place: Place) -> Said | None:
    """Lúc 7.30, 7.30 giờ: a clock's time with a dot."""
    if not (match["giờ"] or _AT_TIME.search(place.before)):
        return None
    return Said(time_words(int(match["h"]), int(match["m"])), match.end(), "time")


def read_short_range(match: re.Match[str], place: Place) -> Said | None:
    """7g-11g, đến 11g: hours where time is spoken of; else grams."""
    if int(match["h"]) == 0:
        return None
    spoken = time_words(int(match["h"]))
    told = place.follows("time") or _AT_TIME.search(place.before)
    after = place.after(match.end())
    deadline = _DEADLINE.search(place.before) and not _WEIGHED_AFTER.match(after)
    if told or deadline:
        return Said(spoken, match.end(), "time")
    bound = _BOUND.search(place.before) and _CLAUSE_END.match(after)
    if bound and not _WEIGHING_BEFORE.search(place.before):
        return Said(spoken, match.end(), "time", (Flag(Doubt.AMBIGUOUS, match[0], spoken),))
    if match["until"] is not None and _TIME_NEAR.search(place.before):
        return Said(spoken, match.end(), "time", (Flag(Doubt.AMBIGUOUS, match[0], spoken),))
    return None


def read_clock(match: re.Match[str], place: Place) -> Said | None:
    """08:00, 6:10:05; a ratio such as *tỷ lệ 1:10* is not a time."""
    if _RATIO_BEFORE.search(place.before):
        return None
    spoken = time_words(int(match["h"]), int(match["m"]), int(match["s"] or 0))
    may_be_ratio = match["h"] == "1" and not match["s"] and not match["unit"]
    unsure = may_be_ratio and not (_TIME_NEAR.search(place.before) or place.follows("time"))
    flags = (Flag(Doubt.AMBIGUOUS, match[0], spoken),) if unsure else ()
    return Said(spoken, match.end(), "time", flags)


def read_minutes(match: re.Match[str], place: Place) -> Said:
    """10p, 4p30s, 10'30"."""
    del place
    spoken = f"{cardinal(int(match['m']))} phút"
    if match["s"] and int(match["s"]):
        spoken += f" {cardinal(int(match['s']))} giây"
    return Said(spoken, match.end(), "time")


def read_before_time(match: re.Match[str], place: Place) -> Said:
    """12/12h30: what stands before the stroke is unsure, the time after it is not."""
    del place
    spoken = cardinal(int(match[0]))
    return Said(spoken, match.end(), "cardinal", (Flag(Doubt.AMBIGUOUS, match[0], spoken),))


def read_seconds(match: re.Match[str], place: Place) -> Said:
    """10"85: seconds and hundredths on a sports ground."""
    del place
    spoken = f"{cardinal(int(match['s']))} giây {cardinal(int(match['part']))}"
    return Said(spoken, match.end(), "time")


DOTTED = Rule(
    expression(
        rf"(?P<h>{_HOUR})\.(?P<m>[0-5][0-9])(?P<giờ>[ ]?(?:giờ|h)(?![^\W_]))?(?![0-9]|[.,/][0-9])"
    ),
    read_dotted,
)
SHORT_RANGE = Rule(
    expression(rf"(?P<h>{_HOUR})[gG](?P<until>[ ]?(?=[-–][ ]?{_HOUR}[gG]))?(?![^\W_])"),
    read_short_range,
)
SPELLED = Rule(_SPELLED, read_hours)
SHORT = Rule(_SHORT, read_short)
HOURS = Rule(_HOURS, read_hours)
CLOCK = Rule(_CLOCK, read_clock)
BEFORE_TIME = Rule(expression(r"[0-9]{1,2}(?=/[0-9]{1,2}[hH][0-9]{2})"), read_before_time)
SECONDS = Rule(expression(r'(?P<s>[0-9]{1,2})"(?P<part>[0-9]{1,2})(?![^\W_])'), read_seconds)
MINUTES = Rule(_MINUTES, read_minutes)

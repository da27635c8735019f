"""Times of day and durations: 7h30, 08:00, 19h45', 6:10:05, 3p20s."""

from __future__ import annotations

import re

from playlists.reading.numbers import cardinal
from playlists.reading.place import Place, Rule, Said

_HOUR = r"(?:[01]?[0-9]|2[0-4])"
_SIXTY = r"[0-5]?[0-9]"
_HOURS = re.compile(
    rf"(?P<h>{_HOUR})[ ]?(?:[hH]|(?:g|G|giờ)(?=[0-9]))[ ]?(?:(?P<m>{_SIXTY})(?:['’]|ph|"
    rf"phút|p|(?![0-9%])))?"
    r"(?![^\W_]|[.,/][0-9])"
)
_CLOCK = re.compile(
    rf"(?P<h>{_HOUR})(?P<colon>:|[ ]:[ ])(?P<m>[0-5][0-9])(?:(?P=colon)(?P<s>[0-5][0-9]))?"
    r"(?P<unit>[ ]?(?:h|giờ)(?![^\W_]))?(?![0-9%]|:[0-9])"
)
_MINUTES = re.compile(r"(?P<m>[0-9]{1,3})(?:p|ph|')(?:(?P<s>[0-5]?[0-9])(?:s|''|\"))?(?![^\W_])")


_SPELLED = re.compile(
    rf"(?P<h>{_HOUR})[ ]giờ[ ](?P<m>[0-5][0-9])"
    r"(?=\s*(?:$|[,.;)–-](?![0-9])|(?:ngày|đến|sáng|chiều|tối|đêm|trưa|hôm|thứ|tại|"
    r"cùng)(?![^\W_])))"
)
_SHORT = re.compile(
    rf"(?P<h>{_HOUR})[gG](?P<m>)(?=[ ](?:sáng|trưa|chiều|tối|đêm|ngày|đến|-)(?![^\W_]))"
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
    """7h, 7h30, 09g05, 19h45'."""
    del place
    return Said(time_words(int(match["h"]), int(match["m"] or 0)), match.end(), "time")


def read_clock(match: re.Match[str], place: Place) -> Said | None:
    """08:00, 6:10:05; a ratio such as *tỷ lệ 1:10* is not a time."""
    if place.before.rstrip().endswith(("tỷ lệ", "tỉ lệ", "tỷ số", "tỉ số")):
        return None
    spoken = time_words(int(match["h"]), int(match["m"]), int(match["s"] or 0))
    return Said(spoken, match.end(), "time")


def read_minutes(match: re.Match[str], place: Place) -> Said:
    """10p, 4p30s, 10'30"."""
    del place
    spoken = f"{cardinal(int(match['m']))} phút"
    if match["s"] and int(match["s"]):
        spoken += f" {cardinal(int(match['s']))} giây"
    return Said(spoken, match.end(), "time")


SPELLED = Rule(_SPELLED, read_hours)
SHORT = Rule(_SHORT, read_hours)
HOURS = Rule(_HOURS, read_hours)
CLOCK = Rule(_CLOCK, read_clock)
MINUTES = Rule(_MINUTES, read_minutes)

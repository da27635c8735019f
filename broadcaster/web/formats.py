"""How instants, spans of time and numbers are written for people, in Vietnamese and in English.

Pure: the present, the zone and the language are given. `instant` is the one place that writes time.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal

Language = Literal["vi", "en"]

_WEEKDAYS_VI = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR_VI = {-1: "hôm qua", 0: "hôm nay", 1: "ngày mai"}
_NEAR_EN = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_SEPARATORS_VI = str.maketrans(",.", ".,")
_FIGURES_KEPT = 10_000
"""Figures repeat, on a page and from one look to the next, and how one is written never changes."""


def instant(
    at: datetime,
    *,
    now: datetime,
    zone: tzinfo,
    language: Language = "vi",
    seconds: bool = False,
    with_day: bool = True,
) -> str:
    """Write an aware instant as people say it: *17:00 hôm nay*, *05:00 Thứ Hai 24/11*.

    Raises ValueError for a naive `at` or `now`: a time without a zone is not an instant.
    """
    if at.tzinfo is None or now.tzinfo is None:
        message = "an instant needs a zone"
        raise ValueError(message)
    local = at.astimezone(UTC).astimezone(zone)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if not with_day:
        return clock
    today = now.astimezone(UTC).astimezone(zone).date()
    return f"{clock} {day(local.date(), today=today, language=language)}"


def day(value: date, *, today: date, language: Language = "vi") -> str:
    """Write a day: *hôm nay*, *hôm qua*, *ngày mai*, else *Thứ Hai 24/11*, or with its year."""
    distance = (value - today) // timedelta(days=1)
    near = (_NEAR_VI if language == "vi" else _NEAR_EN).get(distance)
    return near or full_day(value, today=today, language=language)


def full_day(value: date, *, today: date, language: Language = "vi") -> str:
    """Write a day with its weekday whatever its distance; the year only if it is another."""
    same_year = value.year == today.year
    if language == "vi":
        written = f"{_WEEKDAYS_VI[value.weekday()]} {value.day}/{value.month}"
        return written if same_year else f"{written}/{value.year}"
    written = f"{_WEEKDAYS_EN[value.weekday()]} {value.day} {_MONTHS_EN[value.month - 1]}"
    return written if same_year else f"{written} {value.year}"


def spelled(typed: object, *, language: Language = "vi") -> str:
    """What a field of a day, or of a day and an hour, holds: *thứ Hai, 30/11/2026 lúc 17:05*.

    Empty for what is none: whoever types is told by the field itself.
    """
    try:
        at = datetime.fromisoformat(str(typed))
    except ValueError:
        return ""
    words = words_of_moments(language)
    if words.months:
        written = f"{at.day} {words.months[at.month - 1]} {at.year}"
    else:
        written = f"{at.day}/{at.month}/{at.year}"
    clock = f"{words.at}{at:%H:%M}" if "T" in str(typed) else ""
    return f"{words.days[at.weekday()]}, {written}{clock}"


def days_later(begins: str, days: object) -> str:
    """The moment so many days after one, each as a field holds it; empty for what is no number."""
    typed = str(days)
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 5):
        return ""
    return (datetime.fromisoformat(begins) + timedelta(days=int(typed))).isoformat("T", "minutes")


@dataclass(frozen=True, slots=True)
class MomentWords:
    """What a moment is written with: the days from Monday on, months (or none), before an hour."""

    days: tuple[str, ...]
    months: tuple[str, ...]
    at: str


def words_of_moments(language: Language) -> MomentWords:
    """The words of a language; `moments.js` writes with the same as one types."""
    if language == "vi":
        return MomentWords(tuple(_small(each) for each in _WEEKDAYS_VI), (), " lúc ")
    return MomentWords(_WEEKDAYS_EN, _MONTHS_EN, " at ")


def duration(duration_ms: int, *, language: Language = "vi") -> str:
    """Write a span in its two largest units: *1 giờ 03 phút*, *2 phút 05 giây*, *0,8 giây*."""
    if duration_ms < 0:
        message = "a duration is not negative"
        raise ValueError(message)
    hour, minute, second = ("giờ", "phút", "giây") if language == "vi" else ("h", "min", "s")
    if 0 < duration_ms < 1000:
        return f"{_decimal(_tenths(duration_ms), language=language)} {second}"
    total_s = duration_ms // 1000
    hours, minutes, seconds = total_s // 3600, total_s // 60 % 60, total_s % 60
    if hours:
        return f"{number(hours, language=language)} {hour} {minutes:02d} {minute}"
    if minutes:
        return f"{minutes} {minute} {seconds:02d} {second}"
    return f"{seconds} {second}"


@lru_cache(maxsize=_FIGURES_KEPT)
def number(value: float, *, decimals: int = 0, language: Language = "vi") -> str:
    """Write a number with the language's separators: *12.345,6*, in English *12,345.6*."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    return _decimal(rounded or abs(rounded), language=language)


@lru_cache(maxsize=_FIGURES_KEPT)
def share(value: float, *, decimals: int = 1, language: Language = "vi") -> str:
    """Write a share of one as an honest percentage: *100%* means all, *0%* means none.

    Cut, never rounded up; something too small to show is said to be less than the smallest step.
    """
    percent = Decimal(str(value)) * 100
    step = Decimal(1).scaleb(-decimals)
    cut = percent.quantize(step, rounding=ROUND_DOWN)
    if not cut and percent > 0:
        less = "dưới" if language == "vi" else "under"
        return f"{less} {_decimal(step, language=language)}%"
    cut = cut or abs(cut)
    whole = cut.to_integral_value()
    return f"{_decimal(whole if cut == whole else cut, language=language)}%"


def _small(word: str) -> str:
    return word[:1].lower() + word[1:]


def _tenths(duration_ms: int) -> Decimal:
    tenths = (Decimal(duration_ms) / 1000).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return max(tenths, Decimal("0.1"))


def _decimal(value: Decimal, *, language: Language) -> str:
    written = f"{value:,f}"
    return written.translate(_SEPARATORS_VI) if language == "vi" else written

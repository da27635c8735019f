"""Days that a commune keeps: public holidays, the key days of its plans, first and full moons.

Sources: Labour Code 2019, article 112 (public holidays); the communes' plans on Resolution 57
(18/5, 1/10, 10/10). Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from broadcaster.schedule.lunar import LunarDate, lunar_date
from broadcaster.web.language import msgid


class Observance(StrEnum):
    """What kind of day it is."""

    HOLIDAY = "holiday"
    KEY_DAY = "key_day"
    MOON = "moon"


@dataclass(frozen=True, slots=True)
class KeptDay:
    """A day with a name; `name` is a msgid."""

    day: date
    kind: Observance
    name: str


_HOLIDAYS: Mapping[tuple[int, int], str] = MappingProxyType(
    {
        (1, 1): msgid("Tết Dương lịch"),
        (30, 4): msgid("Ngày Giải phóng miền Nam"),
        (1, 5): msgid("Ngày Quốc tế Lao động"),
        (2, 9): msgid("Quốc khánh"),
    }
)
_KEY_DAYS: Mapping[tuple[int, int], str] = MappingProxyType(
    {
        (18, 5): msgid("Ngày Khoa học và Công nghệ Việt Nam"),
        (1, 10): msgid("Ngày hội Đổi mới sáng tạo quốc gia"),
        (10, 10): msgid("Ngày Chuyển đổi số quốc gia"),
    }
)
_LUNAR_HOLIDAYS: Mapping[tuple[int, int], str] = MappingProxyType(
    {
        (1, 1): msgid("Tết Nguyên đán"),
        (2, 1): msgid("Mùng hai Tết"),
        (3, 1): msgid("Mùng ba Tết"),
        (4, 1): msgid("Mùng bốn Tết"),
        (10, 3): msgid("Giỗ Tổ Hùng Vương"),
    }
)
_MOONS: Mapping[int, str] = MappingProxyType({1: msgid("Mùng một"), 15: msgid("Rằm")})
_NEW_YEARS_EVE = msgid("Giao thừa")


def kept_days(first: date, last: date) -> Iterator[KeptDay]:
    """The named days from `first` to `last`, both among them, in order."""
    day = first
    while day <= last:
        yield from _names_of(day)
        day += timedelta(days=1)


def lunar_short(day: date) -> str:
    """A lunar date as calendars print it: 15/8, and the second of two months with its mark."""
    lunar = lunar_date(day)
    return f"{lunar.day}/{lunar.month}{'N' if lunar.leap else ''}"


def _names_of(day: date) -> Iterator[KeptDay]:
    lunar = lunar_date(day)
    civil = (day.day, day.month)
    if civil in _HOLIDAYS:
        yield KeptDay(day, Observance.HOLIDAY, _HOLIDAYS[civil])
    festival = _lunar_holiday(day, lunar)
    if festival:
        yield KeptDay(day, Observance.HOLIDAY, festival)
    if civil in _KEY_DAYS:
        yield KeptDay(day, Observance.KEY_DAY, _KEY_DAYS[civil])
    if lunar.day in _MOONS and not festival:
        yield KeptDay(day, Observance.MOON, _MOONS[lunar.day])


def _lunar_holiday(day: date, lunar: LunarDate) -> str:
    if lunar_date(day + timedelta(days=1)).month == 1 and lunar.month != 1:
        return _NEW_YEARS_EVE
    return "" if lunar.leap else _LUNAR_HOLIDAYS.get((lunar.day, lunar.month), "")

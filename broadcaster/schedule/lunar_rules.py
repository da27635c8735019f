"""Repeating by the lunar calendar: every rằm, every first of the month, one day a lunar year.

Written as RFC 7529 writes such rules (`RSCALE=…;FREQ=…;BYMONTHDAY=…`), under a name of our own:
its CHINESE counts at UTC+8 and differs from ours in some years. Pure, in wall time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from broadcaster.schedule.lunar import LunarMonth, months_from

RSCALE = "VIETNAMESE"
_LUNAR_DAY = r"([1-9]|1\d|2\d|30)"
_PARTS = {
    "RSCALE": RSCALE,
    "FREQ": "MONTHLY|YEARLY",
    "BYMONTH": r"[1-9]|1[0-2]",
    "BYMONTHDAY": rf"(-1|{_LUNAR_DAY}(,{_LUNAR_DAY}){{0,5}})",
    "COUNT": r"[1-9]\d{0,2}",
    "UNTIL": r"20\d{6}(T\d{6})?",
}
_LAST_DAY = -1
_LOOKED_AHEAD_YEARS = 3
"""A 30th of a month that has mostly 29 days comes again within this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarRule:
    """The days of a lunar month, or of one month of the lunar year, at the clock of `begins`.

    A yearly rule skips leap months, as RFC 7529 has it by default; a monthly one counts them.
    """

    begins: datetime
    month: int | None
    days: tuple[int, ...]
    count: int | None = None
    until: datetime | None = None

    def xafter(
        self, dt: datetime, count: int | None = None, *, inc: bool = False
    ) -> Iterator[datetime]:
        """The moments after `dt` (from it, with `inc`) in order, `count` at most."""
        given = 0
        for moment in self._moments(dt):
            if moment > dt or (inc and moment == dt):
                yield moment
                given += 1
                if given == count:
                    return

    def after(self, dt: datetime, inc: bool = False) -> datetime | None:
        """The next moment after `dt`; None when there is none any more."""
        return next(self.xafter(dt, 1, inc=inc), None)

    def _moments(self, dt: datetime) -> Iterator[datetime]:
        counted = self.count is not None
        first = self.begins.date() if counted else max(self.begins.date(), dt.date())
        ends = first + timedelta(days=366 * _LOOKED_AHEAD_YEARS) if not counted else date.max
        given = 0
        for month in months_from(first):
            for day in self._days_in(month):
                moment = datetime.combine(day, self.begins.time())
                if moment < self.begins:
                    continue
                if self.until is not None and moment > self.until:
                    return
                yield moment
                given += 1
                if given == self.count:
                    return
                ends = max(ends, day + timedelta(days=366 * _LOOKED_AHEAD_YEARS))
            if month.ends > ends or month.ends.year > self.begins.year + 100:
                return

    def _days_in(self, month: LunarMonth) -> list[date]:
        if self.month is not None and (month.leap or month.month != self.month):
            return []
        numbers = {month.days if day == _LAST_DAY else day for day in self.days}
        return [
            month.begins + timedelta(days=each - 1)
            for each in sorted(numbers)
            if each <= month.days
        ]


def is_lunar(recurrence: str) -> bool:
    """Whether a rule says that it counts by the lunar calendar."""
    return "RSCALE=" in recurrence.upper()


def read_lunar_rule(recurrence: str, begins: datetime) -> LunarRule | None:
    """The rule that begins at a wall time; None for one that says something else."""
    parts = [part.partition("=") for part in recurrence.upper().split(";")]
    said = {name: value for name, _, value in parts}
    known = all(re.fullmatch(_PARTS.get(name, "(?!)"), value) for name, value in said.items())
    yearly = said.get("FREQ") == "YEARLY"
    if not known or len(said) != len(parts) or not {"RSCALE", "FREQ", "BYMONTHDAY"} <= said.keys():
        return None
    if yearly != ("BYMONTH" in said):
        return None
    until = _until(said["UNTIL"]) if "UNTIL" in said else None
    if "UNTIL" in said and until is None:
        return None
    return LunarRule(
        begins=begins,
        month=int(said["BYMONTH"]) if yearly else None,
        days=tuple(int(day) for day in said["BYMONTHDAY"].split(",")),
        count=int(said["COUNT"]) if "COUNT" in said else None,
        until=until,
    )


def _until(value: str) -> datetime | None:
    """Wall time; a day alone is kept to its end, as the station's form means it."""
    try:
        if "T" in value:
            return datetime.strptime(value, "%Y%m%dT%H%M%S")  # noqa: DTZ007 - wall time
        return datetime.strptime(value, "%Y%m%d") + timedelta(hours=23, minutes=59)  # noqa: DTZ007
    except ValueError:
        return None

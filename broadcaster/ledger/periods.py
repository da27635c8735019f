"""Spans of days that coverage is asked for: a day, a month, a quarter, half a year, a year, any.

Half-open, in the station's own days. `pieces_of` cuts one into whole years, whole months and the
days left over, so that what is rolled up is read as it stands and only the edges are counted anew.
"""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from broadcaster.ledger.errors import PeriodUnreadable

FIRST_YEAR, LAST_YEAR = 2000, 2099
_WRITTEN = re.compile(r"(\d{4})(?:-H([12])|-Q([1-4])|-(\d{2})(?:-(\d{2}))?)?")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `first` on, before `until`."""

    first: date
    until: date

    @property
    def last(self) -> date:
        """The last day that belongs to it."""
        return self.until - _DAY

    def instants(self, *, zone: tzinfo) -> tuple[datetime, datetime]:
        """Its beginning and its end as instants of a zone."""
        begins, ends = (
            datetime.combine(day, time.min, tzinfo=zone) for day in (self.first, self.until)
        )
        return begins, ends


@dataclass(frozen=True, slots=True)
class Pieces:
    """A period cut into whole years and months, by their first days, and the days left over."""

    years: Sequence[date]
    months: Sequence[date]
    edges: Sequence[Period]

    def whole(self) -> tuple[str, date] | None:
        """The one year or month that the period is, if it is one."""
        if self.edges or len(self.years) + len(self.months) != 1:
            return None
        return ("year", self.years[0]) if self.years else ("month", self.months[0])


def one_day(day: date) -> Period:
    """A day."""
    return Period(day, day + _DAY)


def month_of(day: date) -> Period:
    """The month in which a day lies."""
    first = day.replace(day=1)
    return Period(first, _months_later(first, 1))


def quarter(year: int, number: int) -> Period:
    """A quarter of a year, counted from 1."""
    first = date(year, 3 * number - 2, 1)
    return Period(first, _months_later(first, 3))


def half_year(year: int, number: int) -> Period:
    """The first half of a year, or the second."""
    first = date(year, 6 * number - 5, 1)
    return Period(first, _months_later(first, 6))


def one_year(year: int) -> Period:
    """A calendar year."""
    return Period(date(year, 1, 1), date(year + 1, 1, 1))


def between(first: date, last: date) -> Period:
    """From a day to another, both included; raise PeriodUnreadable for what is no such span."""
    if last < first or first.year < FIRST_YEAR or last.year > LAST_YEAR:
        raise PeriodUnreadable(f"{first}..{last}", field="period")
    return Period(first, last + _DAY)


def read_period(written: str) -> Period:
    """A period as addresses have it: `2026`, `2026-H1`, `2026-Q3`, `2026-11`, `2026-11-22`.

    Or two of them joined by `..`.

    Raises PeriodUnreadable.
    """
    first, separator, last = written.partition("..")
    begins = _read(first)
    return between(begins.first, _read(last).last) if separator else begins


def written_period(period: Period) -> str:
    """A period in the shortest way that `read_period` reads."""
    first = period.first
    if period == one_day(first):
        return first.isoformat()
    if period == month_of(first):
        return f"{first:%Y-%m}"
    if period == one_year(first.year):
        return f"{first:%Y}"
    number = (first.month + 2) // 3
    if period == quarter(first.year, number):
        return f"{first:%Y}-Q{number}"
    half = (first.month + 5) // 6
    if period == half_year(first.year, half):
        return f"{first:%Y}-H{half}"
    return f"{first.isoformat()}..{period.last.isoformat()}"


def pieces_of(period: Period) -> Pieces:
    """Cut a period into as few pieces as possible; together they are exactly the period."""
    years: list[date] = []
    months: list[date] = []
    edges: list[Period] = []
    day = period.first
    while day < period.until:
        year, month = one_year(day.year), month_of(day)
        if day == year.first and year.until <= period.until:
            years.append(day)
            day = year.until
        elif day == month.first and month.until <= period.until:
            months.append(day)
            day = month.until
        else:
            edge = Period(day, min(month.until, period.until))
            edges.append(edge)
            day = edge.until
    return Pieces(years, months, edges)


def _read(written: str) -> Period:
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise PeriodUnreadable(written[:40], field="period")
    year, half, quarter_number, month, day = (int(part) if part else 0 for part in found.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodUnreadable(written, field="period")
    try:
        if day:
            return one_day(date(year, month, day))
        if month:
            return month_of(date(year, month, 1))
    except ValueError as error:
        raise PeriodUnreadable(written, field="period") from error
    if half:
        return half_year(year, half)
    return quarter(year, quarter_number) if quarter_number else one_year(year)


def _months_later(first: date, months: int) -> date:
    for _ in range(months):
        first += timedelta(days=calendar.monthrange(first.year, first.month)[1])
    return first

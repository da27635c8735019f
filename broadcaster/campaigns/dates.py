"""When a plan's days come: yearly ones each year, deadlines by the last day in time. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from broadcaster.campaigns.plan import DayKind, PlannedDay
from broadcaster.ledger.periods import Period

WARNED_DAYS = 14
URGENT_DAYS = 3
"""So many days ahead somebody is warned, and then warned again, louder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A day of the plan in one year: `on` is the key day, or the last day that keeps a deadline."""

    planned: PlannedDay
    on: date
    days_left: int

    @property
    def is_key_day(self) -> bool:
        """Whether it is a day to be on air, not a deadline."""
        return self.planned.kind is DayKind.KEY_DAY

    @property
    def is_near(self) -> bool:
        """Whether it is time to warn."""
        return self.days_left <= WARNED_DAYS

    @property
    def is_urgent(self) -> bool:
        """Whether hardly any time is left."""
        return self.days_left <= URGENT_DAYS


def due_within(
    days: Sequence[PlannedDay], period: Period, *, today: date, ahead: timedelta
) -> list[Due]:
    """What of a campaign comes from today until `ahead` from now, soonest first."""
    wanted = Period(max(today, period.first), min(today + ahead + timedelta(days=1), period.until))
    found = [
        Due(planned=each, on=on, days_left=(on - today).days)
        for each in days
        for on in _times(each, wanted)
    ]
    return sorted(found, key=lambda due: (due.on, due.planned.name))


def next_of_each(days: Sequence[PlannedDay], period: Period, *, today: date) -> list[Due]:
    """The next time of each day that still comes within a campaign, soonest first."""
    rest = period.until - today
    found: dict[PlannedDay, Due] = {}
    for due in due_within(days, period, today=today, ahead=max(rest, timedelta())):
        found.setdefault(due.planned, due)
    return list(found.values())


def _times(planned: PlannedDay, wanted: Period) -> Iterator[date]:
    years = [planned.year] if planned.year else range(wanted.first.year, wanted.until.year + 2)
    for year in years:
        try:
            on = date(year, planned.month, planned.day)
        except ValueError:  # 29/2 in other years
            continue
        if planned.kind is DayKind.BEFORE:
            on -= timedelta(days=1)
        if wanted.first <= on < wanted.until:
            yield on

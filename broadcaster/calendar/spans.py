"""Which days a view of the calendar shows, and which come before and after. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

FIRST_DAY, LAST_DAY = date(2020, 2, 1), date(2099, 11, 30)


class View(StrEnum):
    """How much is shown at once."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Shown:
    """The local days from `first` until before `ends`."""

    view: View
    day: date
    first: date
    ends: date

    @property
    def days(self) -> Sequence[date]:
        """Each of them, in order."""
        return [self.first + timedelta(days=each) for each in range((self.ends - self.first).days)]

    @property
    def before(self) -> date:
        """A day of what is shown one step back."""
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date:
        """A day of what is shown one step on."""
        return self.ends

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants of its beginning and its end."""
        return (
            datetime.combine(self.first, time.min, tzinfo=zone),
            datetime.combine(self.ends, time.min, tzinfo=zone),
        )


def shown(view: View, day: date) -> Shown:
    """What a view shows around a day: it, its week from Monday, or its month."""
    kept = min(max(day, FIRST_DAY), LAST_DAY)
    if view is View.DAY:
        return Shown(view, kept, kept, kept + timedelta(days=1))
    if view is View.WEEK:
        monday = kept - timedelta(days=kept.weekday())
        return Shown(view, kept, monday, monday + timedelta(days=7))
    first = kept.replace(day=1)
    return Shown(view, kept, first, (first + timedelta(days=32)).replace(day=1))

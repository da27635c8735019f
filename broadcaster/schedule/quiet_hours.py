"""Quiet hours: local times of the day between which nothing sounds without a leader's override.

Half-open: at the minute they end, sound is allowed again. They may cross midnight.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` until before `ends`, by the clocks of `zone`."""

    begins: time
    ends: time
    zone: ZoneInfo

    def covers(self, instant: datetime) -> bool:
        """Whether quiet hours hold at an instant."""
        local = instant.astimezone(self.zone).time()
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends

    def touched_by(self, start: datetime, duration: timedelta) -> bool:
        """Whether any moment of `[start, start + duration)` lies in quiet hours."""
        return self.covers(start) or self._next(self.begins, start) < start + duration

    def end_after(self, instant: datetime) -> datetime:
        """The instant at which the quiet hours that hold at `instant` are over."""
        return self._next(self.ends, instant)

    def _next(self, clock: time, instant: datetime) -> datetime:
        local = instant.astimezone(self.zone)
        today = datetime.combine(local.date(), clock, tzinfo=self.zone)
        if today > local:
            return today.astimezone(instant.tzinfo)
        tomorrow = datetime.combine(local.date() + timedelta(days=1), clock, tzinfo=self.zone)
        return tomorrow.astimezone(instant.tzinfo)


def quiet_hours(begins: str, ends: str, zone: ZoneInfo) -> QuietHours:
    """Read quiet hours as the station keeps them (`21:00`, `05:30`)."""
    return QuietHours(begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), zone=zone)

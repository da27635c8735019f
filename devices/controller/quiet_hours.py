"""Quiet hours: whether sound would fall between two local times of any day.

The interval is half-open: sound that ends at the moment quiet hours begin, or starts at the
moment they end, disturbs nobody. Equal times mean that there are none. The same orders are judged
again and again (with each plan, at each beginning), so answers are kept.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from devices.protocol.messages import QuietHours


def disturbs(quiet: QuietHours, *, starts_at_ms: int, duration_ms: int) -> bool:
    """Whether sound of `duration_ms` from `starts_at_ms` on would touch quiet hours.

    At the end of all calendars, where nobody can tell, it would.
    """
    try:
        return _touches(quiet, starts_at_ms=starts_at_ms, duration_ms=duration_ms)
    except OverflowError:
        return True


@lru_cache(maxsize=4_096)
def _touches(quiet: QuietHours, *, starts_at_ms: int, duration_ms: int) -> bool:
    zone = ZoneInfo(quiet.zone)
    starts_at = datetime.fromtimestamp(starts_at_ms / 1_000, UTC)
    ends_at = starts_at + timedelta(milliseconds=max(duration_ms, 1))
    first_day = starts_at.astimezone(zone).date() - timedelta(days=1)
    last_day = ends_at.astimezone(zone).date()
    return any(
        starts_at < ends and begins < ends_at
        for begins, ends in _nights(quiet, zone=zone, first=first_day, last=last_day)
    )


def _nights(
    quiet: QuietHours, *, zone: ZoneInfo, first: date, last: date
) -> Iterator[tuple[datetime, datetime]]:
    begins, ends = time.fromisoformat(quiet.begins), time.fromisoformat(quiet.ends)
    if begins == ends:
        return
    day = first
    while day <= last:
        end_day = day if begins < ends else day + timedelta(days=1)
        yield (
            datetime.combine(day, begins, zone).astimezone(UTC),
            datetime.combine(end_day, ends, zone).astimezone(UTC),
        )
        day += timedelta(days=1)

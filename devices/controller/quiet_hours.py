"""Quiet hours: whether sound would fall between two local times of any day.

The interval is half-open: sound that ends at the moment quiet hours begin, or starts at the
moment they end, disturbs nobody. Equal times mean that there are none. Orders are judged again and
again (with each plan, at each beginning), so the nights around a day are kept.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from devices.protocol.messages import QuietHours

_DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)
_UNIX_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)


def disturbs(quiet: QuietHours, *, starts_at_ms: int, duration_ms: int) -> bool:
    """Whether sound of `duration_ms` from `starts_at_ms` on would touch quiet hours.

    At the end of all calendars, where nobody can tell, it would.
    """
    ends_at_ms = starts_at_ms + max(duration_ms, 1)
    try:
        nights = _nights(quiet, starts_at_ms // _DAY_MS, ends_at_ms // _DAY_MS)
    except OverflowError:
        return True
    for begins, ends in nights:  # noqa: SIM110 — asked for each order again and again
        if starts_at_ms < ends and begins < ends_at_ms:
            return True
    return False


@lru_cache(maxsize=1_024)
def _nights(quiet: QuietHours, first_day: int, last_day: int) -> tuple[tuple[int, int], ...]:
    """The quiet hours that may touch these days since 1970 (UTC), as Unix milliseconds.

    A local day begins up to a day before the UTC day of the same date, or as long after it, and
    a night that began the day before reaches into it.
    """
    begins, ends = time.fromisoformat(quiet.begins), time.fromisoformat(quiet.ends)
    if begins == ends:
        return ()
    zone = ZoneInfo(quiet.zone)
    nights = []
    for number in range(first_day - 2, last_day + 2):
        day = _EPOCH + timedelta(days=number)
        end_day = day if begins < ends else day + timedelta(days=1)
        nights.append((_unix_ms(day, begins, zone), _unix_ms(end_day, ends, zone)))
    return tuple(nights)


def _unix_ms(day: date, at: time, zone: ZoneInfo) -> int:
    since = datetime.combine(day, at, zone).astimezone(UTC) - _UNIX_BEGAN
    return since // timedelta(milliseconds=1)

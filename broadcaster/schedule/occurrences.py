"""From what people plan (wall time, recurrence) to the absolute instants at which it plays.

Pure: the zone and the window are given. A rule repeats in wall time, so that 17:00 stays 17:00
whatever the zone's offset does; a wall time that the zone skips plays at the next one there is.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from broadcaster.schedule.errors import RecurrenceUnreadable, TimeUnreadable

_OCCURRENCES_LIMIT = 2_000


def read_local(starts_local: str) -> datetime:
    """Read wall time (`2026-11-22T17:00`); raise TimeUnreadable."""
    try:
        local = datetime.fromisoformat(starts_local)
    except ValueError as error:
        raise TimeUnreadable(starts_local, field="starts_local") from error
    if local.tzinfo is not None:
        raise TimeUnreadable(starts_local, field="starts_local")
    return local


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of wall time in a zone."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def read_recurrence(recurrence: str, local: datetime) -> rrule:
    """Read an RFC 5545 RRULE value that begins at wall time `local`."""
    try:
        rule = rrulestr(recurrence, dtstart=local)
    except (ValueError, TypeError, KeyError) as error:
        raise RecurrenceUnreadable(recurrence, field="recurrence") from error
    if not isinstance(rule, rrule):
        raise RecurrenceUnreadable(recurrence, field="recurrence")
    return rule


def occurrences(
    *, starts_local: str, recurrence: str, zone: ZoneInfo, after: datetime, until: datetime
) -> tuple[datetime, ...]:
    """The instants in `(after, until]` at which a schedule plays, oldest first."""
    local = read_local(starts_local)
    if not recurrence:
        instant = instant_of(local, zone)
        return (instant,) if after < instant <= until else ()
    rule = read_recurrence(recurrence, local)
    first = after.astimezone(zone).replace(tzinfo=None)
    last = until.astimezone(zone).replace(tzinfo=None)
    found: list[datetime] = []
    for moment in rule.xafter(first, count=_OCCURRENCES_LIMIT, inc=True):
        if moment > last:
            break
        instant = instant_of(moment, zone)
        if after < instant <= until:
            found.append(instant)
    return tuple(found)


def is_over(*, starts_local: str, recurrence: str, zone: ZoneInfo, now: datetime) -> bool:
    """Whether no occurrence will come any more after `now`."""
    local = read_local(starts_local)
    if not recurrence:
        return instant_of(local, zone) <= now
    return (
        read_recurrence(recurrence, local).after(now.astimezone(zone).replace(tzinfo=None)) is None
    )

"""From what people plan (wall time, recurrence) to the absolute instants at which it plays.

Pure: the zone and the window are given. A rule repeats in wall time, so that 17:00 stays 17:00
whatever the zone's offset does; a wall time that the zone skips plays at the next one there is.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from broadcaster.schedule.errors import RecurrenceUnreadable, TimeUnreadable
from broadcaster.schedule.lunar_rules import LunarRule, is_lunar, read_lunar_rule

_OCCURRENCES_LIMIT = 2_000
_YEARS = range(2020, 2100)

_DAYS = r"(MO|TU|WE|TH|FR|SA|SU)"
_HOURS = r"([01]?\d|2[0-3])"
# Days repeat, and a few hours of a day; whatever else a rule may say (every second, a 30th of
# February) is looked for until the year 9999, while nobody else can write.
_PARTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "DAILY": {"BYDAY": rf"{_DAYS}(,{_DAYS}){{0,6}}"},
        "WEEKLY": {"BYDAY": rf"{_DAYS}(,{_DAYS}){{0,6}}"},
        "MONTHLY": {
            "BYDAY": rf"([+-]?[1-5])?{_DAYS}(,([+-]?[1-5])?{_DAYS}){{0,6}}",
            "BYMONTHDAY": r"-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01])){0,30}",
        },
    }
)
_PARTS_OF_ALL: Mapping[str, str] = MappingProxyType(
    {
        "FREQ": r"DAILY|WEEKLY|MONTHLY",
        "INTERVAL": r"[1-9]\d{0,2}",
        "COUNT": r"[1-9]\d{0,3}",
        "UNTIL": r"20\d{6}(T\d{6})?",
        "BYHOUR": rf"{_HOURS}(,{_HOURS}){{0,5}}",
        "BYMINUTE": r"[0-5]?\d",
        "WKST": _DAYS,
    }
)
# Two of these together may never agree on any day.
_AT_ODDS = (("BYDAY", "BYMONTHDAY"), ("BYDAY", "INTERVAL"))


def read_local(starts_local: str) -> datetime:
    """Read wall time (`2026-11-22T17:00`) of this century; raise TimeUnreadable."""
    try:
        local = datetime.fromisoformat(starts_local)
    except ValueError as error:
        raise TimeUnreadable(starts_local, field="starts_local") from error
    # Python reads past a null; databases do not keep one.
    if local.tzinfo is not None or local.year not in _YEARS or not starts_local.isprintable():
        raise TimeUnreadable(starts_local, field="starts_local")
    return local


def instant_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of wall time in a zone."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def read_recurrence(recurrence: str, local: datetime) -> rrule | LunarRule:
    """Read an RFC 5545 RRULE value that begins at wall time `local` and repeats by days.

    With RSCALE it is one of the lunar calendar. Raises RecurrenceUnreadable, also for a rule that
    would never come to an occurrence.
    """
    if is_lunar(recurrence):
        lunar = read_lunar_rule(recurrence, local)
        if lunar is None:
            raise RecurrenceUnreadable(recurrence, field="recurrence")
        return lunar
    if not _is_by_days(recurrence):
        raise RecurrenceUnreadable(recurrence, field="recurrence")
    try:
        rule = rrulestr(recurrence, dtstart=local)
    except (ValueError, TypeError, KeyError) as error:
        raise RecurrenceUnreadable(recurrence, field="recurrence") from error
    if not isinstance(rule, rrule):
        raise RecurrenceUnreadable(recurrence, field="recurrence")
    return rule


def _is_by_days(recurrence: str) -> bool:
    parts = [part.partition("=") for part in recurrence.upper().split(";")]
    said = {name: value for name, _, value in parts}
    allowed = {**_PARTS_OF_ALL, **_PARTS.get(said.get("FREQ", ""), {})}
    return (
        "FREQ" in said
        and len(said) == len(parts)
        and all(re.fullmatch(allowed.get(name, "(?!)"), value) for name, value in said.items())
        and not (said["FREQ"] != "WEEKLY" and any(set(odd) <= said.keys() for odd in _AT_ODDS))
    )


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

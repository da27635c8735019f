"""What a schedule wishes, play by play: its occurrences, the exceptions to them, the repeats.

Pure. An occurrence is known by the wall time that its rule gives it, whatever was done to it
since; it is left out, or begins at another time, or neither. Each occurrence plays `times`, every
`every_min` minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broadcaster.schedule.occurrences import instant_of, is_over, occurrences, read_local

LEFT_OUT = ""
TIMES_LIMIT = 24
_REACH = timedelta(days=1)
"""How long before a play its occurrence may have begun: repeats end within a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a schedule wishes to play, in the wall time of a zone.

    `exceptions` maps the wall time of an occurrence to another, or to LEFT_OUT.
    """

    starts_local: str
    zone: ZoneInfo
    recurrence: str = ""
    times: int = 1
    every_min: int = 0
    exceptions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Play:
    """One play that is wished: its instant, its occurrence's own wall time, and which repeat."""

    at: datetime
    occurrence: str
    number: int


def wall_time(instant: datetime, zone: ZoneInfo) -> str:
    """Wall time as schedules are kept: to the minute, or to the second where there are some."""
    local = instant.astimezone(zone).replace(tzinfo=None)
    exact = local.second or local.microsecond
    return local.isoformat(timespec="seconds" if exact else "minutes")


def plays(rule: Rule, *, after: datetime, until: datetime) -> tuple[Play, ...]:
    """The plays in `(after, until]`, in order."""
    found = [
        Play(begins + timedelta(minutes=rule.every_min * number), occurrence, number)
        for occurrence, begins in _begun(rule, after=after - _REACH, until=until)
        for number in range(rule.times)
    ]
    return tuple(sorted(play for play in found if after < play.at <= until))


def plays_of(rule: Rule, occurrence: str) -> tuple[Play, ...]:
    """All plays of one occurrence, in order; none where the rule has no such, or left it out."""
    own = instant_of(read_local(occurrence), rule.zone)
    around = plays(
        rule,
        after=_moved(rule, occurrence, own) - timedelta(seconds=1),
        until=_moved(rule, occurrence, own) + _REACH,
    )
    return tuple(play for play in around if play.occurrence == occurrence)


def goes_on(rule: Rule, *, now: datetime) -> bool:
    """Whether a play may still come after `now`."""
    moved = [instant_of(read_local(each), rule.zone) for each in rule.exceptions.values() if each]
    # An occurrence that has begun may repeat.
    before = now - (timedelta(minutes=rule.every_min * (rule.times - 1)))
    if any(each > before for each in moved):
        return True
    return not is_over(
        starts_local=rule.starts_local, recurrence=rule.recurrence, zone=rule.zone, now=before
    )


def _begun(rule: Rule, *, after: datetime, until: datetime) -> list[tuple[str, datetime]]:
    """Occurrences by their own wall time, and the instants at which they begin as it is now."""
    regular = occurrences(
        starts_local=rule.starts_local,
        recurrence=rule.recurrence,
        zone=rule.zone,
        after=after,
        until=until,
    )
    named = ((wall_time(instant, rule.zone), instant) for instant in regular)
    kept = [(name, instant) for name, instant in named if name not in rule.exceptions]
    moved = [
        (name, instant_of(read_local(to), rule.zone))
        for name, to in rule.exceptions.items()
        if to != LEFT_OUT
    ]
    return [*kept, *((name, at) for name, at in moved if after < at <= until)]


def _moved(rule: Rule, occurrence: str, own: datetime) -> datetime:
    to = rule.exceptions.get(occurrence)
    return instant_of(read_local(to), rule.zone) if to else own

"""What moving an occurrence means for the rule that it comes from. Pure, in wall time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from broadcaster.schedule.errors import SeriesDayFixed
from broadcaster.schedule.occurrences import read_local
from broadcaster.schedule.placing import Choice
from broadcaster.schedule.timetable import LEFT_OUT, Rule


class Scope(StrEnum):
    """How much of a series a change is meant for."""

    ONE = "one"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a person wants of an occurrence: when it begins, and how often it plays.

    `occurrence` is its own wall time; `to_local` wall time too.
    """

    schedule_id: str
    occurrence: str
    to_local: str
    scope: Scope = Scope.ONE
    times: int = 1
    every_min: int = 0
    choice: Choice | None = None
    reason: str = ""


def moved_rule(rule: Rule, move: Move, *, delta: timedelta) -> Rule:
    """The rule with every occurrence `delta` later; only an hour moves where days are chosen."""
    repeats = replace(rule, times=move.times, every_min=move.every_min)
    if not delta:
        return repeats
    own, to = read_local(move.occurrence), read_local(move.to_local)
    if not rule.recurrence:
        return replace(repeats, starts_local=_named(to), exceptions={})
    if (own.date() != to.date() and _has_days(rule.recurrence)) or _has_hours(rule.recurrence):
        raise SeriesDayFixed(field="starts_local")
    wall = datetime.combine(own.date(), to.time()) - own
    exceptions = {
        _later(occurrence, wall): _later(moved, wall) if moved else LEFT_OUT
        for occurrence, moved in rule.exceptions.items()
        if read_local(occurrence) != own
    }
    return replace(repeats, starts_local=_later(rule.starts_local, wall), exceptions=exceptions)


def _has_days(recurrence: str) -> bool:
    """Whether a rule plays on some days only."""
    said = recurrence.upper()
    return "FREQ=DAILY" not in said or "BYDAY" in said


def _has_hours(recurrence: str) -> bool:
    return "BYHOUR" in recurrence.upper() or "BYMINUTE" in recurrence.upper()


def _later(wall: str, by: timedelta) -> str:
    return _named(read_local(wall) + by)


def _named(wall: datetime) -> str:
    return wall.isoformat(timespec="seconds" if wall.second else "minutes")

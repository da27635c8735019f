"""The station's own rules of air time: quiet hours, weekends, sessions a day, minutes a session.

Pure. A session is sound on one cluster with breaks of less than five minutes; it belongs to the
local day on which it begins. What was there before and breaks a rule already is nobody's fault who
adds something elsewhere: only what the wished sound breaks is named.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from broadcaster.schedule.quiet_hours import QuietHours

SESSION_BREAK = timedelta(minutes=5)
SATURDAY = 5


class BrokenRule(StrEnum):
    """A rule that stands against a wish; a leader may allow it for a reason."""

    QUIET_HOURS = "quiet_hours"
    WEEKEND = "weekend"
    SESSIONS = "sessions"
    MINUTES = "minutes"


@dataclass(frozen=True, slots=True, kw_only=True)
class AirRules:
    """What the commune decided; `sessions_a_day` is None where it set no such limit."""

    zone: ZoneInfo
    quiet: QuietHours
    longest_session: timedelta
    sessions_a_day: int | None = None
    weekdays_only: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Sound in `[begins, ends)`."""

    begins: datetime
    ends: datetime


def broken(
    rules: AirRules, wished: Sequence[Span], *, beside: Iterable[Sequence[Span]]
) -> dict[BrokenRule, datetime]:
    """The rules that the wished sound breaks, each with the first instant at which it does.

    `beside` holds, for each of its clusters, the other sound there.
    """
    found: dict[BrokenRule, datetime] = {}
    others = [sorted(spans) for spans in beside] or [[]]
    for span in sorted(wished):
        if rules.quiet.touched_by(span.begins, span.ends - span.begins):
            found.setdefault(BrokenRule.QUIET_HOURS, span.begins)
        if rules.weekdays_only and _touches_weekend(span, rules.zone):
            found.setdefault(BrokenRule.WEEKEND, span.begins)
        for spans in others:
            for rule in _of_sessions(rules, span, wished=wished, others=spans):
                found.setdefault(rule, span.begins)
    return found


def sessions(spans: Iterable[Span]) -> list[Span]:
    """Sound laid together to sessions, in order."""
    laid: list[Span] = []
    for span in sorted(spans):
        if laid and span.begins - laid[-1].ends < SESSION_BREAK:
            laid[-1] = Span(laid[-1].begins, max(laid[-1].ends, span.ends))
        else:
            laid.append(span)
    return laid


def _of_sessions(
    rules: AirRules, span: Span, *, wished: Sequence[Span], others: Sequence[Span]
) -> list[BrokenRule]:
    near = timedelta(days=2)

    def is_near(each: Span) -> bool:
        return span.begins - near < each.begins < span.begins + near

    before = [each for each in others if is_near(each)]
    laid = sessions([*before, *(each for each in wished if is_near(each))])
    own = next(each for each in laid if each.begins <= span.begins < each.ends or each == span)
    found = []
    if own.ends - own.begins > rules.longest_session:
        found.append(BrokenRule.MINUTES)
    day = _day(own, rules.zone)
    count = sum(_day(each, rules.zone) == day for each in laid)
    was = sum(_day(each, rules.zone) == day for each in sessions(before))
    if rules.sessions_a_day is not None and count > max(was, rules.sessions_a_day):
        found.append(BrokenRule.SESSIONS)
    return found


def _day(span: Span, zone: ZoneInfo) -> date:
    return span.begins.astimezone(zone).date()


def _touches_weekend(span: Span, zone: ZoneInfo) -> bool:
    last = span.ends - timedelta(milliseconds=1)
    return any(each.astimezone(zone).weekday() >= SATURDAY for each in (span.begins, last))

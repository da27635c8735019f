"""What the station's rules of air time are, and what stands against a wish for want of a reason."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.errors import BadInput
from broadcaster.schedule.errors import InQuietHours, OnWeekend, SessionOverfull, TooManySessions
from broadcaster.schedule.limits import AirRules, BrokenRule
from broadcaster.schedule.quiet_hours import QuietHours, quiet_hours
from broadcaster.schedule.tables import StationRules

SESSIONS_LIMIT = 24

_ERRORS: Mapping[BrokenRule, type[BadInput]] = {
    BrokenRule.QUIET_HOURS: InQuietHours,
    BrokenRule.WEEKEND: OnWeekend,
    BrokenRule.SESSIONS: TooManySessions,
    BrokenRule.MINUTES: SessionOverfull,
}
RULES_BROKEN = tuple(_ERRORS.values())
"""What a leader may allow for a reason."""


class SessionsUnusable(BadInput):
    """The number of sessions a day is none."""

    code = "sessions_unusable"
    message_vi = "Số buổi phát mỗi ngày phải từ 1 đến 24, hoặc để trống nếu đài không giới hạn."
    message_en = "Sessions a day are 1 to 24, or empty where the station sets no limit."


def station_quiet_hours(station: Station) -> QuietHours:
    """The quiet hours of a station."""
    return quiet_hours(station.quiet_begins, station.quiet_ends, ZoneInfo(station.zone))


def station_air_rules(session: Session, station: Station) -> AirRules:
    """All that the commune decided of its air time."""
    decided = session.get(StationRules, station.id)
    return AirRules(
        zone=ZoneInfo(station.zone),
        quiet=station_quiet_hours(station),
        longest_session=timedelta(milliseconds=station.longest_session_ms),
        sessions_a_day=(decided.sessions_a_day or None) if decided else None,
        weekdays_only=decided.weekdays_only if decided else False,
    )


def decide_rules(
    session: Session,
    *,
    station_id: str,
    sessions_a_day: int,
    weekdays_only: bool,
    by: str,
    now: datetime,
) -> StationRules:
    """Keep what the commune decided; `sessions_a_day` is 0 for no limit. Raises SessionsUnusable.

    What is planned already stays; the calendar names what the new rules stand against.
    """
    if not 0 <= sessions_a_day <= SESSIONS_LIMIT:
        raise SessionsUnusable(field="sessions_a_day")
    rules = StationRules(
        station_id=station_id,
        sessions_a_day=sessions_a_day,
        weekdays_only=weekdays_only,
        decided_by=by,
        decided_at=now,
    )
    kept = session.merge(rules)
    record(
        session,
        Act.AIR_RULES_DECIDED,
        by=by,
        about=station_id,
        at=now,
        details={"sessions_a_day": sessions_a_day, "weekdays_only": weekdays_only},
    )
    return kept


def refuse_broken(broken: Collection[BrokenRule], *, reason: str) -> None:
    """Without a reason nothing of it may be kept; raise the error of the first rule."""
    if not reason:
        for rule in BrokenRule:
            if rule in broken:
                raise _ERRORS[rule](field="starts_local")


def kept_rules(broken: Collection[BrokenRule]) -> str:
    """The rules that a reason stands for, as a schedule keeps them."""
    return " ".join(rule for rule in BrokenRule if rule in broken)


def rules_kept(override_rules: str) -> Sequence[BrokenRule]:
    """The rules that a kept schedule's reason stands for."""
    return [BrokenRule(each) for each in override_rules.split()]

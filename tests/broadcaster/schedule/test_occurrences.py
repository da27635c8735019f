"""From wall time and recurrence to absolute instants."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.schedule.errors import RecurrenceUnreadable, TimeUnreadable
from broadcaster.schedule.occurrences import is_over, occurrences

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
SUNDAY_NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


def in_a_week(starts_local: str, recurrence: str, zone: ZoneInfo = HOME) -> list[datetime]:
    """What plays in the eight days from Sunday noon."""
    return list(
        occurrences(
            starts_local=starts_local,
            recurrence=recurrence,
            zone=zone,
            after=SUNDAY_NOON,
            until=SUNDAY_NOON + timedelta(days=8),
        )
    )


def test_once_plays_at_its_wall_time() -> None:
    """17:00 in Hà Nội is 10:00 UTC."""
    assert in_a_week("2026-11-22T17:00", "") == [datetime(2026, 11, 22, 10, 0, tzinfo=UTC)]


def test_once_in_the_past_never_plays() -> None:
    """What has gone by has no occurrence."""
    assert in_a_week("2026-11-22T11:59", "") == []


def test_the_window_is_open_at_its_beginning() -> None:
    """An occurrence at the very instant of the window's beginning belongs to the one before."""
    assert in_a_week("2026-11-22T12:00", "") == []


def test_weekdays_repeat_without_sunday() -> None:
    """Monday to Saturday at 05:30: seven working days in these eight."""
    found = in_a_week("2026-11-22T05:30", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA")

    assert [instant.astimezone(HOME).strftime("%a %H:%M") for instant in found] == [
        "Mon 05:30", "Tue 05:30", "Wed 05:30", "Thu 05:30", "Fri 05:30", "Sat 05:30", "Mon 05:30",
    ]  # fmt: skip


def test_a_rule_keeps_its_wall_time_through_a_change_of_offset() -> None:
    """In a zone with summer time 07:00 stays 07:00, and the day of the change is a 25-hour day."""
    berlin = ZoneInfo("Europe/Berlin")
    found = occurrences(
        starts_local="2026-10-20T07:00",
        recurrence="FREQ=DAILY",
        zone=berlin,
        after=datetime(2026, 10, 23, 12, tzinfo=UTC),
        until=datetime(2026, 10, 26, 12, tzinfo=UTC),
    )

    assert [instant.astimezone(berlin).hour for instant in found] == [7, 7, 7]
    assert found[1] - found[0] == timedelta(hours=25)


def test_a_rule_that_ends_is_over_after_its_last() -> None:
    """COUNT=2 is over after the second occurrence and not before."""
    rule = "FREQ=DAILY;COUNT=2"
    last = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def over(now: datetime) -> bool:
        return is_over(starts_local="2026-11-22T17:00", recurrence=rule, zone=HOME, now=now)

    assert not over(last - timedelta(seconds=1))
    assert over(last)


@pytest.mark.parametrize("unreadable", ["", "hôm nay", "2026-13-01T10:00", "2026-11-22T10:00Z"])
def test_what_is_no_wall_time_is_named(unreadable: str) -> None:
    """A time that cannot be read, or that carries a zone, is refused."""
    with pytest.raises(TimeUnreadable):
        in_a_week(unreadable, "")


@pytest.mark.parametrize("unreadable", ["daily", "FREQ=SOMETIMES", "FREQ=DAILY;COUNT=x"])
def test_what_is_no_rule_is_named(unreadable: str) -> None:
    """A recurrence that is no RFC 5545 rule is refused."""
    with pytest.raises(RecurrenceUnreadable):
        in_a_week("2026-11-22T17:00", unreadable)


@given(
    begins=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31)),
    days=st.integers(min_value=1, max_value=8),
    every=st.integers(min_value=1, max_value=5),
)
def test_occurrences_stay_in_their_window_and_in_order(
    begins: datetime, days: int, every: int
) -> None:
    """Whatever the rule, its instants lie inside the window, ascend, and are a whole day apart."""
    after = begins.replace(tzinfo=UTC)
    until = after + timedelta(days=days)
    found = occurrences(
        starts_local=begins.replace(microsecond=0).isoformat(),
        recurrence=f"FREQ=DAILY;INTERVAL={every}",
        zone=HOME,
        after=after,
        until=until,
    )

    assert all(after < instant <= until for instant in found)
    assert list(found) == sorted(set(found))
    assert all((b - a) == timedelta(days=every) for a, b in pairwise(found))

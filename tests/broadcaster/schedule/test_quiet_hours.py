"""Quiet hours, half-open, across midnight."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.schedule.quiet_hours import quiet_hours

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = quiet_hours("21:00", "05:30", HOME)


def local(text: str) -> datetime:
    """An instant written as wall time at home."""
    return datetime.fromisoformat(text).replace(tzinfo=HOME).astimezone(UTC)


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [("20:59:59", False), ("21:00", True), ("00:00", True), ("05:29:59", True), ("05:30", False)],
)
def test_they_hold_from_their_first_minute_until_before_their_last(clock: str, quiet: bool) -> None:
    """At 21:00 it is quiet, at 05:30 no longer."""
    assert NIGHT.covers(local(f"2026-11-22T{clock}")) is quiet


def test_sound_that_would_run_into_them_touches_them() -> None:
    """A bulletin of ten minutes at 20:55 would end in quiet hours; one at 20:50 just does not."""
    ten_minutes = timedelta(minutes=10)

    assert NIGHT.touched_by(local("2026-11-22T20:55"), ten_minutes)
    assert not NIGHT.touched_by(local("2026-11-22T20:50"), ten_minutes)


def test_they_end_on_the_next_morning() -> None:
    """From late evening and from early morning, the end is the same morning's."""
    morning = local("2026-11-23T05:30")

    assert NIGHT.end_after(local("2026-11-22T23:15")) == morning
    assert NIGHT.end_after(local("2026-11-23T03:15")) == morning


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 1, 1)),
    st.integers(min_value=1, max_value=45 * 60),
)
def test_touching_means_that_some_second_is_covered(start: datetime, seconds: int) -> None:
    """`touched_by` agrees with asking every second of the sound."""
    instant = start.replace(microsecond=0, tzinfo=UTC)
    covered = any(NIGHT.covers(instant + timedelta(seconds=n)) for n in range(seconds))

    assert NIGHT.touched_by(instant, timedelta(seconds=seconds)) is covered

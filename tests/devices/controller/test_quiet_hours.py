"""Quiet hours: no sound between two local times, over midnight and over changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.controller.quiet_hours import disturbs
from devices.protocol.messages import QuietHours

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def local_ms(text: str, zone: ZoneInfo = VIETNAM) -> int:
    """A local time as Unix milliseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("starts", "minutes", "quiet"),
    [
        ("2026-11-25T03:15", 15, True),
        ("2026-11-25T05:00", 15, True),
        ("2026-11-25T05:15", 15, True),
        ("2026-11-25T05:30", 15, False),
        ("2026-11-25T17:00", 45, False),
        ("2026-11-25T20:45", 15, False),
        ("2026-11-25T20:46", 15, True),
        ("2026-11-25T21:00", 1, True),
        ("2026-11-25T23:59", 5, True),
        ("2026-11-26T00:00", 1, True),
        ("2026-11-25T12:00", 60 * 12, True),
    ],
)
def test_the_usual_night(starts: str, minutes: int, quiet: bool) -> None:
    """21:00 to 05:30 in Vietnam; both ends belong to whoever comes after."""
    disturbed = disturbs(QuietHours(), starts_at_ms=local_ms(starts), duration_ms=minutes * 60_000)

    assert disturbed is quiet


def test_equal_times_mean_no_quiet_hours() -> None:
    """An empty interval disturbs nobody."""
    never = QuietHours(begins="00:00", ends="00:00")

    assert not disturbs(never, starts_at_ms=local_ms("2026-11-25T03:15"), duration_ms=60_000)


def test_a_noon_rest_does_not_cross_midnight() -> None:
    """Quiet hours within one day."""
    noon = QuietHours(begins="11:30", ends="13:30")

    assert disturbs(noon, starts_at_ms=local_ms("2026-11-25T13:29"), duration_ms=1_000)
    assert not disturbs(noon, starts_at_ms=local_ms("2026-11-25T13:30"), duration_ms=1_000)
    assert not disturbs(noon, starts_at_ms=local_ms("2026-11-25T03:15"), duration_ms=1_000)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_night_ends_by_the_wall_clock_when_clocks_change(day: str) -> None:
    """Where clocks change, 05:30 is 05:30 on the wall."""
    berlin = ZoneInfo("Europe/Berlin")
    quiet = QuietHours(zone="Europe/Berlin")

    before = disturbs(quiet, starts_at_ms=local_ms(f"{day}T05:29", berlin), duration_ms=1_000)
    after = disturbs(quiet, starts_at_ms=local_ms(f"{day}T05:30", berlin), duration_ms=1_000)

    assert (before, after) == (True, False)


@given(
    starts_at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
    begins=st.times(),
    ends=st.times(),
    minutes=st.integers(1, 180),
)
def test_it_agrees_with_looking_at_every_minute(
    starts_at: datetime, begins: object, ends: object, minutes: int
) -> None:
    """The same answer as asking of each minute whether it lies in the night."""
    starts_at = starts_at.replace(second=0, microsecond=0, tzinfo=UTC)
    begin_text, end_text = f"{begins:%H:%M}", f"{ends:%H:%M}"
    quiet = QuietHours(begins=begin_text, ends=end_text)
    walls = [
        f"{(starts_at + timedelta(minutes=minute)).astimezone(VIETNAM):%H:%M}"
        for minute in range(minutes)
    ]
    if begin_text <= end_text:
        expected = any(begin_text <= wall < end_text for wall in walls)
    else:
        expected = any(wall >= begin_text or wall < end_text for wall in walls)

    starts_at_ms = round(starts_at.timestamp() * 1_000)
    assert disturbs(quiet, starts_at_ms=starts_at_ms, duration_ms=minutes * 60_000) is expected

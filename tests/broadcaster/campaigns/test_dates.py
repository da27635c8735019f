"""When the plan's days come, and when somebody is warned."""

from datetime import date, timedelta

import pytest

from broadcaster.campaigns.dates import due_within, next_of_each
from broadcaster.campaigns.plan import DayKind, PlannedDay, is_a_day
from broadcaster.ledger.periods import between
from tests.broadcaster.campaigns.plans import ONCE, PLAN, REPORT, SCIENCE_DAY

PERIOD = between(PLAN.first, PLAN.last)


def test_before_a_day_means_the_day_before_it() -> None:
    """Before 10/12: on 9/12 there is still time, and on 10/12 it is next year's."""
    (on_the_last,) = due_within([REPORT], PERIOD, today=date(2026, 12, 9), ahead=timedelta(14))
    too_late = next_of_each([REPORT], PERIOD, today=date(2026, 12, 10))

    assert (on_the_last.on, on_the_last.days_left) == (date(2026, 12, 9), 0)
    assert [each.on for each in too_late] == [date(2027, 12, 9)]


@pytest.mark.parametrize(
    ("today", "near", "urgent"),
    [
        (date(2026, 5, 3), None, None),
        (date(2026, 5, 4), True, False),
        (date(2026, 5, 14), True, False),
        (date(2026, 5, 15), True, True),
        (date(2026, 5, 18), True, True),
        (date(2026, 5, 19), None, None),
    ],
)
def test_it_is_warned_fourteen_and_three_days_ahead(
    today: date, near: bool | None, urgent: bool | None
) -> None:
    """18/5: from 4/5 on, louder from 15/5 on, and not after it."""
    due = due_within([SCIENCE_DAY], PERIOD, today=today, ahead=timedelta(days=14))

    assert [(each.is_near, each.is_urgent) for each in due] == (
        [] if near is None else [(near, urgent)]
    )


def test_each_day_comes_next_once_soonest_first() -> None:
    """In November 2026: the report, next May's key day, and what is due in 2027."""
    found = next_of_each([SCIENCE_DAY, REPORT, ONCE], PERIOD, today=date(2026, 11, 23))

    assert [each.on for each in found] == [
        date(2026, 12, 9),
        date(2027, 5, 18),
        date(2027, 12, 31),
    ]


def test_nothing_is_due_outside_the_campaign() -> None:
    """Neither before its first day nor after its last; a leap day comes in leap years only."""
    leap_day = PlannedDay(kind=DayKind.KEY_DAY, name="29/2", day=29, month=2)
    before = next_of_each([SCIENCE_DAY], PERIOD, today=date(2025, 1, 1))
    after = next_of_each([SCIENCE_DAY], PERIOD, today=date(2030, 5, 19))
    leaping = next_of_each([leap_day], PERIOD, today=date(2026, 1, 1))

    assert [each.on for each in before] == [date(2026, 5, 18)]
    assert after == []
    assert [each.on for each in leaping] == [date(2028, 2, 29)]
    assert next_of_each([SCIENCE_DAY], PERIOD, today=date(2031, 1, 1)) == []


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [(30, 2, None), (1, 13, 2026), (-(10**14), 1, 2026), (1, 10**20, None), (1, 1, 10**20)],
)
def test_what_is_no_day_is_none_however_large(day: int, month: int, year: int | None) -> None:
    """A program may send a number that no calendar holds, and is told so like any other."""
    assert not is_a_day(day, month, year)

"""The Vietnamese lunar calendar against days that were kept, and rules that repeat by it."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.schedule.errors import RecurrenceUnreadable
from broadcaster.schedule.lunar import LunarDate, civil_date, lunar_date, months_of
from broadcaster.schedule.lunar_rules import LunarRule
from broadcaster.schedule.occurrences import read_recurrence

DAYS = st.dates(min_value=date(1968, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    ("year", "tet"),
    [
        # Where Hà Nội and Beijing kept another day: 1968, 1985, 2007, 2030.
        (1968, date(1968, 1, 29)), (1985, date(1985, 1, 21)), (2007, date(2007, 2, 17)),
        (2023, date(2023, 1, 22)), (2024, date(2024, 2, 10)), (2025, date(2025, 1, 29)),
        (2026, date(2026, 2, 17)), (2027, date(2027, 2, 6)), (2028, date(2028, 1, 26)),
        (2030, date(2030, 2, 2)),
    ],
)  # fmt: skip
def test_tet_is_on_the_day_that_the_country_kept_it(year: int, tet: date) -> None:
    """The first day of the first month."""
    assert civil_date(year, 1, 1) == tet
    assert lunar_date(tet) == LunarDate(year, 1, leap=False, day=1)


@pytest.mark.parametrize(
    ("year", "leap"),
    [(2020, 4), (2023, 2), (2024, None), (2025, 6), (2026, None), (2028, 5), (2031, 3), (2033, 11)],
)
def test_leap_months_stand_where_the_sun_enters_no_term(year: int, leap: int | None) -> None:
    """Thirteen months in such a year, one of them with the number of the one before."""
    months = months_of(year)

    assert [month.month for month in months if month.leap] == ([] if leap is None else [leap])
    assert len(months) == (12 if leap is None else 13)


@pytest.mark.parametrize(
    ("day", "lunar"),
    [
        (date(2025, 7, 25), LunarDate(2025, 6, leap=True, day=1)),
        (date(2026, 4, 26), LunarDate(2026, 3, leap=False, day=10)),
        (date(2026, 9, 25), LunarDate(2026, 8, leap=False, day=15)),
        (date(2026, 2, 16), LunarDate(2025, 12, leap=False, day=29)),
    ],
)
def test_days_that_people_know(day: date, lunar: LunarDate) -> None:
    """A leap sixth month, the Hùng kings' day, mid-autumn, the last day of a year."""
    assert lunar_date(day) == lunar


@given(day=DAYS)
def test_each_day_follows_the_one_before(day: date) -> None:
    """The next day is one later in its month, or the first of the next month."""
    today, tomorrow = lunar_date(day), lunar_date(day + timedelta(days=1))

    assert tomorrow > today
    assert tomorrow.day in (today.day + 1, 1)
    assert tomorrow.day != 1 or today.day in (29, 30)


@given(day=DAYS)
def test_there_and_back_again(day: date) -> None:
    """A lunar date outside leap months leads back to its civil day."""
    lunar = lunar_date(day)

    assert lunar.leap or civil_date(lunar.year, lunar.month, lunar.day) == day


def moments(rule: str, begins: str, count: int) -> list[str]:
    """The first moments of a rule from its beginning."""
    read = read_recurrence(rule, datetime.fromisoformat(begins))
    assert isinstance(read, LunarRule)
    found = read.xafter(datetime.fromisoformat(begins), count, inc=True)
    return [moment.isoformat(timespec="minutes") for moment in found]


def test_every_full_moon_counts_a_leap_month_too() -> None:
    """In 2025 there are two sixth months, and each has its rằm."""
    assert moments("RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=15", "2025-07-01T05:30", 3) == [
        "2025-07-09T05:30", "2025-08-08T05:30", "2025-09-06T05:30",
    ]  # fmt: skip


def test_a_lunar_day_of_every_year() -> None:
    """The Hùng kings' day on the tenth of the third month, in no leap month."""
    rule = "RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=10"

    assert moments(rule, "2026-01-01T07:00", 2) == ["2026-04-26T07:00", "2027-04-16T07:00"]


@pytest.mark.parametrize(
    ("end", "left"), [("COUNT=2", 2), ("UNTIL=20260402", 2), ("UNTIL=20260401T235959", 1)]
)
def test_a_lunar_rule_ends(end: str, left: int) -> None:
    """After so many, or with a day: the full moons are on 3 March, 2 April and 1 May."""
    rule = f"RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=15;{end}"

    assert len(moments(rule, "2026-02-20T07:00", 9)) == left


@pytest.mark.parametrize(
    "rule",
    [
        "RSCALE=CHINESE;FREQ=MONTHLY;BYMONTHDAY=15",
        "RSCALE=VIETNAMESE;FREQ=DAILY",
        "RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=31",
        "RSCALE=VIETNAMESE;FREQ=YEARLY;BYMONTHDAY=1",
        "RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTH=1;BYMONTHDAY=1",
        "RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20261399",
        "RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=1;BYMONTHDAY=15",
    ],
)
def test_what_is_no_lunar_rule_is_refused(rule: str) -> None:
    """Another calendar, another frequency, a day that there is not, half a rule, one said twice."""
    with pytest.raises(RecurrenceUnreadable):
        read_recurrence(rule, datetime(2026, 1, 1, 7))

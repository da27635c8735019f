"""Periods: as addresses write them, and cut into whole years, whole months and days."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.ledger.errors import PeriodUnreadable
from broadcaster.ledger.periods import (
    Period,
    between,
    month_of,
    one_day,
    one_year,
    pieces_of,
    quarter,
    read_period,
    written_period,
)

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-11-22", date(2026, 11, 22), date(2026, 11, 22)),
        ("2026-02-10..2026-05-19", date(2026, 2, 10), date(2026, 5, 19)),
        ("2026-02..2026-03", date(2026, 2, 1), date(2026, 3, 31)),
    ],
)
def test_reads_what_addresses_say(written: str, first: date, last: date) -> None:
    """A year, a quarter, a month, a day, or from one to another, both included."""
    found = read_period(written)

    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "26",
        "2026-Q5",
        "2026-H3",
        "2026-H1-02",
        "2026-13",
        "2026-02-30",
        "1999",
        "2026..2025",
        "2026;",
        "x" * 99,
    ],
)
def test_refuses_what_is_no_period(written: str) -> None:
    """Named as what it is, before a query sees it."""
    with pytest.raises(PeriodUnreadable):
        read_period(written)


def test_a_campaign_is_months_and_the_days_at_its_edges() -> None:
    """From 10 February to 5 May: March and April are whole, the rest are days."""
    pieces = pieces_of(between(date(2026, 2, 10), date(2026, 5, 5)))

    assert list(pieces.years) == []
    assert list(pieces.months) == [date(2026, 3, 1), date(2026, 4, 1)]
    assert list(pieces.edges) == [
        Period(date(2026, 2, 10), date(2026, 3, 1)),
        Period(date(2026, 5, 1), date(2026, 5, 6)),
    ]
    assert pieces.whole() is None


def test_a_year_is_one_piece() -> None:
    """And so is a month; a quarter is three."""
    assert pieces_of(one_year(2026)).whole() == ("year", date(2026, 1, 1))
    assert pieces_of(month_of(date(2026, 2, 9))).whole() == ("month", date(2026, 2, 1))
    assert len(pieces_of(quarter(2026, 2)).months) == 3


def test_a_day_begins_where_the_station_is() -> None:
    """Midnight in Vietnam is 17:00 the day before in UTC."""
    begins, ends = one_day(date(2026, 11, 22)).instants(zone=ZoneInfo("Asia/Ho_Chi_Minh"))

    assert begins.isoformat() == "2026-11-22T00:00:00+07:00"
    assert ends - begins == timedelta(days=1)


@given(days, days)
def test_pieces_are_exactly_the_period(one: date, other: date) -> None:
    """Every day stands in one piece, and no other day does; written, it is read again."""
    period = between(min(one, other), max(one, other))
    pieces = pieces_of(period)
    spans = [one_year(each.year) for each in pieces.years]
    spans += [month_of(each) for each in pieces.months] + list(pieces.edges)
    spans.sort()

    assert (spans[0].first, spans[-1].until) == (period.first, period.until)
    assert all(before.until == after.first for before, after in pairwise(spans))
    assert read_period(written_period(period)) == period

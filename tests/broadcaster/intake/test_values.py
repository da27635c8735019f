"""Cells as people here write them: properties of numbers, days, times, weekdays, places, shares."""

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.areas.registering import PEOPLE_LIMIT
from broadcaster.fleet.places import Place
from broadcaster.intake.errors import (
    CellUnusable,
    DayUnusable,
    NumberUnusable,
    PlaceUnreadable,
    SharesUnreadable,
    TimeUnusable,
    WeekdaysUnusable,
)
from broadcaster.intake.reading import Cell
from broadcaster.intake.values import (
    WEEKDAYS,
    read_count,
    read_date,
    read_degrees,
    read_place,
    read_shares,
    read_time,
    read_weekdays,
    written_date,
)

COUNTS = st.integers(0, 1_000_000)
DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(COUNTS, st.sampled_from([".", ",", " ", "'", ""]))
def test_a_number_is_the_same_however_its_groups_are_parted(number: int, sign: str) -> None:
    """1.234, 1,234, 1 234 and 1234 are one number of people."""
    assert read_count(f"{number:,}".replace(",", sign)) == number


@given(COUNTS)
def test_a_number_of_a_workbook_is_that_number(number: int) -> None:
    """As a whole number, or as the floating point number that Excel keeps."""
    assert read_count(number) == read_count(float(number)) == read_count(f" {number} ") == number


@given(st.text(max_size=12))
def test_whatever_stands_in_a_cell_is_a_number_of_people_or_refused(text: str) -> None:
    """Nothing else is raised, and nothing outside the limits comes out."""
    try:
        assert 0 <= read_count(text) <= 1_000_000
    except NumberUnusable:
        assert not (text.isascii() and text.isdecimal() and int(text) <= 1_000_000)


@pytest.mark.parametrize(
    "cell",
    ["", "1.5", "1.23", "12.34.567", "1.234,5", "1,234.567", "-3", "ba", "1e3", "²", "1000001",
     1.5, -1, float("inf"), float("nan"), "1234.000"],
)  # fmt: skip
def test_no_part_of_a_person_is_counted(cell: Cell) -> None:
    """Halves, mixed signs, words and more than a million are told, not guessed."""
    with pytest.raises(NumberUnusable):
        read_count(cell)


@given(DAYS, st.sampled_from(["/", "-", "."]), st.booleans())
def test_a_day_is_day_month_year(day: date, sign: str, padded: bool) -> None:
    """With or without zeros; ISO 8601 alone begins with the year."""
    written = f"{day.day:02}{sign}{day.month:02}" if padded else f"{day.day}{sign}{day.month}"

    assert read_date(f"{written}{sign}{day.year:04}") == day
    assert read_date(day.isoformat()) == day
    assert read_date(written_date(day)) == day


@given(st.text("0123456789/.- T:", max_size=12))
def test_whatever_stands_in_a_cell_is_a_day_or_refused(text: str) -> None:
    """Nothing else is raised, and no year outside of people's memory comes out."""
    try:
        assert 1900 <= read_date(text).year <= 2200
    except DayUnusable:
        return


@pytest.mark.parametrize(
    "text", ["12/22/2024", "31/4/2026", "29/2/2025", "1/1/26", "22/12", "1/2-2026", "45000", "nay"]
)
def test_a_day_that_is_none_is_not_turned_into_one(text: str) -> None:
    """Not month before day, no year of two digits, no serial number of a workbook."""
    with pytest.raises(DayUnusable):
        read_date(text)


@given(st.integers(0, 23), st.integers(0, 59))
def test_a_time_is_read_in_each_way_it_is_written(hour: int, minute: int) -> None:
    """17:30, 17h30, 17 giờ 30 phút, and the share of a day that a workbook keeps."""
    expected = f"{hour:02}:{minute:02}"
    ways = (f"{hour}:{minute:02}", f"{hour}h{minute:02}", f"{hour} giờ {minute:02} phút", expected)

    assert {read_time(way) for way in ways} == {expected}
    assert read_time((hour * 60 + minute) / 1440) == expected


@pytest.mark.parametrize("text", ["24:00", "5:60", "sáng", "", "17", "5h3"])
def test_no_time_is_guessed(text: str) -> None:
    """Neither the next day's midnight nor a bare number."""
    with pytest.raises(TimeUnusable):
        read_time(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hằng ngày", "MO TU WE TH FR SA SU"),
        ("T2-T6", "MO TU WE TH FR"),
        ("thứ 2 đến thứ 7", "MO TU WE TH FR SA"),
        ("Thứ Hai, thứ Tư, Chủ nhật", "MO WE SU"),
        ("2; 4; 6", "MO WE FR"),
        ("CN", "SU"),
        ("T2, T3 và T5", "MO TU TH"),
        ("Monday - Wednesday", "MO TU WE"),
    ],
)
def test_weekdays_are_read_as_they_are_said(text: str, expected: str) -> None:
    """Numbers, names, stretches; in the order of the week."""
    assert read_weekdays(text) == tuple(expected.split())


@pytest.mark.parametrize("text", ["T8", "T6-T2", "T2-T3-T4", "thứ", "ngày rằm", "1"])
def test_no_weekday_is_guessed(text: str) -> None:
    """A week begins with T2 and ends with CN."""
    with pytest.raises(WeekdaysUnusable):
        read_weekdays(text)
    assert WEEKDAYS[0] == "MO"


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_is_read_with_points_and_with_commas(latitude: float, longitude: float) -> None:
    """As maps hand it out, and as a workbook with a Vietnamese keyboard has it."""
    one, other = f"{latitude:.6f}", f"{longitude:.6f}"
    place = Place(float(one), float(other))

    assert read_place(f"{one}, {other}") == place
    assert read_place(f"{one.replace('.', ',')}; {other.replace('.', ',')}") == place
    assert (read_degrees(one), read_degrees(other.replace(".", ","))) == (
        place.latitude,
        place.longitude,
    )


@pytest.mark.parametrize("text", ["105.4, 10.3", "10.3", "ở chợ", "1,5, 2,5", "91; 0"])
def test_no_place_is_guessed(text: str) -> None:
    """A longitude where a latitude stands, one number, words."""
    with pytest.raises(PlaceUnreadable):
        read_place(text)


def test_shares_are_villages_with_percents() -> None:
    """Apart by semicolons or lines, with or without the sign."""
    assert read_shares("Thôn Đông: 62,5%; thon-2 = 20\nThôn A [thon-3]: 0") == [
        ("Thôn Đông", 0.625),
        ("thon-2", 0.2),
        ("Thôn A [thon-3]", 0.0),
    ]


@pytest.mark.parametrize("text", ["", "Thôn Đông", "Thôn Đông: 101", ": 5", "a: 1; A: 2", "a: -1"])
def test_no_share_is_guessed(text: str) -> None:
    """A village without a share, a share without a village, one village twice."""
    with pytest.raises(SharesUnreadable):
        read_shares(text)


PROMISES: Mapping[Callable[[Cell], Any], Callable[[Any], bool]] = {
    read_count: lambda count: 0 <= count <= PEOPLE_LIMIT,
    read_date: lambda day: 1900 <= day.year <= 2200,
    read_time: lambda clock: f"{time.fromisoformat(clock):%H:%M}" == clock,
    read_weekdays: lambda days: bool(days) and list(days) == [d for d in WEEKDAYS if d in days],
    read_place: lambda place: abs(place.latitude) <= 90 and abs(place.longitude) <= 180,
    read_degrees: lambda degrees: abs(degrees) < 1_000,
    read_shares: lambda found: all(name and 0 <= share <= 1 for name, share in found),
}
"""What a value holds to, whatever it was read from."""


@given(st.text(max_size=30) | st.text("0123456789.,:;-/= h%T", max_size=14))
def test_no_cell_breaks_a_reader(text: str) -> None:
    """Whatever the letters: a value that can be worked with, or one of our own refusals."""
    for reader, holds in PROMISES.items():
        try:
            value = reader(text)
        except CellUnusable:
            continue
        assert holds(value), (reader.__name__, text, value)

"""How instants, spans and numbers are written for people."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.web.formats import (
    Language,
    day,
    days_later,
    duration,
    full_day,
    instant,
    number,
    share,
    spelled,
)

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
PARIS = ZoneInfo("Europe/Paris")
SUNDAY_5_PM = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "vi", "en"),
    [
        (SUNDAY_5_PM, "17:00 hôm nay", "17:00 today"),
        (SUNDAY_5_PM - 24 * HOUR, "17:00 hôm qua", "17:00 yesterday"),
        (SUNDAY_5_PM + 24 * HOUR, "17:00 ngày mai", "17:00 tomorrow"),
        (SUNDAY_5_PM + 48 * HOUR, "17:00 Thứ Ba 24/11", "17:00 Tuesday 24 Nov"),
        (SUNDAY_5_PM - 365 * 24 * HOUR, "17:00 Thứ Bảy 22/11/2025", "17:00 Saturday 22 Nov 2025"),
        (SUNDAY_5_PM + 7 * HOUR, "00:00 ngày mai", "00:00 tomorrow"),
        (SUNDAY_5_PM - 17 * HOUR, "00:00 hôm nay", "00:00 today"),
        (SUNDAY_5_PM - 18 * HOUR, "23:00 hôm qua", "23:00 yesterday"),
    ],
)
def test_an_instant_is_written_as_people_say_it(at: datetime, vi: str, en: str) -> None:
    """The day is the station's own, and near days have their everyday names."""
    assert vi == instant(at, now=SUNDAY_5_PM, zone=HOME)
    assert en == instant(at, now=SUNDAY_5_PM, zone=HOME, language="en")


def test_seconds_and_the_bare_clock_are_asked_for() -> None:
    """A ledger may want seconds; a lane of one day wants no day."""
    at = SUNDAY_5_PM + timedelta(seconds=7)

    assert instant(at, now=at, zone=HOME, seconds=True) == "17:00:07 hôm nay"
    assert instant(at, now=at, zone=HOME, with_day=False) == "17:00"


def test_an_hour_that_summer_time_skips_or_repeats_is_written_by_its_instant() -> None:
    """Across a change of the clocks each instant gets the wall time that held at that instant."""
    spring, autumn = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)

    before, after = (instant(spring + n * HOUR, now=spring, zone=PARIS) for n in (0, 1))
    twice = [instant(autumn + n * HOUR, now=autumn, zone=PARIS) for n in (0, 1)]

    assert (before, after) == ("01:00 hôm nay", "03:00 hôm nay")
    assert twice == ["02:00 hôm nay", "02:00 hôm nay"]


@given(
    st.datetimes(
        timezones=st.just(UTC), min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)
    )
)
def test_the_zone_an_instant_comes_in_makes_no_difference(at: datetime) -> None:
    """Only the instant and the reader's zone decide what is written."""
    elsewhere = at.astimezone(PARIS)

    assert instant(at, now=at, zone=HOME) == instant(elsewhere, now=elsewhere, zone=HOME)


def test_a_time_without_a_zone_is_refused() -> None:
    """A naive time is not an instant and is never guessed at."""
    with pytest.raises(ValueError, match="zone"):
        instant(datetime(2026, 11, 22, 17, 0), now=SUNDAY_5_PM, zone=HOME)


def test_every_weekday_has_its_name() -> None:
    """A week from Monday on, in both languages."""
    monday, other_day = date(2026, 11, 23), date(2026, 6, 1)
    week = [monday + timedelta(days=n) for n in range(7)]

    assert [full_day(d, today=other_day) for d in week] == [
        "Thứ Hai 23/11", "Thứ Ba 24/11", "Thứ Tư 25/11", "Thứ Năm 26/11", "Thứ Sáu 27/11",
        "Thứ Bảy 28/11", "Chủ Nhật 29/11",
    ]  # fmt: skip
    assert day(week[6], today=other_day, language="en") == "Sunday 29 Nov"


@pytest.mark.parametrize(
    ("duration_ms", "vi", "en"),
    [
        (0, "0 giây", "0 s"),
        (40, "0,1 giây", "0.1 s"),
        (850, "0,8 giây", "0.8 s"),
        (999, "0,9 giây", "0.9 s"),
        (45_000, "45 giây", "45 s"),
        (59_999, "59 giây", "59 s"),
        (125_000, "2 phút 05 giây", "2 min 05 s"),
        (3_780_000, "1 giờ 03 phút", "1 h 03 min"),
    ],
)
def test_a_span_is_written_in_its_two_largest_units(duration_ms: int, vi: str, en: str) -> None:
    """A span is cut to what is shown: nothing is said to have lasted longer than it did."""
    assert vi == duration(duration_ms)
    assert en == duration(duration_ms, language="en")


def test_a_negative_span_is_refused() -> None:
    """A span that ends before it begins is a fault, not a figure."""
    with pytest.raises(ValueError, match="negative"):
        duration(-1)


@pytest.mark.parametrize(
    ("value", "decimals", "vi", "en"),
    [
        (0, 0, "0", "0"),
        (12345, 0, "12.345", "12,345"),
        (1234567.25, 1, "1.234.567,3", "1,234,567.3"),
        (-0.04, 1, "0,0", "0.0"),
        (-19.5, 1, "-19,5", "-19.5"),
    ],
)
def test_a_number_has_its_languages_separators(
    value: float, decimals: int, vi: str, en: str
) -> None:
    """Vietnamese writes a point between thousands and a comma before decimals."""
    assert vi == number(value, decimals=decimals)
    assert en == number(value, decimals=decimals, language="en")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0%"),
        (1, "100%"),
        (0.975, "97,5%"),
        (0.57, "57%"),
        (0.9996, "99,9%"),
        (0.00001, "dưới 0,1%"),
    ],
)
def test_a_share_is_never_written_larger_than_it_is(value: float, written: str) -> None:
    """100% means all and 0% means none; everything else stays between."""
    assert written == share(value)


@given(st.floats(0, 1), st.sampled_from(["vi", "en"]))
def test_only_all_is_written_as_a_hundred_percent(value: float, language: Language) -> None:
    """For any share, the extremes are claimed only by the extremes."""
    written = share(value, language=language)

    assert (written == "100%") == (value == 1)
    assert (written == "0%") == (value == 0)


@pytest.mark.parametrize(
    ("typed", "vi", "en"),
    [
        (
            "2026-11-30T17:05",
            "thứ Hai, 30/11/2026 lúc 17:05",
            "Monday, 30 Nov 2026 at 17:05",
        ),
        ("2026-11-29", "chủ Nhật, 29/11/2026", "Sunday, 29 Nov 2026"),
        ("", "", ""),
        ("chiều mai", "", ""),
        ("2026-13-01", "", ""),
    ],
)
def test_what_a_field_holds_is_spelled_out_beside_it(typed: str, vi: str, en: str) -> None:
    """With its weekday, by which people plan; nothing beside what is no moment."""
    assert (spelled(typed), spelled(typed, language="en")) == (vi, en)


@pytest.mark.parametrize(
    ("days", "until"),
    [(30, "2026-12-30T14:20"), ("1", "2026-12-01T14:20"), ("", ""), ("nhiều", ""), ("-1", "")],
)
def test_so_many_days_come_to_a_moment(days: object, until: str) -> None:
    """A permit's end is what its days come to."""
    assert days_later("2026-11-30T14:20", days) == until

"""Dates, times and numbers read as a second speller spells them, in every form they are written."""

import datetime as dt
import random

import pytest

from playlists.reading import read_aloud
from tests.playlists.reading.speller import spelled, spelled_date, spelled_time

_TEN_YEARS = [dt.date(2020, 1, 1) + dt.timedelta(days=day) for day in range(3653)]
_DATE_FORMS = {
    "d/m/yyyy": lambda day: f"{day.day}/{day.month}/{day.year}",
    "dd/mm/yyyy": lambda day: f"{day:%d/%m/%Y}",
    "d-m-yyyy": lambda day: f"{day.day}-{day.month}-{day.year}",
    "d.m.yyyy": lambda day: f"{day.day}.{day.month}.{day.year}",
    "dd.mm.yyyy": lambda day: f"{day:%d.%m.%Y}",
    "in words": lambda day: f"{day.day} tháng {day.month} năm {day.year}",
    "in words, with zeros": lambda day: f"{day:%d} tháng {day:%m} năm {day.year}",
}
_TIME_FORMS = {
    "7h5": lambda hour, minute: f"{hour}h{minute}",
    "07h05": lambda hour, minute: f"{hour:02}h{minute:02}",
    "7g05": lambda hour, minute: f"{hour}g{minute:02}",
    "7h05'": lambda hour, minute: f"{hour}h{minute:02}'",
    "07:05": lambda hour, minute: f"{hour:02}:{minute:02}",
    "in words": lambda hour, minute: f"{hour} giờ {minute:02} phút" if minute else f"{hour} giờ",
}
_SEED = 39


def _numbers() -> list[int]:
    chance = random.Random(_SEED)
    around_powers = [10**power + step for power in range(10) for step in (-1, 0, 1)]
    ends = [head * 10 + unit for head in (*range(21), 99, 100, 999) for unit in range(10)]
    named = [105, 1_001, 1_005, 1_015, 10_010, 100_100, 101_010, 1_000_001, 1_050_003]
    return [*around_powers, *ends, *named, *(chance.randint(0, 10**6) for _ in range(4_000))]


def _spoken(written: list[str], *, cue: str) -> list[str]:
    """What is said of each, all read as the clauses of a few long texts."""
    said: list[str] = []
    for start in range(0, len(written), 400):
        text = "; ".join(f"{cue} {one}" for one in written[start : start + 400])
        reading = read_aloud(text)
        assert reading.warnings == ()
        said += reading.spoken.split("; ")
    return said


@pytest.mark.parametrize("form", _DATE_FORMS)
def test_every_day_of_ten_years(form: str) -> None:
    """A day is the same words in whatever form it is written."""
    found = _spoken([_DATE_FORMS[form](day) for day in _TEN_YEARS], cue="ngày")

    assert [f"ngày {spelled_date(day.day, day.month, day.year)}" for day in _TEN_YEARS] == found


@pytest.mark.parametrize("form", _TIME_FORMS)
def test_every_minute_of_a_day(form: str) -> None:
    """A time is the same words in whatever form it is written."""
    minutes = [divmod(minute, 60) for minute in range(24 * 60)]
    found = _spoken([_TIME_FORMS[form](*minute) for minute in minutes], cue="lúc")

    assert [f"lúc {spelled_time(*minute)}" for minute in minutes] == found


@pytest.mark.parametrize("dotted", [False, True])
def test_numbers_to_a_million_and_all_boundaries(*, dotted: bool) -> None:
    """A number is spelled alike with and without dots between its thousands."""
    numbers = _numbers()
    written = [f"{number:,}".replace(",", ".") if dotted else str(number) for number in numbers]
    found = _spoken([f"{one} hộ" for one in written], cue="có")

    assert [f"có {spelled(number)} hộ" for number in numbers] == found


def test_every_two_digit_decimal() -> None:
    """Two decimals are a number of their own, unless they begin with a zero."""
    parts = [f"{part:02}" for part in range(100)] + list("123456789")
    found = _spoken([f"3,{part} mét" for part in parts], cue="sâu")

    assert [f"sâu ba phẩy {_decimals(part)} mét" for part in parts] == found


def _decimals(part: str) -> str:
    if part[0] == "0":
        return " ".join(spelled(int(digit)) for digit in part)
    return spelled(int(part))


def test_every_rising_range_below_forty() -> None:
    """A range of numbers is *đến*, close or spaced, with a hyphen or a dash."""
    pairs = [(low, high) for low in range(40) for high in range(low + 1, 40, 3)]
    expected = [f"cao {spelled(low)} đến {spelled(high)} mét" for low, high in pairs]

    for dash in ("-", " - ", "–", " – "):
        assert expected == _spoken([f"{low}{dash}{high} mét" for low, high in pairs], cue="cao")

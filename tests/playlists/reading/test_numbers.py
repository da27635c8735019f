"""Numbers in words, proved by reading the words back."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from playlists.reading.numbers import DIGITS, cardinal, digit_by_digit, read_number

_UNIT_VALUES = {word: value for value, word in enumerate(DIGITS)} | {"mốt": 1, "tư": 4, "lăm": 5}
_GROUPS = {"nghìn": 10**3, "triệu": 10**6}


def value_of(words: str) -> int:
    """The number that spoken words name: an inverse written apart from the code it checks."""
    total = below_billion = group = 0
    for word in words.split():
        if word == "tỷ":
            total = (total + below_billion + group) * 10**9
            below_billion = group = 0
        elif word in _GROUPS:
            below_billion += group * _GROUPS[word]
            group = 0
        elif word == "trăm":
            group *= 100
        elif word == "mười":
            group += 10
        elif word == "mươi":
            group += (group % 10) * 9
        elif word != "linh":
            group += _UNIT_VALUES[word]
    return total + below_billion + group


@settings(max_examples=2000, deadline=None)
@given(st.one_of(st.integers(0, 10**6), st.integers(0, 10**12)))
@example(0)
@example(1_000_000_001)
@example(10**18)
def test_words_name_the_number(number: int) -> None:
    """The words of a number, read back, are the number."""
    assert number == value_of(cardinal(number))


def test_every_number_below_a_thousand_has_its_own_words() -> None:
    """No two numbers sound alike."""
    assert len({cardinal(number) for number in range(1000)}) == 1000


@given(st.integers(1, 10**12))
def test_a_negative_number_begins_with_minus(number: int) -> None:
    """Below zero *âm* stands before the words."""
    assert f"âm {cardinal(number)}" == cardinal(-number)


@given(st.integers(1000, 10**9))
def test_dots_between_thousands_change_nothing(number: int) -> None:
    """1.234.567 is said like 1234567."""
    assert cardinal(number) == read_number(f"{number:,}".replace(",", "."))


@given(st.integers(0, 10**6), st.text("0123456789", min_size=3, max_size=6))
def test_long_decimals_are_read_digit_by_digit(whole: int, part: str) -> None:
    """Three decimals or more are said one after the other."""
    assert f"{cardinal(whole)} phẩy {digit_by_digit(part)}" == read_number(f"{whole},{part}")

"""Marking a dictation: what counts as wrong, and how far chance reaches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.intelligibility.word_errors import (
    Errors,
    character_errors,
    spread,
    total,
    word_errors,
    words_of,
)

words = st.lists(st.sampled_from(["bà", "con", "nghe", "đài", "hòa", "hỏi", "thôn"]), max_size=8)


@pytest.mark.parametrize(
    ("heard", "wrong"),
    [
        ("bà con nghe đài", 0),
        ("Bà con, nghe đài!", 0),
        ("bà nghe đài", 1),
        ("bà con con nghe đài", 1),
        ("bà con nghe đại", 1),
        ("", 4),
        ("xin mời các cụ đến chơi", 6),
    ],
    ids=["same", "signs", "left out", "put in", "another tone", "nothing", "nothing right"],
)
def test_words_left_out_put_in_or_replaced_are_wrong(heard: str, wrong: int) -> None:
    """The fewest corrections that make of what was heard what was said."""
    assert word_errors("bà con nghe đài", heard) == Errors(wrong=wrong, said=4)


@pytest.mark.parametrize(
    "spelled",
    ["hòa bình, kỹ thuật", "hoà bình, kĩ thuật", "Ho\u0300a bi\u0300nh ky\u0303 thua\u0323\u0302t"],
)
def test_spellings_of_one_sound_are_the_same_word(spelled: str) -> None:
    """Old and new places of a mark, composed or not, and y for i are no error."""
    assert word_errors("hòa bình, kỹ thuật", spelled).wrong == 0


def test_y_and_i_that_sound_different_stay_different() -> None:
    """Only where a lone vowel follows is y another i."""
    assert words_of("thúy") != words_of("thúi")


def test_a_wrong_tone_is_one_wrong_letter() -> None:
    """A tone is heard for itself."""
    assert character_errors("bà", "bá") == Errors(wrong=1, said=3)


def test_sentences_are_counted_by_their_words() -> None:
    """A long sentence weighs more than a short one."""
    assert total([Errors(wrong=1, said=1), Errors(wrong=0, said=9)]).percent == 10


@given(said=words, heard=words)
def test_errors_are_a_distance(said: list[str], heard: list[str]) -> None:
    """Nothing wrong only in the same words; the same both ways; never more than the longer."""
    there = word_errors(" ".join(said), " ".join(heard)).wrong
    back = word_errors(" ".join(heard), " ".join(said)).wrong

    assert (there == 0) == (said == heard)
    assert there == back
    assert abs(len(said) - len(heard)) <= there <= max(len(said), len(heard))


@given(text=st.text())
def test_any_text_can_be_marked(text: str) -> None:
    """Whatever a listener writes is compared, and with itself is right."""
    assert word_errors(text, text).wrong == 0


def test_the_spread_holds_the_figure_and_is_the_same_twice() -> None:
    """Sentences drawn anew, by a fixed seed."""
    errors = [Errors(wrong=n % 5, said=10) for n in range(20)]
    low, high = spread(errors)

    assert low < total(errors).percent < high
    assert spread(errors) == (low, high)


def test_equal_sentences_spread_nowhere() -> None:
    """Where every sentence is heard alike, so is every choice of them."""
    assert spread([Errors(wrong=1, said=4)] * 5) == (25, 25)

"""What changed between two texts: true in both directions, readable, and never slow."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.bulletins.word_differences import Piece, differences, shortened

WORDS = st.lists(st.sampled_from(["họp", "thôn", "bà", "con", "7", "giờ", "\n", ", "]), max_size=40)


@given(old=WORDS, new=WORDS)
def test_both_texts_can_be_read_from_the_differences(old: list[str], new: list[str]) -> None:
    """Kept and removed are the old one, kept and added the new one, letter by letter."""
    before, after = " ".join(old), " ".join(new)
    pieces = differences(before, after)

    assert "".join(each.text for each in pieces if each.change != "added") == before
    assert "".join(each.text for each in pieces if each.change != "removed") == after
    assert all(each.text for each in pieces)


def test_only_the_word_that_changed_is_marked() -> None:
    """Not its line, and not its letters."""
    assert differences("Họp lúc bảy giờ tối.\nXin mời.", "Họp lúc tám giờ tối.\nXin mời.") == (
        Piece("kept", "Họp lúc "),
        Piece("removed", "bảy "),
        Piece("added", "tám "),
        Piece("kept", "giờ tối.\nXin mời."),
    )


def test_what_stayed_is_shortened_and_what_changed_is_not() -> None:
    """A page shows the places, with a few words around them."""
    long = "Kính thưa bà con. " * 60
    pieces = shortened(differences(f"{long}một {long}", f"{long}hai {long}"))

    assert [each.change for each in pieces] == ["kept", "removed", "added", "kept"]
    assert [each.text for each in pieces[1:3]] == ["một ", "hai "]
    assert max(len(each.text) for each in pieces) < 200


@pytest.mark.parametrize("word", ["a ", "a\n", "a", "bà con "])
def test_the_worst_texts_take_no_longer_than_a_moment(word: str) -> None:
    """Thirty thousand characters of one word, each half of them changed."""
    size = 30_000 // len(word)
    old, new = word * size, (word + "b ") * (size // 2)
    began = time.thread_time()
    pieces = differences(old, new)
    took_s = time.thread_time() - began

    assert "".join(each.text for each in pieces if each.change != "added") == old
    assert took_s < 5

"""Long sentences are cut into breaths: all words, in order, cut where a reader would pause."""

from hypothesis import given
from hypothesis import strategies as st

from playlists.speech.piper_text import BREATH_CHARACTERS, breaths

WORDS = st.text(alphabet="aăâbcđêô ,.;:!? \n\t", max_size=900)


@given(text=WORDS)
def test_no_word_is_lost_or_moved(text: str) -> None:
    """The breaths together are the sentence."""
    assert "".join("".join(breaths(text)).split()) == "".join(text.split())


@given(text=WORDS, limit=st.integers(min_value=1, max_value=50))
def test_no_breath_is_longer_than_the_limit(text: str, limit: int) -> None:
    """However the text is written."""
    assert all(0 < len(breath) <= limit for breath in breaths(text, limit=limit))


@given(words=st.lists(st.text(alphabet="abcđê", min_size=1, max_size=12), max_size=80))
def test_a_word_that_fits_is_never_cut(words: list[str]) -> None:
    """Cuts fall between words."""
    assert " ".join(breaths(" ".join(words), limit=20)).split() == words


def test_a_short_sentence_is_one_breath() -> None:
    """Nothing is cut that need not be."""
    assert breaths("Kính thưa bà con, xin chào.") == ("Kính thưa bà con, xin chào.",)


def test_a_long_sentence_is_cut_at_its_last_comma() -> None:
    """The pause falls where the writer put one."""
    clause = "bà con " * 20 + "nhớ mang sổ,"
    first, *_ = breaths(" ".join([clause] * 4))

    assert first.endswith("sổ,")
    assert BREATH_CHARACTERS // 2 < len(first) <= BREATH_CHARACTERS


def test_a_number_is_not_cut_at_its_point() -> None:
    """A stop inside a word is none."""
    assert breaths("một 3.5 hai", limit=7) == ("một 3.5", "hai")

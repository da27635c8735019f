"""What eSpeak NG is given: the words as they are, and nothing that makes it fall over."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.speech.espeak_text import sayable


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Kính thưa bà con, hôm nay có tin mới.", "Kính thưa bà con, hôm nay có tin mới."),
        ("- Tăng cường (tuyên truyền)", "Tăng cường tuyên truyền"),
        ("mười ki-lô-gam", "mười ki-lô-gam"),
        ("đồng bào H'Mông, H’rê", "đồng bào H'Mông, H'rê"),
        ("chờ… rồi đi", "chờ. rồi đi"),
        ("sáng – chiều", "sáng , chiều"),
        ("bà\u00adcon", "bàcon"),
        ("bà con\0và các bạn", "bà con và các bạn"),
        ("thật sao?!...", "thật sao?"),
        ("‖-z", "z"),
        ("🙂", ""),
    ],
)
def test_words_stay_and_symbols_go(sentence: str, said: str) -> None:
    """Letters and plain punctuation pass; a symbol is a gap."""
    assert sayable(sentence) == said


def test_decomposed_letters_are_put_together() -> None:
    """Text from a Mac, whose tones are signs of their own, is spoken with its tones."""
    assert sayable(unicodedata.normalize("NFD", "Nguyễn Thị Hường")) == "Nguyễn Thị Hường"


@given(text=st.text())
def test_cleaning_is_finished_at_once(text: str) -> None:
    """What was cleaned is not changed by cleaning it again."""
    assert sayable(sayable(text)) == sayable(text)


@given(text=st.text(alphabet=st.characters(categories=["L", "N"])))
def test_no_word_is_lost(text: str) -> None:
    """Letters and digits of any script reach the voice."""
    assert sayable(text) == unicodedata.normalize("NFC", text)


def test_a_loan_that_is_written_whole_is_said_in_its_syllables() -> None:
    """Left as it is, eSpeak NG would change into English for one word."""
    assert sayable("Trẻ uống Vitamin A và vitamin D3.") == "Trẻ uống vi ta min A và vi ta min D3."
    assert sayable("Bón kali, tiêm sởi - rubella.") == "Bón ka li, tiêm sởi ru bê la."

"""Spoken words are cut into sentences with a newsreader's pauses."""

import pytest

from playlists.reading import read_aloud
from playlists.reading.sentences import (
    PAUSE_AFTER_LINE_MS,
    PAUSE_AFTER_MS,
    PAUSE_AFTER_PARAGRAPH_MS,
    split_sentences,
)


def test_punctuation_sets_the_pause() -> None:
    """A full stop pauses longer than a semicolon, a paragraph longest of all."""
    found = split_sentences("Họp lúc bảy giờ; mời bà con. Xin cảm ơn!\nMục một\n\nHết")

    assert [
        ("Họp lúc bảy giờ;", PAUSE_AFTER_MS[";"]),
        ("mời bà con.", PAUSE_AFTER_MS["."]),
        ("Xin cảm ơn!", PAUSE_AFTER_LINE_MS),
        ("Mục một", PAUSE_AFTER_PARAGRAPH_MS),
        ("Hết", PAUSE_AFTER_PARAGRAPH_MS),
    ] == [(sentence.text, sentence.pause_after_ms) for sentence in found]


def test_numbers_and_abbreviations_do_not_cut() -> None:
    """Dots inside what is written are words by now, and no sentence ends at one."""
    reading = read_aloud("TP. Đồng Xoài có 1.500.000 đồng, gửi về dichvucong.gov.vn lúc 7.30 giờ")

    assert len(split_sentences(reading.spoken)) == 1


@pytest.mark.parametrize(
    "written",
    [
        "Mời ông Nguyễn V. An lên nhận quà.",
        "Mời bà Lê T. B. Hà lên nhận quà.",
        "CT. UBND xã kết luận cuộc họp.",
        "PCT. HĐND xã và CT.UBMTTQ xã dự họp.",
        "BS. CKI. Trần Văn Bình khám bệnh cho bà con.",
    ],
)
def test_initials_and_titles_in_short_do_not_cut(written: str) -> None:
    """The dot of a name's letter or of a title belongs to what follows it."""
    assert len(split_sentences(read_aloud(written).spoken)) == 1


@pytest.mark.parametrize(
    "written",
    ["Họp tại khu A. Mời bà con đến dự.", "Trao quà cho cháu Nguyễn Thị H. Mời bà con ủng hộ."],
)
def test_a_letter_at_the_end_of_a_sentence_cuts(written: str) -> None:
    """A place or a person may be named by a letter with which the sentence ends."""
    assert len(split_sentences(read_aloud(written).spoken)) == 2


def test_a_very_long_sentence_is_taken_in_breaths() -> None:
    """A sentence of many clauses is cut at commas only."""
    spoken = ", ".join(["đề nghị bà con giữ gìn vệ sinh thôn xóm"] * 20) + "."
    found = split_sentences(spoken)

    assert len(found) > 1
    assert all(len(sentence.text) <= 320 for sentence in found)
    assert all(sentence.text.endswith(",") for sentence in found[:-1])


def test_nothing_to_say_is_no_sentence() -> None:
    """Marks alone make no sound."""
    assert split_sentences(" . \n\n ; ") == ()

"""Sentences end where a sentence ends, and in an echoing valley they come in short breaths."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.reading.sentences import (
    LONGEST_WIDE_BREATH_WORDS,
    PAUSE_AFTER_MS,
    WIDE_PAUSE_AFTER_BREATH_MS,
    WIDE_PAUSE_AFTER_LINE_MS,
    WIDE_PAUSE_AFTER_MS,
    WIDE_PAUSE_AFTER_PARAGRAPH_MS,
    Gaps,
    split_sentences,
)

_PIECES = st.sampled_from(
    [
        "bà con",
        "TP.",
        "20. 11. 2025",
        "1.500.000",
        "3,5",
        "7:30",
        "https://xa.vn/a?b=1;c",
        "5,",
        "v.v.",
        "tháng",
        "năm",
        "A.",
        ".",
        ",",
        ", ",
        "; ",
        "? ",
        "…",
        "\n",
        "\n\n",
        " ",
        "(",
        '"',
        "12",
        "ngày",
    ]
)


def texts(spoken: str, *, gaps: Gaps = Gaps.NORMAL) -> list[str]:
    """What is said in each breath."""
    return [sentence.text for sentence in split_sentences(spoken, gaps=gaps)]


@pytest.mark.parametrize(
    "written",
    [
        "Trụ sở ở TP. Đồng Xoài, TX. Bình Long và TT. Tân Phú",
        "Mời GS. Trần Bình và ThS. Lê Hoa",
        "Nhà ở Q. 1, P. 5, H. 2",
        "Họp ngày 20. 11. 2025 tại xã",
        "Giá 1.500.000 đồng, tăng 3.5 phần trăm",
        "Bắt đầu lúc 7: 30 và nghỉ lúc 10 : 45",
        "Xem https://xa.dongnai.gov.vn/tin?id=3;trang=2:1 để biết thêm",
        "Gửi về xa@dongnai.gov.vn hoặc dichvucong.gov.vn/huong-dan.html",
        "Gạo, muối, v.v. được phát tại nhà văn hóa",
        "Ngô, khoai… đều được giá",
        "Theo Nghị quyết 57-NQ/TW, mục 2.1.3 của tỉnh",
        "1. Nội dung cuộc họp",
        "2.1. Thời gian và địa điểm",
    ],
)
def test_a_mark_inside_what_is_written_ends_no_sentence(written: str) -> None:
    """Numbers, dates, times, short forms, addresses and list marks stay whole."""
    assert texts(written) == [written]


@pytest.mark.parametrize(
    "written",
    [
        ["Số hộ nghèo năm 2025 là 12.", "Xã có 7 thôn."],
        ["Ai được tiêm vitamin A?", "Trẻ em."],
        ["Bà con uống vitamin A.", "Uống sau bữa ăn."],
        ["Gạo, muối, v.v.", "Mời bà con đến nhận."],
        ["Mưa còn kéo dài…", "Bà con chú ý."],
        ["“Nước đang lên.”", "Bà con đi ngay!"],
        ["Điện thoại:", "115."],
        ["Tin của xã (đài huyện đưa lại.)", "Hết."],
    ],
)
def test_a_sentence_ends_where_it_ends(written: list[str]) -> None:
    """What looks like a short form or a figure does not glue two sentences together."""
    assert texts(" ".join(written)) == written


def test_an_end_inside_quotes_pauses_like_any_other() -> None:
    """The quotation mark after a full stop takes nothing from its pause."""
    first = split_sentences("“Nước đang lên.” Bà con đi ngay!")[0]

    assert first.pause_after_ms == PAUSE_AFTER_MS["."]


def test_wide_gaps_wait_for_the_echo() -> None:
    """Every pause is long enough for an echo of a second, the paragraph's longest."""
    found = split_sentences("Nước lên; đi ngay. Đi đâu?\nLên đồi\n\nHết", gaps=Gaps.WIDE)

    assert [sentence.pause_after_ms for sentence in found] == [
        WIDE_PAUSE_AFTER_MS[";"],
        WIDE_PAUSE_AFTER_MS["."],
        WIDE_PAUSE_AFTER_LINE_MS,
        WIDE_PAUSE_AFTER_PARAGRAPH_MS,
        WIDE_PAUSE_AFTER_PARAGRAPH_MS,
    ]
    assert all(wide > PAUSE_AFTER_MS[mark] for mark, wide in WIDE_PAUSE_AFTER_MS.items())


def test_wide_gaps_take_a_long_sentence_in_short_breaths() -> None:
    """At most twelve words a breath where commas allow; a short sentence stays one."""
    spoken = (
        "Sáng thứ bảy tuần này, trạm y tế xã tiêm phòng cho trẻ em, từ bảy giờ đến mười giờ, "
        "tại nhà văn hóa thôn Ba, đề nghị bà con đưa các cháu đến đúng giờ."
    )
    found = split_sentences(spoken, gaps=Gaps.WIDE)

    assert [sentence.text for sentence in found] == [
        "Sáng thứ bảy tuần này,",
        "trạm y tế xã tiêm phòng cho trẻ em,",
        "từ bảy giờ đến mười giờ, tại nhà văn hóa thôn Ba,",
        "đề nghị bà con đưa các cháu đến đúng giờ.",
    ]
    assert {sentence.pause_after_ms for sentence in found[:-1]} == {WIDE_PAUSE_AFTER_BREATH_MS}
    assert texts("Gạo, muối và nước, đã có đủ.", gaps=Gaps.WIDE) == ["Gạo, muối và nước, đã có đủ."]


def test_breaths_are_even() -> None:
    """The last breath is no stub of two words where an earlier comma would serve."""
    spoken = "Gạo nước và mì, thuốc men và chăn, áo quần cũng cần, xin gửi về xã, hôm nay."

    assert texts(spoken, gaps=Gaps.WIDE) == [
        "Gạo nước và mì, thuốc men và chăn,",
        "áo quần cũng cần, xin gửi về xã, hôm nay.",
    ]


@pytest.mark.parametrize(
    "kept",
    [
        "ngày 5, 6, 7 và 8 tháng 9 năm 2026",
        "ngày năm, tháng tám, năm hai nghìn không trăm hai mươi sáu",
        "các số 1, 2, 3, 4, 5",
        "3,5 triệu đồng một hộ",
    ],
)
def test_no_breath_is_taken_inside_a_date_or_a_row_of_figures(kept: str) -> None:
    """Where a comma belongs to figures, the breath is taken elsewhere."""
    spoken = f"Xã tổ chức hội thi cho bà con trong toàn xã, {kept}, tại sân vận động của trường."

    assert sum(kept in text for text in texts(spoken, gaps=Gaps.WIDE)) == 1


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=40).map(" ".join), st.sampled_from(Gaps))
def test_nothing_is_lost_in_either_gap(written: str, gaps: Gaps) -> None:
    """All words and figures are said once and in order, in stretches with a letter or figure."""
    found = split_sentences(written, gaps=gaps)

    assert _words(written) == _words(" ".join(sentence.text for sentence in found))
    assert all(_words(sentence.text) for sentence in found)
    assert all(sentence.pause_after_ms >= 0 for sentence in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_a_breath_is_long_only_where_no_comma_stands(lengths: list[int]) -> None:
    """Clauses of up to nine words never make a breath of more than twelve."""
    spoken = ", ".join(" ".join(["loa"] * length) for length in lengths) + "."
    found = texts(spoken, gaps=Gaps.WIDE)

    assert max(len(text.split()) for text in found) <= LONGEST_WIDE_BREATH_WORDS


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)

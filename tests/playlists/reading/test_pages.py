"""Numbers and running lines of pages are left out and named, or read and flagged; never silent."""

import pytest

from playlists.reading import read_aloud
from playlists.reading.pages import without_page_print

_BODY = [
    "Ủy ban nhân dân xã đề nghị các hộ sản xuất, kinh doanh trên địa bàn tiếp",
    "tục thực hiện nghiêm các quy định về phòng cháy, chữa cháy và bảo vệ sức",
]
_REST = "khỏe nhân dân trong mùa khô năm nay, bảo đảm an toàn cho mọi nhà và mọi"


def _codes(text: str) -> list[tuple[str, str]]:
    return [(warning.code, warning.written) for warning in read_aloud(text).warnings]


def _pages(count: int, *, footer: str = "", header: str = "") -> str:
    """So many pages of fifteen lines, each of which breaks off in mid-sentence."""
    lines: list[str] = []
    for page in range(1, count + 1):
        lines += [header] if header else []
        lines += [_REST, *[*_BODY, _REST] * 4, *_BODY]
        lines += [footer.format(page=page)] if footer else []
    return "\n".join(lines)


@pytest.mark.parametrize("number", ["2", "- 2 -", "Trang 2", "Trang 2/3", "2 | Trang", "12"])
def test_a_page_number_in_mid_sentence_is_left_out(number: str) -> None:
    """A line as wide as the page, a number, and the sentence goes on: a page ended there."""
    reading = read_aloud("\n".join([*_BODY * 2, number, _REST]))

    assert reading.spoken == " ".join([*_BODY * 2, _REST])
    assert [warning.code for warning in reading.warnings] == ["left_out"]


@pytest.mark.parametrize("number", ["\f2\n", "\n2\f", "\n2\n\n", "\n\n2\n", "\n\n- 2 -\n"])
def test_a_number_at_the_edge_of_a_page_is_left_out(number: str) -> None:
    """A page break beside it, or an empty line where the sentence goes on, proves it."""
    reading = read_aloud("\n".join(_BODY * 2) + number + _REST)

    assert reading.spoken == " ".join([*_BODY * 2, _REST])
    assert [warning.code for warning in reading.warnings] == ["left_out"]


@pytest.mark.parametrize("footer", ["{page}", "{page}/4"])
def test_numbers_that_rise_from_page_to_page_are_left_out(footer: str) -> None:
    """They prove each other, also where one page ends with a sentence or a word for a number."""
    text = _pages(4, footer=footer)

    reading = read_aloud(text)

    assert reading.spoken == " ".join(line for line in text.split("\n") if line[0].isalpha())
    assert [warning.code for warning in reading.warnings] == ["left_out"]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Họp ở xã và các\n2\nthôn lân cận.", "Họp ở xã và các hai thôn lân cận."),
        ("Số hộ nghèo:\n24\nSố hộ cận nghèo:\n30", "Số hộ nghèo:\nhai mươi tư\nSố hộ cận nghèo:"
         "\nba mươi"),
    ],
)  # fmt: skip
def test_a_number_that_may_be_content_is_read_and_flagged(text: str, spoken: str) -> None:
    """Whether it counts pages or households only its author knows."""
    reading = read_aloud(text)

    assert reading.spoken == spoken
    assert reading.warnings
    for warning in reading.warnings:
        assert warning.code == "page_number"
        assert reading.text[warning.start : warning.end] == warning.written


def test_a_zero_alone_is_read_and_flagged() -> None:
    """It is no page, and no number comes before it."""
    assert _codes("0\nhộ nghèo") == [("page_number", "0")]


def test_a_thing_counted_in_columns_is_flagged_number_by_number() -> None:
    """Two columns of a table, copied one after the other."""
    text = "Thôn Bãi Dâu\nThôn Bến Đò\n24\n30"

    assert _codes(text) == [("page_number", "24"), ("page_number", "30")]


def test_very_many_pages_are_gone_over_once() -> None:
    """A paste of thousands of pages holds no worker up."""
    lines = [line for number in range(999) for line in (str(number), *["mọi nhà"] * 12)]

    assert len(without_page_print(lines * 4)[0]) < len(lines) * 4


def test_a_number_after_a_word_that_wants_one_is_read_and_flagged() -> None:
    """Also between lines as wide as the page: square metres stand so in the text of a PDF."""
    text = "\n".join([*_BODY, f"{_REST[:60]} diện tích 300 m", "2", "đất trồng cây lâu năm."])

    assert _codes(text) == [("page_number", "2")]


@pytest.mark.parametrize("text", ["hỗ trợ 5.000.\n000\nđồng", "trước ngày 31/\n12\nnăm nay"])
def test_the_rest_of_a_broken_number_is_no_page_number(text: str) -> None:
    """It belongs to the line above."""
    assert not _codes(text)


@pytest.mark.parametrize("footer", ["", "{page}", "Trang {page}/3"])
def test_a_running_line_in_mid_sentence_is_left_out(footer: str) -> None:
    """Every page repeats it, inside a sentence or beside its number."""
    text = _pages(3, header="UBND XÃ BẾN ĐÒ - Kế hoạch 2026", footer=footer)

    reading = read_aloud(text)

    assert "bến đò" not in reading.spoken.lower()
    assert reading.spoken.startswith(_REST[:20])
    assert {warning.code for warning in reading.warnings} == {"left_out"}
    assert any("BẾN ĐÒ" in warning.written for warning in reading.warnings)


def test_with_page_breaks_a_running_line_needs_no_sentence_around_it() -> None:
    """What two pages begin with is print, though a sentence ends on each."""
    page = "Chương trình xã Bến Đò, trang {}\nĐề nghị bà con {} đúng giờ."
    reading = read_aloud(page.format(1, "họp") + "\f" + page.format(2, "về"))

    assert reading.spoken == "Đề nghị bà con họp đúng giờ.\nĐề nghị bà con về đúng giờ."
    assert [warning.code for warning in reading.warnings] == ["left_out"]


def test_what_an_author_repeats_is_read() -> None:
    """A heading that comes again, and a sentence that comes again, interrupt nothing."""
    text = "\n".join(["Thôn Bãi Dâu", *[*_BODY, f"{_REST}."] * 5] * 2)

    reading = read_aloud(text)

    assert reading.spoken.count("Thôn Bãi Dâu") == 2
    assert not reading.warnings


def test_print_alone_is_still_something_to_say() -> None:
    """One line is never left out, whatever it looks like."""
    assert read_aloud("Trang 2").spoken == "Trang hai"
    assert read_aloud("Trang 2\n3").spoken

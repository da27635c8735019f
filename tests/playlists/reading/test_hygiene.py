"""A pasted page becomes clean paragraphs, and what is left out is named."""

import unicodedata

import pytest

from playlists.reading import read_aloud
from playlists.reading.hygiene import clean

_PAGE = """
 ỦY BAN NHÂN DÂN
      XÃ THANH HÒA

CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc

Số:       /KH-UBND      Thanh Hòa, ngày     tháng     năm 2026

KẾ HOẠCH
Tuyên truyền về chuyển đổi số trên địa bàn xã

Căn cứ Kế hoạch số 45/KH-UBND ngày 12/8/2025 của Ủy ban nhân dân tỉnh về
việc đẩy mạnh tuyên truyền Nghị quyết số 57-
NQ/TW của Bộ Chính trị; Ủy ban nhân dân xã ban hành kế hoạch trước ngày 22/
12/2026 như sau:

I. MỤC TIÊU
1. Năm 2026
a) 100% cán bộ, công chức được tập huấn về kỹ năng số và sử dụng dịch vụ công
trực tuyến.



2

- Mỗi thôn có ít nhất 01 tổ công nghệ số cộng đồng hoạt động thường xuyên để
hướng dẫn người dân.
Trên đây là kế hoạch, đề nghị các thôn nghiêm túc thực hiện./.

Nơi nhận:
- UBND tỉnh (b/c);
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH

Nguyễn Văn A
"""


def test_a_page_becomes_paragraphs() -> None:
    """Lines that the page broke are joined; headings, labels and bullets keep their own."""
    lines = [line for line in clean(_PAGE).text.split("\n") if line]

    assert lines == [
        "KẾ HOẠCH",
        "Tuyên truyền về chuyển đổi số trên địa bàn xã",
        "Căn cứ Kế hoạch số 45/KH-UBND ngày 12/8/2025 của Ủy ban nhân dân tỉnh về việc đẩy mạnh "
        "tuyên truyền Nghị quyết số 57-NQ/TW của Bộ Chính trị; Ủy ban nhân dân xã ban hành kế "
        "hoạch trước ngày 22/12/2026 như sau:",
        "I. MỤC TIÊU",
        "1. Năm 2026",
        "a) 100% cán bộ, công chức được tập huấn về kỹ năng số và sử dụng dịch vụ công trực tuyến.",
        "- Mỗi thôn có ít nhất 01 tổ công nghệ số cộng đồng hoạt động thường xuyên để hướng dẫn "
        "người dân.",
        "Trên đây là kế hoạch, đề nghị các thôn nghiêm túc thực hiện.",
    ]


def test_what_is_left_out_is_named() -> None:
    """Letterhead, page numbers and recipients are warnings, not silence."""
    left_out = [warning for warning in read_aloud(_PAGE).warnings if warning.code == "left_out"]

    assert len(left_out) == 3
    written = "\n".join(warning.written for warning in left_out)
    assert "CỘNG HÒA" in written
    assert "Nơi nhận" in written
    assert "Nguyễn Văn A" in written


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("Uỷ ban xã Hoà Bình, thuỷ lợi, quý I", "Ủy ban xã Hòa Bình, thủy lợi, quý I"),
        ("hòan thành, tóan học, khoẻ", "hoàn thành, toán học, khỏe"),
        ("**Thông báo** về _việc_ họp", "Thông báo về việc họp"),
        ("## Thông báo\n\nHọp thôn", "Thông báo\n\nHọp thôn"),
        ("xem [cổng xã](https://xa.gov.vn)", "xem cổng xã"),
        ("thực hiện./.", "thực hiện."),
        ("mạng xã hội, .....  Khuyến khích", "mạng xã hội,… Khuyến khích"),
        ("số 57- NQ/TW ngày 22/ 12 / 2024", "số 57-NQ/TW ngày 22/12/2024"),
        ("12\u00a0km\u200b, 3\u20135 ngày", "12 km, 3–5 ngày"),
        ("１２ km", "12 km"),
        ("Giá\r\n\r\nhàng", "Giá\n\nhàng"),
    ],
)
def test_marks_and_spellings_are_made_one(written: str, cleaned: str) -> None:
    """One spelling, one set of signs, no marks of markdown or typewriter endings."""
    assert cleaned == clean(written).text


def test_decomposed_letters_are_read_like_composed_ones() -> None:
    """A text from another system sounds the same."""
    text = "Ủy ban nhân dân xã họp lúc 7h30 ngày 15/9."

    assert read_aloud(text) == read_aloud(unicodedata.normalize("NFD", text))


def test_numbers_on_lines_of_their_own_are_not_page_numbers_without_a_page() -> None:
    """A list of bare numbers is read."""
    assert read_aloud("24\n3").spoken == "hai mươi tư\nba"

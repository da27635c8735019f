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


@pytest.mark.parametrize(
    "head",
    [
        "ỦY BAN NHÂN DÂN\nXÃ TÂN HƯNG\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "Độc lập - Tự do - Hạnh phúc\n\nSố: 12/KH-UBND\nTân Hưng, ngày 03 tháng 02 năm 2026",
        "UBND XÃ TÂN HƯNG          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "                            Độc lập - Tự do - Hạnh phúc\n"
        "Số: 12/KH-UBND              Tân Hưng, ngày 3 tháng 2 năm 2026",
        "UBND XÃ TÂN HƯNG CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "Độc lập – Tự do – Hạnh phúc\nSố: 12/KH-UBND Tân Hưng, ngày 3 tháng 2 năm 2026",
        "UBND XÃ TÂN HƯNG\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 12/KH-UBND\t"
        "Tân Hưng, ngày … tháng … năm 2026",
        "ĐẢNG BỘ TỈNH GIA LAI\nĐẢNG ỦY XÃ TÂN HƯNG\n*\nSố 27-TB/ĐU\n\nĐẢNG CỘNG SẢN VIỆT NAM\n\n"
        "Tân Hưng, ngày 5 tháng 5 năm 2026",
        "Số: 12/KH-UBND\nTân Hưng, ngày 03 tháng 02 năm 2026",
    ],
)
def test_a_letterhead_is_left_out_whole(head: str) -> None:
    """Agency, motto, number, place and date are print, in one column or two, and named once."""
    reading = read_aloud(f"{head}\n\nKẾ HOẠCH\nDiệt lăng quăng đợt 2")

    assert reading.spoken.split("\n") == ["kế hoạch", "Diệt lăng quăng đợt hai"]
    assert [warning.code for warning in reading.warnings] == ["left_out"]
    assert "ngày" in reading.warnings[0].written


@pytest.mark.parametrize(
    "head",
    [
        "Số: 12/KH-UBND về việc diệt lăng quăng.",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM MUÔN NĂM!",
        "BẢN TIN XÃ TÂN HƯNG",
        "Tân Hưng, ngày 03 tháng 02 năm 2026",
    ],
)
def test_what_only_looks_like_a_letterhead_is_read(head: str) -> None:
    """A sentence with a number in it, a slogan, a title and a dateline alone are text."""
    assert not read_aloud(f"{head}\n\nDiệt lăng quăng đợt 2").warnings


@pytest.mark.parametrize(
    "tail",
    [
        "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n(Đã ký)\nNguyễn Văn An",
        "Tân Hưng, ngày 3 tháng 2 năm 2026\nTRƯỞNG THÔN\n\nThượng tá Lê Thị Bình",
        "T/M BAN CÔNG TÁC MẶT TRẬN\nTRƯỞNG BAN\nTrần Ba",
        "Nơi nhận: Như trên; Lưu: VT.",
        "Nơi nhận:          TM. ỦY BAN NHÂN DÂN\n- Như trên;          CHỦ TỊCH\n- Lưu: VT.",
        "CHỦ TỊCH\nNguyễn Văn An\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.",
    ],
)
def test_a_signature_is_left_out(tail: str) -> None:
    """Who signed, with or without the list of recipients, is print and named."""
    reading = read_aloud(f"Đề nghị bà con thực hiện.\n\n{tail}")

    assert reading.spoken == "Đề nghị bà con thực hiện."
    assert [warning.code for warning in reading.warnings] == ["left_out"]


def test_names_at_the_end_are_no_signature() -> None:
    """A list of people is read; only a signatory's title in capitals makes a signature."""
    text = "Những người được khen thưởng:\nNguyễn Văn An\nTrần Thị Bình"

    assert read_aloud(text).spoken == text
    assert not read_aloud(text).warnings


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Thôn 1\t120\t95%\nThôn 2\t98\t100%", "Thôn một, một trăm hai mươi, chín mươi lăm phần "
         "trăm\nThôn hai, chín mươi tám, một trăm phần trăm"),
        ("Thôn 2      98      100%", "Thôn hai, chín mươi tám, một trăm phần trăm"),
        ("1.\tHọp thôn\n-\tDọn vệ sinh", "một. Họp thôn\nDọn vệ sinh"),
    ],
)  # fmt: skip
def test_cells_of_a_table_stay_apart(written: str, spoken: str) -> None:
    """A tab or a wide gap between two cells is a pause, so that numbers do not run together."""
    assert spoken == read_aloud(written).spoken


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("hỗ trợ 5.000.\n000 đồng", "hỗ trợ 5.000.000 đồng"),
        ("hỗ trợ 500.\n000 đồng", "hỗ trợ 500.000 đồng"),
        ("tổng số 250.\n120 hộ", "tổng số 250.\n120 hộ"),
        ("xem https://dichvucong.\ngov.vn nhé", "xem https://dichvucong.gov.vn nhé"),
        ("trước ngày 31/\n12/2025", "trước ngày 31/12/2025"),
    ],
)
def test_a_number_or_address_that_the_page_broke_is_whole_again(written: str, cleaned: str) -> None:
    """A dot at a line's end is inside a number only where what follows can be nothing else."""
    assert cleaned == clean(written).text

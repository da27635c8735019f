"""Nothing unknown passes in silence: each doubt is named with its place."""

import pytest

from playlists.reading import read_aloud


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("Lưu VT, THVX", "abbreviation", "THVX"),
        ("điểm kết nối (outsourcing) vùng", "foreign_word", "outsourcing"),
        ("giá ☎ liên hệ", "symbol", "☎"),
        ("chỉ số 12.34.56.789.1", "number", "12.34.56.789.1"),
        ("thiết bị XK9000TQ", "code", "XK9000TQ"),
        ("gửi về hopthu@thanhhoaxyz.vn", "address", "hopthu@thanhhoaxyz.vn"),
        ("nội dung 3/4", "ambiguous", "3/4"),
        ("nặng 10t", "ambiguous", "10t"),
        ("số 45/ABCX-YZ", "abbreviation", "45/ABCX-YZ"),
        ("các đồng chí BCH dự họp", "ambiguous", "BCH"),
        ("theo QĐ 37-QĐ/TW", "ambiguous", "37-QĐ/TW"),
        ("thực hiện TT30 mới", "code", "TT30"),
        ("đi qua TT Chúc Sơn", "ambiguous", "TT"),
        ("tủ KeTo mới", "foreign_word", "KeTo"),
        ("vé 200.000 đồng/2 lượt", "ambiguous", "/"),
        ("bão Yagi vào bờ", "ambiguous", "Yagi"),
        ("tiếp dân T3", "ambiguous", "T3"),
        ("thu quỹ 10T đạt", "code", "10T"),
        ("kết quả 2,5-0,5", "ambiguous", "-"),
        ("lúc 12/12h30", "ambiguous", "12"),
        ("vốn TE mới", "abbreviation", "TE"),
        ("đàn lợn là 1. 250 con", "ambiguous", "1. 250"),
        ("giống 0,05S vụ này", "ambiguous", "0,05"),
        ("vốn 1,500 tỷ đồng", "ambiguous", "1,500 tỷ"),
        ("đầu tư 2 tỷ đồng/3 km", "ambiguous", "/"),
        ("họp đợt 1 - 2026", "ambiguous", "1 - 2026"),
        ("cần thêm q nữa", "abbreviation", "q"),
    ],
)
def test_the_unknown_is_flagged_with_its_place(text: str, code: str, written: str) -> None:
    """The warning names the code and the written stretch, and stands where the text has it."""
    reading = read_aloud(text)
    warning = next(item for item in reading.warnings if item.code == code)

    assert written == warning.written
    assert written == reading.text[warning.start : warning.end]
    assert warning.message_vi
    assert warning.message_en
    assert warning.suggestion


@pytest.mark.parametrize(
    "text",
    [
        "Nghị quyết số 57-NQ/TW ngày 22/12/2024 của Bộ Chính trị",
        "ông Nguyễn Văn A, vitamin A, vùng Tây Nguyên",
        "Phòng Văn hóa - Xã hội; kinh tế - xã hội",
        "KẾ HOẠCH TUYÊN TRUYỀN CỦA ỦY BAN NHÂN DÂN XÃ",
        "thôn Đắk Nhau, xã Ea H'leo, tỉnh Đắk Lắk",
        "BCH Đảng bộ xã, BCH PCTT, NQ 37-NQ/TW, Quyết định 37-QĐ/TW",
        "trạm bơm TB3, KP5, lô A1, giống lúa OM 5451, ĐT8",
        "TT23/2023/TT-BCA, NĐ168/2024/NĐ-CP, TCVN 5687:2010",
        "Tổng đài quốc gia 111, gọi ngân hàng và 113; đã nhận 112 phản ánh",
        "cú pháp: HN gửi 8088, số 0889.xxx.246, đuôi .com và .xyz, tệp .apk",
        "giống BC15, van DN150, từ BĐ2-BĐ3, A1 - A5, Km0 - Km2+500",
        "Thông tư 12/2025, NĐ 101/2024, kết luận 12/2025",
        "mở T3, T5 và chủ nhật; học T2, T4, T6 hằng tuần; từ T5 đến hết CN",
        "đạt 102%/KH, 25,40 m/26,00 m, 12.500đ/ kg, 0,4 mg/1 lít",
        "xem dichvucong.gov.vn/thong-bao, tracuu.thue.gov.vn",
    ],
)
def test_the_known_is_not_flagged(text: str) -> None:
    """A warning on good text would teach people to ignore warnings."""
    assert read_aloud(text).warnings == ()


def test_a_rule_is_named_for_every_settled_stretch() -> None:
    """The page beside the text can show which rule made which words."""
    reading = read_aloud("UBND xã họp lúc 7h30 ngày 15/9/2026")
    settled = [(span.written, span.rule) for span in reading.spans if span.rule != "plain"]

    assert settled == [("UBND", "abbreviation"), ("7h30", "time"), ("15/9/2026", "date")]


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("PGDNN", "phòng giáo dục nghề nghiệp"),
        ("TTCSSK", "trung tâm chăm sóc sức khỏe"),
        ("ATTPVSMT", "an toàn thực phẩm, vệ sinh môi trường"),
    ],
)
def test_an_unknown_abbreviation_is_guessed_from_its_parts(written: str, spoken: str) -> None:
    """The guess is better than letters, and the author is still asked."""
    reading = read_aloud(f"cán bộ {written} xã")

    assert reading.spoken == f"cán bộ {spoken} xã"
    assert [warning.code for warning in reading.warnings] == ["ambiguous"]


def test_an_unknown_name_in_an_address_is_said_in_syllables() -> None:
    """Nobody can tell its marks, but it can be said and typed; the author is asked."""
    reading = read_aloud("gửi về nguyenthihong@xatanhung.dongnai.gov.vn")

    assert reading.spoken == (
        "gửi về nguyen thi hong a còng xa tan hung chấm đồng nai chấm gốp chấm vi en"
    )
    assert [warning.code for warning in reading.warnings] == ["address"]


def test_a_loan_written_in_one_is_said_in_syllables() -> None:
    """A voice says xi môn where it would stumble over ximôn; the author is still asked."""
    reading = read_aloud("trồng ximôn ở KeTo")

    assert reading.spoken == "trồng xi môn ở Ke To"
    assert [warning.code for warning in reading.warnings] == ["foreign_word", "foreign_word"]

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

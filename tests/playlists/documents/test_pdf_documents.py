"""PDF documents become scripts, page after page; pictures of pages are refused."""

from pathlib import Path

import pytest

from playlists.documents import (
    DocumentDamaged,
    DocumentEmpty,
    DocumentScanned,
    DocumentTooSlow,
    read_document,
)
from playlists.documents.pdf import text_of_pdf
from playlists.documents.pdf_lines import page_text
from playlists.reading import read_aloud
from tests.playlists.documents.papers import pdf


def test_a_text_pdf_is_read_page_by_page(tmp_path: Path) -> None:
    """Vietnamese letters come out whole; what breaks lines and counts pages is not read."""
    file = tmp_path / "ke-hoach.pdf"
    file.write_bytes(
        pdf(
            [
                "Ủy ban nhân dân xã kính mời toàn thể bà con đến họp thôn, nghe",
                "phổ biến những việc phải làm về vệ sinh môi trường và phòng bệnh",
                "1",
            ],
            ["trong tháng này.", "Đề nghị các thôn báo lại.", "2"],
        )
    )

    reading = read_aloud(read_document(file))

    assert reading.spoken == (
        "Ủy ban nhân dân xã kính mời toàn thể bà con đến họp thôn, nghe phổ biến những "
        "việc phải làm về vệ sinh môi trường và phòng bệnh trong tháng này.\n"
        "Đề nghị các thôn báo lại."
    )
    assert [warning.written for warning in reading.warnings] == ["1\n2"]


def test_a_module_in_the_current_folder_is_not_taken_for_a_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever somebody stands when they read a document."""
    tmp_path.joinpath("pypdfium2.py").write_text("raise ImportError('not the library')")
    monkeypatch.chdir(tmp_path)

    assert "Invitation" in text_of_pdf(pdf(["Invitation to the village."]))


def test_a_scanned_pdf_is_refused_by_name() -> None:
    """A picture has no words; its reader is told to take the original."""
    with pytest.raises(DocumentScanned) as refused:
        read_document(pdf(bytes(64), bytes(64)))

    assert refused.value.pages == (1, 2)
    assert refused.value.message_vi.startswith("Tệp này là ảnh quét")


def test_one_scanned_page_among_others_is_not_missed_in_silence() -> None:
    """Half a plan would be read as if it were all of it."""
    with pytest.raises(DocumentScanned) as refused:
        read_document(pdf(["Trang này có chữ"], bytes(64)))

    assert refused.value.pages == (2,)
    assert "Trang 2" in refused.value.message_vi


@pytest.mark.parametrize("junk", [b"%PDF-1.7 junk", pdf(["chữ"])[:300]], ids=["junk", "cut"])
def test_a_broken_pdf_is_refused(junk: bytes) -> None:
    """Whatever PDFium says of it, it happened in another process."""
    with pytest.raises(DocumentDamaged):
        read_document(junk)


def test_an_empty_page_is_no_script() -> None:
    """A page without words and without pictures."""
    with pytest.raises(DocumentEmpty):
        read_document(pdf([]))


def test_a_pdf_that_takes_too_long_is_stopped() -> None:
    """The process that reads it is ended, and the station goes on."""
    with pytest.raises(DocumentTooSlow):
        text_of_pdf(pdf(["chữ"]), within_s=0.001)


def test_a_word_broken_at_the_end_of_a_line_is_whole_again() -> None:
    """PDFium marks such a place with a sign of its own."""
    assert page_text("xe gắn\r\nmá\u0002\r\ny") == "xe gắn\nmáy"


def test_a_page_number_stands_apart_at_either_end() -> None:
    """So that the reading layer knows it for one and says that it left it out."""
    assert page_text("3\nHọp thôn\nlúc bảy giờ\n\n") == "\n3\n\nHọp thôn\nlúc bảy giờ"
    assert page_text("Họp thôn\n- 4 -") == "Họp thôn\n\n- 4 -\n"


def test_a_running_header_is_left_out_and_named() -> None:
    """Pages that begin alike are told apart by a page break, so that the reading sees it."""
    header = "UBND xã Bến Đò, kế hoạch năm 2026"
    document = pdf([header, "Đề nghị bà con họp đúng giờ."], [header, "Xin cảm ơn bà con."])

    reading = read_aloud(read_document(document))

    assert reading.spoken == "Đề nghị bà con họp đúng giờ.\nXin cảm ơn bà con."
    assert [warning.written for warning in reading.warnings] == [f"{header}\n{header}"]


def test_pages_that_share_no_edge_have_no_break() -> None:
    """The text is what an author checks; it holds no sign that nothing needs."""
    assert "\f" not in read_document(pdf(["Trang đầu", "1"], ["Trang cuối", "2"]))

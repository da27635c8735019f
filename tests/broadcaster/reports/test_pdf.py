"""The PDF: the page's own report on paper, fonts inside; and what if it cannot be."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster.reports import pdf_file
from broadcaster.reports.errors import PdfNotPossible
from broadcaster.reports.files import FileKind, make_file
from tests.broadcaster.reports.made import file_of, making, report_of
from tests.broadcaster.reports.office import fonts_of, ink_box_mm, letters_of, pages_of, text_of
from tests.broadcaster.reports.scene import Scene


@pytest.fixture(scope="module")
def pdf(told_quarter: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The quarter of the whole station."""
    if not pdf_file.can_make_pdf():
        pytest.skip("not run: install Pango and HarfBuzz (make system-deps)")
    file = tmp_path_factory.mktemp("pdf") / "report.pdf"
    return file_of(FileKind.PDF, report_of(told_quarter), file)


@pytest.fixture
def without_weasyprint(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which WeasyPrint cannot be loaded."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    pdf_file._weasyprint.cache_clear()
    yield
    pdf_file._weasyprint.cache_clear()


@pytest.mark.office
def test_it_says_what_the_report_says(pdf: Path) -> None:
    """Vietnamese letters as they are, the figures of the ledger, parts apart, nobody a listener."""
    text = letters_of(text_of(pdf))

    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Kết quả hoạt động truyền thanh cơ sở",
        "47,9% của 8.300 lượt dân",
        "1.480 trong 2.300 người dân",
        "42,1% (3.500)",
        "Không kiểm chứng được",
        "không phải số người nghe",
        "=1+1 Đài cảm ơn bà con.",
    ):
        assert letters_of(words) in text


@pytest.mark.office
def test_its_fonts_are_in_it(pdf: Path) -> None:
    """The same on every machine: only our own face, all of it carried along."""
    fonts = fonts_of(pdf)

    assert fonts
    assert {font["embedded"] for font in fonts} == {"yes"}
    assert all("Vietnam" in font["name"] or "Loa" in font["name"] for font in fonts), fonts


@pytest.mark.office
def test_its_pages_are_printed_within_their_margins(pdf: Path, tmp_path: Path) -> None:
    """As pictures: no empty page, nothing over an edge; wide tables lie across."""
    pages = pages_of(pdf, tmp_path)

    assert len(pages) >= 3
    assert {page.width > page.height for page in pages} == {True, False}
    for page in pages:
        left, top, right, bottom = ink_box_mm(page)
        assert min(left, right) >= 13
        assert top >= 5
        assert bottom >= 15


def test_making_one_does_not_teach_the_station_to_take_half_a_photo() -> None:
    """What makes the PDF asks Pillow for that when it is loaded; in a process of its own here."""
    asked = (
        "from PIL import ImageFile\n"
        "from broadcaster.reports.pdf_file import can_make_pdf\n"
        "print(can_make_pdf(), ImageFile.LOAD_TRUNCATED_IMAGES)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    ).stdout

    assert told.split() == ["True", "False"]


@pytest.mark.usefixtures("without_weasyprint")
def test_without_its_libraries_the_rest_works(told_quarter: Scene, tmp_path: Path) -> None:
    """What is missing is said with what to install; the other files are made."""
    report = report_of(told_quarter)

    assert not pdf_file.can_make_pdf()
    with pytest.raises(PdfNotPossible):
        make_file(FileKind.PDF, report, making(tmp_path))
    for kind in set(FileKind) - {FileKind.PDF}:
        assert make_file(kind, report, making(tmp_path))

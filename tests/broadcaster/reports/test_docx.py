"""The Word file: the form of Decree 30/2020/NĐ-CP, the report's figures, one's own template.

Read by LibreOffice and looked at as pictures; a row that is in the file but not on paper is lost.
"""

from collections import Counter
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.shared import Length

from broadcaster.reports.docx_file import docx_file
from broadcaster.reports.docx_template import template
from broadcaster.reports.docx_words import ANNEX, TABLES, TableWords
from broadcaster.reports.errors import TemplateBroken
from broadcaster.reports.files import FileKind
from broadcaster.reports.opinions import AnswerGiven, Opinions
from broadcaster.reports.report import Report
from tests.broadcaster.ledger.air import noon
from tests.broadcaster.reports.made import WRITER, file_of, report_of
from tests.broadcaster.reports.office import (
    converted,
    ink_box_mm,
    letters_of,
    pages_of,
    text_of,
)
from tests.broadcaster.reports.scene import SCHOOL, Scene

pytestmark = pytest.mark.office
SCOPES = {"station": "station", "school": f"contributor:{SCHOOL}", "village": "village:thon-3"}
LONG = "long"
ANSWERS = 60


@dataclass(frozen=True, slots=True)
class Printed:
    """One report, its Word file, and what LibreOffice makes of it."""

    report: Report
    file: Path
    pdf: Path


@pytest.fixture(scope="module")
def printed(told_quarter: Scene, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Printed]:
    """Reports of each scope, and one with so many answers that its tables run over pages."""
    folder = tmp_path_factory.mktemp("docx")
    reports = {name: report_of(told_quarter, scope) for name, scope in SCOPES.items()}
    reports[LONG] = with_answers(reports["station"], *(f"Trả lời số {n}." for n in range(ANSWERS)))
    files = {
        name: file_of(FileKind.DOCX, report, folder / f"{name}.docx")
        for name, report in reports.items()
    }
    made = converted(list(files.values()), to="pdf", into=folder)
    return {
        name: Printed(reports[name], file, pdf)
        for (name, file), pdf in zip(files.items(), made, strict=True)
    }


def with_answers(report: Report, *words: str) -> Report:
    """The same report with these answers in it."""
    assert report.opinions is not None
    given = [
        AnswerGiven(village="Thôn Một", received_at=noon(7, 1), answered_at=noon(7, 2), words=each)
        for each in words
    ]
    opinions = Opinions(by_village=report.opinions.by_village, answers=given)
    return replace(report, opinions=opinions)


def in_mm(*lengths: Length | None) -> list[int]:
    """Lengths of a Word file, which counts in twentieths of a point, in whole millimetres."""
    return [round(each.mm) for each in lengths if each is not None]


def opened(content: bytes) -> Document:
    """A Word file's bytes, opened."""
    return docx.Document(BytesIO(content))


def test_it_has_the_form_of_the_decree(printed: dict[str, Printed]) -> None:
    """National heading, issuer, number, place and date, title, recipients, signature: in order."""
    text = letters_of(text_of(printed["station"].pdf))
    places = [
        text.index(letters_of(words))
        for words in (
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "/BC-ĐTT",
            "An Phú, ngày 23 tháng 11 năm 2026",
            "BÁO CÁO",
            "Kết quả hoạt động truyền thanh cơ sở quý 3 năm 2026",
            "I. KẾT QUẢ PHÁT THANH",
            "II. ĐỘ PHỦ",
            "III. THÔNG BÁO KHẨN CẤP",
            "IV. THIẾT BỊ",
            "V. Ý KIẾN CỦA BÀ CON",
            "Nơi nhận:",
            "PHỤ LỤC",
        )
    ]

    assert places == sorted(places)
    assert "TRƯỞNGĐÀI" in text
    assert "ĐÀITRUYỀNTHANH" in text


def test_its_paper_and_its_letters_are_the_decrees(printed: dict[str, Printed]) -> None:
    """A4, margins within what is allowed, Times New Roman 14, the annex laid across."""
    document = docx.Document(str(printed["station"].file))
    upright, across = document.sections
    normal = document.styles["Normal"].font  # type: ignore[attr-defined]

    assert in_mm(upright.page_width, upright.page_height) == [210, 297]
    assert in_mm(across.page_width, across.page_height) == [297, 210]
    for section in document.sections:
        left, right = in_mm(section.left_margin, section.right_margin)
        assert 30 <= left <= 35
        assert 15 <= right <= 20
        assert all(20 <= each <= 25 for each in in_mm(section.top_margin, section.bottom_margin))
    assert (normal.name, normal.size.pt) == ("Times New Roman", 14)


@pytest.mark.parametrize("name", [*SCOPES, LONG])
def test_every_page_is_printed_within_its_margins(
    printed: dict[str, Printed], name: str, tmp_path: Path
) -> None:
    """As pictures: no page is empty, nothing runs over an edge, later pages are numbered."""
    pages = pages_of(printed[name].pdf, tmp_path)

    assert len(pages) >= 2
    for page in pages:
        left, top, right, bottom = ink_box_mm(page)
        assert left >= 28
        assert right >= 13
        assert top >= 8
        assert bottom >= 17
    assert ink_box_mm(pages[0])[1] >= 18
    assert ink_box_mm(pages[1])[1] < 18


@pytest.mark.parametrize("name", [*SCOPES, LONG])
def test_every_row_is_on_paper(printed: dict[str, Printed], name: str) -> None:
    """Each letter of every cell stands in what LibreOffice prints, as often as in the file."""
    text = letters_of(text_of(printed[name].pdf))
    document = docx.Document(str(printed[name].file))
    told = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        told += [cell.text for row in table.rows for cell in row.cells]

    assert Counter(letters_of("".join(told))) - Counter(text) == Counter()
    assert "{{" not in text
    assert "{%" not in text


def test_its_figures_are_the_reports(printed: dict[str, Printed]) -> None:
    """Sentences and tables say what the ledger says: 47,9 % of 8.300, 1.480 of 2.300, 8,5 of 16."""
    report, text = printed["station"].report, letters_of(text_of(printed["station"].pdf))
    whole = report.coverage.whole

    assert (whole.coverage.asked, whole.coverage.confirmed) == (8_300, 3_980)
    for words in (
        "phát tới 47,9% của 8.300 lượt dân",
        "1.480 trong 2.300 người dân",
        "phải phát 16 lượt (16,0 phút), đã phát 8,5 phút",
        "không phải số người nghe",
    ):
        assert letters_of(words) in text
    rows = [line.split()[1:] for line in text_of(printed["station"].pdf).splitlines()]
    assert ["11", "8.300", "3.980", "0", "500", "0", "3.500", "320", "0", "0"] in rows


def test_a_report_of_nothing_says_so(told_quarter: Scene, tmp_path: Path) -> None:
    """No broadcast, no emergency, no word: each is said, and nothing fails."""
    report = report_of(told_quarter, period="2026-H1")
    document = opened(docx_file(report, WRITER, own_template=tmp_path / "none"))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)

    assert "Trong thời gian này chưa có lần phát nào." in text
    assert "Trong thời gian này không có thông báo khẩn cấp." in text
    assert "Trong thời gian này chưa nhận được ý kiến nào." in text


@pytest.mark.parametrize(
    "words", ["<w:b/>&amp; {{ 7 * 7 }} {% if %}", "a\x00b\x0bc\ud800d", "=1+1"]
)
def test_what_people_wrote_stays_text(told_quarter: Scene, tmp_path: Path, words: str) -> None:
    """Neither markup nor a command nor a broken file comes of it."""
    report = with_answers(report_of(told_quarter), words)
    document = opened(docx_file(report, WRITER, own_template=tmp_path / "none"))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]

    assert "".join(letter for letter in words if letter.isprintable()) in cells


def test_a_commune_changes_its_template_in_word(told_quarter: Scene, tmp_path: Path) -> None:
    """Another position signs, a table goes, a sentence is added: so the report is from then on."""
    changed = opened(template())
    own = tmp_path / "report-template.docx"
    for table in changed.tables:
        for cell in table.rows[0].cells:
            for paragraph in cell.paragraphs:
                if paragraph.text == "TRƯỞNG ĐÀI":
                    paragraph.runs[0].text = "GIÁM ĐỐC TRUNG TÂM"
    urgencies = next(table for table in changed.tables if table.cell(0, 0).text == "Mức ưu tiên")
    urgencies._tbl.getparent().remove(urgencies._tbl)
    changed.paragraphs[0].insert_paragraph_before("Tỉnh {{ province }}: {{ total.minutes }} phút.")
    changed.save(str(own))
    made = opened(docx_file(report_of(told_quarter), WRITER, own_template=own))
    heads = [table.cell(0, 0).text for table in made.tables]

    assert "Mức ưu tiên" not in heads
    assert any("GIÁM ĐỐC TRUNG TÂM" in cell.text for t in made.tables for cell in t.rows[0].cells)
    assert "Tỉnh An Giang: 6,0 phút." in [paragraph.text for paragraph in made.paragraphs]


@pytest.mark.parametrize(
    "words",
    [
        "{{ totl.minutes }}",
        "{{ total.minuts }}",
        "{% if is_over %}",
        "{{ total.minutes",
        "{{ 1 / 0 }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ total.__init__.__globals__ }}",
    ],
)
def test_a_broken_template_is_named_as_what_it_is(
    told_quarter: Scene, tmp_path: Path, words: str
) -> None:
    """A slip of the pen, an open bracket, or an attempt to reach out of the sandbox: refused."""
    broken = opened(template())
    broken.paragraphs[0].insert_paragraph_before(words)
    own = tmp_path / "report-template.docx"
    broken.save(str(own))

    with pytest.raises(TemplateBroken) as refused:
        docx_file(report_of(told_quarter), WRITER, own_template=own)
    assert refused.value.detail


@pytest.mark.parametrize("content", [b"", b"no document", b"PK\x03\x04 half of one"])
def test_what_is_no_document_is_no_template(
    told_quarter: Scene, tmp_path: Path, content: bytes
) -> None:
    """The error says which file, and what to do."""
    own = tmp_path / "report-template.docx"
    own.write_bytes(content)

    with pytest.raises(TemplateBroken):
        docx_file(report_of(told_quarter), WRITER, own_template=own)


def test_the_template_is_as_wide_as_its_paper() -> None:
    """Every table's columns are no wider together than the margins leave: 165 and 252 mm."""
    tables = [each for each in TABLES if isinstance(each, TableWords)]

    assert {sum(column.width_mm for column in table.columns) for table in tables} == {165}
    assert sum(column.width_mm for column in ANNEX.columns) <= 252

"""Loa's own Word template, in the form of Decree 30/2020/NĐ-CP: made here, changed in Word.

What stands in {{ … }} and {% … %} is filled by `docx_file`; all else is plain text that a commune
may rewrite. Sources for sizes, margins and places: annex I, part I (A4, margins 20 to 25 mm above
and below, 30 to 35 left, 15 to 20 right; Times New Roman 13 to 14; numbers in the middle above).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from broadcaster.reports.docx_words import (
    ANNEX,
    ANNEX_NOTE,
    NOTHING_ASKED,
    TABLES,
    TableWords,
    Text,
)

FONT = "Times New Roman"
CENTRE, JUSTIFY, LEFT = (
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
    WD_ALIGN_PARAGRAPH.LEFT,
)
TABLE_PT = 11.0
ANNEX_PT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a piece of text looks; sizes in points."""

    size: float = 14
    bold: bool = False
    italic: bool = False
    align: WD_ALIGN_PARAGRAPH = CENTRE
    after: float = 0


def template() -> bytes:
    """The template as a .docx file."""
    document = docx.Document()
    _page(document)
    _heading(document)
    _title(document)
    for text in TABLES:
        _block(document, text)
    _signature(document)
    _annex(document)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _page(document: Document) -> None:
    normal = document.styles["Normal"]
    normal.font.name = FONT
    normal.font.size = Pt(14)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), FONT)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = Mm(10)
    # The first page has no number.
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = CENTRE
    run = paragraph.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)  # noqa: SLF001 - python-docx has no fields of its own


def _heading(document: Document) -> None:
    """Who issues it, left; the national heading, right; under them number, place and date."""
    table = _bare_table(document, widths=(60, 105), rows=2)
    left, right = table.rows[0].cells
    _write(left, "ỦY BAN NHÂN DÂN", Look(size=12))
    _write(left, "{{ commune_upper }}", Look(size=12))
    _write(left, "ĐÀI TRUYỀN THANH", Look(size=12, bold=True))
    _rule(_write(left, "", Look(size=4)), left_mm=18, right_mm=18)
    _write(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Look(size=12, bold=True))
    _write(right, "Độc lập - Tự do - Hạnh phúc", Look(size=13, bold=True))
    _rule(_write(right, "", Look(size=4)), left_mm=23, right_mm=23)
    left, right = table.rows[1].cells
    _write(left, "Số:        /BC-ĐTT", Look(size=13))
    _write(
        right,
        "{{ commune }}, ngày {{ day }} tháng {{ month }} năm {{ year }}",
        Look(size=13, italic=True),
    )


def _title(document: Document) -> None:
    _paragraph(document, "", Look(size=6))
    _paragraph(document, "BÁO CÁO", Look(bold=True))
    _paragraph(
        document, "Kết quả hoạt động truyền thanh cơ sở {{ period_inside }}", Look(bold=True)
    )
    _paragraph(document, "{%p if is_part %}", Look())
    _paragraph(document, "({{ scope }})", Look(bold=True))
    _paragraph(document, "{%p endif %}", Look())
    _rule(_paragraph(document, "", Look(size=4, after=8)), left_mm=58, right_mm=58)


def _block(document: Document, block: Text | TableWords) -> None:
    if isinstance(block, TableWords):
        _data_table(document, block, size=TABLE_PT)
        return
    if block.logic:
        _paragraph(document, block.words, Look(align=LEFT))
        return
    look = Look(bold=block.bold, italic=block.italic, align=JUSTIFY, after=6)
    paragraph = _paragraph(document, block.words, look)
    paragraph.paragraph_format.first_line_indent = Mm(10)
    paragraph.paragraph_format.keep_with_next = block.bold


def _data_table(document: Document, words: TableWords, *, size: float) -> None:
    """A head that is repeated on each page, one row for each of the data, and its sums."""
    if words.caption:
        caption = _paragraph(document, words.caption, Look(italic=True, size=13, after=3))
        caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=len(words.columns))
    table.style = document.styles["Table Grid"]
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = [column.width_mm for column in words.columns]
    _set_widths(table, widths)
    head = [column.name for column in words.columns]
    _table_row(table, head, widths, Look(size=size, bold=True), words, is_head=True)
    _table_row(table, [f"{{%tr for row in {words.key} %}}"], widths, Look(size=size), words)
    cells = [f"{{{{ row.{column.key} }}}}" for column in words.columns]
    _table_row(table, cells, widths, Look(size=size), words)
    _table_row(table, ["{%tr endfor %}"], widths, Look(size=size), words)
    if words.has_sums:
        sums = [
            "Cộng" if not place else f"{{{{ {words.key}_sums.{column.key} }}}}"
            for place, column in enumerate(words.columns)
        ]
        _table_row(table, sums, widths, Look(size=size, bold=True), words)
    _paragraph(document, "", Look(size=6))


def _table_row(
    table: Table,
    texts: Sequence[str],
    widths: Sequence[float],
    look: Look,
    words: TableWords,
    *,
    is_head: bool = False,
) -> None:
    row = table.add_row()  # type: ignore[no-untyped-call]
    if is_head:
        # Rows may break over pages: told not to, LibreOffice loses one under a repeated head.
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx cannot say this
        properties.append(OxmlElement("w:tblHeader"))
    for place, cell in enumerate(row.cells):
        cell.width = Mm(widths[place])
        paragraph = cell.paragraphs[0]
        paragraph.alignment = LEFT if words.columns[place].is_text and not is_head else CENTRE
        run = paragraph.add_run(texts[place] if place < len(texts) else "")
        run.font.size, run.bold = Pt(look.size), look.bold


def _signature(document: Document) -> None:
    """To whom it goes, left; the position of who signs, right; nothing is signed."""
    _paragraph(document, "", Look(size=8))
    table = _bare_table(document, widths=(80, 85), rows=1)
    left, right = table.rows[0].cells
    _write(left, "Nơi nhận:", Look(size=12, bold=True, italic=True, align=LEFT))
    for line in ("- UBND {{ commune }};", "- Phòng Văn hóa - Xã hội;", "- Lưu: VT, ĐTT."):
        _write(left, line, Look(size=11, align=LEFT))
    _write(right, "TRƯỞNG ĐÀI", Look(bold=True))
    for _ in range(4):
        _write(right, "", Look())
    _write(right, "(Chữ ký, họ và tên)", Look(size=12, italic=True))


def _annex(document: Document) -> None:
    """On paper laid across, because parts of coverage stand in a column each."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _lay_across(section)
    _paragraph(document, "PHỤ LỤC", Look(bold=True))
    _paragraph(document, "Độ phủ theo thôn, {{ period_inside }}", Look(bold=True))
    _paragraph(
        document,
        "(Kèm theo Báo cáo số        /BC-ĐTT ngày {{ day }} tháng {{ month }} năm {{ year }} "
        "của Đài Truyền thanh)",
        Look(italic=True, size=13, after=8),
    )
    _paragraph(document, "{%p if villages %}", Look())
    _data_table(document, ANNEX, size=ANNEX_PT)
    _paragraph(document, ANNEX_NOTE, Look(size=12, italic=True, align=JUSTIFY))
    _paragraph(document, "{%p else %}", Look())
    _paragraph(document, NOTHING_ASKED, Look())
    _paragraph(document, "{%p endif %}", Look())


def _lay_across(section: Section) -> None:
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = False


def _bare_table(document: Document, *, widths: Sequence[float], rows: int) -> Table:
    table: Table = document.add_table(rows=rows, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _set_widths(table, widths)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _set_widths(table: Table, widths: Sequence[float]) -> None:
    """Word goes by the cells' widths, LibreOffice by the columns'."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _write(cell: _Cell, text: str, look: Look) -> Paragraph:
    first = cell.paragraphs[0]
    fresh = first if len(cell.paragraphs) == 1 and not first.runs else cell.add_paragraph()
    return _dress(fresh, text, look)


def _paragraph(document: Document, text: str, look: Look) -> Paragraph:
    return _dress(document.add_paragraph(), text, look)


def _dress(paragraph: Paragraph, text: str, look: Look) -> Paragraph:
    paragraph.alignment = look.align
    paragraph.paragraph_format.space_before = Pt(0)
    paragraph.paragraph_format.space_after = Pt(look.after)
    paragraph.paragraph_format.line_spacing = 1.0
    run = paragraph.add_run(text)
    run.font.size, run.bold, run.italic = Pt(look.size), look.bold, look.italic
    return paragraph


def _rule(paragraph: Paragraph, *, left_mm: float, right_mm: float) -> None:
    """A line of its own above an empty paragraph, drawn in from both sides."""
    paragraph.paragraph_format.left_indent = Mm(left_mm)
    paragraph.paragraph_format.right_indent = Mm(right_mm)
    paragraph.paragraph_format.space_before = Pt(2)
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no borders
    properties.insert_element_before(
        borders,
        "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
        "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd",
        "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
        "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap",
        "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange",
    )  # fmt: skip

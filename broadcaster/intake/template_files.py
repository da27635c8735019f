"""A template to fill for each kind of list: its headings, one example, what each column means."""

import csv
import io
from enum import StrEnum

from xlsxwriter import Workbook

from broadcaster.intake.checking import Kind

EXAMPLE_SHEET, NOTES_SHEET = "Danh sách", "Giải thích"
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class TemplateFormat(StrEnum):
    """What a template can be downloaded as."""

    XLSX = "xlsx"
    CSV = "csv"


def template_file(kind: Kind, wanted: TemplateFormat) -> bytes:
    """The template's bytes; people delete the example row, or write over it."""
    return _xlsx(kind) if wanted is TemplateFormat.XLSX else _csv(kind)


def _csv(kind: Kind) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.name for column in kind.columns])
    writer.writerow([column.example for column in kind.columns])
    # With its mark, so that Excel reads it as UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _xlsx(kind: Kind) -> bytes:
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1EBDD", "border": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        page = book.add_worksheet(EXAMPLE_SHEET)
        notes = book.add_worksheet(NOTES_SHEET)
        notes.write_row(0, 0, ["Tên cột", "Cần có", "Cách ghi"], head)
        for place, column in enumerate(kind.columns):
            page.write_string(0, place, column.name, head)
            if isinstance(column.example, str):
                page.write_string(1, place, column.example)
            else:
                page.write_number(1, place, column.example)
            needed = "có" if column.required else ""
            for at, words in enumerate((column.name, needed, column.note)):
                notes.write_string(place + 1, at, words, wrapped)
        page.set_column(0, len(kind.columns) - 1, 20)
        page.freeze_panes(1, 0)
        notes.set_column(0, 1, 20)
        notes.set_column(2, 2, 80)
    return file.getvalue()

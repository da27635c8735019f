"""A report as a workbook: a sheet for each table, real numbers, sums and shares that count live.

What people wrote is stored as strings, never as a formula or a link. Beside each formula its value
stands as Loa counted it, for readers that do not count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from types import MappingProxyType

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from broadcaster.ledger.play_state import Outcome
from broadcaster.reports.all_sheets import sheets_of
from broadcaster.reports.report import Report
from broadcaster.reports.sheets import NUMBERS, Cell, Column, Kind, Row, Sheet
from broadcaster.reports.shown import Writer
from broadcaster.reports.wording import OUTCOMES
from broadcaster.web.language import msgid

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "topics": "Theo chủ đề",
        "urgencies": "Theo mức ưu tiên",
        "villages": "Theo thôn",
        "poles": "Từng cụm loa",
        "emergencies": "Khẩn cấp",
        "repairs": "Sửa chữa",
        "opinions": "Ý kiến",
        "answers": "Trả lời",
        "broadcasts": "Từng lần phát",
    }
)
SUMMARY = "Tổng hợp"
_WIDTHS: Mapping[Kind, int] = MappingProxyType(
    {Kind.TEXT: 28, Kind.WORDS: 22, Kind.TOPIC: 26, Kind.INSTANT: 18, Kind.FAULTS: 34}
)
_NUMBER_WIDTH = 14
_LONG_TEXT_KEYS = frozenset({"title", "words"})
_FORMATS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.COUNT: "#,##0",
        Kind.RESIDENTS: "#,##0",
        Kind.MINUTES: "#,##0.0",
        Kind.SHARE: "0.0%",
        Kind.INSTANT: "dd/mm/yyyy hh:mm",
    }
)
_TITLE_ROW, _NOTE_ROW, _HEAD_ROW, _FIRST_ROW = 0, 1, 3, 4

_OF_ALL: Sequence[tuple[str, str, str, Kind]] = (
    (msgid("Tin, bài đã phát"), "topics", "broadcasts", Kind.COUNT),
    (msgid("Số lần phát"), "topics", "times", Kind.COUNT),
    (msgid("Số phút"), "topics", "minutes", Kind.MINUTES),
    (msgid("Lượt loa phải phát"), "poles", "plays", Kind.COUNT),
    *(
        (name, "poles", str(outcome), Kind.COUNT)
        for outcome, name in OUTCOMES.items()
        if outcome is not Outcome.UNVERIFIABLE
    ),
    (msgid("Phút phải phát"), "poles", "asked_minutes", Kind.MINUTES),
    (msgid("Phút đã phát"), "poles", "played_minutes", Kind.MINUTES),
    (msgid("Dân số các thôn được phát tới"), "villages", "residents", Kind.RESIDENTS),
    (msgid("Người dân ở nơi loa đã phát ít nhất một lần"), "villages", "reached", Kind.RESIDENTS),
    (msgid("Lượt dân"), "villages", "asked", Kind.RESIDENTS),
    *(
        (name, "villages", str(outcome), Kind.RESIDENTS)
        for outcome, name in OUTCOMES.items()
    ),
    (msgid("Chưa có loa"), "villages", "unserved", Kind.RESIDENTS),
    (msgid("Độ phủ"), "villages", "share", Kind.SHARE),
)  # fmt: skip
_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "topics": msgid("Phát thanh"),
        "poles": msgid("Lượt phát của loa"),
        "villages": msgid("Độ phủ, theo lượt dân"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """The workbook being written, with its formats."""

    workbook: Workbook
    writer: Writer
    formats: Mapping[str, Format]

    def format_of(self, kind: Kind, *, is_sum: bool = False) -> Format:
        """How cells of a kind look."""
        return self.formats[f"{kind}{'+' if is_sum else ''}"]


def xlsx_file(report: Report, writer: Writer) -> bytes:
    """The file's bytes."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as workbook:
        workbook.set_properties({"title": "Báo cáo", "author": report.place.station})
        workbook.set_calc_mode("auto")
        book = _Book(workbook=workbook, writer=writer, formats=_formats(workbook))
        summary = workbook.add_worksheet(SUMMARY)
        sheets = sheets_of(report)
        for each in sheets:
            _write_sheet(book, report, each)
        _write_summary(book, summary, report, {each.key: each for each in sheets})
    return file.getvalue()


def _formats(workbook: Workbook) -> dict[str, Format]:
    font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    found = {
        "title": workbook.add_format({**font, "font_size": 14, "bold": True}),
        "note": workbook.add_format({**font, "italic": True}),
        "head": workbook.add_format(
            {**font, "bold": True, "text_wrap": True, "border": 1, "bg_color": "#F1EBDD",
             "align": "center", "valign": "vcenter"}
        ),
        "sum": workbook.add_format({**font, "bold": True, "border": 1, "top": 2}),
    }  # fmt: skip
    for kind in Kind:
        look: dict[str, object] = {**font, "border": 1}
        if kind in _FORMATS:
            look["num_format"] = _FORMATS[kind]
        else:
            look["text_wrap"] = True
        found[str(kind)] = workbook.add_format(look)
        found[f"{kind}+"] = workbook.add_format({**look, "bold": True, "top": 2})
    return found


def _write_sheet(book: _Book, report: Report, sheet: Sheet) -> None:
    page = book.workbook.add_worksheet(NAMES[sheet.key])
    _lay_out(page)
    say = book.writer.say
    page.write_string(_TITLE_ROW, 0, say(sheet.title), book.formats["title"])
    about = f"{book.writer.scope(report)} · {book.writer.period(report)}"
    page.write_string(_NOTE_ROW, 0, about, book.formats["note"])
    if sheet.note:
        page.write_string(_NOTE_ROW + 1, 0, say(sheet.note), book.formats["note"])
    for place, column in enumerate(sheet.columns):
        page.write_string(_HEAD_ROW, place, say(column.name), book.formats["head"])
        wide = 48 if column.key in _LONG_TEXT_KEYS else _WIDTHS.get(column.kind, _NUMBER_WIDTH)
        page.set_column(place, place, wide)
    for number, row in enumerate(sheet.rows, start=_FIRST_ROW):
        for place, column in enumerate(sheet.columns):
            _write_cell(book, page, (number, place), column=column, sheet=sheet, row=row)
    if sheet.sums:
        _write_sums(book, page, sheet)
    page.freeze_panes(_FIRST_ROW, 1)
    page.repeat_rows(_HEAD_ROW)
    page.autofilter(_HEAD_ROW, 0, _FIRST_ROW + len(sheet.rows) - 1, len(sheet.columns) - 1)


def _lay_out(page: Worksheet) -> None:
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.8, right=0.6, top=0.8, bottom=0.8)
    page.set_footer("&C&P/&N")


def _write_cell(
    book: _Book, page: Worksheet, at: tuple[int, int], *, column: Column, sheet: Sheet, row: Row
) -> None:
    value, look = row.cells.get(column.key), book.format_of(column.kind)
    if column.of:
        page.write_formula(*at, _share(sheet, column, at[0]), look, _value(value))
    elif value is None or value == ():
        page.write_blank(*at, None, look)
    elif column.kind in NUMBERS:
        page.write_number(*at, float(str(value)), look)
    elif isinstance(value, datetime):
        local = value.astimezone(book.writer.zone).replace(tzinfo=None)
        page.write_datetime(*at, local, look)
    else:
        page.write_string(*at, book.writer.cell(column, row.cells), look)


def _write_sums(book: _Book, page: Worksheet, sheet: Sheet) -> None:
    at = _FIRST_ROW + len(sheet.rows)
    for place, column in enumerate(sheet.columns):
        look = book.format_of(column.kind, is_sum=True)
        if column.of and column.key in sheet.sums:
            value = _value(sheet.sums[column.key])
            page.write_formula(at, place, _share(sheet, column, at), look, value)
        elif column.summed:
            letter = xl_col_to_name(place)
            formula = f"=SUM({letter}{_FIRST_ROW + 1}:{letter}{at})"
            page.write_formula(at, place, formula, look, sheet.sums[column.key])
        elif not place:
            page.write_string(at, 0, book.writer.say(msgid("Cộng")), book.formats["sum"])
        else:
            page.write_blank(at, place, None, look)


def _write_summary(
    book: _Book, page: Worksheet, report: Report, sheets: Mapping[str, Sheet]
) -> None:
    """The whole in one column; each figure is a sum of another sheet, by reference."""
    _lay_out(page)
    page.set_portrait()
    page.set_column(0, 0, 52)
    page.set_column(1, 1, 18)
    say = book.writer.say
    page.write_string(0, 0, "BÁO CÁO HOẠT ĐỘNG TRUYỀN THANH CƠ SỞ", book.formats["title"])
    lines = [book.writer.scope(report), book.writer.period(report)]
    if not report.is_over:
        lines.append(say(msgid("Số liệu tính đến %(now)s."), now=_now(book, report)))
    if report.rehearsal:
        lines.append("Đài trình diễn: mọi xác nhận do loa mô phỏng ký.")
    for number, line in enumerate(lines, start=1):
        page.write_string(number, 0, line, book.formats["note"])
    at, group = len(lines) + 2, ""
    for name, key, column, kind in _OF_ALL:
        sheet = sheets.get(key)
        if sheet is None or column not in sheet.sums:
            continue
        if key != group:
            group = key
            page.write_string(at, 0, say(_GROUPS[key]), book.formats["head"])
            page.write_blank(at, 1, None, book.formats["head"])
            at += 1
        page.write_string(at, 0, say(name), book.format_of(Kind.WORDS))
        reference = f"='{NAMES[key]}'!{_sum_cell(sheet, column)}"
        page.write_formula(at, 1, reference, book.format_of(kind), sheet.sums[column])
        at += 1


def _now(book: _Book, report: Report) -> str:
    return book.writer.instant(report.made_at)


def _sum_cell(sheet: Sheet, key: str) -> str:
    place = [column.key for column in sheet.columns].index(key)
    cell: str = xl_rowcol_to_cell(_FIRST_ROW + len(sheet.rows), place)
    return cell


def _share(sheet: Sheet, column: Column, row: int) -> str:
    keys = [each.key for each in sheet.columns]
    part, whole = (xl_rowcol_to_cell(row, keys.index(key)) for key in column.of or ())
    return f'=IF(N({whole})=0,"",{part}/{whole})'


def _value(value: Cell) -> float | str:
    return value if isinstance(value, float) else ""

"""The workbook: real numbers, sums that count live, and words that are never formulas."""

import csv
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from broadcaster.ledger.play_state import Outcome
from broadcaster.reports.files import FileKind
from broadcaster.reports.report import Report
from broadcaster.reports.xlsx_file import NAMES, SUMMARY
from tests.broadcaster.reports.made import file_of, report_of
from tests.broadcaster.reports.office import converted
from tests.broadcaster.reports.scene import Scene

HEAD_ROW = 4


@pytest.fixture(scope="module")
def report(told_quarter: Scene) -> Report:
    """The quarter of the whole station."""
    return report_of(told_quarter)


@pytest.fixture(scope="module")
def file(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its workbook."""
    return file_of(FileKind.XLSX, report, tmp_path_factory.mktemp("xlsx") / "report.xlsx")


def column_of(sheet: Worksheet, name: str) -> str:
    """The letter of a column by its name."""
    for cell in sheet[HEAD_ROW]:
        if cell.value == name:
            return str(cell.column_letter)
    raise AssertionError(name)


def row_of(sheet: Worksheet, first: str) -> int:
    """The row that begins with this."""
    for row in range(1, sheet.max_row + 1):
        if sheet.cell(row, 1).value == first:
            return row
    raise AssertionError(first)


def test_every_sum_is_a_formula_over_real_numbers(file: Path) -> None:
    """Below each column that may be added up; the numbers above are numbers, not text."""
    sheet = openpyxl.load_workbook(file)[NAMES["villages"]]
    letter, last = column_of(sheet, "Đã xác nhận"), sheet.max_row

    assert sheet[f"{letter}{last}"].value == f"=SUM({letter}5:{letter}{last - 1})"
    numbers = [sheet[f"{letter}{row}"] for row in range(HEAD_ROW + 1, last)]
    assert [cell.value for cell in numbers] == [2_000, 1_500, 480]
    assert {cell.number_format for cell in numbers} == {"#,##0"}
    assert sheet.freeze_panes == "B5"


def test_what_people_wrote_is_never_a_formula(file: Path) -> None:
    """An answer that begins with `=` is a string; all formulas are ours."""
    book = openpyxl.load_workbook(file)
    answers = book[NAMES["answers"]]
    letter = column_of(answers, "Nội dung trả lời")
    written = [answers[f"{letter}{row}"] for row in (5, 6)]
    formulas = [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]

    assert [(cell.value, cell.data_type) for cell in written] == [
        ("Đài đã chỉnh lại âm lượng loa.", "s"),
        ("=1+1 Đài cảm ơn bà con.", "s"),
    ]
    assert formulas
    assert all(str(each).startswith(("=SUM(", "=IF(N(", "='")) for each in formulas)


def test_the_values_beside_the_formulas_are_the_reports(file: Path, report: Report) -> None:
    """Whoever reads without counting reads what Loa counted."""
    sheet = openpyxl.load_workbook(file, data_only=True)[SUMMARY]
    told = {sheet.cell(row, 1).value: sheet.cell(row, 2).value for row in range(1, sheet.max_row)}

    assert told["Tin, bài đã phát"] == report.total.broadcasts
    assert told["Lượt loa phải phát"] == report.plays.asked
    assert told["Phút đã phát"] == pytest.approx(report.plays.played_ms / 60_000)
    assert told["Lượt dân"] == report.coverage.whole.coverage.asked
    assert told["Người dân ở nơi loa đã phát ít nhất một lần"] == pytest.approx(
        report.coverage.whole.reach.reached
    )


@pytest.mark.office
def test_libreoffice_counts_the_same_and_counts_anew(
    file: Path, report: Report, tmp_path: Path
) -> None:
    """Without the values that Loa wrote, and with one figure changed by hand: all sums follow."""
    untouched, changed = (openpyxl.load_workbook(file) for _ in range(2))
    villages = changed[NAMES["villages"]]
    villages[f"{column_of(villages, 'Đã xác nhận')}5"].value += 1_000
    files = [tmp_path / "untouched.xlsx", tmp_path / "changed.xlsx"]
    for book, kept in zip((untouched, changed), files, strict=True):
        book.save(kept)  # openpyxl writes formulas without their values
    same, other = (
        openpyxl.load_workbook(counted, data_only=True)
        for counted in converted(files, to="xlsx", into=tmp_path / "counted")
    )
    whole = report.coverage.whole.coverage

    assert figures(same) == pytest.approx(
        [*(getattr(whole, outcome) for outcome in Outcome), whole.coverage]
    )
    assert figures(other)[0] == pytest.approx(whole.confirmed + 1_000)
    assert figures(other)[-1] == pytest.approx((whole.confirmed + 1_000) / whole.asked)


def figures(book: openpyxl.Workbook) -> list[float]:
    """The coverage that the first sheet tells: its parts, and their share."""
    sheet = book[SUMMARY]
    first = row_of(sheet, "Lượt dân") + 1
    parts = [sheet.cell(row, 2).value for row in range(first, first + len(Outcome))]
    return [float(str(each)) for each in (*parts, sheet.cell(row_of(sheet, "Độ phủ"), 2).value)]


def test_csv_has_every_table_and_no_formula(report: Report, tmp_path: Path) -> None:
    """Its mark makes spreadsheets read UTF-8; what begins like a formula is made harmless."""
    content = file_of(FileKind.CSV, report, tmp_path / "report.csv").read_bytes()
    rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))

    assert content.startswith(b"\xef\xbb\xbf")
    assert next(row for row in rows if row[:1] == ["Thôn Ba"])[:4] == [
        "Thôn Ba",
        "800",
        "480",
        "0.6",
    ]
    assert "'=1+1 Đài cảm ơn bà con." in [row[-1] for row in rows if row]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert sum(row[:1] == ["Từng lần phát"] for row in rows) == 1

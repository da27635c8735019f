"""Files are read whatever program of a Vietnamese office wrote them; what would harm is refused."""

import io
import unicodedata
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
import xlsxwriter

from broadcaster.errors import BadInput
from broadcaster.intake.columns import Sheet, laid_out
from broadcaster.intake.errors import (
    FILE_LIMIT_BYTES,
    ROWS_LIMIT,
    FileDamaged,
    FileLocked,
    FileMissing,
    FileTooLarge,
    HeadingsMissing,
    LettersUnknown,
    NothingInFile,
    TooManyRows,
)
from broadcaster.intake.kinds import KINDS, Table
from broadcaster.intake.reading import read_tables
from tests.broadcaster.intake.conftest import csv_bytes, xlsx_bytes

COLUMNS = KINDS[Table.VILLAGES].columns
HEAD = "Thôn,Số hộ,Số dân,Trưởng thôn"
ROW = "Thôn Đông Hạ,312,1234,Nguyễn Thị Ưởng"
EXPECTED = {"village": "Thôn Đông Hạ", "households": "312", "residents": "1234",
            "head": "Nguyễn Thị Ưởng"}  # fmt: skip


def read(data: bytes) -> Sheet:
    """A file as a list of villages."""
    return laid_out(read_tables(data), COLUMNS)


def in_windows_1258(text: str) -> bytes:
    """As Windows keeps Vietnamese: tones apart from their letters."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    apart = ""
    for sign in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", sign)
        tone = "".join(each for each in marks if each in tones)
        rest = unicodedata.normalize("NFC", "".join(each for each in marks if each not in tones))
        apart += rest + tone
    return apart.encode("cp1258")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_letters_and_delimiters_are_found_out(encoding: str, delimiter: str) -> None:
    """By the bytes and by the headings, not by what somebody says of the file."""
    data = f"{HEAD}\r\n{ROW}".replace(",", delimiter).encode(encoding)

    assert dict(read(data).records[0].cells) == EXPECTED


def test_windows_1258_is_read_and_composed() -> None:
    """Its tones are signs of their own; here they stand on their letters again."""
    assert dict(read(in_windows_1258(f"{HEAD}\r\n{ROW}")).records[0].cells) == EXPECTED


def test_a_cell_may_hold_delimiters_and_lines() -> None:
    """As RFC 4180 quotes them; the row's number is the one its program shows."""
    sheet = read(csv_bytes(HEAD, '"Thôn\nĐông, Hạ",1,2,""', "Thôn Tây,3,4,"))

    assert [each.number for each in sheet.records] == [2, 4]


def test_the_headings_may_stand_below_titles() -> None:
    """A document's head stands above them; cells are named by their place in the file."""
    sheet = read(
        csv_bytes("UBND XÃ THƯỢNG", "DANH SÁCH THÔN", "", "STT;Ten thon;So ho;Nhân khẩu (người)",
                  "1;Thôn Một;10;40")
    )  # fmt: skip

    assert dict(sheet.records[0].cells) == {"village": "Thôn Một", "households": "10",
                                            "residents": "40"}  # fmt: skip
    assert sheet.unknown == ["STT"]
    assert sheet.cell_of(sheet.records[0], "residents") == "D5"


@pytest.mark.parametrize(
    "heading", ["Số dân", "SỐ DÂN", "so dan", "Dân số", "residents", "Population", "Số dân *"]
)
def test_a_heading_is_known_by_several_names(heading: str) -> None:
    """With or without diacritics, in capitals, in English."""
    assert read(csv_bytes(f"Thôn,{heading}", "Thôn Một,7")).records[0].cells["residents"] == "7"


def test_a_workbook_gives_numbers_days_and_the_values_of_formulas() -> None:
    """The value that its program counted last; openpyxl only reads what xlsxwriter wrote."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.add_worksheet("Ghi chú").write_string(0, 0, "không có gì ở đây")
        page = book.add_worksheet("Thôn")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, ["Thôn", "Số hộ", "Số dân", "Từ ngày"])
        page.write_string(1, 0, "Thôn Một")
        page.write_number(1, 1, 312)
        page.write_formula(1, 2, "=B2*4", None, 1248)
        page.write_datetime(1, 3, datetime(2026, 12, 22), day)
        page.write_blank(400, 0, None, day)
    cells = read(file.getvalue()).records[0].cells

    assert dict(cells) == {"village": "Thôn Một", "households": 312, "residents": 1248,
                           "since": "2026-12-22"}  # fmt: skip


def test_times_of_a_workbook_are_times() -> None:
    """A cell of a time alone, as a schedule has it."""
    book = openpyxl.Workbook()
    for row in (["Thôn", "Số dân"], ["Thôn Một", time(17, 30)], ["Hai", date(2026, 1, 2)]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)

    assert [each.cells["residents"] for each in read(file.getvalue()).records] == [
        "17:30",
        "2026-01-02",
    ]


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (b"", FileMissing),
        (b" \r\n ", FileMissing),
        (b"x" * (FILE_LIMIT_BYTES + 1), FileTooLarge),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, FileLocked),
        (b"PK\x03\x04 and then nothing", FileDamaged),
        (b"\xff\xfe\x00", LettersUnknown),
        (b"a,\x90\x9d\xff", LettersUnknown),
        (csv_bytes("một,hai", "1,2"), HeadingsMissing),
        (csv_bytes("Số dân,Số hộ", "1,2"), HeadingsMissing),
        (csv_bytes(HEAD), NothingInFile),
        (csv_bytes(HEAD, ",,,"), NothingInFile),
        (csv_bytes(HEAD, *["a,1,1,"] * (ROWS_LIMIT + 1)), TooManyRows),
        (csv_bytes(HEAD, *["a,1,1,"] * (ROWS_LIMIT + 100)), TooManyRows),
        (csv_bytes(HEAD, "x" * 200_000), FileDamaged),
    ],
    ids=range(14),
)
def test_what_cannot_be_used_is_refused_with_its_reason(
    data: bytes, refused: type[BadInput]
) -> None:
    """Each by its own name; nothing is guessed."""
    with pytest.raises(refused):
        read(data)


def test_the_columns_that_are_missing_are_named() -> None:
    """In the words of the template."""
    with pytest.raises(HeadingsMissing) as refused:
        laid_out(read_tables(csv_bytes("Thôn,Ghi chú", "a,b")), KINDS[Table.RESIDENTS].columns)

    assert "Số hộ, Số dân" in refused.value.message_vi


def rezipped(data: bytes, **parts: bytes) -> bytes:
    """A workbook with some of its parts replaced."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(
                name, parts.get(name.rpartition("/")[2].replace(".", "_"), before.read(name))
            )
        for name in parts.keys() - {
            each.rpartition("/")[2].replace(".", "_") for each in before.namelist()
        }:
            after.writestr(name, parts[name])
    return file.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked() -> None:
    """A hundred megabytes of zeros weigh a hundred kilobytes in a ZIP."""
    bomb = rezipped(xlsx_bytes(["Thôn"], ["a"]), padding=b"\0" * 100_000_000)
    assert len(bomb) < FILE_LIMIT_BYTES

    with pytest.raises(FileTooLarge):
        read(bomb)


def test_a_document_type_declaration_is_refused() -> None:
    """No entity can grow that cannot be declared."""
    xml = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'

    with pytest.raises(FileDamaged):
        read(rezipped(xlsx_bytes(["Thôn"], ["a"]), sheet1_xml=xml))


def test_a_sheet_that_claims_to_be_endless_is_read_as_it_is() -> None:
    """Its own word on its size is not believed; a row far below is not looked for."""
    xml = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
        b'spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Th\xc3\xb4n</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>M\xe1\xbb\x99t</t></is></c></row>'
        b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>xa</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    sheet = read(rezipped(xlsx_bytes(["Thôn"], ["a"]), sheet1_xml=xml))

    assert [each.cells for each in sheet.records] == [{"village": "Một"}]

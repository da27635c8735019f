"""The files that a report is sent as: which kinds there are, how each is made and named."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from broadcaster.ledger.periods import written_period
from broadcaster.reports.csv_file import csv_file
from broadcaster.reports.docx_file import docx_file
from broadcaster.reports.pdf_file import pdf_file
from broadcaster.reports.report import Report
from broadcaster.reports.shapes import ReportOut
from broadcaster.reports.shown import Writer
from broadcaster.reports.xlsx_file import xlsx_file

TEMPLATE_NAME = "report-template.docx"
"""The station's own Word template, in its state folder."""


class FileKind(StrEnum):
    """What a report can be written as."""

    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What files are made with: how things are written, and where the station keeps its own."""

    writer: Writer
    state_dir: Path

    @property
    def template(self) -> Path:
        """Where the station's own Word template lies, if it has one."""
        return self.state_dir / TEMPLATE_NAME


MEDIA_TYPES: Mapping[FileKind, str] = MappingProxyType(
    {
        FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        FileKind.PDF: "application/pdf",
        FileKind.CSV: "text/csv; charset=utf-8",
        FileKind.JSON: "application/json",
    }
)
_MAKERS: Mapping[FileKind, Callable[[Report, Making], bytes]] = MappingProxyType(
    {
        FileKind.DOCX: lambda report, making: docx_file(
            report, making.writer, own_template=making.template
        ),
        FileKind.XLSX: lambda report, making: xlsx_file(report, making.writer),
        FileKind.PDF: lambda report, making: pdf_file(report, making.writer),
        FileKind.CSV: lambda report, making: csv_file(report, making.writer),
        FileKind.JSON: lambda report, _: (
            ReportOut.of(report).model_dump_json(indent=2).encode() + b"\n"
        ),
    }
)


def make_file(kind: FileKind, report: Report, making: Making) -> bytes:
    """The bytes of a file; raise TemplateBroken, PdfNotPossible."""
    return _MAKERS[kind](report, making)


def file_name(kind: FileKind, report: Report) -> str:
    """A name that says what is in it, in letters that every system keeps."""
    scope = f"-{_plain(report.scope.name)}" if report.scope.name else ""
    return f"bao-cao-{written_period(report.period).replace('..', '-den-')}{scope}.{kind}"


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    ascii_only = letters.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:60]

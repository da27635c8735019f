"""A report as a Word file: the station's own template, or Loa's, filled with figures and words.

A template is only ever given text. It is read in a sandbox all the same, and whatever people wrote
stands in it as text, never as markup.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import LxmlError

from broadcaster.reports.all_sheets import sheets_of
from broadcaster.reports.docx_template import template
from broadcaster.reports.errors import TemplateBroken
from broadcaster.reports.report import Report
from broadcaster.reports.scopes import ScopeKind
from broadcaster.reports.sheets import Sheet
from broadcaster.reports.shown import NOTHING, Writer
from broadcaster.reports.wording import OUTCOMES
from broadcaster.web.formats import number, share

KEYS = (
    "topics", "urgencies", "villages", "poles", "emergencies", "repairs", "opinions", "answers",
    "broadcasts",
)  # fmt: skip
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_BROKEN = (
    TemplateError, BadZipFile, PackageNotFoundError, LxmlError, KeyError, ValueError, TypeError,
    AttributeError, ArithmeticError,
)  # fmt: skip
"""What comes of a file that is no .docx, or of words in it that cannot be filled."""

Filling = dict[str, object]


def docx_file(report: Report, writer: Writer, *, own_template: Path) -> bytes:
    """The file's bytes; raise TemplateBroken where the station's own template cannot be filled."""
    filling = filling_of(report, writer)
    if not own_template.exists():
        return _filled(template(), filling)
    try:
        return _filled(own_template.read_bytes(), filling)
    except _BROKEN as error:
        raise TemplateBroken(f"{type(error).__name__}: {error}"[:300]) from error


def filling_of(report: Report, writer: Writer) -> Filling:
    """What a template may name: single words, figures in groups, tables as rows of text."""
    sheets = {each.key: each for each in sheets_of(report)}
    made = report.made_at.astimezone(writer.zone)
    period = writer.period(report)
    filling: Filling = {
        "station": _plain(report.place.station),
        "commune": _plain(report.place.commune),
        "commune_upper": _plain(report.place.commune.upper()),
        "province": _plain(report.place.province),
        "scope": _plain(writer.scope(report)),
        "is_part": report.scope.kind is not ScopeKind.STATION,
        "is_whole": report.opinions is not None,
        "is_over": report.is_over,
        "rehearsal": report.rehearsal,
        "period": period,
        "period_inside": period[:1].lower() + period[1:],
        "first": f"{report.period.first:%d/%m/%Y}",
        "last": f"{report.period.last:%d/%m/%Y}",
        "made_at": writer.instant(report.made_at),
        "day": f"{made.day:02d}",
        "month": f"{made.month:02d}" if made.month < 3 else str(made.month),
        "year": str(made.year),
        "total": {
            "broadcasts": number(report.total.broadcasts),
            "times": number(report.total.times),
            "minutes": number(report.total.on_air_ms / 60_000, decimals=1),
        },
        "plays": {
            "asked": number(report.plays.asked),
            "asked_minutes": number(report.plays.asked_ms / 60_000, decimals=1),
            "played_minutes": number(report.plays.played_ms / 60_000, decimals=1),
        },
        "outcomes": _outcomes(report, writer),
        "coverage": _coverage(report),
    }
    for key in KEYS:
        filling[key] = _rows(sheets[key], writer) if key in sheets else []
        filling[f"{key}_sums"] = _sums(sheets[key], writer) if key in sheets else defaultdict(str)
    return filling


def _filled(file: bytes, filling: Filling) -> bytes:
    document = DocxTemplate(BytesIO(file))
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    document.render(filling, environment)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _rows(sheet: Sheet, writer: Writer) -> list[Mapping[str, str]]:
    return [
        {column.key: _plain(writer.cell(column, row.cells)) for column in sheet.columns}
        for row in sheet.rows
    ]


def _sums(sheet: Sheet, writer: Writer) -> Mapping[str, str]:
    return {
        column.key: writer.cell(column, sheet.sums) if column.key in sheet.sums else ""
        for column in sheet.columns
    }


def _outcomes(report: Report, writer: Writer) -> list[Mapping[str, str]]:
    asked = report.plays.asked
    return [
        {
            "name": writer.say(name),
            "count": number(report.plays.of(outcome)),
            "share": share(report.plays.of(outcome) / asked) if asked else NOTHING,
        }
        for outcome, name in OUTCOMES.items()
        if outcome != "unverifiable"
    ]


def _coverage(report: Report) -> Mapping[str, str]:
    whole = report.coverage.whole
    mean, reach = whole.coverage.coverage, whole.reach.share
    return {
        "asked": number(whole.coverage.asked),
        "share": share(mean) if mean is not None else NOTHING,
        "residents": number(whole.reach.residents),
        "reached": number(int(whole.reach.reached)),
        "reach": share(reach) if reach is not None else NOTHING,
        "heard": _heard(report),
    }


def _heard(report: Report) -> str:
    heard = report.coverage.heard
    if heard is None or not heard.asked or heard.unsaid >= heard.asked:
        return "chưa ai nói"
    told = f"nghe rõ {share(heard.clear / heard.asked)}"
    told += f", không nghe {share(heard.not_heard / heard.asked)}"
    if heard.disputed:
        told += f", mỗi người nói một khác {share(heard.disputed / heard.asked)}"
    return f"{told} lượt người dân, còn lại chưa ai nói"


def _plain(text: str) -> str:
    """Text without what XML cannot hold."""
    return _NOT_IN_XML.sub("", text)

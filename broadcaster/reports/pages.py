"""The page of reports: choose a period and whom it is about, look at it, take it as a file."""

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.coverage.wording import Words, words_of_period
from broadcaster.ledger.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    Period,
    half_year,
    month_of,
    one_year,
    quarter,
    written_period,
)
from broadcaster.reports.asking import (
    asked_period,
    asked_report,
    due_period,
    scope_choices,
)
from broadcaster.reports.body import ROWS_SHOWN, body_of
from broadcaster.reports.files import MEDIA_TYPES, FileKind, Making, file_name, make_file
from broadcaster.reports.pdf_file import can_make_pdf
from broadcaster.reports.scopes import Choices, ScopeKind
from broadcaster.reports.shown import Writer
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import language_of, translate

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Asked = Annotated[str, Query(max_length=40)]
ScopeAsked = Annotated[str, Query(max_length=200)]
Day = Annotated[date | None, Query(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]


@router.get("/reports")
def report_page(
    *,
    request: Request,
    station: Here,
    viewer: Anyone,
    period: Asked = "",
    scope: ScopeAsked = "",
    first: Day = None,
    last: Day = None,
    cluster: Asked = "",
) -> HTMLResponse:
    """A report as a page, with its charts; each figure leads to what it is counted from."""
    asked = asked_period(station, period, first=first, last=last)
    report = asked_report(station, viewer, asked, scope, first=ROWS_SHOWN)
    written = written_period(asked)
    may = scope_choices(station, viewer, cluster=cluster, chosen=report.scope)
    writer = Writer(zone=station.zone, language=language_of(request))
    return render(
        request,
        "reports/pages/report.html",
        report=report,
        body=body_of(report, writer, may_follow_poles=viewer.may(Right.SEE_DEVICES)),
        writer=writer,
        written=written,
        periods=_periods(station, asked),
        scopes=_scopes(request, may),
        clusters=may.clusters,
        cluster=cluster,
        query=urlencode({"period": written, "scope": report.scope.written}),
        kinds=list(FileKind),
        can_make_pdf=can_make_pdf(),
        due=due_period(station.today()),
    )


@router.get("/reports/{file_kind}")
def report_file(
    *,
    station: Here,
    viewer: Anyone,
    file_kind: FileKind,
    period: Asked = "",
    scope: ScopeAsked = "",
) -> Response:
    """A report as a file, in Vietnamese whatever the pages speak."""
    report = asked_report(station, viewer, asked_period(station, period), scope)
    making = Making(writer=Writer(zone=station.zone), state_dir=station.settings.state_dir)
    return Response(
        make_file(file_kind, report, making),
        media_type=MEDIA_TYPES[file_kind],
        headers={
            "Content-Disposition": f'attachment; filename="{file_name(file_kind, report)}"',
            "Cache-Control": "private, no-store",
        },
    )


def _periods(station: Context, asked: Period) -> list[tuple[str, Words]]:
    """The periods to choose from: of this year and the last what has begun, and what is shown."""
    day = station.today()
    near = [
        *(month_of(date(day.year, month, 1)) for month in range(day.month, 0, -1)),
        *(quarter(day.year, number) for number in (4, 3, 2, 1)),
        *(half_year(day.year, number) for number in (2, 1)),
        one_year(day.year),
        *(half_year(day.year - 1, number) for number in (2, 1)),
        one_year(day.year - 1),
    ]
    begun = [each for each in near if each.first <= day]
    if asked not in begun:
        begun.insert(0, asked)
    return [(written_period(each), words_of_period(each)) for each in begun]


def _scopes(request: Request, may: Choices) -> list[tuple[str, str]]:
    """Whom a report can be about, as the form's options."""
    found = [(str(ScopeKind.STATION), translate(request, "Cả đài"))] if may.whole_station else []
    found += [(f"{ScopeKind.VILLAGE}:{each.id}", each.name) for each in may.villages]
    plan = translate(request, "Đợt tuyên truyền:")
    found += [(f"{ScopeKind.CAMPAIGN}:{id_}", f"{plan} {title}") for id_, title in may.campaigns]
    unit = translate(request, "Đơn vị gửi tin:")
    found += [(f"{ScopeKind.CONTRIBUTOR}:{name}", f"{unit} {name}") for name in may.contributors]
    return found

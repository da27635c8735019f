"""A report as JSON, with the rights and the scopes of its page."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.reports.asking import asked_period, asked_report
from broadcaster.reports.shapes import ReportOut
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["reports"])

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]


@api.get("/reports", responses=problems(400, 401, 403, 404, 422))
def report(
    station: Here,
    viewer: Anyone,
    period: Annotated[
        str,
        Query(
            max_length=40,
            description="`2026`, `2026-H1`, `2026-Q3`, `2026-11`, a day, or two joined by `..`.",
        ),
    ] = "",
    scope: Annotated[
        str,
        Query(
            max_length=200,
            description="`station`, `village:ID`, `campaign:ID` or `contributor:NAME`.",
        ),
    ] = "",
) -> ReportOut:
    """The report of a period, by default of this month and of the widest scope in view."""
    return ReportOut.of(asked_report(station, viewer, asked_period(station, period), scope))

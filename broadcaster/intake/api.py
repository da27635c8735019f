"""Lists for programs: checked and kept as on the pages, under the same rights."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.intake.bringing import check_file, keep_file
from broadcaster.intake.checking import Kind
from broadcaster.intake.columns import laid_out
from broadcaster.intake.kinds import KINDS, SCHEDULES, Table
from broadcaster.intake.pages import FILE_FIELD, doer_of, uploaded
from broadcaster.intake.reading import read_tables
from broadcaster.intake.shapes import OutcomeOut
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/import", tags=["import"])

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Scheduler = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]
DryRun = Annotated[
    bool, Query(description="Only check: the answer says what each row would do. The default.")
]
OnlyGood = Annotated[bool, Query(description="Keep the good rows although others have a problem.")]
_REFUSED = problems(400, 401, 403, 413, 422)
_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILE_FIELD],
                    "properties": {FILE_FIELD: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@api.post("/schedules", responses=_REFUSED, openapi_extra=_FILE)
async def bring_schedules(
    request: Request,
    station: Here,
    viewer: Scheduler,
    *,
    dry_run: DryRun = True,
    only_good: OnlyGood = False,
) -> OutcomeOut:
    """Check a file of weekly times (CSV, XLSX), or keep it: schedules wait for approval."""
    return await _brought(request, station, viewer, SCHEDULES, dry_run, only_good)


@api.post("/{table}", responses=_REFUSED, openapi_extra=_FILE)
async def bring_list(
    request: Request,
    station: Here,
    viewer: Admin,
    table: Table,
    *,
    dry_run: DryRun = True,
    only_good: OnlyGood = False,
) -> OutcomeOut:
    """Check a list (CSV or XLSX) row by row, or keep it: all of its rows, or none."""
    return await _brought(request, station, viewer, KINDS[table], dry_run, only_good)


async def _brought(
    request: Request,
    station: Context,
    viewer: Viewer,
    kind: Kind,
    *ways: bool,
) -> OutcomeOut:
    async with request.form() as form:
        data = await uploaded(form)
    return await run_in_threadpool(_bring, station, viewer, kind, data, ways)


def _bring(
    station: Context, viewer: Viewer, kind: Kind, data: bytes, ways: tuple[bool, ...]
) -> OutcomeOut:
    dry_run, only_good = ways
    sheet = laid_out(read_tables(data), kind.columns)
    doer = doer_of(station, viewer)
    if dry_run:
        return OutcomeOut.of(check_file(station.database, kind, sheet, doer))
    return OutcomeOut.of(keep_file(station.database, kind, sheet, doer, only_good=only_good))

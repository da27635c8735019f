"""`/import`: a list is chosen, its rows are checked and shown, and then kept or not.

Nothing of a file is kept between the two: its rows travel with the page (`carried`).
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import LoaError
from broadcaster.intake.bringing import Outcome, check_file, keep_file
from broadcaster.intake.carried import LARGEST_CARRIED_CHARACTERS, packed, unpacked
from broadcaster.intake.checking import Doer, Kind, Verdict
from broadcaster.intake.columns import Sheet, laid_out
from broadcaster.intake.errors import (
    FILE_LIMIT_BYTES,
    ChangedSinceCheck,
    FileMissing,
    RowsChosenNone,
    RowsUnreadable,
    RowUnusable,
)
from broadcaster.intake.kinds import KINDS, SCHEDULES, Table
from broadcaster.intake.reading import read_tables
from broadcaster.intake.template_files import MEDIA_TYPES, TemplateFormat, template_file
from broadcaster.intake.wording import VERDICTS
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

ROWS_SHOWN = 500
"""Rows with a problem come first; a commune's lists are shorter."""
FILE_FIELD = "file"
# What a form around the largest file may weigh; one larger still is told so in a sentence.
LARGEST_UPLOAD_BYTES = 3 * FILE_LIMIT_BYTES
LARGER_BODIES = {
    "/import/schedules": LARGEST_UPLOAD_BYTES,
    "/import/schedules/rows": 2 * LARGEST_CARRIED_CHARACTERS,
    "/import/{table}": LARGEST_UPLOAD_BYTES,
    "/import/{table}/rows": 2 * LARGEST_CARRIED_CHARACTERS,
    "/api/import/{table}": LARGEST_UPLOAD_BYTES,
}

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Scheduler = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]
Format = Literal["xlsx", "csv"]


@router.get("/import")
def lists_page(request: Request, _station: Here, _viewer: Admin) -> Response:
    """Which lists can be brought in, and all of the station to take out."""
    return render(request, "intake/pages/lists.html", kinds=list(KINDS.values()))


@router.get("/import/schedules")
def schedules_page(request: Request, _station: Here, _viewer: Scheduler) -> Response:
    """Where old schedules are brought in."""
    return _page(request, SCHEDULES)


@router.post("/import/schedules")
async def check_schedules(request: Request, station: Here, viewer: Scheduler) -> Response:
    """Check a file of schedules; nothing is kept."""
    return await _checked(request, station, viewer, SCHEDULES)


@router.post("/import/schedules/rows")
async def keep_schedules(request: Request, station: Here, viewer: Scheduler) -> Response:
    """Keep the schedules that were checked."""
    return await _kept(request, station, viewer, SCHEDULES)


@router.get("/import/schedules/template")
def schedules_template(_viewer: Scheduler, kind: Format = "xlsx") -> Response:
    """A template of schedules."""
    return _template(SCHEDULES, kind)


@router.get("/import/{table}")
def list_page(request: Request, _station: Here, _viewer: Admin, table: Table) -> Response:
    """Where one kind of list is brought in."""
    return _page(request, KINDS[table])


@router.post("/import/{table}")
async def check_list(request: Request, station: Here, viewer: Admin, table: Table) -> Response:
    """Check a file; nothing is kept."""
    return await _checked(request, station, viewer, KINDS[table])


@router.post("/import/{table}/rows")
async def keep_list(request: Request, station: Here, viewer: Admin, table: Table) -> Response:
    """Keep the rows that were checked."""
    return await _kept(request, station, viewer, KINDS[table])


@router.get("/import/{table}/template")
def list_template(_viewer: Admin, table: Table, kind: Format = "xlsx") -> Response:
    """A template to fill."""
    return _template(KINDS[table], kind)


def doer_of(station: Context, viewer: Viewer) -> Doer:
    """Whoever sent a request, at this moment."""
    now = station.now()
    return Doer(
        station_id=station.station_id,
        today=station.day_of(now),
        now=now,
        by=viewer.account_id,
    )


async def uploaded(form: FormData) -> bytes:
    """The file that a form brought; raise FileMissing."""
    given = form.get(FILE_FIELD)
    if not isinstance(given, UploadFile):
        raise FileMissing(field=FILE_FIELD)
    return await given.read(FILE_LIMIT_BYTES + 1)


async def _checked(request: Request, station: Context, viewer: Viewer, kind: Kind) -> Response:
    try:
        async with request.form() as form:
            data = await uploaded(form)
        return await run_in_threadpool(_check, request, station, viewer, kind, data)
    except LoaError as refused:
        return await run_in_threadpool(_page, request, kind, refused)


def _check(request: Request, station: Context, viewer: Viewer, kind: Kind, data: bytes) -> Response:
    sheet = laid_out(read_tables(data), kind.columns)
    outcome = check_file(station.database, kind, sheet, doer_of(station, viewer))
    return _result(request, kind, outcome, sheet)


async def _kept(request: Request, station: Context, viewer: Viewer, kind: Kind) -> Response:
    try:
        async with request.form() as form:
            carried, seen, only_good = (_text(form, name) for name in ("rows", "seen", "only_good"))
        return await run_in_threadpool(
            _keep, request, station, viewer, kind, (carried, seen, only_good)
        )
    except LoaError as refused:
        return await run_in_threadpool(_page, request, kind, refused)


def _keep(
    request: Request, station: Context, viewer: Viewer, kind: Kind, given: tuple[str, str, str]
) -> Response:
    carried, seen, only_good = given
    sheet = laid_out([unpacked(carried)], kind.columns)
    doer = doer_of(station, viewer)
    if not seen:
        raise RowsUnreadable(field=FILE_FIELD)
    try:
        outcome = keep_file(
            station.database, kind, sheet, doer, only_good=only_good == "yes", seen=seen
        )
    except (ChangedSinceCheck, RowsChosenNone, RowUnusable) as refused:
        outcome = check_file(station.database, kind, sheet, doer)
        return _result(request, kind, outcome, sheet, refused=refused)
    return _result(request, kind, outcome, sheet)


def _result(
    request: Request,
    kind: Kind,
    outcome: Outcome,
    sheet: Sheet,
    *,
    refused: LoaError | None = None,
) -> Response:
    order = list(VERDICTS)
    lines = sorted(outcome.lines, key=lambda each: order.index(each.verdict))
    return render(
        request,
        "intake/pages/result.html",
        status_code=refused.status if refused else 200,
        kind=kind,
        outcome=outcome,
        counts=[(VERDICTS[each], outcome.count(each), each) for each in order],
        problems=outcome.count(Verdict.PROBLEM),
        lines=lines[:ROWS_SHOWN],
        not_shown=max(len(lines) - ROWS_SHOWN, 0),
        words=VERDICTS,
        said=lambda error: in_language(request, error),
        rows="" if outcome.kept else packed(sheet.table),
        errors={(refused.field or FILE_FIELD): in_language(request, refused)} if refused else {},
    )


def _page(request: Request, kind: Kind, refused: LoaError | None = None) -> Response:
    return render(
        request,
        "intake/pages/list.html",
        status_code=refused.status if refused else 200,
        kind=kind,
        errors={FILE_FIELD: in_language(request, refused)} if refused else {},
    )


def _template(kind: Kind, wanted: Format) -> Response:
    return Response(
        template_file(kind, TemplateFormat(wanted)),
        media_type=MEDIA_TYPES[wanted],
        headers={
            "Content-Disposition": f'attachment; filename="mau-{kind.key}.{wanted}"',
            "Cache-Control": "private, no-store",
        },
    )


def _text(form: FormData, name: str) -> str:
    given = form.get(name)
    return given if isinstance(given, str) else ""

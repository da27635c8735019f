"""`/export` and `/api/export`: all of the station as one ZIP; taking it is an act."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.intake.export import chunks_of, export_name, export_station
from broadcaster.intake.export_shapes import Place
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/export", tags=["import"])

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]


class ExportForm(BaseModel):
    """Whether people's names and numbers are to be in it."""

    model_config = ConfigDict(frozen=True)

    personal: str = ""


@router.post("/export")
def export(station: Here, viewer: Admin, form: Annotated[ExportForm, Form()]) -> StreamingResponse:
    """All of the station as one file."""
    return _answer(station, viewer, personal=form.personal == "yes")


@api.post(
    "",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}},
        **problems(401, 403, 422),
    },
)
def export_for_programs(
    station: Here,
    viewer: Admin,
    *,
    personal: Annotated[
        bool, Query(description="With names, user names, telephone numbers, residents' words.")
    ] = False,
) -> StreamingResponse:
    """All of the station as one ZIP of CSVs, with a README of their columns."""
    return _answer(station, viewer, personal=personal)


def _answer(station: Context, viewer: Viewer, *, personal: bool) -> StreamingResponse:
    now = station.now()
    local = now.astimezone(station.zone)
    place = Place(
        station_id=station.station_id, today=local.date(), zone=station.zone, personal=personal
    )
    file = export_station(station.database, place, by=viewer.account_id, now=now)
    name = export_name(station.station_id, local)
    return StreamingResponse(
        chunks_of(file),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )

"""`/setup`: what a new station still needs, each point with where it is done."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.intake.set_up import bring_back, put_away, set_up_of
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


@router.get("/setup")
def set_up_page(request: Request, station: Here, viewer: Onlooker) -> Response:
    """Every point with what shows that it is done, or what is left of it."""
    with station.database.reading() as session:
        found = set_up_of(session, station.station_id, now=station.now())
    may_act = viewer.may(Right.ADMINISTER)
    return render(request, "intake/pages/set_up.html", set_up=found, may_act=may_act)


@router.post("/setup/put-away")
def put_set_up_away(station: Here, viewer: Admin) -> Response:
    """Let the first page speak of it no more."""
    with station.database.writing() as session:
        put_away(session, station_id=station.station_id, by=viewer.account_id, now=station.now())
    return RedirectResponse("/setup", status_code=303)


@router.post("/setup/bring-back")
def bring_set_up_back(station: Here, viewer: Admin) -> Response:
    """Let the first page speak of it again."""
    with station.database.writing() as session:
        bring_back(session, station_id=station.station_id, by=viewer.account_id, now=station.now())
    return RedirectResponse("/setup", status_code=303)

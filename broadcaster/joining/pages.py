"""`/joined`: the stations that were joined to this one, and what of each is still to be done."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from broadcaster.accounts.guard import require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.joining.standing import joined_stations
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


@router.get("/joined")
def joined_page(request: Request, station: Here, viewer: Onlooker) -> Response:
    """Each with its loudspeakers: which one waits to be enrolled here, and what took its place."""
    with station.database.reading() as session:
        found = joined_stations(session, station_id=viewer.station_id)
    may_act = viewer.may(Right.ADMINISTER)
    return render(request, "joining/pages/joined.html", stations=found, may_act=may_act)

"""*Các đài*: the stations that one person reads, how each stands, and the way into one of them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from broadcaster.accounts.guard import require, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.sessions import hashed
from broadcaster.accounts.stations import choose_station, stations_read_by
from broadcaster.accounts.viewer import Viewer
from broadcaster.coverage.wording import parts_of
from broadcaster.ledger.coverage import total
from broadcaster.province.standing import standings
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]


@router.get("/stations")
def stations_page(request: Request, station: Here, viewer: Anyone) -> HTMLResponse:
    """Every station in view of this person, those of a province under one sum."""
    now = station.now()
    with station.database.reading() as session:
        found = standings(
            session,
            stations_read_by(session, viewer.account_id, own=station.own_id),
            today=station.day_of(now),
            now=now,
        )
    return render(
        request,
        "province/pages/stations.html",
        stations=found,
        in_view=station.station_id,
        own=station.own_id,
        whole=total(each.coverage for each in found),
        parts_of=parts_of,
    )


@router.post("/stations/{station_id}")
def go_into(
    station: Here, viewer: Anyone, token: Annotated[str, Depends(token_of)], station_id: Id
) -> RedirectResponse:
    """Look at one of them from now on."""
    with station.database.writing() as session:
        choose_station(
            session, hashed(token), station_id, account_id=viewer.account_id, own=station.own_id
        )
    return RedirectResponse("/", status_code=303)

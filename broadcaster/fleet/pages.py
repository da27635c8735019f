"""The list of devices, for those who look after them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.fleet.listing import device_lines
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)


@router.get("/devices", dependencies=[Depends(require(Right.SEE_DEVICES))])
def devices_page(request: Request, station: Annotated[Context, Depends(context)]) -> HTMLResponse:
    """Thiết bị: every device with what it last said."""
    with station.database.reading() as session:
        lines = device_lines(
            session,
            station_id=station.station_id,
            day=station.now().astimezone(station.zone).date(),
        )
    return render(
        request,
        "fleet/pages/devices.html",
        lines=lines,
        online=sum(line.online is True for line in lines),
        offline=sum(line.online is False for line in lines),
        unheard=sum(line.online is None for line in lines),
    )

"""Kết nối: the broker, the certificates and the keys, with what ends when."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from broadcaster.accounts.guard import require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import LoaError
from broadcaster.fleet.connections import (
    days_left,
    heard_lately,
    look_at_broker,
    look_at_site,
    what_ends_soon,
)
from broadcaster.fleet.keys_command import keys_shown
from broadcaster.fleet.listing import fleet_sums
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]

LATELY = timedelta(minutes=10)


@router.get("/devices/connections")
def connections(request: Request, station: Here, _viewer: Onlooker) -> Response:
    """Whether the broker answers, and how long certificates and keys still hold."""
    now = station.now()
    broker, site = look_at_broker(station.settings), look_at_site(station.settings)
    try:
        keys = keys_shown(
            station.database, station.settings, station_id=station.station_id, now=now
        ).keys
    except LoaError:
        keys = ()
    with station.database.reading() as session:
        heard = heard_lately(session, station_id=station.station_id, now=now, within=LATELY)
        sums = fleet_sums(session, station_id=station.station_id)
    return render(
        request,
        "fleet/pages/connections.html",
        broker=broker,
        site=site,
        keys=keys,
        heard=heard,
        online=sums.online,
        devices=sums.devices,
        ends_soon=what_ends_soon(site, broker, now=now),
        days_left=lambda facts: days_left(facts, now=now),
        has_ended=lambda facts: facts.has_ended(now),
        ends_in_time=lambda facts: facts.ends_soon(now),
    )

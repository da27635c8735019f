"""`/channels`: the station's people see what the world may hear, a leader opens and closes it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.publishing.deciding import decide, is_open, keep_back
from broadcaster.publishing.items import aired_items
from broadcaster.publishing.public_pages import channel_here
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Decider = Annotated[Viewer, Depends(require(Right.DECIDE_AIR_RULES))]
Keeper = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]
SHOWN = 50


class DecisionForm(BaseModel):
    """Open, or closed when nothing is said."""

    model_config = ConfigDict(frozen=True)

    open: bool = False


class KeepingForm(BaseModel):
    """Kept back, or shared again when nothing is said."""

    model_config = ConfigDict(frozen=True)

    withheld: bool = False


@router.get("/channels")
def channels_page(request: Request, station: Here, viewer: Reader) -> Response:
    """Whether the channels are open, their addresses, and each bulletin that went on air."""
    with station.database.reading() as session:
        opened = is_open(session, station.station_id)
        items = aired_items(session, station_id=station.station_id, now=station.now(), limit=SHOWN)
    return render(
        request,
        "publishing/pages/channels.html",
        channel=channel_here(station),
        is_open=opened,
        items=items,
        may_decide=viewer.may(Right.DECIDE_AIR_RULES),
        may_keep=viewer.may(Right.SCHEDULE_BROADCASTS),
        may_see_outlets=viewer.may_read(Right.ADMINISTER),
        is_reachable=station.settings.public_url is not None,
    )


@router.post("/channels")
def decide_channels(
    station: Here, viewer: Decider, form: Annotated[DecisionForm, Form()]
) -> Response:
    """Open or close all of them."""
    with station.database.writing() as session:
        decide(
            session,
            station_id=station.station_id,
            is_open=form.open,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/channels", status_code=303)


@router.post("/channels/{bulletin_id}")
def keep_one(
    station: Here, viewer: Keeper, bulletin_id: Id, form: Annotated[KeepingForm, Form()]
) -> Response:
    """Keep one bulletin back, or share it again; raise NoSuchItem."""
    with station.database.writing() as session:
        keep_back(
            session,
            bulletin_id,
            station_id=station.station_id,
            withheld=form.withheld,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/channels#{bulletin_id}", status_code=303)

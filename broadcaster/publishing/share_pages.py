"""`/channels/{aired_id}`: one public bulletin to be shared: text to copy, card to take along.

And the card itself for anybody, at `/kenh/…`: what lies behind it is public as well.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from broadcaster.accounts.guard import open_to_all, require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.publishing.cards import CardRoom
from broadcaster.publishing.errors import CardNotMade
from broadcaster.publishing.outlet_shown import outlets_shown
from broadcaster.publishing.public_pages import FIVE_MINUTES, channel_here
from broadcaster.publishing.sharing import Shared, find_shared
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Keeper = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]


def card_room(request: Request) -> CardRoom:
    """Where the app that serves this request makes cards (a FastAPI dependency)."""
    found = request.app.state.card_room
    if not isinstance(found, CardRoom):
        raise TypeError("the app was started without its room for cards")
    return found


Room = Annotated[CardRoom, Depends(card_room)]


def shared_here(station: Context, bulletin_id: str) -> Shared:
    """A bulletin of this station's public channel; raise ChannelClosed, NoSuchItem."""
    channel = channel_here(station)
    with station.database.reading() as session:
        return find_shared(
            session, bulletin_id, channel=channel, zone=station.zone, now=station.now()
        )


@router.get("/channels/{aired_id}")
def share_page(
    request: Request, station: Here, viewer: Reader, room: Room, aired_id: Id
) -> Response:
    """The text, to be copied; the picture; the MP4, or the way to it."""
    shared = shared_here(station, aired_id)
    with station.database.reading() as session:
        outlets = outlets_shown(
            request, session, station_id=station.station_id, bulletin_id=aired_id
        )
    return render(
        request,
        "publishing/pages/share.html",
        shared=shared,
        channel=channel_here(station),
        standing=room.standing(shared.card),
        may_make=viewer.may(Right.SCHEDULE_BROADCASTS),
        outlets=outlets,
        may_decide=viewer.may(Right.DECIDE_AIR_RULES),
        is_reachable=station.settings.public_url is not None,
    )


@router.post("/channels/{aired_id}/card")
def make_card(station: Here, _viewer: Keeper, room: Room, aired_id: Id) -> Response:
    """Have the MP4 made, beside whatever else is done."""
    room.begin(shared_here(station, aired_id).card)
    return RedirectResponse(f"/channels/{aired_id}#card", status_code=303)


@router.get("/kenh/{bulletin_id}/card.png", dependencies=[Depends(open_to_all)])
def card_picture(station: Here, room: Room, bulletin_id: Id) -> FileResponse:
    """The still picture; raise ChannelClosed, NoSuchItem."""
    file = room.cards.picture(shared_here(station, bulletin_id).card)
    return _file(file=str(file), media_type="image/png")


@router.get("/kenh/{bulletin_id}/card.mp4", dependencies=[Depends(open_to_all)])
def card_video(station: Here, room: Room, bulletin_id: Id) -> FileResponse:
    """Picture and sound, once they were made; raise ChannelClosed, NoSuchItem, CardNotMade."""
    file = room.cards.video(shared_here(station, bulletin_id).card)
    if file is None:
        raise CardNotMade
    return _file(file=str(file), media_type="video/mp4")


def _file(*, file: str, media_type: str) -> FileResponse:
    headers = {"Cache-Control": FIVE_MINUTES, "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(file, media_type=media_type, headers=headers)

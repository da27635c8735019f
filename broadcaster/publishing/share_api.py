"""What is shared of a bulletin as JSON: the text within a channel's limits, and the card."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.publishing.cards import CardRoom, Standing
from broadcaster.publishing.channel import Channel
from broadcaster.publishing.public_pages import channel_here
from broadcaster.publishing.share_pages import card_room, shared_here
from broadcaster.publishing.sharing import Shared
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/channels", tags=["channels"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Keeper = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]
Room = Annotated[CardRoom, Depends(card_room)]


class ShareOut(BaseModel):
    """What is shared of a bulletin."""

    bulletin_id: str
    title: str
    text: str = Field(description="Title, two or three sentences, when and where, the address.")
    address: str
    picture: str = Field(description="A square PNG.")
    video: str = Field(description="An MP4 of picture and sound; served once it was made.")
    video_standing: Standing

    @classmethod
    def of(cls, shared: Shared, *, channel: Channel, standing: Standing) -> "ShareOut":
        """The JSON of what is shared."""
        bulletin_id = shared.item.bulletin_id
        return cls(
            bulletin_id=bulletin_id,
            title=shared.text.title,
            text=shared.text.fitted(),
            address=shared.text.address,
            picture=channel.picture(bulletin_id),
            video=channel.video(bulletin_id),
            video_standing=standing,
        )


@api.get("/items/{bulletin_id}/share", responses=problems(401, 403, 404, 422))
def show_share(station: Here, _viewer: Reader, room: Room, bulletin_id: Id) -> ShareOut:
    """Text and card of a public bulletin; raise ChannelClosed, NoSuchItem."""
    shared = shared_here(station, bulletin_id)
    return ShareOut.of(shared, channel=channel_here(station), standing=room.standing(shared.card))


@api.post("/items/{bulletin_id}/card", status_code=202, responses=problems(401, 403, 404, 422))
def make_card(station: Here, _viewer: Keeper, room: Room, bulletin_id: Id) -> ShareOut:
    """Have the MP4 made; ask `share` until it is ready. Raise ChannelClosed, NoSuchItem."""
    shared = shared_here(station, bulletin_id)
    room.begin(shared.card)
    return ShareOut.of(shared, channel=channel_here(station), standing=room.standing(shared.card))

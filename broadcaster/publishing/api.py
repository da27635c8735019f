"""The public channels as JSON, for the station's own people; the feeds themselves ask nobody."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.publishing.deciding import decide, is_open, keep_back
from broadcaster.publishing.items import Item, aired_items
from broadcaster.publishing.public_pages import channel_here
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/channels", tags=["channels"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Decider = Annotated[Viewer, Depends(require(Right.DECIDE_AIR_RULES))]
Keeper = Annotated[Viewer, Depends(require(Right.SCHEDULE_BROADCASTS))]


class ChannelsOut(BaseModel):
    """Whether the channels are open, and where they are read."""

    open: bool
    page: str
    podcast: str
    json_feed: str
    calendar: str
    player: str
    embed: str = Field(description="HTML for a page of the commune's portal.")


class DecisionGiven(BaseModel):
    """What a leader decides."""

    model_config = ConfigDict(extra="forbid")

    open: bool


class ItemOut(BaseModel):
    """A bulletin that went on air, shared or kept back."""

    bulletin_id: str
    title: str
    topic: str
    audio_sha256: str
    duration_ms: int
    first_at_ms: int
    last_at_ms: int
    withheld: bool

    @classmethod
    def of(cls, item: Item) -> "ItemOut":
        """The JSON of an item."""
        return cls(
            bulletin_id=item.bulletin_id,
            title=item.title,
            topic=item.topic,
            audio_sha256=item.audio_sha256,
            duration_ms=item.duration_ms,
            first_at_ms=to_ms(item.first_at),
            last_at_ms=to_ms(item.last_at),
            withheld=item.is_withheld,
        )


class KeepingGiven(BaseModel):
    """Whether a bulletin is kept back."""

    model_config = ConfigDict(extra="forbid")

    withheld: bool


@api.get("", responses=problems(401, 403))
def show_channels(station: Here, _viewer: Reader) -> ChannelsOut:
    """Whether the channels are open, and where they are read."""
    return _shown(station)


@api.put("", responses=problems(401, 403))
def decide_channels(station: Here, viewer: Decider, given: DecisionGiven) -> ChannelsOut:
    """Open or close all of them."""
    with station.database.writing() as session:
        decide(
            session,
            station_id=station.station_id,
            is_open=given.open,
            by=viewer.account_id,
            now=station.now(),
        )
    return _shown(station)


@api.get("/items", responses=problems(401, 403, 422))
def list_items(
    station: Here, _viewer: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[ItemOut]:
    """What went on air last, with what is kept back."""
    now: datetime = station.now()
    with station.database.reading() as session:
        items = aired_items(session, station_id=station.station_id, now=now, limit=limit)
    return [ItemOut.of(each) for each in items]


@api.put("/items/{bulletin_id}", status_code=204, responses=problems(401, 403, 404, 422))
def keep_item(station: Here, viewer: Keeper, bulletin_id: Id, given: KeepingGiven) -> None:
    """Keep one bulletin back, or share it again; raise NoSuchItem."""
    with station.database.writing() as session:
        keep_back(
            session,
            bulletin_id,
            station_id=station.station_id,
            withheld=given.withheld,
            by=viewer.account_id,
            now=station.now(),
        )


def _shown(station: Context) -> ChannelsOut:
    channel = channel_here(station)
    with station.database.reading() as session:
        opened = is_open(session, station.station_id)
    return ChannelsOut(
        open=opened,
        page=channel.page,
        podcast=channel.podcast,
        json_feed=channel.json_feed,
        calendar=channel.calendar,
        player=channel.player,
        embed=channel.embed,
    )

"""Sources of material for programs: what they have, and a bulletin made of one item."""

from typing import Annotated

from fastapi import APIRouter, Depends

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.studio import Studio, studio_of
from broadcaster.materials.desk import ask, items_of, take
from broadcaster.materials.feeds import feeds_of, find_feed
from broadcaster.materials.shapes import MadeOf, MaterialFeedOut, Materials
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/materials", tags=["materials"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]
Sounds = Annotated[Studio, Depends(studio_of)]


@api.get("", responses=problems(401, 403))
def materials(station: Here, _viewer: Reader) -> Materials:
    """The sources and what they had when they were asked last."""
    with station.database.reading() as session:
        return Materials(
            feeds=[
                MaterialFeedOut.of(each, items_of(session, each.id))
                for each in feeds_of(session, station_id=station.station_id)
            ]
        )


@api.post("/feeds/{material_feed_id}/asking", responses=problems(401, 403, 404, 422))
def ask_one(station: Here, viewer: Writer, material_feed_id: Id) -> MaterialFeedOut:
    """Ask a source what it has; what is wrong with it stands in `trouble`."""
    ask(
        station.database,
        material_feed_id,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now(),
    )
    with station.database.reading() as session:
        feed = find_feed(session, material_feed_id, station_id=station.station_id)
        return MaterialFeedOut.of(feed, items_of(session, feed.id))


@api.post(
    "/items/{material_item_id}/taking",
    status_code=201,
    responses=problems(401, 403, 404, 409, 422, 503),
)
def take_one(station: Here, viewer: Writer, studio: Sounds, material_item_id: Id) -> MadeOf:
    """Make a bulletin of an item; it waits for its approval as every other."""
    return MadeOf(bulletin_id=take(station, studio, material_item_id, by=viewer.account_id))

"""`/kenh…`: what anybody may read and hear once a leader has opened the channels.

Nobody is asked who they are and nothing is remembered of them. The player alone may be shown inside
another site's page; it holds no form and no cookie.
"""

import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from broadcaster.accounts.guard import open_to_all, public
from broadcaster.publishing.channel import Channel, channel_of
from broadcaster.publishing.deciding import require_open
from broadcaster.publishing.errors import NoSuchItem
from broadcaster.publishing.items import Item, aired_item, announced, public_items
from broadcaster.publishing.json_feed import chapters, json_feed
from broadcaster.publishing.podcast import podcast
from broadcaster.publishing.public_calendar import LOOK_AHEAD, LOOK_BACK, public_calendar
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.phone import render_phone
from broadcaster.web.unchanged import answer_unless_held

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
FEED_ITEMS = 100
PAGE_ITEMS = 30
PLAYER_ITEMS = 10
FIVE_MINUTES = "public, max-age=300"


def channel_here(station: Context) -> Channel:
    """The channel of the station that serves this request."""
    return channel_of(station.database, station.station_id, base=station.settings.station_url)


@dataclass(frozen=True, slots=True)
class _Open:
    """The open channel and its newest items."""

    channel: Channel
    items: tuple[Item, ...]


def _opened(station: Context, *, limit: int) -> _Open:
    with station.database.reading() as session:
        require_open(session, station.station_id)
        items = public_items(session, station_id=station.station_id, now=station.now(), limit=limit)
    return _Open(channel_here(station), tuple(items))


@router.get("/kenh", dependencies=[Depends(public)])
def channel_page(request: Request, station: Here) -> Response:
    """The newest bulletins: to read, to hear, and where to subscribe."""
    found = _opened(station, limit=PAGE_ITEMS)
    return render_phone(
        request, "publishing/pages/channel.html", channel=found.channel, items=found.items
    )


@router.get("/kenh/player", dependencies=[Depends(open_to_all)])
def player(request: Request, station: Here) -> Response:
    """A small player for the commune's portal; the one page that other sites may frame."""
    request.state.viewer = None
    request.state.csrf_token = ""
    found = _opened(station, limit=PLAYER_ITEMS)
    response = render_phone(
        request, "publishing/pages/player.html", channel=found.channel, items=found.items
    )
    policy = response.headers["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    )
    response.headers["Cache-Control"] = FIVE_MINUTES
    return response


@router.get("/kenh/podcast.xml", dependencies=[Depends(open_to_all)])
def podcast_feed(request: Request, station: Here) -> Response:
    """RSS 2.0, for podcast players and the portal."""
    found = _opened(station, limit=FEED_ITEMS)
    written = podcast(found.channel, found.items, now=station.now())
    return _kept(request, written, "application/rss+xml; charset=utf-8")


@router.get("/kenh/feed.json", dependencies=[Depends(open_to_all)])
def program_feed(request: Request, station: Here) -> Response:
    """JSON Feed 1.1, for programs."""
    found = _opened(station, limit=FEED_ITEMS)
    return _kept(request, _json(json_feed(found.channel, found.items)), "application/feed+json")


@router.get("/kenh/lich.ics", dependencies=[Depends(open_to_all)])
def calendar_feed(request: Request, station: Here) -> Response:
    """ICalendar of what is planned, and of the last month."""
    now = station.now()
    with station.database.reading() as session:
        require_open(session, station.station_id)
        broadcasts = announced(
            session, station_id=station.station_id, begins=now - LOOK_BACK, ends=now + LOOK_AHEAD
        )
    # The stamp moves once an hour, so that what did not change need not be fetched again.
    stamp = now.replace(minute=0, second=0, microsecond=0)
    written = public_calendar(channel_here(station), broadcasts, now=stamp)
    return _kept(request, written, "text/calendar; charset=utf-8")


@router.get("/kenh/{bulletin_id}/chapters.json", dependencies=[Depends(open_to_all)])
def chapters_of(request: Request, station: Here, bulletin_id: Id) -> Response:
    """A playlist's parts; raise NoSuchItem."""
    with station.database.reading() as session:
        require_open(session, station.station_id)
        item = aired_item(session, bulletin_id, station_id=station.station_id, now=station.now())
    if item is None or item.is_withheld or not item.chapters:
        raise NoSuchItem
    told = _json(chapters(channel_here(station), item))
    return _kept(request, told, "application/json+chapters")


def _json(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _kept(request: Request, written: bytes, media_type: str) -> Response:
    """The answer to a reader that may hold the same already."""
    headers = {
        "Cache-Control": FIVE_MINUTES,
        # Feeds are read by other sites' scripts too; nothing here depends on who asks.
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return answer_unless_held(request, written, media_type=media_type, headers=headers)

"""`loa channels outlets …`: networks and posts, at the station's machine."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.publishing.api_shapes import OutletOut, PostOut
from broadcaster.publishing.channel import channel_of
from broadcaster.publishing.outlet_accounts import (
    Entered,
    accounts_of,
    enter_account,
    remove_account,
)
from broadcaster.publishing.outlets.known import KNOWN
from broadcaster.publishing.outlets.port import Outlet
from broadcaster.publishing.posts import decide_post, posts_of, withdraw_post
from broadcaster.publishing.sharing import find_shared
from broadcaster.settings import Settings


def outlets_told(database: Database, *, station_id: str, as_json: bool) -> str:
    """Which networks are connected, and the posts that were decided."""
    with database.reading() as session:
        outlets = OutletOut.all_of(accounts_of(session, station_id))
        posts = [PostOut.of(each) for each in posts_of(session, station_id=station_id)]
    if as_json:
        told = {
            "outlets": [each.model_dump(mode="json") for each in outlets],
            "posts": [each.model_dump(mode="json") for each in posts],
        }
        return json.dumps(told, ensure_ascii=False) + "\n"
    lines = [
        f"{each.outlet:10} {each.public_name or '–'} {each.trouble}".rstrip() for each in outlets
    ]
    lines += [
        f"  {each.bulletin_id} {each.outlet} {each.state} "
        f"{each.post_address or each.trouble}".rstrip()
        for each in posts
    ]
    return "\n".join(lines) + "\n"


def connected(
    database: Database,
    settings: Settings,
    outlet: Outlet,
    entered: Entered,
    *,
    station_id: str,
    now: datetime,
) -> str:
    """Enter an account; raise BadInput naming the field."""
    with database.writing() as session:
        enter_account(
            session, outlet, entered, settings=settings, station_id=station_id, by=None, now=now
        )
    return outlets_told(database, station_id=station_id, as_json=False)


def disconnected(database: Database, outlet: Outlet, *, station_id: str, now: datetime) -> str:
    """Forget an account; raise OutletNotEntered."""
    with database.writing() as session:
        remove_account(session, outlet, station_id=station_id, by=None, now=now)
    return outlets_told(database, station_id=station_id, as_json=False)


def posted(
    database: Database,
    settings: Settings,
    bulletin_id: str,
    outlet: Outlet,
    form: str,
    *,
    station_id: str,
    now: datetime,
) -> str:
    """Have a bulletin posted, as its network takes it where no `form` is named.

    Raises as `decide_post` and `find_shared` do.
    """
    form = form or next(iter(KNOWN[outlet].forms))
    channel = channel_of(database, station_id, base=settings.station_url)
    with database.writing() as session:
        zone = ZoneInfo(session.get_one(Station, station_id).zone)
        shared = find_shared(session, bulletin_id, channel=channel, zone=zone, now=now)
        decide_post(
            session, bulletin_id, outlet, form, text=shared.text, station_id=station_id, by=None,
            now=now,
        )  # fmt: skip
    return outlets_told(database, station_id=station_id, as_json=False)


def taken_down(
    database: Database, bulletin_id: str, outlet: Outlet, *, station_id: str, now: datetime
) -> str:
    """Have a post taken down; raise NoSuchPost."""
    with database.writing() as session:
        withdraw_post(session, bulletin_id, outlet, station_id=station_id, by=None, now=now)
    return outlets_told(database, station_id=station_id, as_json=False)

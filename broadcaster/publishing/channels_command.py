"""`loa channels`: what the page does, at the station's machine, and feeds as files for a portal."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from broadcaster.areas.tables import Station
from broadcaster.database import Database
from broadcaster.publishing.cards import cards_in
from broadcaster.publishing.channel import channel_of
from broadcaster.publishing.deciding import decide, is_open, require_open
from broadcaster.publishing.items import announced, public_items
from broadcaster.publishing.json_feed import json_feed
from broadcaster.publishing.podcast import podcast
from broadcaster.publishing.public_calendar import LOOK_AHEAD, LOOK_BACK, public_calendar
from broadcaster.publishing.sharing import Shared, find_shared
from broadcaster.settings import Settings
from broadcaster.sounds.opening import open_sounds

ITEMS = 100


def told(database: Database, settings: Settings, *, station_id: str, as_json: bool) -> str:
    """Whether they are open, and their addresses."""
    channel = channel_of(database, station_id, base=settings.station_url)
    with database.reading() as session:
        opened = is_open(session, station_id)
    addresses = {
        "page": channel.page,
        "podcast": channel.podcast,
        "json_feed": channel.json_feed,
        "calendar": channel.calendar,
        "player": channel.player,
    }
    if as_json:
        return json.dumps({"open": opened, **addresses}, ensure_ascii=False) + "\n"
    standing = "Đang mở / Open" if opened else "Đang đóng / Closed"
    return "\n".join([standing, *(f"  {name:10} {at}" for name, at in addresses.items())]) + "\n"


def decided(
    database: Database, settings: Settings, *, station_id: str, is_open: bool, now: datetime
) -> str:
    """Open or close them, and say how they stand."""
    with database.writing() as session:
        decide(session, station_id=station_id, is_open=is_open, by=None, now=now)
    return told(database, settings, station_id=station_id, as_json=False)


def written(
    database: Database, settings: Settings, folder: Path, *, station_id: str, now: datetime
) -> str:
    """Write the three feeds; raise ChannelClosed."""
    channel = channel_of(database, station_id, base=settings.station_url)
    with database.reading() as session:
        require_open(session, station_id)
        items = public_items(session, station_id=station_id, now=now, limit=ITEMS)
        broadcasts = announced(
            session, station_id=station_id, begins=now - LOOK_BACK, ends=now + LOOK_AHEAD
        )
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "podcast.xml": podcast(channel, items, now=now),
        "feed.json": json.dumps(json_feed(channel, items), ensure_ascii=False).encode(),
        "lich.ics": public_calendar(channel, broadcasts, now=now),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return "".join(f"{folder / name}\n" for name in files)


def text_of(
    database: Database, settings: Settings, bulletin_id: str, *, station_id: str, now: datetime
) -> str:
    """What is pasted beside a bulletin; raise ChannelClosed, NoSuchItem."""
    shared = _shared(database, settings, bulletin_id, station_id=station_id, now=now)
    return shared.text.fitted() + "\n"


def card_written(
    database: Database,
    settings: Settings,
    bulletin_id: str,
    folder: Path,
    *,
    station_id: str,
    now: datetime,
) -> str:
    """Write a bulletin's card as PNG and MP4; raise ChannelClosed, NoSuchItem, CardFailed."""
    shared = _shared(database, settings, bulletin_id, station_id=station_id, now=now)
    cards = cards_in(settings.state_dir, open_sounds(settings))
    folder.mkdir(parents=True, exist_ok=True)
    told = ""
    for made in (cards.picture(shared.card), cards.make_video(shared.card)):
        file = folder / f"{bulletin_id}{made.suffix}"
        shutil.copyfile(made, file)
        told += f"{file}\n"
    return told


def _shared(
    database: Database, settings: Settings, bulletin_id: str, *, station_id: str, now: datetime
) -> Shared:
    channel = channel_of(database, station_id, base=settings.station_url)
    with database.reading() as session:
        zone = ZoneInfo(session.get_one(Station, station_id).zone)
        return find_shared(session, bulletin_id, channel=channel, zone=zone, now=now)

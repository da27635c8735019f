"""`loa materials`: the sources of material, at the station's machine."""

from datetime import datetime

from broadcaster.database import Database
from broadcaster.materials.desk import ask, items_of
from broadcaster.materials.feeds import add_feed, feeds_of, retire_feed


def listed(database: Database, *, station_id: str) -> str:
    """The sources in use, with what they had last."""
    lines = []
    with database.reading() as session:
        for each in feeds_of(session, station_id=station_id):
            trouble = f" [{each.trouble}]" if each.trouble else ""
            lines.append(f"{each.id} {each.name}{trouble}\n  {each.url}\n  {each.licence}\n")
            lines += [f"    {item.id} {item.title}\n" for item in items_of(session, each.id)]
    return "".join(lines) or "Chưa có nguồn nào. / No sources.\n"


def added(
    database: Database,
    *,
    name: str,
    url: str,
    sound_host: str,
    licence: str,
    station_id: str,
    now: datetime,
) -> str:
    """Put a source on the list; its id. Raises a BadInput that names what is wrong."""
    with database.writing() as session:
        feed = add_feed(
            session,
            name=name,
            url=url,
            sound_host=sound_host,
            licence=licence,
            station_id=station_id,
            by=None,
            now=now,
        )
        return f"{feed.id}\n"


def retired(database: Database, feed_id: str, *, station_id: str, now: datetime) -> str:
    """Ask a source no more; raise UnknownMaterialFeed."""
    with database.writing() as session:
        retire_feed(session, feed_id, station_id=station_id, by=None, now=now)
    return f"{feed_id}\n"


def asked(database: Database, feed_id: str, *, station_id: str, now: datetime) -> str:
    """Ask a source what it has, and list it; raise what is wrong with it."""
    wrong = ask(database, feed_id, station_id=station_id, by=None, now=now)
    if wrong is not None:
        raise wrong
    with database.reading() as session:
        found = items_of(session, feed_id)
    return "".join(f"{each.id} {each.title}\n" for each in found) or "–\n"

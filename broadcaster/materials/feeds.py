"""The list of sources of material: admins say which hosts may be asked, and on what terms."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session, col, select

from broadcaster.alerts.errors import FeedUrlUnusable
from broadcaster.alerts.feeds import checked_url
from broadcaster.audit import Act, record
from broadcaster.database import new_id
from broadcaster.materials.errors import (
    LONGEST_LICENCE,
    LONGEST_NAME,
    FeedNameless,
    MaterialListed,
    MaterialUrlUnusable,
    UnknownMaterialFeed,
)
from broadcaster.materials.tables import MaterialFeed

log = structlog.get_logger()

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def add_feed(
    session: Session,
    *,
    name: str,
    url: str,
    sound_host: str,
    licence: str,
    station_id: str,
    by: str | None,
    now: datetime,
) -> MaterialFeed:
    """Let a source be asked from now on; raise a BadInput that names its field."""
    name = _checked_line(name, LONGEST_NAME, field="name")
    licence = _checked_line(licence, LONGEST_LICENCE, field="licence")
    try:
        url = checked_url(url)
    except FeedUrlUnusable as error:
        raise MaterialUrlUnusable(field="url") from error
    sound_host = sound_host.strip().lower()
    if sound_host and not _HOST.fullmatch(sound_host):
        raise MaterialUrlUnusable(field="sound_host")
    if any(each.url == url for each in feeds_of(session, station_id=station_id)):
        raise MaterialListed(field="url")
    feed = MaterialFeed(
        id=new_id("mtf"),
        station_id=station_id,
        name=name,
        url=url,
        sound_host=sound_host,
        licence=licence,
        added_by=by,
        added_at=now,
    )
    session.add(feed)
    session.flush()
    record(
        session, Act.MATERIAL_FEED_ADDED, by=by, about=feed.id, at=now,
        details={"host": urlsplit(url).hostname or "", "sound_host": sound_host},
        private={"name": name, "url": url},
    )  # fmt: skip
    log.info("material_feed_added", feed_id=feed.id)
    return feed


def retire_feed(
    session: Session, feed_id: str, *, station_id: str, by: str | None, now: datetime
) -> None:
    """Ask it no more; what was made of its items stays. Raises UnknownMaterialFeed."""
    feed = find_feed(session, feed_id, station_id=station_id)
    feed.retired_at = now
    record(session, Act.MATERIAL_FEED_RETIRED, by=by, about=feed.id, at=now)


def find_feed(session: Session, feed_id: str, *, station_id: str) -> MaterialFeed:
    """A source in use; raise UnknownMaterialFeed."""
    feed = session.get(MaterialFeed, feed_id)
    if feed is None or feed.station_id != station_id or feed.retired_at is not None:
        raise UnknownMaterialFeed(feed_id)
    return feed


def feeds_of(session: Session, *, station_id: str) -> Sequence[MaterialFeed]:
    """The sources in use, by name."""
    return session.exec(
        select(MaterialFeed)
        .where(MaterialFeed.station_id == station_id, col(MaterialFeed.retired_at).is_(None))
        .order_by(col(MaterialFeed.name), col(MaterialFeed.id))
    ).all()


def _checked_line(given: str, most: int, *, field: str) -> str:
    given = " ".join(given.split())
    if not 1 <= len(given) <= most or not given.isprintable():
        raise FeedNameless(field=field)
    return given

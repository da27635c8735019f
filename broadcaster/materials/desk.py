"""Asking a source for its items, and making a bulletin of one: a draft that others approve.

No transaction is open while a host is asked or a sound is made.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.alerts.errors import AlertTooLarge, FeedUnreachable
from broadcaster.alerts.fetching import fetcher
from broadcaster.audit import Act, record
from broadcaster.bulletins import desk
from broadcaster.bulletins.delivery import AS_WRITTEN
from broadcaster.bulletins.errors import CONTRIBUTOR_LIMIT_CHARACTERS
from broadcaster.bulletins.own_voice import RecordedSound
from broadcaster.bulletins.provenance import Provenance
from broadcaster.bulletins.studio import Studio
from broadcaster.bulletins.texts import Written, checked
from broadcaster.database import Database, new_id
from broadcaster.errors import LoaError
from broadcaster.materials.errors import (
    MaterialTaken,
    MaterialUnreachable,
    MaterialUnreadable,
    UnknownMaterialFeed,
    UnknownMaterialItem,
)
from broadcaster.materials.feeds import find_feed
from broadcaster.materials.reading import Found, items_in
from broadcaster.materials.sound import fetch_sound
from broadcaster.materials.tables import MaterialFeed, MaterialItem
from broadcaster.web.context import Context

log = structlog.get_logger()

SHOWN_ITEMS = 30


def ask(
    database: Database, feed_id: str, *, station_id: str, by: str | None, now: datetime
) -> LoaError | None:
    """Ask a source what it has; what is wrong with it, or None. Raises UnknownMaterialFeed."""
    with database.reading() as session:
        feed = find_feed(session, feed_id, station_id=station_id)
    wrong: LoaError | None = None
    found: list[Found] = []
    try:
        with fetcher() as fetch:
            content = fetch.get(feed.url).content
        found = items_in(content or b"", feed_url=feed.url)
    except FeedUnreachable as error:
        wrong = MaterialUnreachable(error.detail)
    except AlertTooLarge as error:
        wrong = MaterialUnreadable(error.detail)
    except MaterialUnreadable as error:
        wrong = error
    with database.writing() as session:
        row = find_feed(session, feed_id, station_id=station_id)
        row.asked_at, row.trouble = now, wrong.code if wrong else ""
        fresh = [] if wrong else _kept(session, row, found, now=now)
        record(
            session, Act.MATERIAL_FEED_ASKED, by=by, about=feed_id, at=now,
            details={"trouble": row.trouble, "new": len(fresh)},
        )  # fmt: skip
    return wrong


def items_of(session: Session, feed_id: str, *, limit: int = SHOWN_ITEMS) -> Sequence[MaterialItem]:
    """The items of a source, the newest first."""
    return session.exec(
        select(MaterialItem)
        .where(MaterialItem.feed_id == feed_id)
        .order_by(
            col(MaterialItem.published_at).is_(None),
            col(MaterialItem.published_at).desc(),
            col(MaterialItem.id),
        )
        .limit(limit)
    ).all()


def find_item(
    session: Session, item_id: str, *, station_id: str
) -> tuple[MaterialItem, MaterialFeed]:
    """An item of a source in use, with its source; raise UnknownMaterialItem."""
    item = session.get(MaterialItem, item_id)
    if item is None:
        raise UnknownMaterialItem(item_id)
    try:
        return item, find_feed(session, item.feed_id, station_id=station_id)
    except UnknownMaterialFeed as error:
        raise UnknownMaterialItem(item_id) from error


def take(station: Context, studio: Studio, item_id: str, *, by: str) -> str:
    """Make a bulletin of an item: its sound, its words, its source and its licence; the id.

    Raises UnknownMaterialItem, MaterialTaken, MaterialSoundUnusable, MaterialUnreachable, and what
    `texts.checked` and `Studio.record` raise.
    """
    with station.database.reading() as session:
        item, feed = find_item(session, item_id, station_id=station.station_id)
    if item.bulletin_id is not None:
        raise MaterialTaken
    written = written_of(item, feed)
    with studio.store.workspace() as folder:
        path = folder / "recording"
        fetch_sound(item.sound_url, path, feed_url=feed.url, sound_host=feed.sound_host)
        recording = studio.record(path)
    now = station.now()
    with station.database.writing() as session:
        row = session.get(MaterialItem, item_id, with_for_update=True)
        if row is None or row.bulletin_id is not None:
            raise MaterialTaken
        bulletin = desk.write_bulletin(
            session, station_id=station.station_id, written=written, by=by, now=now
        )
        sound = RecordedSound(script=written.script, delivery=AS_WRITTEN, recording=recording)
        desk.attach_rendition(session, bulletin.id, sound=sound, by=by, now=now)
        row.bulletin_id, row.taken_by, row.taken_at = bulletin.id, by, now
        record(
            session, Act.MATERIAL_TAKEN, by=by, about=row.id, at=now,
            details={"bulletin": bulletin.id},
        )  # fmt: skip
        log.info("material_taken", item_id=row.id, bulletin_id=bulletin.id)
        return bulletin.id


def written_of(item: MaterialItem, feed: MaterialFeed) -> Written:
    """An item as an author gives it; whoever approves reads where it is from and on what terms."""
    licence = item.licence or feed.licence
    return checked(
        title=item.title,
        # What is said in it nobody here has written down: its summary is all that there is.
        script=item.summary or item.title,
        topic=TOPIC,
        provenance=Provenance(
            contributor=feed.name, source=_cut(f"{licence} · {item.link or item.sound_url}")
        ),
    )


TOPIC = "Cẩm nang số"


def _kept(
    session: Session, feed: MaterialFeed, found: Sequence[Found], *, now: datetime
) -> list[MaterialItem]:
    """Keep what is new, and let what was not taken yet be as the source says now."""
    known = {
        each.guid: each
        for each in session.exec(select(MaterialItem).where(MaterialItem.feed_id == feed.id))
    }
    fresh = []
    for each in found:
        row = known.get(each.guid)
        if row is not None and row.bulletin_id is not None:
            continue
        if row is None:
            row = MaterialItem(
                id=new_id("mti"), feed_id=feed.id, guid=each.guid, title=each.title,
                sound_url=each.sound_url, seen_at=now,
            )  # fmt: skip
            session.add(row)
            fresh.append(row)
        row.title, row.summary, row.sound_url = each.title, each.summary, each.sound_url
        row.licence, row.link, row.published_at = each.licence, each.link, each.published_at
    session.flush()
    return fresh


def _cut(text: str) -> str:
    most = CONTRIBUTOR_LIMIT_CHARACTERS
    return text if len(text) <= most else f"{text[: most - 1]}…"

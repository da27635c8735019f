"""The list of feeds and the codes of places: kept by admins, beside the certificates on disk.

A feed's certificates are the PEM files of a folder of its own under the state folder, so that
whoever holds the machine decides whom it trusts, and no form of the site does.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from cryptography import x509
from sqlmodel import Session, col, select

from broadcaster.alerts.errors import (
    NAME_LIMIT_CHARACTERS,
    CertificateUnusable,
    FeedListed,
    FeedNameUnusable,
    FeedUrlUnusable,
    PlaceCodeUnusable,
    UnknownFeed,
    UnknownPlaceCode,
)
from broadcaster.alerts.tables import AlertFeed, AlertPlaceCode
from broadcaster.areas.queries import villages_of
from broadcaster.audit import Act, record
from broadcaster.database import new_id

log = structlog.get_logger()

FOLDER = "alert-certificates"
FILES = "files"
"""Whose certificates hold for alerts that a person brings as files."""

_LONGEST_URL = 500


def certificates_folder(state_dir: Path, feed_id: str | None) -> Path:
    """Where the PEM files of a feed lie, or those for alerts that come as files."""
    return state_dir / FOLDER / (feed_id or FILES)


def trust(state_dir: Path, feed_id: str | None, file: Path) -> Path:
    """Copy a certificate to where it is trusted; raise CertificateUnusable."""
    try:
        x509.load_pem_x509_certificates(file.read_bytes())
    except (ValueError, OSError) as error:
        raise CertificateUnusable(file.name, field="certificate") from error
    folder = certificates_folder(state_dir, feed_id)
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{file.stem}.pem"
    shutil.copyfile(file, kept)
    return kept


def add_feed(
    session: Session,
    *,
    name: str,
    url: str,
    must_be_signed: bool,
    station_id: str,
    by: str | None,
    now: datetime,
) -> AlertFeed:
    """Ask an address for alerts from now on; raise a BadInput that names its field."""
    name, url = _checked_name(name), checked_url(url)
    if any(each.url == url for each in feeds_of(session, station_id=station_id)):
        raise FeedListed(field="url")
    feed = AlertFeed(
        id=new_id("afd"),
        station_id=station_id,
        name=name,
        url=url,
        must_be_signed=must_be_signed,
        added_by=by,
        added_at=now,
    )
    session.add(feed)
    session.flush()
    record(
        session, Act.ALERT_FEED_ADDED, by=by, about=feed.id, at=now,
        details={"must_be_signed": must_be_signed, "host": urlsplit(url).hostname or ""},
        private={"name": name, "url": url},
    )  # fmt: skip
    log.info("alert_feed_added", feed_id=feed.id)
    return feed


def retire_feed(
    session: Session, feed_id: str, *, station_id: str, by: str | None, now: datetime
) -> None:
    """Ask it no more; what came by it stays. Raises UnknownFeed."""
    feed = find_feed(session, feed_id, station_id=station_id)
    feed.retired_at = now
    record(session, Act.ALERT_FEED_RETIRED, by=by, about=feed.id, at=now)


def find_feed(session: Session, feed_id: str, *, station_id: str) -> AlertFeed:
    """A feed in use; raise UnknownFeed."""
    feed = session.get(AlertFeed, feed_id)
    if feed is None or feed.station_id != station_id or feed.retired_at is not None:
        raise UnknownFeed(feed_id)
    return feed


def feeds_of(session: Session, *, station_id: str) -> Sequence[AlertFeed]:
    """The feeds in use, by name."""
    return session.exec(
        select(AlertFeed)
        .where(AlertFeed.station_id == station_id, col(AlertFeed.retired_at).is_(None))
        .order_by(col(AlertFeed.name), col(AlertFeed.id))
    ).all()


def add_place_code(
    session: Session,
    *,
    list_name: str,
    value: str,
    village_id: str,
    station_id: str,
    by: str,
    now: datetime,
) -> AlertPlaceCode:
    """Say what a geocode means here: a village, or `everywhere`; raise PlaceCodeUnusable."""
    list_name, value = list_name.strip(), value.strip()
    known = {each.id for each in villages_of(session, station_id)} | {EVERYWHERE}
    for field, given in (("list_name", list_name), ("value", value)):
        if not 1 <= len(given) <= NAME_LIMIT_CHARACTERS or not given.isprintable():
            raise PlaceCodeUnusable(field=field)
    if village_id not in known:
        raise PlaceCodeUnusable(field="village_id")
    village = None if village_id == EVERYWHERE else village_id
    for each in place_codes_of(session, station_id=station_id):
        if (each.list_name, each.value, each.village_id) == (list_name, value, village):
            return each
    code = AlertPlaceCode(
        id=new_id("apc"),
        station_id=station_id,
        list_name=list_name,
        value=value,
        village_id=village,
    )
    session.add(code)
    session.flush()
    record(
        session, Act.ALERT_CODE_ADDED, by=by, about=code.id, at=now,
        details={"village": village or ""}, private={"list": list_name, "value": value},
    )  # fmt: skip
    return code


def remove_place_code(
    session: Session, code_id: str, *, station_id: str, by: str, now: datetime
) -> None:
    """Forget what a geocode means; raise UnknownPlaceCode."""
    code = session.get(AlertPlaceCode, code_id)
    if code is None or code.station_id != station_id:
        raise UnknownPlaceCode(code_id)
    record(
        session, Act.ALERT_CODE_REMOVED, by=by, about=code.id, at=now,
        private={"list": code.list_name, "value": code.value},
    )  # fmt: skip
    session.delete(code)


def place_codes_of(session: Session, *, station_id: str) -> Sequence[AlertPlaceCode]:
    """The codes that the station knows, by list and value."""
    return session.exec(
        select(AlertPlaceCode)
        .where(AlertPlaceCode.station_id == station_id)
        .order_by(col(AlertPlaceCode.list_name), col(AlertPlaceCode.value), col(AlertPlaceCode.id))
    ).all()


EVERYWHERE = "everywhere"
"""What stands for the whole commune where a village is chosen."""


def checked_url(url: str) -> str:
    """An address as it is kept; raise FeedUrlUnusable."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        usable = (
            parts.scheme in {"https", "http"}
            and bool(parts.hostname)
            and parts.username is None
            and parts.password is None
            and (parts.port is None or parts.port > 0)
        )
    except ValueError as error:
        raise FeedUrlUnusable(field="url") from error
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise FeedUrlUnusable(field="url")
    if len(url) > _LONGEST_URL:
        raise FeedUrlUnusable(field="url")
    return url


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= NAME_LIMIT_CHARACTERS or not name.isprintable():
        raise FeedNameUnusable(field="name")
    return name

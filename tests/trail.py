"""A database that keeps the trail, for tests: signed by made-up keys of the station in it."""

from datetime import datetime
from functools import cache
from pathlib import Path

from nacl.encoding import HexEncoder
from sqlalchemy import select
from sqlmodel import Session

from broadcaster import database
from broadcaster.audit import keep_trail
from broadcaster.audit.acts import Act
from broadcaster.audit.entries import Entry, open_entry
from broadcaster.audit.following import FollowedTrail
from broadcaster.audit.tables import ENTRIES
from broadcaster.database import Database
from broadcaster.dispatch.vouching import Look
from broadcaster.keys import KEYRING_FILE, ROOT_FILE, SIGNING_KEY_FILE, StationKeys, write_secret
from tests.broadcaster.station_keys import STATION_ID, made_keys, trust_of


@cache
def keys_of(station_id: str) -> StationKeys:
    """The keys of a station, the same in every run."""
    return made_keys(station_id)


def connect(url: str) -> Database:
    """Reach a database as the station's processes do: nothing is done in it without an entry."""
    reached = database.connect(url)
    keep_trail(reached, keys_of)
    return reached


def followed(station_id: str = STATION_ID) -> FollowedTrail:
    """The trail of a station as whoever signs its orders reads it, from the beginning."""
    root = keys_of(station_id).root_public_key
    return FollowedTrail(station=station_id, root_public_key=root)


def look_at(session: Session, *, now: datetime) -> Look:
    """What the signer asks of the trail, in a session."""
    return Look(session, followed(), station_id=STATION_ID, now=now)


def acts_of(reached: Database, act: Act) -> list[Entry]:
    """All entries of one act, oldest first, each with a signature that holds."""
    with reached.reading() as session:
        rows = session.execute(
            select(ENTRIES).where(ENTRIES.c.act == act).order_by(ENTRIES.c.number)
        ).all()
    trusted = trust_of(keys_of(STATION_ID)).keys
    return [open_entry(row.message, trusted=trusted).entry for row in rows]


def keep_keys(keys_dir: Path, station_id: str) -> StationKeys:
    """Put the same keys where commands look for them."""
    keys = keys_of(station_id)
    write_secret(keys_dir / ROOT_FILE, keys.root_public_key.encode())
    write_secret(keys_dir / KEYRING_FILE, keys.keyring.encode())
    write_secret(keys_dir / SIGNING_KEY_FILE, keys.signing_key.encode(HexEncoder))
    return keys

"""Founding a real station: row, keys, villages and first admin, in one transaction or not at all.

Nothing that is there is ever founded over. What is secret is told once, or written for its owner's
eyes only; the first admin chooses a password by a link, and no password is ever printed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlmodel import Session, select

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.accounts.own_password import make_link
from broadcaster.accounts.people import create_account
from broadcaster.accounts.roles import Role
from broadcaster.areas.registering import add_cluster, add_village, checked_name, checked_people
from broadcaster.areas.tables import Station
from broadcaster.audit import keep_trail_on_disk
from broadcaster.database import Database, connect, new_id
from broadcaster.database.migrate import migrate
from broadcaster.fleet.credentials import write_registry
from broadcaster.founding import NewStation, found_station
from broadcaster.keys import KeysPresent, founding_keys, keep_from_others
from broadcaster.keys.secret_files import write_secret
from broadcaster.processes.errors import AlreadyFounded, VillagesUnreadable
from broadcaster.settings import Settings

_VILLAGE = re.compile(r"(?P<name>.+?)(?:\s+(?P<households>[\d.]+)\s*/\s*(?P<residents>[\d.]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVillage:
    """A village by name, with its people where somebody said how many."""

    name: str
    households: int | None = None
    residents: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCluster:
    """Villages that are to hear the same schedule."""

    name: str
    villages: Sequence[NewVillage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """All that must be known before a station is founded; checked already."""

    station: NewStation
    clusters: Sequence[NewCluster]
    admin_username: str
    admin_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """What came of it: told once."""

    station_id: str
    link: str = field(repr=False)
    root_told: str = field(repr=False)


def read_cluster(typed: str) -> NewCluster:
    """A cluster as somebody types it: `Cụm Đông: Thôn Một 312/1184, Thôn Hai`.

    Behind a village stand its households and residents. Raises VillagesUnreadable, NameUnusable,
    PeopleUnusable.
    """
    name, colon, rest = typed.partition(":")
    written = [each.strip() for each in rest.split(",") if each.strip()]
    if not colon or not written:
        raise VillagesUnreadable(typed.strip()[:80], field="villages")
    return NewCluster(name=checked_name(name), villages=[_village(each) for each in written])


def refuse_founded(settings: Settings) -> None:
    """Raise AlreadyFounded where there is a station; an empty place is left as it is."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return
    database = connect(settings.database)
    try:
        migrate(database)
        with database.reading() as session:
            _refuse_station(session)
    finally:
        database.dispose()


def found(settings: Settings, founding: Founding, *, now: datetime) -> Founded:
    """Found it; raise AlreadyFounded, KeysPresent, UsernameUnusable.

    On any failure nothing is left: neither a row nor a key.
    """
    keep_from_others(settings.state_dir)
    database = connect(settings.database)
    try:
        migrate(database)
        keep_trail_on_disk(database, settings.keys_dir)
        founded = _found(database, settings, founding, now=now)
        with database.reading() as session:
            write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    finally:
        database.dispose()
    return founded


def write_root_key(file: Path, told: str) -> None:
    """Keep the root key in a new file for its owner's eyes only; raise KeysPresent for an old one.

    For machines that found machines: it belongs on paper and into a safe, and the file destroyed.
    """
    secret = f"{told}\n".encode()
    write_secret(file, secret, replace=False)
    if file.read_bytes() != secret:
        raise KeysPresent(str(file))


def _found(database: Database, settings: Settings, founding: Founding, *, now: datetime) -> Founded:
    station_id = new_id("st")
    with (
        founding_keys(
            settings.keys_dir, station_id=station_id, name=founding.station.name, now=now
        ) as new_keys,
        database.writing() as session,
    ):
        _refuse_station(session)
        station = found_station(
            session, settings, new=founding.station, keys=new_keys.keys, now=now
        )
        _settle(session, founding.clusters, station_id=station.id, now=now)
        account, _ = create_account(
            session,
            username=founding.admin_username,
            display_name=founding.admin_name,
            station_id=station.id,
            roles=[Role.ADMIN],
            now=now,
        )
        link = make_link(session, account.id, by=None, now=now)
        new_keys.keep()
    return Founded(station_id=station_id, link=link, root_told=new_keys.root_told)


def _settle(
    session: Session, clusters: Sequence[NewCluster], *, station_id: str, now: datetime
) -> None:
    for cluster in clusters:
        row = add_cluster(session, name=cluster.name, station_id=station_id, by=None, now=now)
        for village in cluster.villages:
            add_village(
                session,
                name=village.name,
                cluster_id=row.id,
                households=village.households,
                residents=village.residents,
                since=now.date(),
                station_id=station_id,
                by=None,
                now=now,
            )


def _refuse_station(session: Session) -> None:
    station = session.exec(select(Station)).first()
    if station is not None:
        raise AlreadyFounded(station.name)


def _village(typed: str) -> NewVillage:
    found = _VILLAGE.fullmatch(typed)
    if found is None:
        raise VillagesUnreadable(typed[:80], field="villages")
    name = checked_name(found["name"])
    if found["residents"] is None:
        return NewVillage(name=name)
    return NewVillage(
        name=name,
        households=checked_people(found["households"], field="households"),
        residents=checked_people(found["residents"], field="residents"),
    )

"""Opening the demonstration's state: migrated, founded the first time, found again afterwards."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import select

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.areas.tables import Station
from broadcaster.audit import begin_trail, keep_trail_on_disk
from broadcaster.database import Database, connect, new_id
from broadcaster.database.migrate import migrate
from broadcaster.demo.commune import (
    COMMUNE,
    STATION_NAME,
    DemoVillage,
    FoundedDemo,
    found_demo,
    readdress,
)
from broadcaster.demo.errors import NotTheDemonstration
from broadcaster.fleet.credentials import write_registry
from broadcaster.keys import KeysPresent, founding_keys, keep_from_others, load_keys
from broadcaster.settings import Settings


def fleet_folder(settings: Settings) -> Path:
    """Where the simulated devices keep their identities and journals."""
    return settings.state_dir / "fleet"


def open_demo(
    settings: Settings, *, commune: Mapping[str, Sequence[DemoVillage]] = COMMUNE
) -> tuple[Database, FoundedDemo | None]:
    """The demonstration's database, and what was founded if this is the first time.

    `commune` is what is then founded: clusters by name, with their villages.

    Raises NotTheDemonstration when the state folder holds a real station.
    """
    keep_from_others(settings.state_dir)
    database = connect(settings.database)
    migrate(database)
    keep_trail_on_disk(database, settings.keys_dir)
    founded = _found_if_empty(database, settings, commune=commune)
    begin_trail(database, now=datetime.now(UTC))
    readdress(fleet_folder(settings), settings)
    with database.reading() as session:
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    return database, founded


def _found_if_empty(
    database: Database, settings: Settings, *, commune: Mapping[str, Sequence[DemoVillage]]
) -> FoundedDemo | None:
    with database.reading() as session:
        station = session.exec(select(Station)).first()
    if station is None:
        return _found(database, settings, commune=commune, now=datetime.now(UTC))
    if not station.rehearsal:
        raise NotTheDemonstration(station.name)
    load_keys(settings.keys_dir)
    return None


def _found(
    database: Database,
    settings: Settings,
    *,
    commune: Mapping[str, Sequence[DemoVillage]],
    now: datetime,
) -> FoundedDemo:
    station_id = new_id("st")
    with (
        founding_keys(
            settings.keys_dir, station_id=station_id, name=STATION_NAME, now=now
        ) as new_keys,
        database.writing() as session,
    ):
        if session.exec(select(Station)).first() is not None:
            raise KeysPresent  # somebody else founded it a moment ago
        founded = found_demo(
            session,
            settings,
            new_keys=new_keys,
            fleet_dir=fleet_folder(settings),
            now=now,
            commune=commune,
        )
        new_keys.keep()
    return founded

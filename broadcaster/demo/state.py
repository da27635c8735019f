"""Opening the demonstration's state: migrated, founded the first time, found again afterwards."""

from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import select

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.areas.tables import Station
from broadcaster.database import Database, connect
from broadcaster.database.migrate import migrate
from broadcaster.demo.commune import FoundedDemo, found_demo, readdress
from broadcaster.demo.errors import NotTheDemonstration
from broadcaster.fleet.credentials import write_registry
from broadcaster.keys import keep_from_others
from broadcaster.settings import Settings


def fleet_folder(settings: Settings) -> Path:
    """Where the simulated devices keep their identities and journals."""
    return settings.state_dir / "fleet"


def open_demo(settings: Settings) -> tuple[Database, FoundedDemo | None]:
    """The demonstration's database, and what was founded if this is the first time.

    Raises NotTheDemonstration when the state folder holds a real station.
    """
    keep_from_others(settings.state_dir)
    database = connect(settings.database)
    migrate(database)
    founded = _found_if_empty(database, settings)
    readdress(fleet_folder(settings), settings)
    with database.reading() as session:
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    return database, founded


def _found_if_empty(database: Database, settings: Settings) -> FoundedDemo | None:
    with database.writing() as session:
        station = session.exec(select(Station)).first()
        if station is not None:
            if not station.rehearsal:
                raise NotTheDemonstration(station.name)
            return None
        return found_demo(
            session, settings, fleet_dir=fleet_folder(settings), now=datetime.now(UTC)
        )

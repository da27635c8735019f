"""Reaching the founded station from a command that runs beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlmodel import select

import broadcaster.schema  # noqa: F401 - sessions need every table known
from broadcaster.areas.tables import Station
from broadcaster.audit import keep_trail_on_disk
from broadcaster.database import Database, connect
from broadcaster.database.migrate import migrate
from broadcaster.processes.errors import NotFounded
from broadcaster.settings import Settings


@contextmanager
def founded_station(
    settings: Settings, *, as_it_is: bool = False
) -> Iterator[tuple[Database, str]]:
    """The station's database and its id; raise NotFounded rather than make an empty database.

    It is brought to this version's schema first, unless it is to be left as it is.
    """
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NotFounded
    database = connect(settings.database)
    try:
        if not as_it_is:
            migrate(database)
        keep_trail_on_disk(database, settings.keys_dir)
        with database.reading() as session:
            station_id = session.exec(select(Station.id)).first()
        if station_id is None:
            raise NotFounded
        yield database, station_id
    finally:
        database.dispose()

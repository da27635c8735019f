"""Makes the sounds that emergencies wait for, the most urgent first, beside the site's own work.

One thread of the site's process. What it has to do stands in the database, so a restart goes on
where it was, and two of them do nothing twice that matters.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from broadcaster.bulletins.studio import Studio
from broadcaster.database import Database
from broadcaster.emergency.raising import start_ready_parts
from broadcaster.emergency.sounds import make, waiting

log = structlog.get_logger()

_LOOK_EVERY_S = 0.2


def make_next(database: Database, studio: Studio, *, now: Callable[[], datetime]) -> bool:
    """Make the most urgent sound that is wanted and order what it is for; False if none was."""
    with database.reading() as session:
        wanted = waiting(session, now=now())
    if not wanted:
        return False
    if make(database, studio, wanted[0], now=now()):
        with database.writing() as session:
            start_ready_parts(session, now=now())
    return True


@contextmanager
def announcing(
    database: Database,
    studio: Studio,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[None]:
    """Make what is wanted until the end of the block."""
    ending = threading.Event()

    def work() -> None:
        while not ending.wait(0 if _made(database, studio, now) else _LOOK_EVERY_S):
            pass

    thread = threading.Thread(target=work, name="emergency-announcer", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _made(database: Database, studio: Studio, now: Callable[[], datetime]) -> bool:
    try:
        return make_next(database, studio, now=now)
    except SQLAlchemyError:
        # A database that does not answer is asked again at the next look.
        log.exception("emergency_announcer_failed")
        return False

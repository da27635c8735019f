"""What was just moved, as the address of the calendar says it, so that one press undoes it."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from broadcaster.bulletins.standing import state_of
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin
from broadcaster.errors import LoaError
from broadcaster.schedule.moving import begins_at, find_schedule
from broadcaster.schedule.occurrences import read_local
from broadcaster.web.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An occurrence that was moved or added; `was` is empty where nothing can undo it.

    `was_times` and `was_every` are the repeats that it had, as the form says them.
    `waiting` says that its bulletin is still to be approved before it plays.
    """

    schedule_id: str
    occurrence: str
    title: str
    now_at: datetime
    was: str
    was_times: str
    was_every: str
    times: int
    every_min: int
    waiting: bool


def moved_lately(
    station: Context, moved: str, *, at: str, was: str, was_times: str = "", was_every: str = ""
) -> Moved | None:
    """What an address says was moved, if it is there as it says."""
    if not moved:
        return None
    try:
        if was:
            read_local(was)
        with station.database.reading() as session:
            found = _found(session, station, moved, at=at, was=was)
    except LoaError:
        return None
    return replace(
        found,
        was_times=was_times or str(found.times),
        was_every=was_every if was_times else str(found.every_min or ""),
    )


def _found(session: Session, station: Context, moved: str, *, at: str, was: str) -> Moved:
    schedule = find_schedule(session, moved, station_id=station.station_id)
    begins = begins_at(session, schedule, at, zone=station.zone, now=station.now())
    bulletin = session.get_one(Bulletin, schedule.bulletin_id)
    return Moved(
        schedule_id=moved,
        occurrence=at,
        title=bulletin.title,
        now_at=begins,
        was=was,
        was_times="",
        was_every="",
        times=schedule.times,
        every_min=schedule.every_min,
        waiting=state_of(session, bulletin) is not BulletinState.APPROVED,
    )

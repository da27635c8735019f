"""What the pages and the API of a rehearsal share: the director, who may be one, and what is done.

What is done here happens in another process and not in the database, so its entry in the trail is
written once it has happened: what was refused was not done, and has none. No transaction is open
meanwhile: devices that are switched wait for the same database.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Depends, Request

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.audit import Act, record
from broadcaster.audit.entries import Scalar
from broadcaster.emergency.ending import running
from broadcaster.rehearsal.director import Director
from broadcaster.rehearsal.errors import EmergencyLasts, StationInService
from broadcaster.rehearsal.profiles import check_profile
from broadcaster.rehearsal.wishes import FaultWish, Wish
from broadcaster.web.context import Context, context

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


def director_of(request: Request) -> Director:
    """The director of the station that this app serves (a FastAPI dependency)."""
    found = request.app.state.director
    if not isinstance(found, Director):
        raise TypeError("the app was started without a director")
    return found


Directing = Annotated[Director, Depends(director_of)]


def refuse_in_service(station: Context) -> None:
    """Raise StationInService at a station whose poles people hear."""
    if not station.rehearsal:
        raise StationInService


def begin(station: Context, director: Director, wish: Wish, *, by: str) -> None:
    """Start a rehearsal; raise what stands against it.

    Raises StationInService, EmergencyLasts, ProfileRefused or RehearsalRuns.
    """
    refuse_in_service(station)
    with station.database.reading() as session:
        if running(session, station_id=station.station_id):
            raise EmergencyLasts
    check_profile(wish.profile, devices=wish.devices)
    director.start(wish)
    # A profile is words that somebody wrote.
    _record(
        station, Act.REHEARSAL_STARTED, by=by,
        details={"devices": wish.devices, "seed": wish.seed}, private={"profile": wish.profile},
    )  # fmt: skip


def finish(station: Context, director: Director, *, by: str) -> None:
    """End a rehearsal; raise StationInService or NoRehearsal."""
    refuse_in_service(station)
    director.end()
    _record(station, Act.REHEARSAL_ENDED, by=by)


def switch_power(station: Context, director: Director, *, on: bool, by: str) -> None:
    """Switch all devices on or off; raise StationInService or what `Director.switch` raises."""
    refuse_in_service(station)
    director.switch(on=on)
    _record(station, Act.REHEARSAL_POWER_SWITCHED, by=by, details={"on": on})


def begin_fault(station: Context, director: Director, wish: FaultWish, *, by: str) -> Sequence[str]:
    """Begin a fault; return whom it struck. Raises what `Director.add_fault` raises."""
    struck = director.add_fault(wish)
    _record(
        station, Act.REHEARSAL_FAULT_BEGUN, by=by, about=wish.kind,
        details={"share": wish.share, "lasts_s": wish.lasts_s, "devices": len(struck)},
    )  # fmt: skip
    return struck


def end_fault(station: Context, director: Director, kind: str, *, by: str) -> None:
    """End a fault for all; raise what `Director.remove_fault` raises."""
    director.remove_fault(kind)
    _record(station, Act.REHEARSAL_FAULT_ENDED, by=by, about=kind)


def _record(
    station: Context,
    act: Act,
    *,
    by: str,
    about: str = "",
    details: Mapping[str, Scalar] | None = None,
    private: Mapping[str, str] | None = None,
) -> None:
    with station.database.writing() as session:
        record(session, act, by=by, about=about, at=station.now(), details=details, private=private)

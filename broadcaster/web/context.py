"""What every page and route needs of the running station, handed to the app once at its start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from broadcaster.database import Database
from broadcaster.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """A station, as pages and routes see it.

    It is the one that this installation speaks for. Whoever looks at another one of the database
    gets that one's, with the installation's own as `own_station_id`; there they only read.
    """

    database: Database
    settings: Settings
    station_id: str
    station_name: str
    zone: ZoneInfo
    rehearsal: bool
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    own_station_id: str = ""

    def today(self) -> date:
        """The day that the station's own clocks show now."""
        return self.day_of(self.now())

    def day_of(self, instant: datetime) -> date:
        """The day of an instant by the station's own clocks."""
        return instant.astimezone(self.zone).date()

    @property
    def own_id(self) -> str:
        """The id of the station that the installation speaks for, whichever is looked at."""
        return self.own_station_id or self.station_id

    @property
    def is_elsewhere(self) -> bool:
        """Whether this is another station than the one that the installation speaks for."""
        return self.own_station_id != ""


def context(request: Request) -> Context:
    """The context of the station that this request is about (a FastAPI dependency).

    Which one that is says `app.state.station_in_view`, where it is set: whoever sent the request
    may look at another than the installation's own.
    """
    found = request.app.state.context
    if not isinstance(found, Context):
        raise TypeError("the app was started without its context")
    chosen: Context | None = getattr(request.state, "station", None)
    if chosen is None:
        in_view = getattr(request.app.state, "station_in_view", None)
        chosen = found if in_view is None else in_view(request, found)
        request.state.station = chosen
    return chosen

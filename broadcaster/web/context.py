"""What every page and route needs of the running station, handed to the app once at its start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fastapi import Request

from broadcaster.database import Database
from broadcaster.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """The running station, as pages and routes see it."""

    database: Database
    settings: Settings
    station_id: str
    station_name: str
    zone: ZoneInfo
    rehearsal: bool
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def context(request: Request) -> Context:
    """The context of the app that serves this request (a FastAPI dependency)."""
    found = request.app.state.context
    if not isinstance(found, Context):
        raise TypeError("the app was started without its context")
    return found

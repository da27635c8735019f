"""Relays as JSON; queued by `/api/schedules` and decided by `/api/bulletins`, by the same id."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.answers import BulletinAnswer, bulletin_answer
from broadcaster.bulletins.errors import TITLE_LIMIT_CHARACTERS, TOPIC_LIMIT_CHARACTERS
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin
from broadcaster.bulletins.texts import NORMAL, PRIORITY
from broadcaster.relays.desk import (
    LONGEST_STALL_MS,
    SHORTEST_MS,
    SHORTEST_STALL_MS,
    STALL_MS,
    GivenRelay,
    change_relay,
    find_relay,
    make_relay_anew,
    write_relay,
)
from broadcaster.relays.shown import RelayLine, relay_lines, relay_shown
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api/relays", tags=["relays"])

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


class RelayGiven(BaseModel):
    """A relay to be kept; limits are told in a sentence, so the desk checks them."""

    model_config = ConfigDict(extra="forbid")

    source_id: str
    duration_ms: int = Field(
        description="How long at most; no longer than a session of the station.",
        json_schema_extra={"minimum": SHORTEST_MS},
    )
    stall_timeout_ms: int = Field(
        default=STALL_MS,
        description="After how long a silence something else fills in.",
        json_schema_extra={"minimum": SHORTEST_STALL_MS, "maximum": LONGEST_STALL_MS},
    )
    fallback_bulletin_id: str | None = Field(
        default=None, description="An approved bulletin that fills in; null is silence."
    )
    title: str = Field(
        default="",
        description="Empty: called after its source.",
        json_schema_extra={"maxLength": TITLE_LIMIT_CHARACTERS},
    )
    topic: str = Field(default="", json_schema_extra={"maxLength": TOPIC_LIMIT_CHARACTERS})
    priority: int = Field(default=NORMAL, json_schema_extra={"enum": [PRIORITY, NORMAL]})

    def given(self) -> GivenRelay:
        """What was asked for."""
        return GivenRelay(
            source_id=self.source_id,
            duration_ms=self.duration_ms,
            stall_timeout_ms=self.stall_timeout_ms,
            fallback_id=self.fallback_bulletin_id,
            title=self.title,
            topic=self.topic,
            priority=self.priority,
        )


class RelayLineOut(BaseModel):
    """One relay in a list."""

    id: str
    title: str
    source: str
    level: str
    state: BulletinState
    holds: bool = Field(
        description="Whether its source and what fills in are what it says; else it is not aired."
    )
    duration_ms: int | None

    @classmethod
    def of(cls, relay: RelayLine) -> "RelayLineOut":
        """The JSON of a line."""
        return cls(
            id=relay.line.row.id,
            title=relay.line.row.title,
            source=relay.source,
            level=relay.level,
            state=relay.line.state,
            holds=relay.holds,
            duration_ms=relay.line.duration_ms,
        )


class Relays(BaseModel):
    """Relays, last edited first."""

    relays: list[RelayLineOut]


class RelayOut(BaseModel):
    """One relay; what a decision names stands in its rendition, as a bulletin's."""

    holds: bool
    bulletin: BulletinAnswer


@api.get("", responses=problems(401, 403))
def relays(station: Here, _viewer: Reader) -> Relays:
    """The station's relays."""
    with station.database.reading() as session:
        lines = relay_lines(session, station_id=station.station_id)
    return Relays(relays=[RelayLineOut.of(each) for each in lines])


@api.post("", status_code=201, responses=problems(401, 403, 413, 422))
def create(station: Here, viewer: Writer, wish: RelayGiven) -> RelayOut:
    """Keep a relay, ready to be queued and submitted."""
    with station.database.writing() as session:
        relay = write_relay(
            session,
            wish.given(),
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _out(session, relay)


@api.get("/{relay_id}", responses=problems(401, 403, 404, 422))
def relay(station: Here, _viewer: Reader, relay_id: Id) -> RelayOut:
    """One relay with its decisions."""
    with station.database.reading() as session:
        return _out(session, find_relay(session, relay_id, station_id=station.station_id))


@api.put("/{relay_id}", responses=problems(401, 403, 404, 413, 422))
def change(station: Here, viewer: Writer, relay_id: Id, wish: RelayGiven) -> RelayOut:
    """Change a relay, which voids its approval."""
    with station.database.writing() as session:
        changed = change_relay(
            session,
            relay_id,
            wish.given(),
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _out(session, changed)


@api.post("/{relay_id}/rendition", responses=problems(401, 403, 404, 422))
def make_anew(station: Here, viewer: Writer, relay_id: Id) -> RelayOut:
    """Take source and what fills in as they are now; unchanged, nothing changes."""
    with station.database.writing() as session:
        made = make_relay_anew(
            session,
            relay_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return _out(session, made)


def _out(session: Session, row: Bulletin) -> RelayOut:
    shown = relay_shown(session, row)
    return RelayOut(holds=shown.holds, bulletin=bulletin_answer(shown.base))

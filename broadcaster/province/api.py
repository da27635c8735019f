"""The stations that one person reads, as JSON, and which of them the other routes are about."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from broadcaster.accounts.guard import require, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.sessions import hashed
from broadcaster.accounts.stations import choose_station, stations_read_by
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.ledger.coverage import Coverage
from broadcaster.province.standing import StationStanding, standings
from broadcaster.web.addresses import ID_PATTERN
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["stations"])

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]


class OnAirOut(BaseModel):
    """A broadcast that devices play now, or whose time it is."""

    broadcast_id: str
    title: str
    starts_at_ms: int


class CoverageOut(BaseModel):
    """Residents asked, and of them those in reach of poles in each part; the parts stay apart."""

    asked: int
    confirmed: float
    relayed: float
    partial: float
    failed: float
    not_confirmed: float
    unverifiable: float
    pending: float
    unserved: float = Field(description="Residents asked whom no registered pole reaches.")

    @classmethod
    def of(cls, coverage: Coverage) -> "CoverageOut":
        """As it is answered."""
        return cls(**{name: getattr(coverage, name) for name in cls.model_fields})


class StationOut(BaseModel):
    """One station as it stands; coverage is that of the last seven days, today among them."""

    id: str
    name: str
    commune: str
    province: str
    rehearsal: bool
    in_view: bool = Field(description="Whether the other routes answer about this station.")
    on_air: list[OnAirOut]
    live_talks: list[str] = Field(description="Titles of what is spoken live now.")
    emergencies: int
    coverage: CoverageOut
    devices: int
    silent_devices: int
    never_heard_devices: int
    waiting_approvals: int
    unconfirmed_broadcasts: int


class StationsOut(BaseModel):
    """The stations that the token's holder reads; the installation's own first."""

    stations: list[StationOut]


class InView(BaseModel):
    """The station that a session is to look at."""

    model_config = ConfigDict(extra="forbid")

    station_id: str = Field(pattern=ID_PATTERN)


@api.get("/stations", responses=problems(401, 403))
def stations(station: Here, viewer: Anyone) -> StationsOut:
    """Every station that the caller reads, and how it stands now."""
    now = station.now()
    with station.database.reading() as session:
        found = standings(
            session,
            stations_read_by(session, viewer.account_id, own=station.own_id),
            today=station.day_of(now),
            now=now,
        )
    return StationsOut(
        stations=[_out(each, in_view=each.station_id == station.station_id) for each in found]
    )


@api.put("/me/station", status_code=204, responses=problems(400, 401, 403, 404, 413, 422))
def look_at(
    station: Here, viewer: Anyone, token: Annotated[str, Depends(token_of)], given: InView
) -> None:
    """Let the session of this token look at a station: all other routes answer about it.

    At another station than the installation's own a session reads what an inspector reads.
    """
    with station.database.writing() as session:
        choose_station(
            session,
            hashed(token),
            given.station_id,
            account_id=viewer.account_id,
            own=station.own_id,
        )


def _out(each: StationStanding, *, in_view: bool) -> StationOut:
    return StationOut(
        id=each.station_id,
        name=each.name,
        commune=each.commune,
        province=each.province,
        rehearsal=each.rehearsal,
        in_view=in_view,
        on_air=[
            OnAirOut(
                broadcast_id=airing.broadcast_id,
                title=airing.title,
                starts_at_ms=to_ms(airing.starts_at),
            )
            for airing in each.on_air
        ],
        live_talks=list(each.talks),
        emergencies=each.emergencies,
        coverage=CoverageOut.of(each.coverage),
        devices=each.devices.in_service,
        silent_devices=each.devices.silent,
        never_heard_devices=each.devices.never_heard,
        waiting_approvals=each.waiting,
        unconfirmed_broadcasts=each.owed,
    )

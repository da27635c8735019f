"""The stations that were joined to this one, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from broadcaster.accounts.guard import require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.joining.standing import JoinedPole, JoinedShown, joined_stations
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["stations"])

Here = Annotated[Context, Depends(context)]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


class JoinedPoleOut(BaseModel):
    """A loudspeaker that came along."""

    model_config = ConfigDict(frozen=True)

    device_id: str
    name: str
    signed_as: str = Field(description="Its id at the station that it came from.")
    taken_by: str | None = Field(description="The device that took its place here.")
    retired: bool

    @classmethod
    def of(cls, pole: JoinedPole) -> "JoinedPoleOut":
        """As it is answered."""
        return cls(**{name: getattr(pole, name) for name in cls.model_fields})


class JoinedStationOut(BaseModel):
    """A station that was joined; its ledger was verified under `root_public_key`."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    commune: str
    root_public_key: str
    as_of_ms: int = Field(description="When the backup was made that it came with.")
    joined_at_ms: int
    evidence_sha256: str = Field(description="Of the manifest of its ledger, which is kept whole.")
    devices: list[JoinedPoleOut]

    @classmethod
    def of(cls, shown: JoinedShown) -> "JoinedStationOut":
        """As it is answered."""
        return cls(
            id=shown.station_id,
            name=shown.name,
            commune=shown.commune,
            root_public_key=shown.public_key,
            as_of_ms=to_ms(shown.as_of),
            joined_at_ms=to_ms(shown.joined_at),
            evidence_sha256=shown.evidence_sha256,
            devices=[JoinedPoleOut.of(each) for each in shown.devices],
        )


@api.get("/joined-stations", responses=problems(401, 403))
def joined_stations_out(station: Here, viewer: Onlooker) -> list[JoinedStationOut]:
    """Every station that was joined to this one, in the order in which they came."""
    with station.database.reading() as session:
        found = joined_stations(session, station_id=viewer.station_id)
    return [JoinedStationOut.of(each) for each in found]

"""The devices and what they last said, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.database.columns import to_ms
from broadcaster.fleet.listing import DeviceLine, device_lines
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["devices"])


class DeviceOut(BaseModel):
    """One loudspeaker controller in service."""

    id: str
    name: str
    cluster_id: str
    cluster: str
    villages: list[str]
    simulated: bool
    online: bool | None = Field(description="Null for a device that was never heard of.")
    said_at_ms: int | None
    software: str | None
    plan_version: int | None
    enrolled_at_ms: int


class Devices(BaseModel):
    """All devices in service, cluster by cluster."""

    devices: list[DeviceOut]


@api.get(
    "/devices",
    dependencies=[Depends(require(Right.SEE_DEVICES))],
    responses=problems(401, 403),
)
def devices(station: Annotated[Context, Depends(context)]) -> Devices:
    """Every device in service with what it last said."""
    day = station.now().astimezone(station.zone).date()
    with station.database.reading() as session:
        lines = device_lines(session, station_id=station.station_id, day=day)
    return Devices(devices=[_out(line) for line in lines])


def _out(line: DeviceLine) -> DeviceOut:
    return DeviceOut(
        id=line.device_id,
        name=line.name,
        cluster_id=line.cluster_id,
        cluster=line.cluster_name,
        villages=list(line.villages),
        simulated=line.simulated,
        online=line.online,
        said_at_ms=to_ms(line.said_at) if line.said_at else None,
        software=line.software,
        plan_version=line.plan_version,
        enrolled_at_ms=to_ms(line.enrolled_at),
    )

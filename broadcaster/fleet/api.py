"""The devices, what they last said and how they are to behave, as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from sqlmodel import Session

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.fleet.behaviour import (
    BANDS_LIMIT,
    HOSTS_LIMIT,
    LONGEST_STAGGER_MS,
    Behaviour,
    behaviour_of,
    checked_hosts,
    checked_stagger,
    checked_volume,
    keep_behaviour,
    keep_relay_hosts,
    relay_hosts_of,
)
from broadcaster.fleet.detail import DeviceDetail, device_detail
from broadcaster.fleet.ending import end_device
from broadcaster.fleet.listing import DeviceLine, device_lines
from broadcaster.fleet.places import checked_place, keep_place
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["devices"])

Here = Annotated[Context, Depends(context)]
Looker = Annotated[Viewer, Depends(require(Right.SEE_DEVICES))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
_TIME: JsonDict = {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["20:00"]}


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
    latitude: float | None = Field(description="Degrees, WGS 84; null where nobody entered it.")
    longitude: float | None


class Devices(BaseModel):
    """All devices in service, cluster by cluster."""

    devices: list[DeviceOut]


class VolumeBandInOut(BaseModel):
    """The loudest that a device may be between two local times; it may cross midnight.

    Limits are told in a sentence, so they are checked there.
    """

    model_config = ConfigDict(extra="forbid")

    begins: str = Field(json_schema_extra=_TIME)
    ends: str = Field(json_schema_extra=_TIME)
    percent: int = Field(json_schema_extra={"minimum": 0, "maximum": 100})


class BehaviourGiven(BaseModel):
    """What is to change; what is left out, or null, stays as it is."""

    model_config = ConfigDict(extra="forbid")

    volume: list[VolumeBandInOut] | None = Field(
        default=None,
        description="Bands of the day that do not overlap; outside them nothing is limited.",
        json_schema_extra={"maxItems": BANDS_LIMIT},
    )
    stagger_ms: int | None = Field(
        default=None,
        description="Delay on purpose, so that far poles are not heard as an echo.",
        json_schema_extra={"minimum": 0, "maximum": LONGEST_STAGGER_MS},
    )


class DeviceDetailOut(DeviceOut):
    """One device: how it is to behave, and what it last said of itself."""

    volume: list[VolumeBandInOut]
    stagger_ms: int
    config_version: int | None
    keyring_serial: int | None
    epoch: str | None
    clock_offset_ms: int | None
    clock_uncertainty_ms: int | None
    clock_source: str | None
    health: dict[str, Any] = Field(description="What it measured; what is missing it did not.")
    health_received_at_ms: int | None


class PlaceGiven(BaseModel):
    """Where a device stands, in degrees (WGS 84). Limits are told in a sentence."""

    model_config = ConfigDict(extra="forbid")

    latitude: float = Field(json_schema_extra={"minimum": -90, "maximum": 90})
    longitude: float = Field(json_schema_extra={"minimum": -180, "maximum": 180})


class RelayHosts(BaseModel):
    """Hosts whose public programmes the devices may pass on."""

    model_config = ConfigDict(extra="forbid")

    hosts: list[str] = Field(json_schema_extra={"maxItems": HOSTS_LIMIT})


@api.get(
    "/devices",
    dependencies=[Depends(require(Right.SEE_DEVICES))],
    responses=problems(401, 403),
)
def devices(station: Annotated[Context, Depends(context)]) -> Devices:
    """Every device in service with what it last said."""
    day = station.today()
    with station.database.reading() as session:
        lines = device_lines(session, station_id=station.station_id, day=day)
    return Devices(devices=[_out(line) for line in lines])


@api.get("/devices/{device_id}", responses=problems(401, 403, 404, 422))
def device(station: Here, _viewer: Looker, device_id: Id) -> DeviceDetailOut:
    """One device in service."""
    with station.database.reading() as session:
        return detail_out(session, station, device_id)


@api.patch("/devices/{device_id}", responses=problems(400, 401, 403, 404, 413, 422))
def change_device(
    station: Here, viewer: Admin, device_id: Id, given: BehaviourGiven
) -> DeviceDetailOut:
    """Let a device behave otherwise; it learns it from its next signed configuration."""
    with station.database.writing() as session:
        before = behaviour_of(session, device_id)
        keep_behaviour(
            session,
            device_id,
            _changed(before, given),
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return detail_out(session, station, device_id)


@api.put("/devices/{device_id}/place", responses=problems(400, 401, 403, 404, 413, 422))
def place_device(station: Here, viewer: Admin, device_id: Id, given: PlaceGiven) -> DeviceDetailOut:
    """Enter where a device stands."""
    place = checked_place(given.latitude, given.longitude)
    with station.database.writing() as session:
        keep_place(
            session,
            device_id,
            place,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return detail_out(session, station, device_id)


@api.delete("/devices/{device_id}", status_code=204, responses=problems(401, 403, 404, 422))
def retire_device(station: Here, viewer: Admin, device_id: Id) -> None:
    """Retire a device for good: its key and its login end at once, its history stays."""
    end_device(
        station.database,
        station.settings,
        device_id,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now(),
    )


@api.get("/station/relay-hosts", responses=problems(401, 403))
def relay_hosts(station: Here, _viewer: Looker) -> RelayHosts:
    """The hosts whose programmes the devices may pass on."""
    with station.database.reading() as session:
        return RelayHosts(hosts=list(relay_hosts_of(session, station.station_id)))


@api.put("/station/relay-hosts", responses=problems(400, 401, 403, 413, 422))
def enter_relay_hosts(station: Here, viewer: Admin, given: RelayHosts) -> RelayHosts:
    """Let the devices pass on programmes of exactly these hosts, by HTTPS."""
    hosts = checked_hosts(given.hosts)
    with station.database.writing() as session:
        keep_relay_hosts(
            session,
            hosts,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RelayHosts(hosts=hosts)


def _changed(before: Behaviour, given: BehaviourGiven) -> Behaviour:
    volume, stagger_ms = before.volume, before.stagger_ms
    if given.volume is not None:
        volume = checked_volume((each.begins, each.ends, each.percent) for each in given.volume)
    if given.stagger_ms is not None:
        stagger_ms = checked_stagger(given.stagger_ms)
    return Behaviour(volume=volume, stagger_ms=stagger_ms)


def detail_out(session: Session, station: Context, device_id: str) -> DeviceDetailOut:
    """One device in service as it is answered; raise UnknownDevice."""
    day = station.today()
    found = device_detail(session, device_id, station_id=station.station_id, day=day)
    return DeviceDetailOut(
        **_out(found.line).model_dump(), **_behaviour(found.behaviour), **_said(found)
    )


def _behaviour(behaviour: Behaviour) -> dict[str, Any]:
    return {
        "volume": [
            VolumeBandInOut(begins=band.begins, ends=band.ends, percent=band.percent)
            for band in behaviour.volume
        ],
        "stagger_ms": behaviour.stagger_ms,
    }


def _said(found: DeviceDetail) -> dict[str, Any]:
    names = (
        "config_version", "keyring_serial", "epoch",
        "clock_offset_ms", "clock_uncertainty_ms", "clock_source",
    )  # fmt: skip
    return {name: getattr(found.status, name, None) for name in names} | {
        "health": dict(found.measured),
        "health_received_at_ms": to_ms(found.measured_at) if found.measured_at else None,
    }


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
        latitude=line.latitude,
        longitude=line.longitude,
    )

"""A device that moves, one that takes another's place, and self-tests, as JSON."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.fleet.api import DeviceDetailOut, detail_out
from broadcaster.fleet.credentials import write_registry
from broadcaster.fleet.moving import NAME_LIMIT_CHARACTERS, NewPlace, move_device, take_over
from broadcaster.fleet.registry import device_in_service
from broadcaster.fleet.self_tests import SelfTestStanding, ask_self_test, self_test_standing
from broadcaster.web.addresses import ID_PATTERN, Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["devices"])

Here = Annotated[Context, Depends(context)]
Looker = Annotated[Viewer, Depends(require(Right.SEE_DEVICES))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
_CHANGES = problems(400, 401, 403, 404, 413, 422)
VILLAGES_LIMIT = 100


class MoveGiven(BaseModel):
    """Where a device is to stand from today on. Limits are told in a sentence."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(json_schema_extra={"minLength": 1, "maxLength": NAME_LIMIT_CHARACTERS})
    cluster_id: str = Field(pattern=ID_PATTERN)
    shares: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(
        max_length=VILLAGES_LIMIT,
        description="The share of its residents (0 to 1) that it reaches, by village of the "
        "cluster; other shares of the device end with yesterday.",
    )


class SuccessionGiven(BaseModel):
    """The device that takes this one's place: a box that was exchanged."""

    model_config = ConfigDict(extra="forbid")

    into: str = Field(pattern=ID_PATTERN)


class SelfTestOut(BaseModel):
    """The newest ask, and the device's own newest answer; both may be missing."""

    asked_at_ms: int | None
    waits: bool = Field(description="Whether an answer to the newest ask may still come.")
    answered_at_ms: int | None
    played: bool
    heard: bool | None = Field(description="Null where the pole has no microphone.")
    level_dbfs: float | None
    detail: str

    @classmethod
    def of(cls, standing: SelfTestStanding) -> "SelfTestOut":
        """As it is answered."""
        return cls(
            asked_at_ms=to_ms(standing.asked_at) if standing.asked_at else None,
            waits=standing.waits,
            answered_at_ms=to_ms(standing.answered_at) if standing.answered_at else None,
            played=standing.played,
            heard=standing.heard,
            level_dbfs=standing.level_dbfs,
            detail=standing.detail,
        )


@api.post("/devices/{device_id}/move", responses=_CHANGES)
def move(station: Here, viewer: Admin, device_id: Id, given: MoveGiven) -> DeviceDetailOut:
    """Let a device serve another place from today on; what it confirmed stays where it was."""
    now = station.now()
    with station.database.writing() as session:
        move_device(
            session,
            device_id,
            NewPlace(
                name=given.name,
                cluster_id=given.cluster_id,
                shares={key: share for key, share in given.shares.items() if share},
            ),
            station_id=station.station_id,
            by=viewer.account_id,
            today=station.day_of(now),
            now=now,
        )
        moved = detail_out(session, station, device_id)
    _open_broker(station)
    return moved


@api.post("/devices/{device_id}/succession", responses=_CHANGES)
def exchange(
    station: Here, viewer: Admin, device_id: Id, given: SuccessionGiven
) -> DeviceDetailOut:
    """Let another device take this one's place, which is retired; the new one is answered."""
    now = station.now()
    with station.database.writing() as session:
        new = take_over(
            session,
            device_id,
            given.into,
            station_id=station.station_id,
            by=viewer.account_id,
            today=station.day_of(now),
            now=now,
        )
        taken = detail_out(session, station, new.id)
    _open_broker(station)
    return taken


@api.get("/devices/{device_id}/self-test", responses=problems(401, 403, 404, 422))
def self_test(station: Here, _viewer: Looker, device_id: Id) -> SelfTestOut:
    """What was asked last, and what the device last said that it found."""
    with station.database.reading() as session:
        device_in_service(session, device_id, station_id=station.station_id)
        return SelfTestOut.of(self_test_standing(session, device_id, now=station.now()))


@api.post("/devices/{device_id}/self-test", status_code=202, responses=problems(401, 403, 404, 422))
def ask_for_self_test(station: Here, viewer: Admin, device_id: Id) -> SelfTestOut:
    """Have a device sound a quiet tone and listen; it declines in quiet hours and while it plays.

    Its answer comes with its health, within minutes: ask for it with GET.
    """
    now = station.now()
    with station.database.writing() as session:
        ask_self_test(
            session, device_id, station_id=station.station_id, by=viewer.account_id, now=now
        )
        return SelfTestOut.of(self_test_standing(session, device_id, now=now))


def _open_broker(station: Context) -> None:
    with station.database.reading() as session:
        write_registry(session, station.settings.registry_file, keys_dir=station.settings.keys_dir)

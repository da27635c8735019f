"""Enrolment by program: make a code, see who asks, let in or turn away."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.enrolment.admitting import let_in, turn_away, with_new_code
from broadcaster.enrolment.desk import open_codes
from broadcaster.enrolment.tables import EnrolmentCode
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["enrolment"])

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]


class NewCode(BaseModel):
    """A device that is to come."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=120, description="What people call it.")
    village_id: str = Field(max_length=64)
    share_percent: str = Field(
        default="", max_length=16, description="Share of the village's people it reaches, 1 to 100."
    )
    device_id: str = Field(default="", max_length=63, description="Empty: the station names it.")


class CodeOut(BaseModel):
    """A code that is good for a day, without the code itself; `fingerprint` once a device asked."""

    code_id: str
    device_id: str
    device_name: str
    cluster_id: str
    expires_at_ms: int
    fingerprint: str | None
    hardware: str
    software: str
    came_from: str


class CodeTold(CodeOut):
    """The code as well: told here, and never again."""

    code: str


class Codes(BaseModel):
    """What waits for a device or for a person."""

    codes: list[CodeOut]


class Decision(BaseModel):
    """The fingerprint that a person compared with the device's own display."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: str = Field(pattern=r"^[0-9a-f]{32}$")


class DeviceIn(BaseModel):
    """The device that was let in."""

    device_id: str


@api.get("/enrolments", responses=problems(401, 403))
def enrolments(station: Here, _viewer: Onlooker) -> Codes:
    """The codes that are good and undecided, the newest first."""
    with station.database.reading() as session:
        rows = open_codes(session, station_id=station.station_id, now=station.now())
        return Codes(codes=[CodeOut(**_facts(row)) for row in rows])


@api.post("/enrolments", status_code=201, responses=problems(401, 403, 409, 422))
def make_enrolment(station: Here, viewer: Admin, said: NewCode) -> CodeTold:
    """Make a code for one device."""
    made, written = with_new_code(station, said, by=viewer.account_id)
    return CodeTold(**_facts(made), code=written)


@api.post("/enrolments/{code_id}/confirmation", responses=problems(401, 403, 404, 409, 422))
def confirm_enrolment(station: Here, viewer: Admin, code_id: str, said: Decision) -> DeviceIn:
    """Let the device in that asked with this code."""
    device = let_in(station, code_id, fingerprint=said.fingerprint, by=viewer.account_id)
    return DeviceIn(device_id=device.id)


@api.post(
    "/enrolments/{code_id}/denial", status_code=204, responses=problems(401, 403, 404, 409, 422)
)
def deny_enrolment(station: Here, viewer: Admin, code_id: str) -> None:
    """Turn the device away, or take the code back."""
    turn_away(station, code_id, by=viewer.account_id)


def _facts(row: EnrolmentCode) -> dict[str, Any]:
    return {
        "code_id": row.code_id,
        "device_id": row.device_id,
        "device_name": row.device_name,
        "cluster_id": row.cluster_id,
        "expires_at_ms": to_ms(row.expires_at),
        "fingerprint": row.fingerprint or None,
        "hardware": row.hardware,
        "software": row.software,
        "came_from": row.came_from,
    }

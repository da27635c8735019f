"""The rehearsal for programs: the same acts as on the page, for an admin only."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from broadcaster.rehearsal.director import Director
from broadcaster.rehearsal.errors import DEVICES_LIMIT
from broadcaster.rehearsal.here import (
    Admin,
    Directing,
    Here,
    Onlooker,
    begin,
    begin_fault,
    end_fault,
    finish,
    refuse_in_service,
    switch_power,
)
from broadcaster.rehearsal.kinds import FAULTS
from broadcaster.rehearsal.profiles import LARGEST_PROFILE_BYTES, NO_FAULTS, PROFILES, profile_text
from broadcaster.rehearsal.standing import Report, State
from broadcaster.rehearsal.wishes import (
    LONGEST_FAULT_S,
    SEEDS,
    Wish,
    checked_devices,
    checked_fault,
    checked_kind,
    checked_seed,
)
from broadcaster.web.context import Context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["rehearsal"])

_KINDS: JsonDict = {"enum": list(FAULTS)}
_PROFILES: JsonDict = {"enum": list(PROFILES)}
Kind = Annotated[str, Path(json_schema_extra=_KINDS)]


class RehearsalAnswer(BaseModel):
    """How the rehearsal stands; all devices in it are simulated."""

    possible: bool = Field(description="Whether this station is one of rehearsals.")
    state: State
    seed: int | None = Field(description="Of one that was started here.")
    report: Report | None
    cpu_share: float | None = Field(description="Of one core, since it was asked before.")
    last_words: str = Field(description="Why it could not begin.")


class RehearsalGiven(BaseModel):
    """What is to be rehearsed. Limits are told in a sentence, so they are checked there."""

    model_config = ConfigDict(extra="forbid")

    devices: int = Field(json_schema_extra={"minimum": 1, "maximum": DEVICES_LIMIT})
    seed: int | None = Field(default=None, json_schema_extra={"minimum": 0, "maximum": SEEDS - 1})
    profile: str = Field(default=NO_FAULTS, json_schema_extra=_PROFILES)
    profile_toml: str = Field(
        default="",
        description="One's own profile, in place of a named one.",
        json_schema_extra={"maxLength": LARGEST_PROFILE_BYTES},
    )


class SwitchGiven(BaseModel):
    """Whether the devices are to be switched on."""

    model_config = ConfigDict(extra="forbid")

    on: bool


class FaultGiven(BaseModel):
    """A fault that begins now, for at least one device."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(json_schema_extra=_KINDS)
    share: float = Field(json_schema_extra={"exclusiveMinimum": 0, "maximum": 1})
    lasts_s: float = Field(json_schema_extra={"minimum": 1, "maximum": LONGEST_FAULT_S})


class Struck(BaseModel):
    """The devices that a fault struck."""

    devices: list[str]


@api.get("/rehearsal", responses=problems(401, 403))
def rehearsal(station: Here, director: Directing, _viewer: Onlooker) -> RehearsalAnswer:
    """How it stands now."""
    return _answer(station, director)


@api.post("/rehearsal", status_code=202, responses=problems(401, 403, 409, 413, 422))
def start(
    station: Here, director: Directing, viewer: Admin, given: RehearsalGiven
) -> RehearsalAnswer:
    """Start one; it answers as soon as all devices have their places."""
    wish = Wish(
        devices=checked_devices(given.devices),
        seed=checked_seed(given.seed),
        profile=profile_text(given.profile, own=given.profile_toml.encode()),
    )
    begin(station, director, wish, by=viewer.account_id)
    return _answer(station, director)


@api.delete("/rehearsal", status_code=202, responses=problems(401, 403, 409, 503))
def end(station: Here, director: Directing, viewer: Admin) -> RehearsalAnswer:
    """End it; every device says goodbye."""
    finish(station, director, by=viewer.account_id)
    return _answer(station, director)


@api.put("/rehearsal/power", status_code=204, responses=problems(401, 403, 409, 413, 422, 503))
def switch(station: Here, director: Directing, viewer: Admin, given: SwitchGiven) -> None:
    """Switch all devices on or off."""
    switch_power(station, director, on=given.on, by=viewer.account_id)


@api.post("/rehearsal/faults", responses=problems(401, 403, 409, 413, 422, 503))
def add_fault(station: Here, director: Directing, viewer: Admin, given: FaultGiven) -> Struck:
    """Begin a fault now."""
    refuse_in_service(station)
    wish = checked_fault(kind=given.kind, share=given.share, lasts_s=given.lasts_s)
    return Struck(devices=list(begin_fault(station, director, wish, by=viewer.account_id)))


@api.delete(
    "/rehearsal/faults/{kind}", status_code=204, responses=problems(401, 403, 409, 422, 503)
)
def remove_fault(station: Here, director: Directing, viewer: Admin, kind: Kind) -> None:
    """End a fault for all devices."""
    refuse_in_service(station)
    end_fault(station, director, checked_kind(kind), by=viewer.account_id)


def _answer(station: Context, director: Director) -> RehearsalAnswer:
    standing = director.standing()
    wish = director.wish
    return RehearsalAnswer(
        possible=station.rehearsal,
        state=standing.state,
        seed=wish.seed if wish is not None else None,
        report=standing.report,
        cpu_share=standing.cpu_share,
        last_words=standing.last_words,
    )

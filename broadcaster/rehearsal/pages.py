"""The admin's page of a rehearsal: started, watched, troubled and ended; works without scripts."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from broadcaster.areas.queries import clusters_of
from broadcaster.errors import BadInput, LoaError
from broadcaster.rehearsal.director import Director
from broadcaster.rehearsal.errors import (
    DevicesOutOfRange,
    LengthUnusable,
    SeedUnusable,
    ShareUnusable,
)
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
from broadcaster.rehearsal.kinds import FAULTS, LENGTHS_S
from broadcaster.rehearsal.profiles import LARGEST_PROFILE_BYTES, NO_FAULTS, PROFILES, profile_text
from broadcaster.rehearsal.standing import Standing, State
from broadcaster.rehearsal.wishes import (
    Wish,
    checked_devices,
    checked_fault,
    checked_kind,
    checked_seed,
    whole_number,
)
from broadcaster.schedule.live import LivePart, answer_live, live_part
from broadcaster.web.context import Context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, translate

router = APIRouter(include_in_schema=False)

LIVE_ADDRESS = "/rehearsal/live"
_STARTABLE = frozenset({State.NONE, State.FAILED})


class StartForm(BaseModel):
    """What is to be rehearsed, as it was typed."""

    model_config = ConfigDict(frozen=True)

    devices: str = "24"
    seed: str = ""
    profile: str = NO_FAULTS


class FaultForm(BaseModel):
    """A fault, as it was chosen."""

    model_config = ConfigDict(frozen=True)

    kind: str = ""
    share_percent: str = "20"
    lasts_s: str = "60"


class SwitchForm(BaseModel):
    """Which way the switch is turned."""

    model_config = ConfigDict(frozen=True)

    on: str = ""


@router.get("/rehearsal")
def rehearsal(
    request: Request, station: Here, director: Directing, _viewer: Onlooker, done: str = ""
) -> Response:
    """Whether one runs, how it stands, and the forms that change it."""
    return _page(request, station, director, done=done)


@router.get(LIVE_ADDRESS)
def live(request: Request, station: Here, director: Directing, _viewer: Onlooker) -> Response:
    """The live part alone, or 204 while nothing has changed."""
    return answer_live(request, _live(request, station, director.standing()))


@router.post("/rehearsal")
async def start(request: Request, station: Here, director: Directing, viewer: Admin) -> Response:
    """Start one."""
    form, own = await _typed_in(request)
    return await run_in_threadpool(
        _start, request, station, director, form, own, by=viewer.account_id
    )


@router.post("/rehearsal/end")
def end(request: Request, station: Here, director: Directing, viewer: Admin) -> Response:
    """End it; every device says goodbye."""
    try:
        finish(station, director, by=viewer.account_id)
    except LoaError as refused:
        return _page(request, station, director, refused=refused)
    return RedirectResponse("/rehearsal?done=ended", status_code=303)


@router.post("/rehearsal/power")
def switch(
    request: Request,
    station: Here,
    director: Directing,
    viewer: Admin,
    form: Annotated[SwitchForm, Form()],
) -> Response:
    """Switch all devices on or off."""
    try:
        switch_power(station, director, on=form.on == "yes", by=viewer.account_id)
    except LoaError as refused:
        return _page(request, station, director, refused=refused)
    return RedirectResponse("/rehearsal", status_code=303)


@router.post("/rehearsal/faults")
def add_fault(
    request: Request,
    station: Here,
    director: Directing,
    viewer: Admin,
    form: Annotated[FaultForm, Form()],
) -> Response:
    """Begin a fault now."""
    try:
        refuse_in_service(station)
        percent = _number(form.share_percent, ShareUnusable, "share_percent")
        wish = checked_fault(
            kind=form.kind,
            share=percent / 100 if percent is not None else None,
            lasts_s=_number(form.lasts_s, LengthUnusable, "lasts_s"),
        )
        begin_fault(station, director, wish, by=viewer.account_id)
    except LoaError as refused:
        return _page(request, station, director, fault=form, refused=refused)
    return RedirectResponse("/rehearsal?done=fault", status_code=303)


@router.post("/rehearsal/faults/{kind}/removal")
def remove_fault(
    request: Request, station: Here, director: Directing, viewer: Admin, kind: str
) -> Response:
    """End a fault for all devices."""
    try:
        refuse_in_service(station)
        end_fault(station, director, checked_kind(kind), by=viewer.account_id)
    except LoaError as refused:
        return _page(request, station, director, refused=refused)
    return RedirectResponse("/rehearsal?done=removed", status_code=303)


async def _typed_in(request: Request) -> tuple[StartForm, bytes]:
    """The fields of the form, and one's own profile; empty for none."""
    async with request.form() as form:
        file = form.get("file")
        own = b""
        if isinstance(file, UploadFile):
            own = await file.read(LARGEST_PROFILE_BYTES + 1)
        # Absent is not the same as the value that the page suggests.
        typed = {name: str(form.get(name, "")) for name in StartForm.model_fields}
    return StartForm(**typed), own


def _start(
    request: Request,
    station: Context,
    director: Director,
    form: StartForm,
    own: bytes,
    *,
    by: str,
) -> Response:
    try:
        wish = Wish(
            devices=checked_devices(_number(form.devices, DevicesOutOfRange, "devices")),
            seed=checked_seed(_number(form.seed, SeedUnusable, "seed")),
            profile=profile_text(form.profile or NO_FAULTS, own=own),
        )
        begin(station, director, wish, by=by)
    except LoaError as refused:
        return _page(request, station, director, form=form, refused=refused)
    return RedirectResponse("/rehearsal", status_code=303)


def _number(written: str, wrong: type[BadInput], field: str) -> int | None:
    try:
        return whole_number(written)
    except ValueError as error:
        raise wrong(written[:20], field=field) from error


def _page(
    request: Request,
    station: Context,
    director: Director,
    *,
    form: StartForm | None = None,
    fault: FaultForm | None = None,
    refused: LoaError | None = None,
    done: str = "",
) -> Response:
    standing = director.standing() if station.rehearsal else Standing(State.NONE)
    return render(
        request,
        "rehearsal/pages/rehearsal.html",
        status_code=refused.status if refused else 200,
        live=_live(request, station, standing),
        possible=station.rehearsal,
        startable=standing.state in _STARTABLE,
        form=form or StartForm(),
        fault=fault or FaultForm(),
        profile_options=[
            (name, translate(request, words), None) for name, words in PROFILES.items()
        ],
        kind_options=[
            (kind, f"{translate(request, words.name)}: {translate(request, words.means)}")
            for kind, words in FAULTS.items()
        ],
        length_options=[
            (str(length_s), translate(request, words)) for length_s, words in LENGTHS_S.items()
        ],
        wish=director.wish,
        errors=_errors(request, refused),
        trouble="" if refused is None or refused.field else in_language(request, refused),
        done=done,
    )


def _live(request: Request, station: Context, standing: Standing) -> LivePart:
    with station.database.reading() as session:
        names = _cluster_names(session, station)
    return live_part(
        request,
        "rehearsal/pages/standing.html",
        address=LIVE_ADDRESS,
        lasting=station.rehearsal,
        standing=standing,
        state=standing.state.value,
        report=standing.report,
        names=names,
        kinds=FAULTS,
    )


def _cluster_names(session: Session, station: Context) -> Mapping[str, str]:
    return {each.id: each.name for each in clusters_of(session, station.station_id)}


def _errors(request: Request, refused: LoaError | None) -> Mapping[str, str]:
    if refused is None or not refused.field:
        return {}
    return {refused.field: in_language(request, refused)}

"""What an admin does with one device: moves it, exchanges it, has it test itself."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput
from broadcaster.fleet.credentials import write_registry
from broadcaster.fleet.errors import ShareUnusable
from broadcaster.fleet.moving import NewPlace, move_device, take_over
from broadcaster.fleet.pages import device_answer, not_sure
from broadcaster.fleet.self_tests import ask_self_test
from broadcaster.fleet.shares import read_percent
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]


class MoveForm(BaseModel):
    """Where a device is to stand: its villages and their shares come as rows, in one order."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    cluster_id: str = ""
    village_id: tuple[str, ...] = ()
    percent: tuple[str, ...] = ()

    def checked(self) -> NewPlace:
        """The place; raise ShareUnusable."""
        if len(self.village_id) != len(self.percent):
            raise ShareUnusable(field="shares")
        written = dict(zip(self.village_id, self.percent, strict=True))
        return NewPlace(
            name=self.name,
            cluster_id=self.cluster_id,
            shares={key: share for key, share in _read(written).items() if share},
        )


class SuccessionForm(BaseModel):
    """Which device takes the place, and whether somebody is sure."""

    model_config = ConfigDict(frozen=True)

    into: str = ""
    sure_of_it: str = ""


@router.post("/devices/{device_id}/move")
def move(
    request: Request,
    station: Here,
    viewer: Admin,
    device_id: Id,
    form: Annotated[MoveForm, Form()],
) -> Response:
    """Let a device serve another place from today on, or show the form with what is wrong."""
    now = station.now()
    try:
        with station.database.writing() as session:
            move_device(
                session,
                device_id,
                form.checked(),
                station_id=station.station_id,
                by=viewer.account_id,
                today=station.day_of(now),
                now=now,
            )
    except BadInput as refused:
        return device_answer(request, station, viewer, device_id, refused=refused, moved=form)
    _open_broker(station)
    return RedirectResponse(f"/devices/{device_id}?done=moved", status_code=303)


@router.post("/devices/{device_id}/succession")
def exchange(
    request: Request,
    station: Here,
    viewer: Admin,
    device_id: Id,
    form: Annotated[SuccessionForm, Form()],
) -> Response:
    """Let another device take this one's place, if whoever asks for it is sure."""
    if form.sure_of_it != "yes":
        return device_answer(
            request, station, viewer, device_id, errors=not_sure(request, "sure_of_it")
        )
    now = station.now()
    try:
        with station.database.writing() as session:
            new = take_over(
                session,
                device_id,
                form.into,
                station_id=station.station_id,
                by=viewer.account_id,
                today=station.day_of(now),
                now=now,
            )
            new_id = new.id
    except BadInput as refused:
        return device_answer(request, station, viewer, device_id, refused=refused)
    _open_broker(station)
    return RedirectResponse(f"/devices/{new_id}?done=merged", status_code=303)


@router.post("/devices/{device_id}/self-test")
def self_test(station: Here, viewer: Admin, device_id: Id) -> Response:
    """Have a device sound a quiet tone and listen."""
    with station.database.writing() as session:
        ask_self_test(
            session,
            device_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/devices/{device_id}?done=asked#self-test", status_code=303)


def _open_broker(station: Context) -> None:
    with station.database.reading() as session:
        write_registry(session, station.settings.registry_file, keys_dir=station.settings.keys_dir)


def _read(written: Mapping[str, str]) -> dict[str, float]:
    try:
        return {key: read_percent(typed) for key, typed in written.items()}
    except ShareUnusable as refused:
        raise ShareUnusable(refused.detail, field="shares") from refused

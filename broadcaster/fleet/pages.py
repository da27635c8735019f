"""The list of devices and the page of each, for those who look after them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput
from broadcaster.fleet.behaviour import keep_behaviour, keep_relay_hosts, relay_hosts_of
from broadcaster.fleet.detail import device_detail
from broadcaster.fleet.ending import end_device
from broadcaster.fleet.forms import BehaviourForm, RelayHostsForm, form_of
from broadcaster.fleet.listing import device_lines
from broadcaster.fleet.wording import measured_lines
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import language_of, msgid, translate

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Looker = Annotated[Viewer, Depends(require(Right.SEE_DEVICES))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
_NOT_SURE = msgid("Hãy đánh dấu vào ô này nếu bạn chắc chắn. Chưa có gì thay đổi.")


class RetirementForm(BaseModel):
    """Whether somebody is sure."""

    model_config = ConfigDict(frozen=True)

    sure: str = ""


@router.get("/devices")
def devices_page(
    request: Request, station: Here, viewer: Looker, *, saved: bool = False
) -> Response:
    """Thiết bị: every device with what it last said."""
    return _list(request, station, viewer, saved=saved)


@router.post("/relay-hosts")
def relay_hosts(
    request: Request, station: Here, viewer: Admin, form: Annotated[RelayHostsForm, Form()]
) -> Response:
    """Let the devices pass on programmes of exactly these hosts."""
    try:
        hosts = form.checked()
    except BadInput as refused:
        return _list(request, station, viewer, refused=refused, hosts=form.hosts)
    with station.database.writing() as session:
        keep_relay_hosts(
            session, hosts, station_id=station.station_id, by=viewer.account_id, now=station.now()
        )
    return RedirectResponse("/devices?saved=true", status_code=303)


@router.get("/devices/{device_id}")
def device_page(
    *, request: Request, station: Here, viewer: Looker, device_id: Id, saved: bool = False
) -> Response:
    """One device, and how it is to behave."""
    return _page(request, station, viewer, device_id, saved=saved)


@router.post("/devices/{device_id}")
def change_device(
    request: Request,
    station: Here,
    viewer: Admin,
    device_id: Id,
    form: Annotated[BehaviourForm, Form()],
) -> Response:
    """Let a device behave otherwise, or show the form again with what is wrong."""
    try:
        behaviour = form.behaviour()
    except BadInput as refused:
        return _page(request, station, viewer, device_id, refused=refused, given=form)
    with station.database.writing() as session:
        keep_behaviour(
            session,
            device_id,
            behaviour,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/devices/{device_id}?saved=true", status_code=303)


@router.post("/devices/{device_id}/retirement")
def retire_device(
    request: Request,
    station: Here,
    viewer: Admin,
    device_id: Id,
    form: Annotated[RetirementForm, Form()],
) -> Response:
    """Retire a device for good, if whoever asks for it is sure."""
    if form.sure != "yes":
        return _page(request, station, viewer, device_id, unsure=True)
    end_device(
        station.database,
        station.settings,
        device_id,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now(),
    )
    return RedirectResponse("/devices", status_code=303)


def _list(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    refused: BadInput | None = None,
    hosts: str | None = None,
    saved: bool = False,
) -> Response:
    with station.database.reading() as session:
        lines = device_lines(
            session,
            station_id=station.station_id,
            day=station.now().astimezone(station.zone).date(),
        )
        kept = relay_hosts_of(session, station.station_id)
    return render(
        request,
        "fleet/pages/devices.html",
        status_code=refused.status if refused else 200,
        lines=lines,
        online=sum(line.online is True for line in lines),
        offline=sum(line.online is False for line in lines),
        unheard=sum(line.online is None for line in lines),
        hosts="\n".join(kept) if hosts is None else hosts,
        may_change=viewer.may(Right.ADMINISTER),
        errors=_errors(request, refused),
        saved=saved,
    )


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    device_id: str,
    *,
    refused: BadInput | None = None,
    given: BehaviourForm | None = None,
    unsure: bool = False,
    saved: bool = False,
) -> Response:
    with station.database.reading() as session:
        device = device_detail(
            session,
            device_id,
            station_id=station.station_id,
            day=station.now().astimezone(station.zone).date(),
        )
    errors = {"sure": translate(request, _NOT_SURE)} if unsure else _errors(request, refused)
    return render(
        request,
        "fleet/pages/device.html",
        status_code=BadInput.status if errors else 200,
        device=device,
        measured=measured_lines(device.measured, language=language_of(request)),
        given=given or form_of(device.behaviour),
        may_change=viewer.may(Right.ADMINISTER),
        errors=errors,
        saved=saved,
    )


def _errors(request: Request, refused: BadInput | None) -> dict[str, str]:
    if refused is None:
        return {}
    told = refused.message_vi if language_of(request) == "vi" else refused.message_en
    return {refused.field or "form": told}

"""The list of devices and the page of each, for those who look after them."""

from collections.abc import Callable, Mapping
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import clusters_of
from broadcaster.errors import BadInput
from broadcaster.fleet.behaviour import keep_behaviour, keep_relay_hosts, relay_hosts_of
from broadcaster.fleet.device_shown import shown_of
from broadcaster.fleet.ending import end_device
from broadcaster.fleet.forms import BehaviourForm, PlaceForm, RelayHostsForm, form_of
from broadcaster.fleet.listing import Contact, device_lines, fleet_sums
from broadcaster.fleet.places import keep_place, written_place
from broadcaster.fleet.registry import device_ever
from broadcaster.fleet.retired import lately_retired, retired_device
from broadcaster.fleet.shares import written_percent
from broadcaster.fleet.wording import measured_lines
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, language_of, msgid, translate
from broadcaster.web.paging import PageAsked, paging

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Looker = Annotated[Viewer, Depends(require(Right.SEE_DEVICES))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Asked = Annotated[str, Query(max_length=100)]
Panel = Callable[[Request, Session, str, Viewer], str]
# What other capabilities add to a device's page (`app.state.device_panels`): HTML of their own.
_NOT_SURE = msgid("Hãy đánh dấu vào ô này nếu bạn chắc chắn. Chưa có gì thay đổi.")


class Wished(Protocol):
    """A move that was refused, as it was typed."""

    name: str
    cluster_id: str
    village_id: tuple[str, ...]
    percent: tuple[str, ...]


class RetirementForm(BaseModel):
    """Whether somebody is sure."""

    model_config = ConfigDict(frozen=True)

    sure: str = ""


@router.get("/devices")
def devices_page(
    *,
    request: Request,
    station: Here,
    viewer: Looker,
    cluster: Asked = "",
    contact: Contact | None = None,
    page: PageAsked = 1,
    saved: bool = False,
) -> Response:
    """Thiết bị: every device with what it last said, of one cluster or of all, part by part."""
    return _list(request, station, viewer, cluster=cluster, contact=contact, page=page, saved=saved)


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
    *,
    request: Request,
    station: Here,
    viewer: Looker,
    device_id: Id,
    saved: bool = False,
    placed: bool = False,
    done: str = "",
    cluster: Asked = "",
) -> Response:
    """One device: what it says, where it stands, how it is to behave, and its life.

    Of one that is no longer in service, its life alone.
    """
    with station.database.reading() as session:
        device = device_ever(session, device_id, station_id=station.station_id)
        ended = retired_device(session, device) if device.retired_at is not None else None
    if ended is not None:
        return render(request, "fleet/pages/retired.html", shown=ended)
    return device_answer(
        request, station, viewer, device_id, saved=saved, placed=placed, done=done, cluster=cluster
    )


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
        return device_answer(request, station, viewer, device_id, refused=refused, given=form)
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


@router.post("/devices/{device_id}/place")
def place_device(
    request: Request,
    station: Here,
    viewer: Admin,
    device_id: Id,
    form: Annotated[PlaceForm, Form()],
) -> Response:
    """Enter where a device stands, or show the form again with what is wrong."""
    try:
        place = form.checked()
    except BadInput as refused:
        return device_answer(request, station, viewer, device_id, refused=refused, place=form.place)
    with station.database.writing() as session:
        keep_place(
            session,
            device_id,
            place,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/devices/{device_id}?placed=true", status_code=303)


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
        return device_answer(request, station, viewer, device_id, errors=not_sure(request, "sure"))
    end_device(
        station.database,
        station.settings,
        device_id,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now(),
    )
    return RedirectResponse(f"/devices/{device_id}", status_code=303)


def _list(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    cluster: str = "",
    contact: Contact | None = None,
    page: int = 1,
    refused: BadInput | None = None,
    hosts: str | None = None,
    saved: bool = False,
) -> Response:
    with station.database.reading() as session:
        clusters = clusters_of(session, station.station_id)
        chosen = cluster if cluster in {each.id for each in clusters} else ""
        sums = fleet_sums(session, station_id=station.station_id, cluster_id=chosen)
        parts = paging(request, sums.of(contact), page=page, path="/devices", leave_out=("saved",))
        lines = device_lines(
            session,
            station_id=station.station_id,
            day=station.today(),
            cluster_id=chosen,
            contact=contact,
            part=parts.part(),
        )
        kept = relay_hosts_of(session, station.station_id)
        retired = lately_retired(session, station_id=station.station_id)
    return render(
        request,
        "fleet/pages/devices.html",
        status_code=refused.status if refused else 200,
        lines=lines,
        retired=retired,
        sums=sums,
        paging=parts,
        clusters=clusters,
        cluster=chosen,
        contact=contact,
        hosts="\n".join(kept) if hosts is None else hosts,
        may_change=viewer.may(Right.ADMINISTER),
        errors=_errors(request, refused),
        saved=saved,
    )


def device_answer(
    request: Request,
    station: Context,
    viewer: Viewer,
    device_id: str,
    *,
    refused: BadInput | None = None,
    errors: Mapping[str, str] | None = None,
    given: BehaviourForm | None = None,
    place: str | None = None,
    moved: Wished | None = None,
    cluster: str = "",
    saved: bool = False,
    placed: bool = False,
    done: str = "",
) -> Response:
    """The page of one device, as it was asked for or with what stood against a form of it."""
    now = station.now()
    with station.database.reading() as session:
        shown = shown_of(
            session,
            device_id,
            station=station,
            cluster=moved.cluster_id if moved else cluster,
            named=moved.village_id if moved else (),
        )
        device = shown.device
        added: list[Panel] = getattr(request.app.state, "device_panels", [])
        panels = [panel(request, session, device_id, viewer) for panel in added]
    wrong = dict(errors or _errors(request, refused))
    return render(
        request,
        "fleet/pages/device.html",
        status_code=BadInput.status if wrong else 200,
        device=device,
        shown=shown,
        panels=panels,
        measured=measured_lines(device.measured, language=language_of(request)),
        given=given or form_of(device.behaviour),
        place=written_place(device.line.latitude, device.line.longitude)
        if place is None
        else place,
        moved=moved,
        moved_percent=dict(zip(moved.village_id, moved.percent, strict=False)) if moved else {},
        cluster_names={each.id: each.name for each in shown.clusters},
        cluster=cluster,
        written_percent=written_percent,
        age=now - device.line.enrolled_at,
        may_change=viewer.may(Right.ADMINISTER),
        errors=wrong,
        saved=saved,
        placed=placed,
        done=done,
    )


def not_sure(request: Request, field: str) -> dict[str, str]:
    """What is said where a box was not ticked."""
    return {field: translate(request, _NOT_SURE)}


def _errors(request: Request, refused: BadInput | None) -> dict[str, str]:
    if refused is None:
        return {}
    told = in_language(request, refused)
    return {refused.field or "form": told}

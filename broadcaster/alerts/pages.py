"""Cảnh báo nhận được: what others sent, what waits for a person, and one alert in full."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from broadcaster.accounts.guard import require
from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.alerts.desk import bring, dismiss, find_alert
from broadcaster.alerts.errors import AlertUnreadable
from broadcaster.alerts.exporting import messages_of
from broadcaster.alerts.feeds import feeds_of
from broadcaster.alerts.message import Status
from broadcaster.alerts.polling import refused_lately
from broadcaster.alerts.safe_xml import LARGEST_BYTES
from broadcaster.alerts.settings_pages import REFUSED_SHOWN_FOR
from broadcaster.alerts.shown import alert_lines, alert_shown
from broadcaster.alerts.standing import Shown
from broadcaster.alerts.wording import (
    CERTAINTIES,
    MESSAGE_TYPES,
    SEVERITIES,
    SIGNATURES,
    STATES,
    STATUSES,
    TROUBLES,
    URGENCIES,
)
from broadcaster.alerts.writing import write_alert
from broadcaster.emergency.authorising import authorisation_of
from broadcaster.emergency.ending import find_emergency
from broadcaster.emergency.forms import DRILL, REAL
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

LARGER_BODIES = {"/alerts/import": LARGEST_BYTES + 10_000, "/api/cap-alerts": 2 * LARGEST_BYTES}
FILE_FIELD = "file"

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Giver = Annotated[Viewer, Depends(require(Right.RAISE_EMERGENCIES))]


class DismissalForm(BaseModel):
    """Why nothing is done here."""

    model_config = ConfigDict(frozen=True)

    reason: str = ""


@router.get("/alerts")
def alerts_page(request: Request, station: Here, viewer: Reader) -> Response:
    """What waits for a person first, then what came before."""
    return _list(request, station, viewer)


@router.post("/alerts/import")
async def import_one(request: Request, station: Here, viewer: Giver) -> Response:
    """Keep an alert that came as a file, and show it."""
    try:
        content = await _file(request)
        taken = await run_in_threadpool(
            bring,
            station.database,
            content,
            state_dir=station.settings.state_dir,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    except BadInput as refused:
        return await run_in_threadpool(_list, request, station, viewer, refused=refused)
    return RedirectResponse(f"/alerts/{taken.row.id}", status_code=303)


@router.get("/alerts/exports/{emergency_id}")
def export(station: Here, _viewer: Reader, emergency_id: Id) -> Response:
    """The newest message of one of our own emergencies, as a file."""
    with station.database.reading() as session:
        emergency = find_emergency(session, emergency_id, station_id=station.station_id)
        newest = messages_of(session, emergency)[-1]
    name = f'attachment; filename="{newest.identifier}.xml"'
    return Response(
        write_alert(newest),
        media_type="application/cap+xml",
        headers={"Content-Disposition": name},
    )


@router.get("/alerts/{alert_id}")
def alert_page(request: Request, station: Here, viewer: Reader, alert_id: Id) -> Response:
    """One alert in full, what it would be here, and what may be done about it."""
    return _page(request, station, viewer, alert_id)


@router.post("/alerts/{alert_id}/dismissal")
def dismiss_one(
    request: Request,
    station: Here,
    viewer: Giver,
    alert_id: Id,
    form: Annotated[DismissalForm, Form()],
) -> Response:
    """Do nothing on it here, and say why."""
    try:
        with station.database.writing() as session:
            dismiss(
                session,
                alert_id,
                reason=form.reason,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except (BadInput, Conflict) as refused:
        return _page(request, station, viewer, alert_id, refused=refused)
    return RedirectResponse(f"/alerts/{alert_id}", status_code=303)


async def _file(request: Request) -> bytes:
    """The file that a form brought; raise AlertUnreadable where it brought none."""
    async with request.form() as form:
        given = form.get(FILE_FIELD)
        if not isinstance(given, UploadFile):
            raise AlertUnreadable(field=FILE_FIELD)
        content = await given.read(LARGEST_BYTES + 1)
    if not content:
        raise AlertUnreadable(field=FILE_FIELD)
    return content


def _list(
    request: Request, station: Context, viewer: Viewer, *, refused: BadInput | None = None
) -> Response:
    now = station.now()
    with station.database.reading() as session:
        lines = alert_lines(session, station_id=station.station_id, now=now)
        feeds = feeds_of(session, station_id=station.station_id)
        refusals = refused_lately(
            session, station_id=station.station_id, since=now - REFUSED_SHOWN_FOR
        )
    first = [each for each in lines if each.state == Shown.WAITING or each.still_running]
    return render(
        request,
        "alerts/pages/alerts.html",
        status_code=refused.status if refused else 200,
        first=first,
        others=[each for each in lines if each not in first],
        feeds=feeds,
        refusals=refusals,
        may_bring=viewer.may(Right.RAISE_EMERGENCIES),
        errors={FILE_FIELD: in_language(request, refused)} if refused else {},
        states=STATES,
        statuses=STATUSES,
        severities=SEVERITIES,
        signatures=SIGNATURES,
        troubles=TROUBLES,
    )


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    alert_id: str,
    *,
    refused: LoaError | None = None,
) -> Response:
    with station.database.reading() as session:
        row = find_alert(session, alert_id, station_id=station.station_id)
        shown = alert_shown(session, row, now=station.now())
        may_order = (
            viewer.may(Right.RAISE_EMERGENCIES)
            and authorisation_of(session, viewer.account_id, station_id=station.station_id)
            is not None
        )
        people = {each for each in (row.brought_by, row.dismissed_by) if each}
        names = display_names(session, people)
    return render(
        request,
        "alerts/pages/alert.html",
        status_code=refused.status if refused else 200,
        shown=shown,
        line=shown.line,
        alert=shown.line.alert,
        proposal=shown.proposal,
        waits=shown.line.state == Shown.WAITING,
        mode=DRILL if shown.line.alert.status == Status.EXERCISE else REAL,
        hazard=HAZARDS.get(shown.proposal.hazard),
        may_order=may_order,
        may_dismiss=viewer.may(Right.RAISE_EMERGENCIES),
        names=names,
        refused=in_language(request, refused) if refused else "",
        states=STATES,
        statuses=STATUSES,
        message_types=MESSAGE_TYPES,
        severities=SEVERITIES,
        urgencies=URGENCIES,
        certainties=CERTAINTIES,
        signatures=SIGNATURES,
    )

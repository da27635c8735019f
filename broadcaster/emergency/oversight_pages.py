"""What a leader answers for beforehand: who may order emergencies, and what devices keep to say."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import Studio, studio_of
from broadcaster.emergency.authorising import authorise, revoke
from broadcaster.emergency.forms import WarningForm
from broadcaster.emergency.raising import checked_words
from broadcaster.emergency.ready import make_ready
from broadcaster.emergency.stored_warnings import approve_warning, write_warning
from broadcaster.emergency.warnings_shown import devices_holding, warnings_shown
from broadcaster.errors import BadInput, Conflict, NotAllowed
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
StationViewer = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Giver = Annotated[Viewer, Depends(require(Right.RAISE_EMERGENCIES))]
Overseer = Annotated[Viewer, Depends(require(Right.OVERSEE_EMERGENCIES))]
Sounds = Annotated[Studio, Depends(studio_of)]


@router.post("/emergency/authorisations")
def authorise_person(
    station: Here, viewer: Overseer, account_id: Annotated[str, Form()] = ""
) -> Response:
    """Let a person order emergencies; the sounds that they may need are made from then on."""
    with station.database.writing() as session:
        authorise(
            session,
            account_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        ours = session.get_one(Station, station.station_id)
        make_ready(session, station=ours, now=station.now())
    return RedirectResponse("/emergency#authorised", status_code=303)


@router.post("/emergency/authorisations/{authorisation_id}/revocation")
def revoke_person(station: Here, viewer: Overseer, authorisation_id: Id) -> Response:
    """Let a person order emergencies no more."""
    with station.database.writing() as session:
        revoke(
            session,
            authorisation_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/emergency#authorised", status_code=303)


@router.get("/emergency/warnings")
def warnings_page(request: Request, station: Here, viewer: StationViewer) -> Response:
    """What each device keeps and says while a message is on its way, hazard by hazard."""
    return _page(request, station, viewer)


@router.post("/emergency/warnings")
def write(
    request: Request,
    station: Here,
    viewer: Giver,
    studio: Sounds,
    form: Annotated[WarningForm, Form()],
) -> Response:
    """Propose a warning's words; its sound is made, and a leader decides."""
    try:
        kept = checked_words(form.words)
        studio.read(kept)
        with station.database.writing() as session:
            write_warning(
                session,
                form.hazard,
                kept,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        given = {form.hazard: form.words}
        return _page(request, station, viewer, refused=refused, given=given)
    return RedirectResponse(f"/emergency/warnings#warning-{form.hazard}", status_code=303)


@router.post("/emergency/warnings/{warning_id}/approval")
def approve(
    request: Request,
    station: Here,
    viewer: Overseer,
    warning_id: Id,
    audio_sha256: Annotated[str, Form()] = "",
) -> Response:
    """Put a warning in force for exactly the sound that was heard."""
    try:
        with station.database.writing() as session:
            row = approve_warning(
                session,
                warning_id,
                audio_sha256=audio_sha256,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
            hazard = row.hazard
    except (Conflict, NotAllowed) as refused:
        return _page(request, station, viewer, refused=refused)
    return RedirectResponse(f"/emergency/warnings#warning-{hazard}", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    refused: BadInput | Conflict | NotAllowed | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    with station.database.reading() as session:
        shown = warnings_shown(session, station_id=station.station_id)
        rows = [each.row for one in shown for each in (one.in_force, one.waiting) if each]
        names = display_names(
            session,
            {
                *(row.written_by for row in rows),
                *(row.approved_by for row in rows if row.approved_by),
            },
        )
        holding = devices_holding(session, rows, station_id=station.station_id)
    sentence = ""
    if refused is not None:
        sentence = in_language(request, refused)
    return render(
        request,
        "emergency/pages/warnings.html",
        status_code=refused.status if refused else 200,
        warnings=shown,
        names=names,
        holding=holding,
        refused=sentence,
        given=given or {},
        viewer_id=viewer.account_id,
        may_write=viewer.may(Right.RAISE_EMERGENCIES),
        oversees=viewer.may(Right.OVERSEE_EMERGENCIES),
    )

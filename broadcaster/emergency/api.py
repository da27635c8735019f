"""Emergencies for programs: the same acts as on the pages, under the same rights."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlmodel import Session

from broadcaster.accounts.guard import require, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import clusters_of
from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import Studio, studio_of
from broadcaster.emergency.authorising import authorisations, authorise, revoke
from broadcaster.emergency.ending import (
    clusters_of_emergency,
    emergency_log,
    end_emergency,
    find_emergency,
    prolong,
    review,
)
from broadcaster.emergency.forms import ConfirmedForm
from broadcaster.emergency.origins import check_origins
from broadcaster.emergency.proof import prove_giver, prove_last_words, prove_prolonging
from broadcaster.emergency.raising import checked_words, raise_emergency
from broadcaster.emergency.ready import make_ready
from broadcaster.emergency.shapes import (
    AuthorisationOut,
    Authorisations,
    Emergencies,
    EmergencyBoard,
    EmergencyOut,
    End,
    NewAuthorisation,
    NewEmergency,
    NewWarning,
    Review,
    WarningApproval,
    WarningOut,
    Warnings,
)
from broadcaster.emergency.standing_queries import standing_of
from broadcaster.emergency.stored_warnings import approve_warning, write_warning
from broadcaster.emergency.warnings_shown import warnings_shown
from broadcaster.emergency.words import message_script
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.problems import problems

api = APIRouter(prefix="/api", tags=["emergencies"])

Here = Annotated[Context, Depends(context)]
StationViewer = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Giver = Annotated[Viewer, Depends(require(Right.RAISE_EMERGENCIES))]
Overseer = Annotated[Viewer, Depends(require(Right.OVERSEE_EMERGENCIES))]
Token = Annotated[str, Depends(token_of)]
Sounds = Annotated[Studio, Depends(studio_of)]


@api.get("/emergencies", responses=problems(401, 403))
def emergencies(station: Here, _viewer: StationViewer) -> Emergencies:
    """The emergency log, the newest first."""
    with station.database.reading() as session:
        rows = emergency_log(session, station_id=station.station_id)
    return Emergencies(emergencies=[EmergencyOut.of(row) for row in rows])


@api.post("/emergencies", status_code=201, responses=problems(401, 403, 409, 413, 422, 429, 503))
def raise_one(
    request: Request,
    station: Here,
    viewer: Giver,
    token: Token,
    studio: Sounds,
    *,
    given: NewEmergency,
) -> EmergencyOut:
    """Order an emergency or its drill; it goes out within a moment."""
    form = ConfirmedForm(**given.model_dump())
    with station.database.reading() as session:
        ours = session.get_one(Station, station.station_id)
        everywhere = [each.id for each in clusters_of(session, ours.id)]
    wish = form.wish(all_clusters=everywhere, commune=ours.commune)
    form.check_typed()
    studio.read(message_script(wish.words, drill=wish.drill))
    prove_giver(station, viewer, drill=wish.drill, code=form.code, token=token)
    with station.database.writing() as session:
        check_origins(
            request, session, given.request_key, station_id=station.station_id, now=station.now()
        )
        row = raise_emergency(
            session,
            wish,
            request_key=given.request_key,
            station=session.get_one(Station, station.station_id),
            by=viewer.account_id,
            now=station.now(),
        )
        return EmergencyOut.of(row)


@api.get("/emergencies/{emergency_id}", responses=problems(401, 403, 404, 422))
def emergency(station: Here, _viewer: StationViewer, emergency_id: Id) -> EmergencyBoard:
    """One emergency, and what each of its devices has said."""
    with station.database.reading() as session:
        return _board(session, station, emergency_id)


@api.post("/emergencies/{emergency_id}/prolongation", responses=problems(401, 403, 404, 409, 422))
def prolong_one(station: Here, viewer: Giver, token: Token, emergency_id: Id) -> EmergencyOut:
    """Let it be said again for another day; asks for the second factor (`/api/sessions/code`)."""
    prove_prolonging(station, viewer, emergency_id, token=token)
    with station.database.writing() as session:
        row = prolong(
            session,
            emergency_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return EmergencyOut.of(row)


@api.post(
    "/emergencies/{emergency_id}/end",
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
def end_one(
    station: Here, viewer: Giver, token: Token, emergency_id: Id, given: End
) -> EmergencyOut:
    """End it with a final notice, with a correction, or in silence."""
    prove_last_words(
        station,
        viewer,
        emergency_id,
        ending=given.ending,
        words=given.words,
        code=given.code,
        token=token,
    )
    with station.database.writing() as session:
        row = end_emergency(
            session,
            emergency_id,
            ending=given.ending,
            words=given.words,
            station_id=station.station_id,
            by=viewer.account_id,
            oversees=viewer.may(Right.OVERSEE_EMERGENCIES),
            now=station.now(),
        )
        return EmergencyOut.of(row)


@api.post("/emergencies/{emergency_id}/review", responses=problems(401, 403, 404, 409, 413, 422))
def review_one(station: Here, viewer: Overseer, emergency_id: Id, given: Review) -> EmergencyOut:
    """Keep what a second person found."""
    with station.database.writing() as session:
        row = review(
            session,
            emergency_id,
            verdict=given.verdict,
            remark=given.note,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        return EmergencyOut.of(row)


@api.get("/emergency-authorisations", responses=problems(401, 403))
def authorised(station: Here, _viewer: StationViewer) -> Authorisations:
    """Who may order emergencies now."""
    with station.database.reading() as session:
        rows = authorisations(session, station_id=station.station_id)
    return Authorisations(authorisations=[AuthorisationOut.of(row) for row in rows])


@api.post("/emergency-authorisations", status_code=201, responses=problems(401, 403, 409, 413, 422))
def authorise_one(station: Here, viewer: Overseer, given: NewAuthorisation) -> AuthorisationOut:
    """Let a person order emergencies without another's approval."""
    with station.database.writing() as session:
        row = authorise(
            session,
            given.account_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        ours = session.get_one(Station, station.station_id)
        make_ready(session, station=ours, now=station.now())
        return AuthorisationOut.of(row)


@api.delete(
    "/emergency-authorisations/{authorisation_id}",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
def revoke_one(station: Here, viewer: Overseer, authorisation_id: Id) -> None:
    """Let a person order emergencies no more."""
    with station.database.writing() as session:
        revoke(
            session,
            authorisation_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )


@api.get("/stored-warnings", responses=problems(401, 403))
def warnings(station: Here, _viewer: StationViewer) -> Warnings:
    """What devices keep for each hazard."""
    with station.database.reading() as session:
        shown = warnings_shown(session, station_id=station.station_id)
    return Warnings(warnings=[WarningOut.of(each) for each in shown])


@api.post("/stored-warnings", status_code=201, responses=problems(401, 403, 413, 422))
def write_one(station: Here, viewer: Giver, studio: Sounds, given: NewWarning) -> Warnings:
    """Propose a warning's words; its sound is made, and a leader decides."""
    words = checked_words(given.words)
    studio.read(words)
    with station.database.writing() as session:
        write_warning(
            session,
            given.hazard,
            words,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        shown = warnings_shown(session, station_id=station.station_id)
    return Warnings(warnings=[WarningOut.of(each) for each in shown])


@api.post(
    "/stored-warnings/{warning_id}/approval", responses=problems(401, 403, 404, 409, 413, 422)
)
def approve_one(
    station: Here, viewer: Overseer, warning_id: Id, given: WarningApproval
) -> Warnings:
    """Put a warning in force for exactly the sound that was heard."""
    with station.database.writing() as session:
        approve_warning(
            session,
            warning_id,
            audio_sha256=given.audio_sha256,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
        shown = warnings_shown(session, station_id=station.station_id)
    return Warnings(warnings=[WarningOut.of(each) for each in shown])


def _board(session: Session, station: Context, emergency_id: str) -> EmergencyBoard:
    row = find_emergency(session, emergency_id, station_id=station.station_id)
    clusters = clusters_of_emergency(session, row.id)
    today = station.today()
    return EmergencyBoard.of(row, standing_of(session, row, clusters, today=today))

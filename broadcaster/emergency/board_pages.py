"""One emergency: second by second what its devices do, and how it is prolonged and ended."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, select

from broadcaster.accounts.guard import require, token_of
from broadcaster.accounts.people import display_names
from broadcaster.accounts.phones import spaced
from broadcaster.accounts.roles import Right
from broadcaster.accounts.step_up import NOT_PROVEN
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.emergency.authorising import authorisation_of
from broadcaster.emergency.ending import (
    Ending,
    clusters_of_emergency,
    emergency_in_view,
    end_emergency,
    offered_words,
    prolong,
    review,
    review_due,
    spoke_in,
)
from broadcaster.emergency.forms import EndForm, ReviewForm
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.log import events_of
from broadcaster.emergency.orders import standing_orders
from broadcaster.emergency.proof import (
    is_proof_needed,
    prove_last_words,
    prove_prolonging,
)
from broadcaster.emergency.raising import PartKind
from broadcaster.emergency.standing_queries import asked_of, with_places
from broadcaster.emergency.tables import Emergency, EmergencyPart, EmergencySound
from broadcaster.emergency.wording import ACTS, ENDINGS, STAGES
from broadcaster.emergency.words import message_script
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.ledger.wording import words_of_code
from broadcaster.schedule.live import LivePart, answer_live, live_part
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language
from broadcaster.web.paging import PageAsked, paging

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Giver = Annotated[Viewer, Depends(require(Right.RAISE_EMERGENCIES))]
Overseer = Annotated[Viewer, Depends(require(Right.OVERSEE_EMERGENCIES))]
Token = Annotated[str, Depends(token_of)]


@router.get("/emergency/{emergency_id}")
def one_emergency(
    request: Request, station: Here, viewer: Anyone, emergency_id: Id, page: PageAsked = 1
) -> Response:
    """The board of one emergency, its words, its log, and what may be done about it."""
    return _page(request, station, viewer, emergency_id, page=page)


@router.get("/emergency/{emergency_id}/live")
def one_emergency_live(
    request: Request, station: Here, viewer: Anyone, emergency_id: Id, page: PageAsked = 1
) -> Response:
    """The board alone, or 204 while it says what the page shows already."""
    with station.database.reading() as session:
        emergency = emergency_in_view(
            session,
            emergency_id,
            station_id=station.station_id,
            villages=viewer.villages_in_view(),
        )
        live = _board(request, session, station, viewer, emergency, page=page)
    return answer_live(request, live)


@router.post("/emergency/{emergency_id}/prolongation")
def prolong_one(
    request: Request, station: Here, viewer: Giver, token: Token, emergency_id: Id
) -> Response:
    """Let it be said again for another day."""
    try:
        prove_prolonging(station, viewer, emergency_id, token=token)
        with station.database.writing() as session:
            prolong(
                session,
                emergency_id,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except (Conflict, *NOT_PROVEN) as refused:
        return _page(request, station, viewer, emergency_id, refused=refused)
    return RedirectResponse(f"/emergency/{emergency_id}", status_code=303)


@router.post("/emergency/{emergency_id}/end")
def end_one(
    request: Request,
    station: Here,
    viewer: Giver,
    token: Token,
    *,
    emergency_id: Id,
    form: Annotated[EndForm, Form()],
) -> Response:
    """End it with a final notice, with a correction, or in silence."""
    try:
        prove_last_words(
            station,
            viewer,
            emergency_id,
            ending=form.ending,
            words=form.words,
            code=form.code,
            token=token,
        )
        with station.database.writing() as session:
            end_emergency(
                session,
                emergency_id,
                ending=form.ending,
                words=form.words,
                station_id=station.station_id,
                by=viewer.account_id,
                oversees=viewer.may(Right.OVERSEE_EMERGENCIES),
                now=station.now(),
            )
    except (BadInput, Conflict, *NOT_PROVEN) as refused:
        return _page(request, station, viewer, emergency_id, refused=refused, given=form)
    return RedirectResponse(f"/emergency/{emergency_id}", status_code=303)


@router.post("/emergency/{emergency_id}/review")
def review_one(
    request: Request,
    station: Here,
    viewer: Overseer,
    emergency_id: Id,
    form: Annotated[ReviewForm, Form()],
) -> Response:
    """Keep what a second person found."""
    try:
        with station.database.writing() as session:
            review(
                session,
                emergency_id,
                verdict=form.verdict,
                remark=form.note,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except (BadInput, Conflict) as refused:
        return _page(request, station, viewer, emergency_id, refused=refused)
    return RedirectResponse(f"/emergency/{emergency_id}#review", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    emergency_id: str,
    *,
    page: int = 1,
    refused: LoaError | None = None,
    given: EndForm | None = None,
) -> Response:
    with station.database.reading() as session:
        emergency = emergency_in_view(
            session,
            emergency_id,
            station_id=station.station_id,
            villages=viewer.villages_in_view(),
        )
        hazard = HAZARDS[emergency.hazard]
        commune = session.get_one(Station, station.station_id).commune
        events = events_of(session, emergency_id)
        people = {each.account_id for each in events if each.account_id}
        people |= {each for each in (emergency.ended_by, emergency.reviewed_by) if each}
        authorised = viewer.may(Right.RAISE_EMERGENCIES) and (
            authorisation_of(session, viewer.account_id, station_id=station.station_id) is not None
        )
        oversees = viewer.may(Right.OVERSEE_EMERGENCIES)
        spoke = spoke_in(session, emergency)
        shown: dict[str, Any] = {
            "live": _board(request, session, station, viewer, emergency, page=page),
            "events": events,
            "names": display_names(session, people),
        }
    sentence = ""
    if refused is not None:
        sentence = in_language(request, refused)
    return render(
        request,
        "emergency/pages/board.html",
        status_code=refused.status if refused else 200,
        emergency=emergency,
        hazard=hazard,
        may_see_all=viewer.may(Right.SEE_STATION),
        script=message_script(emergency.words, drill=emergency.drill),
        may_word=authorised and emergency.ended_at is None,
        may_silence=(authorised or oversees) and emergency.ended_at is None,
        may_review=oversees and viewer.account_id not in spoke and emergency.reviewed_at is None,
        review_due=review_due(emergency),
        offered={
            ending.value: offered_words(ending, emergency.hazard, commune=commune)
            for ending in Ending
        },
        given=given or EndForm(),
        asks_code=is_proof_needed(station, viewer, drill=emergency.drill),
        endings=ENDINGS,
        acts=ACTS,
        refused=sentence,
        **shown,
    )


def _board(
    request: Request,
    session: Session,
    station: Context,
    viewer: Viewer,
    emergency: Emergency,
    *,
    page: int,
) -> LivePart:
    now = station.now()
    clusters = clusters_of_emergency(session, emergency.id)
    parts = {
        part.kind: (part, sound)
        for part, sound in session.exec(
            select(EmergencyPart, EmergencySound)
            .join(
                EmergencySound,
                col(EmergencySound.script_sha256) == col(EmergencyPart.script_sha256),
            )
            .where(EmergencyPart.emergency_id == emergency.id)
        )
    }
    coming = [
        said.starts_at
        for each in (standing_orders(session, clusters[0], now=now) if clusters else ())
        if each.emergency.id == emergency.id and each.part.kind == PartKind.MESSAGE
        for said in each.times
        if said.starts_at > now
    ]
    today = station.day_of(now)
    asked = asked_of(session, emergency, clusters, today=today, villages=viewer.villages_in_view())
    own = f"/emergency/{emergency.id}"
    shown = paging(request, asked.total, page=page, path=own)
    # Of a province's thousands those come first to whom somebody has to go.
    standing = asked.standing(None if shown.pages == 1 else shown.part())
    return live_part(
        request,
        "emergency/pages/board_live.html",
        address=replace(shown, path=f"{own}/live").address(shown.page),
        every_s=1,
        emergency=emergency,
        standing=standing,
        counted=standing.stages,
        devices=with_places(
            session,
            standing.devices,
            today=today,
            with_phones=viewer.may(Right.SEE_STATION),
        ),
        paging=shown,
        parts=parts,
        next_at=min(coming, default=None),
        last_at=max(coming, default=None),
        stages=STAGES,
        endings=ENDINGS,
        ending=Ending,
        words_of_code=words_of_code,
        may_see_phones=viewer.may(Right.SEE_STATION),
        spaced=spaced,
    )

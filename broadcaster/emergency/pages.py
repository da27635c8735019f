"""Ordering an emergency on pages: what is wanted, once more in full, and the word that confirms it.

While the second page asks, the sound is being made; so it is there, mostly, when the word is typed.
"""

import secrets
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from broadcaster.accounts.guard import require, token_of
from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.second_factor import people_without
from broadcaster.accounts.step_up import NOT_PROVEN, can_prove
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.bulletins.studio import Studio, studio_of
from broadcaster.bulletins.texts import sha256_of
from broadcaster.emergency.authorising import (
    authorisation_of,
    authorisations,
    candidates,
    held_authorisation,
)
from broadcaster.emergency.cadence import Cadence
from broadcaster.emergency.ending import emergency_log, review_due, running, to_review
from broadcaster.emergency.errors import DrillInQuietHours
from broadcaster.emergency.forms import CONFIRMED_BY, DRILL, ConfirmedForm, EmergencyForm
from broadcaster.emergency.hazards import HAZARDS
from broadcaster.emergency.map_points import points_of_clusters
from broadcaster.emergency.origins import check_origins
from broadcaster.emergency.proof import is_proof_needed, prove_giver
from broadcaster.emergency.raising import Wish, check_drill_hour, no_drill_until, raise_emergency
from broadcaster.emergency.sounds import NEEDED_NOW, want
from broadcaster.emergency.tables import EmergencySound
from broadcaster.emergency.wording import CADENCES, ENDINGS
from broadcaster.emergency.words import message_script, template_message
from broadcaster.errors import BadInput, Conflict, LoaError, NotFound
from broadcaster.schedule.choices import ClusterChoice, cluster_choices
from broadcaster.schedule.live import LivePart, answer_live, live_part
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, translate

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
StationViewer = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Giver = Annotated[Viewer, Depends(require(Right.RAISE_EMERGENCIES))]
Token = Annotated[str, Depends(token_of)]
Sounds = Annotated[Studio, Depends(studio_of)]
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]

_FIELDS = ("clusters", "hazard", "mode", "words", "cadence")


@router.get("/emergency")
def emergency_page(request: Request, station: Here, viewer: StationViewer) -> Response:
    """Khẩn cấp: what lasts, the order, who may give one, what waits for a second look, the log."""
    return _page(request, station, viewer, EmergencyForm())


@router.post("/emergency/form")
def back_to_form(
    request: Request, station: Here, viewer: Giver, form: Annotated[EmergencyForm, Form()]
) -> Response:
    """The form once more as it was filled in, to be corrected."""
    return _page(request, station, viewer, form)


@router.post("/emergency/check")
def check(
    request: Request,
    station: Here,
    viewer: Giver,
    studio: Sounds,
    form: Annotated[EmergencyForm, Form()],
) -> Response:
    """Everything once more in full, and a word to be typed; nothing has gone out."""
    try:
        wish = _wish(station, form)
        spoken = studio.read(message_script(wish.words, drill=wish.drill)).spoken
        with station.database.writing() as session:
            held_authorisation(session, viewer.account_id, station_id=station.station_id)
            if wish.drill:
                ours = session.get_one(Station, station.station_id)
                check_drill_hour(ours, now=station.now())
            check_origins(
                request, session, form.origin, station_id=station.station_id, now=station.now(),
                fresh=True,
            )  # fmt: skip
            script = message_script(wish.words, drill=wish.drill)
            want(session, script, urgency=NEEDED_NOW, now=station.now())
    except (BadInput, DrillInQuietHours) as refused:
        return _page(request, station, viewer, form, refused=refused)
    key = form.origin or secrets.token_urlsafe(16)
    return _check_page(request, station, viewer, form, wish, spoken=spoken, key=key)


@router.get("/emergency/preview/{digest}")
def preview(request: Request, station: Here, _viewer: Giver, digest: Digest) -> Response:
    """The sound that is being made for a page that asks whether it is meant."""
    return answer_live(request, _preview(request, station, digest))


@router.post("/emergency")
def order(
    request: Request,
    station: Here,
    viewer: Giver,
    token: Token,
    studio: Sounds,
    *,
    form: Annotated[ConfirmedForm, Form()],
) -> Response:
    """Order it; or show once more what is wrong, and that nothing went out."""
    try:
        wish = _wish(station, form)
    except BadInput as refused:
        return _page(request, station, viewer, form, refused=refused)
    try:
        form.check_typed()
        prove_giver(station, viewer, drill=wish.drill, code=form.code, token=token)
        with station.database.writing() as session:
            check_origins(
                request, session, form.request_key, station_id=station.station_id,
                now=station.now(),
            )  # fmt: skip
            emergency = raise_emergency(
                session,
                wish,
                request_key=form.request_key,
                station=session.get_one(Station, station.station_id),
                by=viewer.account_id,
                now=station.now(),
            )
    except DrillInQuietHours as refused:
        return _page(request, station, viewer, form, refused=refused)
    except (BadInput, Conflict, *NOT_PROVEN) as refused:
        spoken = studio.read(message_script(wish.words, drill=wish.drill)).spoken
        key = form.request_key or secrets.token_urlsafe(16)
        return _check_page(
            request, station, viewer, form, wish, spoken=spoken, key=key, refused=refused
        )
    return RedirectResponse(f"/emergency/{emergency.id}", status_code=303)


def _wish(station: Context, form: EmergencyForm) -> Wish:
    with station.database.reading() as session:
        clusters = [each.cluster_id for each in _choices(session, station)]
        commune = session.get_one(Station, station.station_id).commune
    return form.wish(all_clusters=clusters, commune=commune)


def _choices(session: Session, station: Context) -> list[ClusterChoice]:
    return cluster_choices(session, station_id=station.station_id, day=station.today())


def _shown(session: Session, station: Context, viewer: Viewer) -> dict[str, Any]:
    """What the page shows of the station's rows: who may order, what runs, what was ordered."""
    ours = station.station_id
    oversees = viewer.may(Right.OVERSEE_EMERGENCIES)
    listed = authorisations(session, station_id=ours)
    log = emergency_log(session, station_id=ours)
    waiting = to_review(session, station_id=ours)
    authorised = {each.account_id for each in listed}
    may_order = (
        viewer.may(Right.RAISE_EMERGENCIES)
        and authorisation_of(session, viewer.account_id, station_id=ours) is not None
    )
    named = {
        *authorised,
        *(each.granted_by for each in listed),
        *(each.given_by for each in (*log, *waiting)),
        *(each.reviewed_by for each in log if each.reviewed_by),
    }
    others = candidates(session, station_id=ours) if oversees else ()
    return {
        "oversees": oversees,
        "may_order": may_order,
        # Only whoever may give an order chooses where it goes.
        "clusters": _choices(session, station) if may_order else [],
        "points": points_of_clusters(session, station_id=ours, day=station.today())
        if may_order
        else {},
        "running": running(session, station_id=ours),
        "log": log,
        "to_review": waiting,
        "authorised": listed,
        "without_code": people_without(session, {viewer.account_id, *authorised}),
        "names": display_names(session, named),
        "candidates": [
            (each.id, each.display_name)
            for each in others
            if each.id not in {viewer.account_id, *authorised}
        ],
    }


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    form: EmergencyForm,
    *,
    refused: BadInput | DrillInQuietHours | None = None,
) -> Response:
    with station.database.reading() as session:
        row = session.get_one(Station, station.station_id)
        commune, no_drill = row.commune, no_drill_until(row, now=station.now())
        shown = _shown(session, station, viewer)
    return render(
        request,
        "emergency/pages/emergency.html",
        status_code=refused.status if refused else 200,
        form=form,
        no_drill_until=no_drill,
        hazards=HAZARDS.values(),
        hazard_of=HAZARDS,
        templates={
            key: template_message(hazard, commune=commune) for key, hazard in HAZARDS.items()
        },
        hazard_options=[
            (key, translate(request, hazard.name), None) for key, hazard in HAZARDS.items()
        ],
        cadence_options=[
            ("", translate(request, "Theo loại nguy hiểm")),
            *((key, translate(request, words)) for key, words in CADENCES.items()),
        ],
        endings=ENDINGS,
        review_due=review_due,
        errors=_at_fields(request, refused, _FIELDS),
        **shown,
    )


def _check_page(
    request: Request,
    station: Context,
    viewer: Viewer,
    form: EmergencyForm,
    wish: Wish,
    *,
    spoken: str,
    key: str,
    refused: LoaError | None = None,
) -> Response:
    with station.database.reading() as session:
        chosen = [
            each for each in _choices(session, station) if each.cluster_id in wish.cluster_ids
        ]
    digest = sha256_of(message_script(wish.words, drill=wish.drill))
    return render(
        request,
        "emergency/pages/check.html",
        status_code=refused.status if refused else 200,
        form=form,
        wish=wish,
        chosen=chosen,
        hazard=HAZARDS[wish.hazard],
        cadence=CADENCES[Cadence(wish.cadence)],
        spoken=spoken,
        request_key=key,
        confirmed_by=CONFIRMED_BY[form.mode],
        drill=form.mode == DRILL,
        live=_preview(request, station, digest),
        asks_code=is_proof_needed(station, viewer, drill=wish.drill),
        has_code=can_prove(station, viewer),
        errors=_at_fields(request, refused, ("typed", "code")),
    )


def _preview(request: Request, station: Context, digest: str) -> LivePart:
    with station.database.reading() as session:
        sound = session.get(EmergencySound, digest)
    if sound is None:
        raise NotFound(digest)
    return live_part(
        request,
        "emergency/pages/preview.html",
        address=f"/emergency/preview/{digest}",
        lasting=sound.rendered_at is None,
        every_s=1,
        sound=sound,
    )


def _at_fields(request: Request, refused: LoaError | None, fields: Sequence[str]) -> dict[str, str]:
    """What was refused, at its field; what has none of these stands at the first of them."""
    if refused is None:
        return {}
    sentence = in_language(request, refused)
    field = refused.field or ""
    return {field if field in fields else fields[0]: sentence}

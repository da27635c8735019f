"""The page of the station's voice: who speaks now, what else there is, heard before it is kept."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.responses import Response

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput, LoaError
from broadcaster.voices.checking import checked, checked_sentence
from broadcaster.voices.forms import VoiceForm, form_of, rate_options, voice_options
from broadcaster.voices.shown import VoicesShown, voices_shown
from broadcaster.voices.trial import GREETING, Heard, Sayer, heard, sayer_of
from broadcaster.voices.wishes import VoiceWish, keep_wish
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import language_of

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Chooser = Annotated[Viewer, Depends(require(Right.CHOOSE_VOICE))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.CHOOSE_VOICE))]
Voice = Annotated[Sayer, Depends(sayer_of)]


@router.get("/voices")
def voices_page(request: Request, station: Here, viewer: Onlooker, saved: str = "") -> Response:
    """Who speaks now, and the form that changes it."""
    with station.database.reading() as session:
        shown = _shown(session, station)
    return _page(
        request,
        shown,
        form_of(shown.wish),
        viewer=viewer,
        saved=bool(saved),
    )


@router.post("/voices/trial")
def trial(
    request: Request,
    station: Here,
    viewer: Chooser,
    sayer: Voice,
    form: Annotated[VoiceForm, Form()],
) -> Response:
    """Hear a sentence by what the form says, and keep nothing of it."""
    with station.database.reading() as session:
        shown = _shown(session, station)
        try:
            sentence = checked_sentence(form.sentence or GREETING)
            wish = _wished(form, shown=shown, viewer=viewer)
            then = _shown(session, station, wish=wish)
        except BadInput as refused:
            return _page(
                request,
                shown,
                form,
                viewer=viewer,
                refused=refused,
            )
    try:
        sound = heard(sentence, house=then.house, sayer=sayer)
    except LoaError as trouble:
        return _page(
            request,
            shown,
            form,
            viewer=viewer,
            trouble=trouble,
        )
    return _page(
        request,
        shown,
        form,
        viewer=viewer,
        sound=sound,
    )


@router.post("/voices")
def save(
    request: Request, station: Here, viewer: Chooser, form: Annotated[VoiceForm, Form()]
) -> Response:
    """Read like this from the next rendering on; sound that was made stays as it is."""
    with station.database.writing() as session:
        shown = _shown(session, station)
        try:
            wish = _wished(form, shown=shown, viewer=viewer)
        except BadInput as refused:
            return _page(
                request,
                shown,
                form,
                viewer=viewer,
                refused=refused,
            )
        keep_wish(
            session, wish, station_id=station.station_id, by=viewer.account_id, now=station.now()
        )
    return RedirectResponse("/voices?saved=1", status_code=303)


def _shown(session: Session, station: Context, *, wish: VoiceWish | None = None) -> VoicesShown:
    return voices_shown(
        session, station_id=station.station_id, settings=station.settings, wish=wish
    )


def _wished(form: VoiceForm, *, shown: VoicesShown, viewer: Viewer) -> VoiceWish:
    """What the form asks for; who may not turn the online switch does not see it either."""
    may_open = viewer.may(Right.ADMINISTER)
    wish = form.wish(before=shown.wish)
    if not may_open and not form.text_may_leave:
        wish = replace(wish, text_may_leave=shown.wish.text_may_leave)
    return checked(wish, before=shown.wish, among=shown.offers, may_open=may_open)


def _page(
    request: Request,
    shown: VoicesShown,
    given: VoiceForm,
    *,
    viewer: Viewer,
    refused: BadInput | None = None,
    trouble: LoaError | None = None,
    sound: Heard | None = None,
    saved: bool = False,
) -> Response:
    problem = refused or trouble
    language = language_of(request)
    return render(
        request,
        "voices/pages/voices.html",
        status_code=problem.status if problem else 200,
        shown=shown,
        given=given,
        options=voice_options(
            shown, english=language == "en", may_open=viewer.may(Right.ADMINISTER)
        ),
        rates=rate_options(given.rate, english=language == "en"),
        greeting=GREETING,
        heard=sound,
        saved=saved,
        may_open=viewer.may(Right.ADMINISTER),
        errors=_errors(language, refused),
        trouble=_told(language, trouble) if trouble else "",
    )


def _errors(language: str, refused: BadInput | None) -> Mapping[str, str]:
    return {refused.field or "voice": _told(language, refused)} if refused else {}


def _told(language: str, error: LoaError) -> str:
    return error.message_vi if language == "vi" else error.message_en

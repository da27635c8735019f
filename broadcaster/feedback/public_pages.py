"""`/y-kien/…`: what a poster at a pole leads to. No sign-in, no name; bounded in size and rate."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import give_form_token, public
from broadcaster.enrolment.door import network_of
from broadcaster.errors import BadInput, LoaError
from broadcaster.feedback.errors import WORDS_LIMIT_CHARACTERS, TooOften
from broadcaster.feedback.giving import as_words, give, open_poster
from broadcaster.feedback.limits import Postbox
from broadcaster.feedback.listing import answers_in
from broadcaster.feedback.posters import place_of
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.language import in_language
from broadcaster.web.phone import render_phone

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
ANSWERS_SHOWN = 3


class WordsForm(BaseModel):
    """What somebody wrote. No person sees `website`: what fills it in is a program."""

    model_config = ConfigDict(frozen=True)

    words: str = ""
    website: str = ""


def postbox_of(request: Request) -> Postbox:
    """The postbox of the app that serves this request."""
    box = request.app.state.postbox
    if not isinstance(box, Postbox):
        raise TypeError("the app was started without its postbox")
    return box


Box = Annotated[Postbox, Depends(postbox_of)]


@router.get("/y-kien/{code}", dependencies=[Depends(public)])
def feedback_form(request: Request, station: Here, code: Id, sent: str = "") -> Response:
    """The form of one poster, and what the station answered lately in this village."""
    return _page(request, station, code, sent=bool(sent))


@router.post("/y-kien/{code}", dependencies=[Depends(public)])
def send_feedback(
    request: Request,
    station: Here,
    box: Box,
    code: Id,
    form: Annotated[WordsForm, Form()],
) -> Response:
    """Take what was written, or say why not beside it."""
    try:
        if not form.website:
            _take(request, station, box, code, form.words)
    except (BadInput, TooOften) as refused:
        return _page(request, station, code, refused=refused, words=form.words)
    return RedirectResponse(f"/y-kien/{code}?sent=1", status_code=303)


def _take(request: Request, station: Context, box: Postbox, code: str, given: str) -> None:
    with station.database.reading() as session:
        open_poster(session, code)
    as_words(given)
    address = network_of(request.client.host if request.client else "")
    if wait_s := box.wait_s(poster=code, address=address):
        raise TooOften(wait_s=wait_s)
    with station.database.writing() as session:
        poster = open_poster(session, code)
        give(
            session,
            village_id=poster.village_id,
            words=given,
            poster=poster,
            now=station.now(),
        )


def _page(
    request: Request,
    station: Context,
    code: str,
    *,
    sent: bool = False,
    refused: LoaError | None = None,
    words: str = "",
) -> Response:
    with station.database.reading() as session:
        poster = open_poster(session, code)
        village, pole = place_of(session, poster)
        answers = answers_in(session, poster.village_id, limit=ANSWERS_SHOWN)
    sentence = ""
    if refused is not None:
        sentence = in_language(request, refused)
    response = render_phone(
        request,
        "feedback/pages/form.html",
        status_code=refused.status if refused else 200,
        code=code,
        village=village,
        pole=pole,
        answers=answers,
        sent=sent,
        refused=sentence,
        words=words,
        longest=WORDS_LIMIT_CHARACTERS,
    )
    if request.state.viewer is None:
        give_form_token(response, request, station=station)
    return response

"""`/feedback`: the staff reads, answers, and drafts a bulletin; posters are made and printed."""

from datetime import timedelta
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import clusters_of, villages_of
from broadcaster.errors import BadInput, Conflict, LoaError
from broadcaster.feedback.answering import answer, draft_bulletin
from broadcaster.feedback.errors import WORDS_LIMIT_CHARACTERS
from broadcaster.feedback.giving import erase
from broadcaster.feedback.listing import feedback_in_view
from broadcaster.feedback.posters import (
    make_poster,
    place_of,
    places,
    poster_at,
    qr_code,
    retire_poster,
)
from broadcaster.hearing.queries import words_since
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language
from broadcaster.web.paging import PageAsked, paging
from broadcaster.web.phone import render_phone

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Answerer = Annotated[Viewer, Depends(require(Right.ANSWER_FEEDBACK))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.DESCRIBE_VILLAGES))]
Describer = Annotated[Viewer, Depends(require(Right.DESCRIBE_VILLAGES))]

Asked = Annotated[str, Query(max_length=100)]

SHOWN = 100
VILLAGES_SHOWN = 50
"""With the poles of each on one page of posters."""

HEARD_WITHIN = timedelta(days=14)


class AnswerForm(BaseModel):
    """An answer as somebody typed it."""

    model_config = ConfigDict(frozen=True)

    answer: str = ""


class PosterForm(BaseModel):
    """Where a poster is to hang; without a device anywhere in the village."""

    model_config = ConfigDict(frozen=True)

    village_id: str = ""
    device_id: str = ""


@router.get("/feedback")
def feedback_page(request: Request, station: Here, viewer: Reader) -> Response:
    """What residents say, what waits for an answer first; and what village heads say they heard."""
    return _page(request, station, viewer)


@router.post("/feedback/{feedback_id}/answer")
def answer_one(
    request: Request,
    station: Here,
    viewer: Answerer,
    feedback_id: Id,
    form: Annotated[AnswerForm, Form()],
) -> Response:
    """Answer, or answer anew."""
    try:
        with station.database.writing() as session:
            answer(
                session,
                feedback_id,
                form.answer,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, refused=refused, at=feedback_id, given=form.answer)
    return RedirectResponse(f"/feedback#said-{feedback_id}", status_code=303)


@router.post("/feedback/{feedback_id}/bulletin")
def draft_one(request: Request, station: Here, viewer: Writer, feedback_id: Id) -> Response:
    """Make a draft of the answer and go there."""
    try:
        with station.database.writing() as session:
            bulletin = draft_bulletin(
                session,
                feedback_id,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except (BadInput, Conflict) as refused:
        return _page(request, station, viewer, refused=refused, at=feedback_id)
    return RedirectResponse(f"/bulletins/{bulletin.id}", status_code=303)


@router.post("/feedback/{feedback_id}/erasure")
def erase_one(station: Here, viewer: Answerer, feedback_id: Id) -> Response:
    """Erase what was said: it may name people, or be no feedback at all."""
    with station.database.writing() as session:
        erase(
            session,
            feedback_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/feedback#said-{feedback_id}", status_code=303)


@router.get("/feedback/posters")
def posters_page(
    request: Request, station: Here, viewer: Onlooker, cluster: Asked = "", page: PageAsked = 1
) -> Response:
    """Where posters hang, and where one can be made, part by part."""
    return _posters(request, station, viewer, cluster=cluster, page=page)


@router.post("/feedback/posters")
def new_poster(
    request: Request, station: Here, viewer: Describer, form: Annotated[PosterForm, Form()]
) -> Response:
    """Make a poster and show it."""
    try:
        with station.database.writing() as session:
            poster = make_poster(
                session,
                station_id=station.station_id,
                village_id=form.village_id,
                device_id=form.device_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _posters(request, station, viewer, refused=refused)
    return RedirectResponse(f"/feedback/posters/{poster.code}", status_code=303)


@router.get("/feedback/posters/{code}")
def poster_page(request: Request, station: Here, _viewer: Onlooker, code: Id) -> Response:
    """One poster on one page of A4."""
    with station.database.reading() as session:
        poster = poster_at(session, code, station_id=station.station_id)
        village, pole = place_of(session, poster)
    address = f"{station.settings.station_url}/y-kien/{code}"
    return render_phone(
        request,
        "feedback/pages/poster.html",
        village=village,
        pole=pole,
        address=address,
        qr=qr_code(address),
        is_reachable=station.settings.public_url is not None,
    )


@router.post("/feedback/posters/{code}/retirement")
def retire_one(station: Here, viewer: Describer, code: Id) -> Response:
    """Take a poster down."""
    with station.database.writing() as session:
        retire_poster(
            session,
            code,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/feedback/posters", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    refused: LoaError | None = None,
    at: str = "",
    given: str = "",
) -> Response:
    with station.database.reading() as session:
        villages = viewer.villages_in_view()
        said = feedback_in_view(session, villages=villages, limit=SHOWN)
        heard = words_since(session, station.now() - HEARD_WITHIN, villages=villages, limit=SHOWN)
    return render(
        request,
        "feedback/pages/feedback.html",
        status_code=refused.status if refused else 200,
        said=sorted(said, key=lambda each: not each.is_open),
        # What was not heard needs a hand; the rest may be read.
        heard=sorted(heard, key=lambda word: word.clear),
        errors={f"answer-{at}": in_language(request, refused)} if refused else {},
        at=at,
        given=given,
        longest=WORDS_LIMIT_CHARACTERS,
        may_answer=viewer.may(Right.ANSWER_FEEDBACK),
        may_write=viewer.may(Right.WRITE_BULLETINS),
        may_look=viewer.may(Right.DESCRIBE_VILLAGES) or viewer.may(Right.INSPECT),
    )


def _posters(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    cluster: str = "",
    page: int = 1,
    refused: LoaError | None = None,
) -> Response:
    with station.database.reading() as session:
        clusters = clusters_of(session, station.station_id)
        villages = [
            each.id
            for each in villages_of(session, station.station_id)
            if not cluster or each.cluster_id == cluster
        ]
        parts = paging(
            request, len(villages), page=page, size=VILLAGES_SHOWN, path="/feedback/posters"
        )
        found = places(session, station.station_id, only=villages[parts.part()])
    return render(
        request,
        "feedback/pages/posters.html",
        may_hang=viewer.may(Right.DESCRIBE_VILLAGES),
        status_code=refused.status if refused else 200,
        villages=[list(spots) for _, spots in groupby(found, key=lambda spot: spot.village_id)],
        clusters=clusters,
        cluster=cluster,
        paging=parts,
        refused=in_language(request, refused) if refused else "",
        is_reachable=station.settings.public_url is not None,
    )

"""A village head reads what residents of the village said, and writes down what they are told."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput, NotFound
from broadcaster.feedback.errors import WORDS_LIMIT_CHARACTERS
from broadcaster.feedback.giving import give
from broadcaster.feedback.listing import feedback_in_view
from broadcaster.village.days import place_in_view
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.language import in_language
from broadcaster.web.phone import render_phone

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Anyone = Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))]
Reporter = Annotated[Viewer, Depends(require(Right.REPORT_HEARING))]
SHOWN = 20


class WordsForm(BaseModel):
    """What a resident said, as the village head wrote it down."""

    model_config = ConfigDict(frozen=True)

    words: str = ""


@router.get("/thon/{village_id}/y-kien")
def village_feedback(
    request: Request, station: Here, viewer: Anyone, village_id: Id, said: str = ""
) -> Response:
    """What was said in the village, with the station's answers."""
    return _page(request, station, viewer, village_id, sent=bool(said))


@router.post("/thon/{village_id}/y-kien")
def write_down(
    request: Request,
    station: Here,
    viewer: Reporter,
    village_id: Id,
    form: Annotated[WordsForm, Form()],
) -> Response:
    """Keep what a resident said, without the resident's name."""
    if village_id not in viewer.village_ids:
        raise NotFound(village_id)
    try:
        with station.database.writing() as session:
            give(
                session,
                village_id=village_id,
                words=form.words,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, village_id, refused=refused, words=form.words)
    return RedirectResponse(f"/thon/{village_id}/y-kien?said=1", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    village_id: str,
    *,
    sent: bool = False,
    refused: BadInput | None = None,
    words: str = "",
) -> Response:
    in_view = viewer.villages_in_view()
    with station.database.reading() as session:
        place = place_in_view(session, station.station_id, village_id, villages=in_view)
        said = feedback_in_view(session, villages=frozenset({village_id}), limit=SHOWN)
    sentence = ""
    if refused is not None:
        sentence = in_language(request, refused)
    return render_phone(
        request,
        "village/pages/feedback.html",
        status_code=refused.status if refused else 200,
        place=place,
        said=said,
        sent=sent,
        refused=sentence,
        words=words,
        longest=WORDS_LIMIT_CHARACTERS,
        may_say=viewer.may(Right.REPORT_HEARING) and village_id in viewer.village_ids,
    )

"""The page of the commune's own words: listed, tried in a sentence, put in, taken out."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.people import display_names
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput
from broadcaster.lexicon.entries import in_use, lexicon_of, put_in, take_out
from broadcaster.lexicon.words import Trial, Word, checked, tried
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Editor = Annotated[Viewer, Depends(require(Right.EDIT_LEXICON))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.EDIT_LEXICON))]


class WordForm(BaseModel):
    """What somebody typed, as they left it."""

    model_config = ConfigDict(frozen=True)

    written: str = ""
    spoken: str = ""
    note: str = ""
    sample: str = ""

    def word(self) -> Word:
        """What will be kept; raise a BadInput that names its field."""
        return checked(written=self.written, spoken=self.spoken, note=self.note)


@router.get("/lexicon")
def lexicon_page(
    request: Request,
    station: Here,
    _viewer: Onlooker,
    given: Annotated[WordForm, Query()],
    added: str = "",
) -> Response:
    """All words in use, and a form that a doubt on a bulletin's page fills in."""
    return _page(request, station, given, added=added)


@router.post("/lexicon/trial")
def trial(
    request: Request, station: Here, _viewer: Editor, form: Annotated[WordForm, Form()]
) -> Response:
    """Read a sentence with the word, and keep nothing."""
    try:
        word = form.word()
        with station.database.reading() as session:
            lexicon = lexicon_of(in_use(session, station_id=station.station_id))
        heard = tried(word, lexicon=lexicon, sample=form.sample)
    except BadInput as refused:
        return _page(request, station, form, refused=refused)
    return _page(request, station, form, heard=heard)


@router.post("/lexicon")
def add(
    request: Request, station: Here, viewer: Editor, form: Annotated[WordForm, Form()]
) -> Response:
    """Use the word from the next reading on."""
    try:
        word = form.word()
        with station.database.writing() as session:
            entry = put_in(
                session,
                word,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, form, refused=refused)
    return RedirectResponse(f"/lexicon?added={entry.id}", status_code=303)


@router.post("/lexicon/{entry_id}/retirement")
def retire(station: Here, viewer: Editor, entry_id: str) -> Response:
    """Use the word no longer."""
    with station.database.writing() as session:
        take_out(
            session,
            entry_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/lexicon", status_code=303)


def _page(
    request: Request,
    station: Context,
    given: WordForm,
    *,
    refused: BadInput | None = None,
    heard: Trial | None = None,
    added: str = "",
) -> Response:
    with station.database.reading() as session:
        entries = in_use(session, station_id=station.station_id)
        people = {entry.created_by for entry in entries if entry.created_by}
        names = display_names(session, people)
    return render(
        request,
        "lexicon/pages/lexicon.html",
        status_code=refused.status if refused else 200,
        entries=entries,
        names=names,
        given=given,
        heard=heard,
        errors=_errors(request, refused),
        added=next((entry for entry in entries if entry.id == added), None),
    )


def _errors(request: Request, refused: BadInput | None) -> Mapping[str, str]:
    if refused is None:
        return {}
    told = in_language(request, refused)
    return {refused.field or "written": told}

"""The page of villages and their languages: listed, put in, taken out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.errors import LANGUAGE_LIMIT_LETTERS, LANGUAGES_LIMIT
from broadcaster.areas.languages import (
    LARGER_LANGUAGES,
    find_village,
    keep_languages,
    languages_by_village,
    with_language,
    without_language,
)
from broadcaster.areas.queries import clusters_of, villages_of
from broadcaster.errors import BadInput
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import language_of

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Describer = Annotated[Viewer, Depends(require(Right.DESCRIBE_VILLAGES))]


class LanguageForm(BaseModel):
    """A language as somebody typed it."""

    model_config = ConfigDict(frozen=True)

    language: str = ""


@router.get("/villages")
def villages(request: Request, station: Here, _viewer: Describer) -> Response:
    """Every village with the languages that its people need to hear."""
    return _page(request, station)


@router.post("/villages/{village_id}/languages")
def add(
    request: Request,
    station: Here,
    viewer: Describer,
    village_id: str,
    form: Annotated[LanguageForm, Form()],
) -> Response:
    """One language more."""
    try:
        with station.database.writing() as session:
            find_village(session, village_id, station_id=station.station_id)
            languages = with_language(session, village_id, form.language)
            keep_languages(
                session, village_id, languages, station_id=station.station_id, by=viewer.account_id
            )
    except BadInput as refused:
        return _page(request, station, refused=refused, at=village_id, given=form.language)
    return RedirectResponse(f"/villages#village-{village_id}", status_code=303)


@router.post("/villages/{village_id}/languages/removal")
def remove(
    station: Here, viewer: Describer, village_id: str, form: Annotated[LanguageForm, Form()]
) -> Response:
    """One language less; taken out twice it is out."""
    with station.database.writing() as session:
        find_village(session, village_id, station_id=station.station_id)
        languages = without_language(session, village_id, form.language)
        keep_languages(
            session, village_id, languages, station_id=station.station_id, by=viewer.account_id
        )
    return RedirectResponse(f"/villages#village-{village_id}", status_code=303)


def _page(
    request: Request,
    station: Context,
    *,
    refused: BadInput | None = None,
    at: str = "",
    given: str = "",
) -> Response:
    with station.database.reading() as session:
        all_villages = villages_of(session, station.station_id)
        clusters = clusters_of(session, station.station_id)
        spoken = languages_by_village(session, station.station_id)
    told = ""
    if refused is not None:
        told = refused.message_vi if language_of(request) == "vi" else refused.message_en
    return render(
        request,
        "areas/pages/villages.html",
        status_code=refused.status if refused else 200,
        clusters=clusters,
        villages=all_villages,
        spoken=spoken,
        larger=LARGER_LANGUAGES,
        most=LANGUAGES_LIMIT,
        longest=LANGUAGE_LIMIT_LETTERS + len("tiếng "),
        errors={f"language-{at}": told} if refused else {},
        at=at,
        given=given,
    )

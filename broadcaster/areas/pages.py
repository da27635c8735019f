"""The page of villages and their languages: listed, put in, taken out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require, require_to_read
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
from broadcaster.areas.queries import clusters_of, not_standing, villages_by_cluster, villages_of
from broadcaster.errors import BadInput
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language
from broadcaster.web.paging import ROWS, PageAsked, paging

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Asked = Annotated[str, Query(max_length=100)]
Describer = Annotated[Viewer, Depends(require(Right.DESCRIBE_VILLAGES))]
Onlooker = Annotated[Viewer, Depends(require_to_read(Right.DESCRIBE_VILLAGES))]


class LanguageForm(BaseModel):
    """A language as somebody typed it."""

    model_config = ConfigDict(frozen=True)

    language: str = ""


@router.get("/villages")
def villages(
    *,
    request: Request,
    station: Here,
    viewer: Onlooker,
    cluster: Asked = "",
    page: PageAsked = 1,
    at: Asked = "",
) -> Response:
    """Every village with the languages that its people need to hear, part by part.

    `at` names a village: the part that it stands in is shown.
    """
    return _page(request, station, viewer, cluster=cluster, page=page, at=at)


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
                session,
                village_id,
                languages,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, refused=refused, at=village_id, given=form.language)
    return RedirectResponse(_address_of(village_id), status_code=303)


@router.post("/villages/{village_id}/languages/removal")
def remove(
    station: Here, viewer: Describer, village_id: str, form: Annotated[LanguageForm, Form()]
) -> Response:
    """One language less; taken out twice it is out."""
    with station.database.writing() as session:
        find_village(session, village_id, station_id=station.station_id)
        languages = without_language(session, village_id, form.language)
        keep_languages(
            session,
            village_id,
            languages,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(_address_of(village_id), status_code=303)


def _address_of(village_id: str) -> str:
    return f"/villages?at={village_id}#village-{village_id}"


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    cluster: str = "",
    page: int = 1,
    refused: BadInput | None = None,
    at: str = "",
    given: str = "",
) -> Response:
    with station.database.reading() as session:
        absent = not_standing(session, station.today())
        all_villages = [
            each for each in villages_of(session, station.station_id) if each.id not in absent
        ]
        clusters = clusters_of(session, station.station_id)
        if cluster:
            all_villages = [each for each in all_villages if each.cluster_id == cluster]
        place = next((n for n, each in enumerate(all_villages) if each.id == at), None)
        parts = paging(
            request,
            len(all_villages),
            page=page if place is None else place // ROWS + 1,
            path="/villages",
            leave_out=("at",),
        )
        here = villages_by_cluster(all_villages[parts.part()])
        spoken = languages_by_village(session, station.station_id)
    told = ""
    if refused is not None:
        told = in_language(request, refused)
    return render(
        request,
        "areas/pages/villages.html",
        status_code=refused.status if refused else 200,
        may_register=viewer.may(Right.ADMINISTER),
        may_see_register=viewer.may(Right.ADMINISTER) or viewer.may(Right.INSPECT),
        clusters=clusters,
        cluster=cluster,
        paging=parts,
        shown=[
            (each, here.get(each.id, ()))
            for each in clusters
            if each.id in here or (parts.pages == 1 and not cluster)
        ],
        spoken=spoken,
        larger=LARGER_LANGUAGES,
        most=LANGUAGES_LIMIT,
        longest=LANGUAGE_LIMIT_LETTERS + len("tiếng "),
        errors={f"language-{at}": told} if refused else {},
        at=at,
        given=given,
    )

"""Nguồn tiếp sóng: the programmes that may be relayed; admins keep the list, staff try them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput, Unavailable
from broadcaster.sources.desk import (
    GivenSource,
    add_source,
    change_source,
    checked_source,
    find_source,
    retire_source,
)
from broadcaster.sources.shown import sources_shown
from broadcaster.sources.tables import SourceKind, SourceLevel
from broadcaster.sources.trying import try_and_keep
from broadcaster.sources.wording import FINDINGS, KINDS, LEVELS
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Trier = Annotated[Viewer, Depends(require(Right.TRY_SOURCES))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]


class SourceForm(BaseModel):
    """A source as somebody typed it."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    level: str = SourceLevel.NATIONAL
    kind: str = SourceKind.STREAM
    url: str = ""

    def given(self) -> GivenSource:
        """What will be kept; raise a BadInput that names its field."""
        return checked_source(name=self.name, level=self.level, kind=self.kind, url=self.url)


@router.get("/relay-sources")
def sources(request: Request, station: Here, viewer: Reader) -> Response:
    """Every source, and what was last found of it."""
    return _list(request, station, viewer)


@router.post("/relay-sources")
def add(
    request: Request, station: Here, viewer: Admin, form: Annotated[SourceForm, Form()]
) -> Response:
    """Put a source on the list, or show the form again with what is wrong."""
    try:
        with station.database.writing() as session:
            source = add_source(
                session,
                form.given(),
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _list(request, station, viewer, form=form, refused=refused)
    return RedirectResponse(f"/relay-sources#{source.id}", status_code=303)


@router.post("/relay-sources/{source_id}/trial")
def try_out(request: Request, station: Here, viewer: Trier, source_id: Id) -> Response:
    """Listen to a source for some seconds and say what was found."""
    try:
        try_and_keep(station.database, source_id, station_id=station.station_id, now=station.now())
    except Unavailable as refused:
        return _list(request, station, viewer, trouble=refused)
    return RedirectResponse(f"/relay-sources#{source_id}", status_code=303)


@router.get("/relay-sources/{source_id}")
def source_page(request: Request, station: Here, _viewer: Admin, source_id: Id) -> Response:
    """One source, to be changed or taken from the list."""
    with station.database.reading() as session:
        source = find_source(session, source_id, station_id=station.station_id)
        form = SourceForm(name=source.name, level=source.level, kind=source.kind, url=source.url)
    return _editor(request, source_id, form)


@router.post("/relay-sources/{source_id}")
def change(
    request: Request,
    station: Here,
    viewer: Admin,
    source_id: Id,
    form: Annotated[SourceForm, Form()],
) -> Response:
    """Change a source, or show the form again with what is wrong."""
    try:
        with station.database.writing() as session:
            change_source(
                session,
                source_id,
                form.given(),
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _editor(request, source_id, form, refused=refused)
    return RedirectResponse(f"/relay-sources#{source_id}", status_code=303)


@router.post("/relay-sources/{source_id}/retirement")
def retire(station: Here, viewer: Admin, source_id: Id) -> Response:
    """Relay it no more."""
    with station.database.writing() as session:
        retire_source(
            session,
            source_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/relay-sources", status_code=303)


def _list(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    form: SourceForm | None = None,
    refused: BadInput | None = None,
    trouble: Unavailable | None = None,
) -> Response:
    with station.database.reading() as session:
        lines = sources_shown(session, station.station_id)
    stands_against = refused or trouble
    return render(
        request,
        "sources/pages/sources.html",
        status_code=stands_against.status if stands_against else 200,
        lines=lines,
        form=form or SourceForm(),
        may_change=viewer.may(Right.ADMINISTER),
        may_try=viewer.may(Right.TRY_SOURCES),
        errors={refused.field: _sentence(request, refused)} if refused else {},
        trouble=_sentence(request, trouble) if trouble else "",
        levels=LEVELS,
        kinds=KINDS,
        findings=FINDINGS,
    )


def _editor(
    request: Request, source_id: str, form: SourceForm, *, refused: BadInput | None = None
) -> Response:
    return render(
        request,
        "sources/pages/source.html",
        status_code=refused.status if refused else 200,
        source_id=source_id,
        form=form,
        errors={refused.field: _sentence(request, refused)} if refused else {},
        levels=LEVELS,
        kinds=KINDS,
    )


def _sentence(request: Request, refused: BadInput | Unavailable) -> str:
    return in_language(request, refused)

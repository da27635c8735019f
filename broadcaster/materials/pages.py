"""Cẩm nang số: the sources of material, what they have, and a bulletin made of one item."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.studio import Studio, studio_of
from broadcaster.errors import BadInput, Conflict, LoaError, Unavailable
from broadcaster.materials.desk import ask, items_of, take
from broadcaster.materials.feeds import add_feed, feeds_of, retire_feed
from broadcaster.materials.wording import TROUBLES
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Reader = Annotated[Viewer, Depends(require(Right.SEE_STATION))]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
Sounds = Annotated[Studio, Depends(studio_of)]


class SourceForm(BaseModel):
    """A source as somebody typed it."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    url: str = ""
    sound_host: str = ""
    licence: str = ""


@router.get("/materials")
def materials_page(request: Request, station: Here, viewer: Reader) -> Response:
    """The sources and what they had when they were asked last."""
    return _page(request, station, viewer)


@router.post("/materials/feeds")
def add_one(
    request: Request, station: Here, viewer: Admin, form: Annotated[SourceForm, Form()]
) -> Response:
    """Let a source be asked from now on."""
    try:
        with station.database.writing() as session:
            add_feed(
                session,
                name=form.name,
                url=form.url,
                sound_host=form.sound_host,
                licence=form.licence,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, form=form, refused=refused)
    return _back()


@router.post("/materials/feeds/{material_feed_id}/asking")
def ask_one(request: Request, station: Here, viewer: Writer, material_feed_id: Id) -> Response:
    """Ask a source what it has."""
    wrong = ask(
        station.database,
        material_feed_id,
        station_id=station.station_id,
        by=viewer.account_id,
        now=station.now(),
    )
    return _page(request, station, viewer, found=wrong) if wrong else _back(material_feed_id)


@router.post("/materials/feeds/{material_feed_id}/retirement")
def retire_one(station: Here, viewer: Admin, material_feed_id: Id) -> Response:
    """Ask a source no more."""
    with station.database.writing() as session:
        retire_feed(
            session,
            material_feed_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return _back()


@router.post("/materials/items/{material_item_id}/taking")
def take_one(
    request: Request, station: Here, viewer: Writer, studio: Sounds, material_item_id: Id
) -> Response:
    """Make a bulletin of an item, which waits for its approval as every other."""
    try:
        bulletin_id = take(station, studio, material_item_id, by=viewer.account_id)
    except (BadInput, Conflict, Unavailable) as refused:
        return _page(request, station, viewer, wrong=refused)
    return RedirectResponse(f"/bulletins/{bulletin_id}", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    form: SourceForm | None = None,
    refused: BadInput | None = None,
    wrong: LoaError | None = None,
    found: LoaError | None = None,
) -> Response:
    """With what was refused at its field, or by itself; `found` is what asking a source told."""
    with station.database.reading() as session:
        feeds = feeds_of(session, station_id=station.station_id)
        items = {each.id: items_of(session, each.id) for each in feeds}
    error = refused or wrong
    return render(
        request,
        "materials/pages/materials.html",
        status_code=error.status if error else 200,
        feeds=feeds,
        items=items,
        form=form or SourceForm(),
        may_change=viewer.may(Right.ADMINISTER),
        may_take=viewer.may(Right.WRITE_BULLETINS),
        wrong=in_language(request, told) if (told := wrong or found) else "",
        errors={refused.field or "url": in_language(request, refused)} if refused else {},
        troubles=TROUBLES,
    )


def _back(feed_id: str = "") -> Response:
    return RedirectResponse(f"/materials#{feed_id}" if feed_id else "/materials", status_code=303)

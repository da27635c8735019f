"""Templates: choose one, fill in its blanks, and write on; keep one of the station's own."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import desk
from broadcaster.bulletins.drafts import new_draft_id
from broadcaster.bulletins.pages import new_page
from broadcaster.bulletins.templates import (
    find_template,
    keep_template,
    retire_template,
    templates_of,
)
from broadcaster.bulletins.texts import NORMAL
from broadcaster.errors import BadInput
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


class TemplateForm(BaseModel):
    """A template of the station's own, as it was typed."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    script: str = ""
    topic: str = ""


class FilledIn(BaseModel):
    """What was given for each blank, in their order."""

    model_config = ConfigDict(frozen=True)

    value: list[str] = []


@router.get("/bulletins/templates")
def templates(request: Request, station: Here, _viewer: Writer) -> Response:
    """All templates; with `from`, a bulletin's words are offered to be kept as one."""
    given = TemplateForm()
    if bulletin_id := request.query_params.get("from"):
        with station.database.reading() as session:
            row = desk.find_bulletin(session, bulletin_id, station_id=station.station_id)
        given = TemplateForm(title=row.title, script=row.script, topic=row.topic)
    return _list_page(request, station, given, is_open=bool(bulletin_id))


@router.post("/bulletins/templates")
def keep(
    request: Request, station: Here, viewer: Writer, form: Annotated[TemplateForm, Form()]
) -> Response:
    """Keep one of the station's own."""
    try:
        with station.database.writing() as session:
            keep_template(
                session,
                station_id=station.station_id,
                title=form.title,
                script=form.script,
                topic=form.topic,
                priority=NORMAL,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _list_page(request, station, form, refused=refused, is_open=True)
    return RedirectResponse("/bulletins/templates", status_code=303)


@router.get("/bulletins/templates/{template_id}")
def template(request: Request, station: Here, _viewer: Writer, template_id: str) -> Response:
    """One template with a field for each blank."""
    with station.database.reading() as session:
        found = find_template(session, template_id, station_id=station.station_id)
    return render(request, "bulletins/pages/template.html", pattern=found)


@router.post("/bulletins/templates/{template_id}")
def fill(
    request: Request,
    station: Here,
    _viewer: Writer,
    template_id: str,
    form: Annotated[FilledIn, Form()],
) -> Response:
    """The form of a new bulletin with what was filled in; nothing is kept yet."""
    with station.database.reading() as session:
        found = find_template(session, template_id, station_id=station.station_id)
    given = found.filled_form(form.value).model_copy(update={"draft_id": new_draft_id()})
    return new_page(request, given, filled=True)


@router.post("/bulletins/templates/{template_id}/retirement")
def retire(station: Here, viewer: Writer, template_id: str) -> Response:
    """Offer one of the station's own no longer."""
    with station.database.writing() as session:
        retire_template(
            session,
            template_id,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/bulletins/templates", status_code=303)


def _list_page(
    request: Request,
    station: Context,
    given: TemplateForm,
    *,
    refused: BadInput | None = None,
    is_open: bool = False,
) -> Response:
    with station.database.reading() as session:
        found = templates_of(session, station_id=station.station_id)
    told = ""
    if refused is not None:
        told = in_language(request, refused)
    return render(
        request,
        "bulletins/pages/templates.html",
        status_code=refused.status if refused else 200,
        templates=found,
        given=given,
        errors={refused.field: told} if refused else {},
        is_open=is_open,
    )

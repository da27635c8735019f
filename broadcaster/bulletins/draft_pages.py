"""Keeping what is typed, every few seconds and without a word; and throwing it away."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins import desk
from broadcaster.bulletins.drafts import drop_draft, keep_draft
from broadcaster.bulletins.editing import typed
from broadcaster.bulletins.errors import EditedMeanwhile
from broadcaster.bulletins.forms import BulletinForm
from broadcaster.database.columns import to_ms
from broadcaster.errors import LoaError
from broadcaster.web.context import Context, context
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Writer = Annotated[Viewer, Depends(require(Right.WRITE_BULLETINS))]


class TypedForm(BulletinForm):
    """A form in the middle of being filled in, and the bulletin that it changes."""

    bulletin_id: str = ""


@router.post("/bulletins/drafts/{draft_id}")
def keep(
    request: Request,
    station: Here,
    viewer: Writer,
    draft_id: str,
    form: Annotated[TypedForm, Form()],
) -> Response:
    """Keep what is typed; tell at once when somebody else has saved the bulletin meanwhile."""
    given = {name: value for name, value in form.model_dump().items() if value}
    revision = int(form.revision) if form.revision.isdecimal() and len(form.revision) < 10 else 0
    try:
        with station.database.writing() as session:
            warned = ""
            if form.bulletin_id:
                row = desk.find_bulletin(session, form.bulletin_id, station_id=station.station_id)
                if form.based_on and form.based_on != desk.version_of(row):
                    warned = in_language(request, EditedMeanwhile())
            draft = keep_draft(
                session,
                draft_id,
                station_id=station.station_id,
                by=viewer.account_id,
                given=typed(given),
                revision=revision,
                bulletin_id=form.bulletin_id or None,
                now=station.now(),
            )
    except LoaError as refused:
        told = {"refused": refused.code, "message": in_language(request, refused)}
        return JSONResponse(told, status_code=refused.status)
    return JSONResponse(
        {"revision": draft.revision, "saved_at_ms": to_ms(draft.saved_at), "warning": warned}
    )


@router.post("/bulletins/drafts/{draft_id}/removal")
def throw_away(station: Here, viewer: Writer, draft_id: str) -> Response:
    """Throw away what was typed and not saved."""
    with station.database.writing() as session:
        drop_draft(session, draft_id, by=viewer.account_id)
    return RedirectResponse("/bulletins", status_code=303)

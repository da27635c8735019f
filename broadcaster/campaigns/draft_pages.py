"""A plan's document is read, and what it proposes is shown to be marked; nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from broadcaster.accounts.guard import require
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.bulletins.errors import DocumentMissing
from broadcaster.bulletins.imports import DOCUMENT_FIELD, LARGEST_UPLOAD_BYTES
from broadcaster.campaigns.drafting import draft_plan
from broadcaster.campaigns.errors import ENTRY_LIMIT_CHARACTERS
from broadcaster.campaigns.forms import PlanForm, form_of_draft
from broadcaster.campaigns.pages import form_page
from broadcaster.errors import BadInput
from broadcaster.web.context import Context, context
from playlists.documents import LARGEST_DOCUMENT_BYTES

LARGER_BODIES = {"/campaigns/draft": LARGEST_UPLOAD_BYTES}

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Planner = Annotated[Viewer, Depends(require(Right.PLAN_CAMPAIGNS))]


@router.post("/campaigns/draft")
async def propose(request: Request, station: Here, _viewer: Planner) -> Response:
    """Fill the form with what a document proposes, each entry with its sentence and no mark."""
    try:
        data, name = await _document(request)
        draft = await run_in_threadpool(draft_plan, data, name=name)
    except BadInput as refused:
        return await run_in_threadpool(form_page, request, station, PlanForm(), refused=refused)
    return await run_in_threadpool(form_page, request, station, form_of_draft(draft), proposed=True)


async def _document(request: Request) -> tuple[bytes, str]:
    """The file that a form brought, and its name; raise DocumentMissing."""
    async with request.form() as form:
        given = form.get(DOCUMENT_FIELD)
        if not isinstance(given, UploadFile):
            raise DocumentMissing
        data = await given.read(LARGEST_DOCUMENT_BYTES + 1)
    if not data:
        raise DocumentMissing
    return data, (given.filename or "")[-ENTRY_LIMIT_CHARACTERS:]

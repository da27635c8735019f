"""The page of village heads and their telephone numbers, for admins."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts.guard import require
from broadcaster.accounts.phones import heads, keep_phone, spaced
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]


class PhoneForm(BaseModel):
    """A number as somebody typed it; empty erases."""

    model_config = ConfigDict(frozen=True)

    phone: str = ""


@router.get("/heads")
def heads_page(request: Request, station: Here, _viewer: Admin) -> Response:
    """Every village head with their number."""
    return _page(request, station)


@router.post("/heads/{account_id}/phone")
def enter_phone(
    request: Request,
    station: Here,
    viewer: Admin,
    account_id: str,
    form: Annotated[PhoneForm, Form()],
) -> Response:
    """Keep or erase one number."""
    try:
        with station.database.writing() as session:
            keep_phone(
                session,
                account_id,
                form.phone,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, refused=refused, at=account_id, given=form.phone)
    return RedirectResponse(f"/heads#head-{account_id}", status_code=303)


def _page(
    request: Request,
    station: Context,
    *,
    refused: BadInput | None = None,
    at: str = "",
    given: str = "",
) -> Response:
    with station.database.reading() as session:
        found = heads(session, station_id=station.station_id)
    told = ""
    if refused is not None:
        told = in_language(request, refused)
    return render(
        request,
        "accounts/pages/heads.html",
        status_code=refused.status if refused else 200,
        heads=found,
        errors={f"phone-{at}": told} if refused else {},
        at=at,
        given=given,
        spaced=spaced,
    )

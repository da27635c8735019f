"""`/outlets`: an admin connects networks; a leader decides what is posted, bulletin by bulletin."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict

from broadcaster.accounts.guard import require, require_to_read
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import BadInput
from broadcaster.publishing.outlet_accounts import Entered, enter_account, remove_account
from broadcaster.publishing.outlet_shown import outlets_shown
from broadcaster.publishing.outlets.port import Outlet
from broadcaster.publishing.posts import decide_post, withdraw_post
from broadcaster.publishing.share_pages import shared_here
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Admin = Annotated[Viewer, Depends(require(Right.ADMINISTER))]
AdminReads = Annotated[Viewer, Depends(require_to_read(Right.ADMINISTER))]
Decider = Annotated[Viewer, Depends(require(Right.DECIDE_AIR_RULES))]


FIELDS: Mapping[Outlet, Mapping[str, str]] = MappingProxyType(
    {
        Outlet.FACEBOOK: {"public_name": "page_id", "token": "page_token"},
        Outlet.ZALO: {"public_name": "app_id", "secret": "app_secret", "token": "refresh_token"},
    }
)
"""What each network's form calls what an account is made of: all stand on one page."""


class AccountForm(BaseModel):
    """An account as an admin typed it; what is secret is never shown again."""

    model_config = ConfigDict(frozen=True)

    page_id: str = ""
    page_token: str = ""
    app_id: str = ""
    app_secret: str = ""
    refresh_token: str = ""

    def entered(self, outlet: Outlet) -> Entered:
        """What stands in the fields of one network's form."""
        return Entered(**{name: getattr(self, field) for name, field in FIELDS[outlet].items()})


class PostForm(BaseModel):
    """What a post is to be made of."""

    model_config = ConfigDict(frozen=True)

    form: str = ""


@router.get("/outlets")
def outlets_page(request: Request, station: Here, viewer: AdminReads) -> Response:
    """Which networks the station is connected to, and what is wrong with them."""
    return _page(request, station, viewer)


@router.post("/outlets/{outlet}")
def enter(
    request: Request,
    station: Here,
    viewer: Admin,
    outlet: Outlet,
    form: Annotated[AccountForm, Form()],
) -> Response:
    """Connect a network, or enter its token anew."""
    try:
        with station.database.writing() as session:
            enter_account(
                session,
                outlet,
                form.entered(outlet),
                settings=station.settings,
                station_id=station.station_id,
                by=viewer.account_id,
                now=station.now(),
            )
    except BadInput as refused:
        return _page(request, station, viewer, wrong=outlet, typed=form, refused=refused)
    return RedirectResponse(f"/outlets#{outlet}", status_code=303)


@router.post("/outlets/{outlet}/removal")
def remove(station: Here, viewer: Admin, outlet: Outlet) -> Response:
    """Forget an account and its secrets; raise OutletNotEntered."""
    with station.database.writing() as session:
        remove_account(
            session,
            outlet,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse("/outlets", status_code=303)


@router.post("/channels/{aired_id}/posts/{outlet}")
def decide(
    station: Here,
    viewer: Decider,
    aired_id: Id,
    outlet: Outlet,
    form: Annotated[PostForm, Form()],
) -> Response:
    """Have a public bulletin posted; raise as `decide_post` does."""
    shared = shared_here(station, aired_id)
    with station.database.writing() as session:
        decide_post(
            session,
            aired_id,
            outlet,
            form.form,
            text=shared.text,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/channels/{aired_id}#posts", status_code=303)


@router.post("/channels/{aired_id}/posts/{outlet}/withdrawal")
def withdraw(station: Here, viewer: Decider, aired_id: Id, outlet: Outlet) -> Response:
    """Have it taken down; raise NoSuchPost."""
    with station.database.writing() as session:
        withdraw_post(
            session,
            aired_id,
            outlet,
            station_id=station.station_id,
            by=viewer.account_id,
            now=station.now(),
        )
    return RedirectResponse(f"/channels/{aired_id}#posts", status_code=303)


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    wrong: Outlet | None = None,
    typed: AccountForm | None = None,
    refused: BadInput | None = None,
) -> Response:
    with station.database.reading() as session:
        outlets = outlets_shown(request, session, station_id=station.station_id)
    errors = {}
    if refused is not None and wrong is not None:
        errors[FIELDS[wrong][refused.field or "token"]] = in_language(request, refused)
    return render(
        request,
        "publishing/pages/outlets.html",
        status_code=refused.status if refused else 200,
        outlets=outlets,
        typed=typed or AccountForm(),
        errors=errors,
        may_change=viewer.may(Right.ADMINISTER),
        is_reachable=station.settings.public_url is not None,
    )

"""*Tài khoản của tôi*: who I am here, my second factor, my password, my sessions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from broadcaster.accounts import device_cookies, guard, own_password, second_factor
from broadcaster.accounts.errors import (
    PasswordTooShort,
    PasswordTooWellKnown,
    SignInBusy,
    SignInLocked,
    SignInRefused,
)
from broadcaster.accounts.guard import public, require, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.second_factor_pages import codes_sheet
from broadcaster.accounts.session_list import end_session, end_sessions, sessions_of
from broadcaster.accounts.told_once import once, told_here
from broadcaster.accounts.viewer import Viewer
from broadcaster.accounts.wording import ROLE_WORDS
from broadcaster.areas.queries import villages_of
from broadcaster.errors import LoaError
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Self = Annotated[Viewer, Depends(require(Right.USE_OWN_ACCOUNT))]
Token = Annotated[str, Depends(token_of)]


class PasswordForm(BaseModel):
    """An old password and a new one."""

    model_config = ConfigDict(frozen=True)

    old: str = ""
    new: str = ""


@router.get("/account")
def account_page(
    request: Request, station: Here, viewer: Self, token: Token, done: str = ""
) -> Response:
    """Who I am here, and what keeps others from being me; a new sheet of codes, this once."""
    told = told_here(request, viewer, station=station)
    page = codes_sheet(request, told) if told else _page(request, station, viewer, token, done=done)
    return once(page, request)


@router.post("/account/password")
def change_password(
    request: Request,
    station: Here,
    viewer: Self,
    token: Token,
    form: Annotated[PasswordForm, Form()],
) -> Response:
    """Choose a new password; every other session of mine ends."""
    try:
        own_password.change_password(
            station.database,
            viewer.account_id,
            old=form.old,
            new=form.new,
            token=token,
            now=station.now(),
        )
    except (
        SignInRefused,
        SignInLocked,
        SignInBusy,
        PasswordTooShort,
        PasswordTooWellKnown,
    ) as refused:
        return _page(request, station, viewer, token, refused=refused)
    return RedirectResponse("/account?done=password", status_code=303)


@router.post("/account/sessions/end")
def end_others(station: Here, viewer: Self, token: Token) -> Response:
    """End all of my sessions but this one."""
    with station.database.writing() as session:
        end_sessions(session, viewer.account_id, by=viewer.account_id, now=station.now(), but=token)
    return RedirectResponse("/account?done=sessions#sessions", status_code=303)


@router.post("/account/sessions/{handle}/end")
def end_one(station: Here, viewer: Self, handle: str) -> Response:
    """End one of my sessions; this one too, which leads to the sign-in page."""
    with station.database.writing() as session:
        end_session(session, viewer.account_id, handle, by=viewer.account_id, now=station.now())
    return RedirectResponse("/account?done=sessions#sessions", status_code=303)


@router.get("/password/{token}", dependencies=[Depends(public)])
def link_page(request: Request, station: Here, token: str) -> Response:
    """The form behind a link that an admin gave; opening it uses nothing up."""
    return _link_page(request, station, token)


@router.post("/password/{token}", dependencies=[Depends(public)])
def use_link(
    request: Request, station: Here, token: str, new: Annotated[str, Form()] = ""
) -> Response:
    """Choose a password with the link, and go to sign in with it, held back by no stranger."""
    try:
        account_id = own_password.use_link(station.database, token, new=new, now=station.now())
    except (PasswordTooShort, PasswordTooWellKnown, SignInBusy) as refused:
        return _link_page(request, station, token, refused=refused)
    response = RedirectResponse("/sign-in?done=password", status_code=303)
    device_cookies.let_in_once(response, account_id, station=station)
    return response


def _page(
    request: Request,
    station: Context,
    viewer: Viewer,
    token: str,
    *,
    done: str = "",
    refused: LoaError | None = None,
) -> Response:
    now = station.now()
    with station.database.reading() as session:
        standing = second_factor.standing_of(session, viewer.account_id)
        sessions = sessions_of(session, viewer.account_id, token=token, now=now)
        villages = [
            each.name for each in villages_of(session, station.station_id, only=viewer.village_ids)
        ]
    return render(
        request,
        "accounts/pages/account.html",
        status_code=refused.status if refused else 200,
        roles=[ROLE_WORDS[role] for role in sorted(viewer.roles)],
        villages=villages,
        standing=standing,
        sessions=sessions,
        proven_until=viewer.second_factor_at + station.settings.shift
        if viewer.second_factor_at and viewer.is_proven(now=now, within=station.settings.shift)
        else None,
        done=done,
        errors={refused.field or "old": in_language(request, refused)} if refused else {},
    )


def _link_page(
    request: Request, station: Context, token: str, *, refused: LoaError | None = None
) -> Response:
    with station.database.reading() as session:
        account = own_password.person_of_link(session, token, now=station.now())
        name = account.display_name
    response = render(
        request,
        "accounts/pages/password_link.html",
        status_code=refused.status if refused else 200,
        name=name,
        token=token,
        errors={"new": in_language(request, refused)} if refused else {},
    )
    if request.state.viewer is None:
        guard.give_form_token(response, request, station=station)
    return response

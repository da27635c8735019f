"""The pages for signing in and out; they work without JavaScript."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from broadcaster.accounts import device_cookies, guard, sessions
from broadcaster.accounts.errors import SignInBusy, SignInLocked, SignInRefused
from broadcaster.accounts.guard import public, require
from broadcaster.accounts.roles import Right, Role
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import LoaError
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, safe_next

router = APIRouter(include_in_schema=False)

Station = Annotated[Context, Depends(context)]


@router.get("/sign-in", dependencies=[Depends(public)])
def sign_in_page(
    request: Request,
    station: Station,
    after: Annotated[str, Query(alias="next")] = "/",
    done: str = "",
) -> Response:
    """The form, and where to go afterwards."""
    return sign_in_form(request, station, after=after, done=done)


@router.post("/sign-in", dependencies=[Depends(public)])
def sign_in(
    request: Request,
    station: Station,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    after: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Begin a session, ending the one this browser had; or say why not, beside what was typed."""
    try:
        found = sessions.sign_in(
            station.database,
            username=username,
            password=password,
            now=station.now(),
            came_from=guard.came_from(request),
            keys_dir=station.settings.keys_dir,
        )
    except (SignInRefused, SignInLocked, SignInBusy) as refused:
        return sign_in_form(request, station, after=after, username=username, refused=refused)
    _end_session(request, station)
    response = RedirectResponse(_home_of(found.viewer, safe_next(after)), status_code=303)
    guard.keep_signed_in(response, found, station=station)
    device_cookies.remember_device(response, request, found.viewer.account_id, station=station)
    return response


@router.post("/sign-out", dependencies=[Depends(require(Right.USE_OWN_ACCOUNT))])
def sign_out(request: Request, station: Station) -> Response:
    """End the session here and in the browser."""
    _end_session(request, station)
    response = RedirectResponse("/sign-in", status_code=303)
    guard.forget_signed_in(response, station=station)
    return response


def _home_of(viewer: Viewer, after: str) -> str:
    """Where to go first, unless another page was asked for.

    A village head goes to their own village, and whoever reads several stations to the list.
    """
    if after != "/":
        return after
    if viewer.station_count > 1:
        return "/stations"
    return "/thon" if viewer.roles == {Role.VILLAGE_HEAD} else after


def sign_in_form(
    request: Request,
    station: Context,
    *,
    after: str,
    username: str = "",
    done: str = "",
    refused: LoaError | None = None,
) -> Response:
    """The sign-in page, with what was typed and why it was not enough."""
    response = render(
        request,
        "accounts/pages/sign_in.html",
        status_code=refused.status if refused else 200,
        refused=in_language(request, refused) if refused else "",
        username=username,
        done=done,
        after=safe_next(after),
        province=station.settings.openid_name if station.settings.openid_issuer else "",
    )
    if request.state.viewer is None:
        guard.give_form_token(response, request, station=station)
    return response


def _end_session(request: Request, station: Context) -> None:
    token = request.cookies.get(guard.SESSION_COOKIE)
    if token:
        with station.database.writing() as session:
            sessions.sign_out(session, token, now=station.now())

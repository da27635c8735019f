"""The pages for signing in and out; they work without JavaScript."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from broadcaster.accounts import guard, sessions
from broadcaster.accounts.errors import SignInBusy, SignInLocked, SignInRefused
from broadcaster.accounts.guard import public, require
from broadcaster.accounts.roles import Right
from broadcaster.errors import LoaError
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import language_of, safe_next

router = APIRouter(include_in_schema=False)

Station = Annotated[Context, Depends(context)]


@router.get("/sign-in", dependencies=[Depends(public)])
def sign_in_page(
    request: Request, station: Station, after: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """The form, and where to go afterwards."""
    return _form(request, station, after=after)


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
            station.database, username=username, password=password, now=station.now()
        )
    except (SignInRefused, SignInLocked, SignInBusy) as refused:
        return _form(request, station, after=after, username=username, refused=refused)
    _end_session(request, station)
    response = RedirectResponse(safe_next(after), status_code=303)
    guard.keep_signed_in(response, found, station=station)
    return response


@router.post("/sign-out", dependencies=[Depends(require(Right.USE_OWN_ACCOUNT))])
def sign_out(request: Request, station: Station) -> Response:
    """End the session here and in the browser."""
    _end_session(request, station)
    response = RedirectResponse("/sign-in", status_code=303)
    guard.forget_signed_in(response, station=station)
    return response


def _form(
    request: Request,
    station: Context,
    *,
    after: str,
    username: str = "",
    refused: LoaError | None = None,
) -> Response:
    response = render(
        request,
        "accounts/pages/sign_in.html",
        status_code=refused.status if refused else 200,
        refused=_sentence(request, refused) if refused else "",
        username=username,
        after=safe_next(after),
    )
    if request.state.viewer is None:
        guard.give_form_token(response, request, station=station)
    return response


def _end_session(request: Request, station: Context) -> None:
    token = request.cookies.get(guard.SESSION_COOKIE)
    if token:
        with station.database.writing() as session:
            sessions.sign_out(session, token)


def _sentence(request: Request, refused: LoaError) -> str:
    return refused.message_vi if language_of(request) == "vi" else refused.message_en

"""The pages of the second factor: typing a code, enrolling by QR code, printing codes."""

import json
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response

from broadcaster.accounts import device_cookies, second_factor
from broadcaster.accounts.authenticator import address_of, in_groups, qr_svg
from broadcaster.accounts.errors import (
    NothingTellable,
    SecondFactorLocked,
    SecondFactorMissing,
    SecondFactorNeeded,
    SecondFactorRefused,
    SeedsUnreadable,
)
from broadcaster.accounts.guard import require, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.told_once import NOT_KEPT, lead_to_telling, sealed_for
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import LoaError
from broadcaster.web.context import Context, context
from broadcaster.web.frame import render
from broadcaster.web.language import in_language, safe_next

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]
Self = Annotated[Viewer, Depends(require(Right.USE_OWN_ACCOUNT))]
Token = Annotated[str, Depends(token_of)]
Typed = Annotated[str, Form(max_length=60)]
After = Annotated[str, Form(alias="next")]

_SHEET_AT = "/account"
_LONGEST_AFTER = 500
"""A browser takes no cookie beyond 4 KB."""


@router.get("/sign-in/code")
def code_page(
    request: Request, station: Here, viewer: Self, after: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """The form for a code; or, for who has nothing to prove it with, the way to set it up."""
    return _code_page(request, station, viewer, after=after)


@router.post("/sign-in/code")
def prove(
    request: Request,
    station: Here,
    viewer: Self,
    token: Token,
    *,
    code: Typed = "",
    after: After = "/",
) -> Response:
    """Take the code and go on to where it was asked for."""
    try:
        second_factor.prove(
            station.database,
            viewer.account_id,
            code=code,
            token=token,
            keys_dir=station.settings.keys_dir,
            now=station.now(),
            source=device_cookies.source_of_codes(request, viewer.account_id, station=station),
        )
    except (SecondFactorRefused, SecondFactorLocked, SecondFactorMissing, SeedsUnreadable) as error:
        return _code_page(request, station, viewer, after=after, refused=error)
    response = RedirectResponse(safe_next(after), status_code=303)
    device_cookies.remember_codes(response, request, viewer.account_id, station=station)
    return response


@router.post("/account/second-factor/offer")
def offer(
    request: Request, station: Here, viewer: Self, token: Token, after: After = "/account"
) -> Response:
    """A seed to enrol, as a QR code and in letters."""
    return _offer_page(request, station, viewer, token, after=after)


@router.post("/account/second-factor")
def enrol(
    request: Request,
    station: Here,
    viewer: Self,
    token: Token,
    *,
    code: Typed = "",
    after: After = "/account",
) -> Response:
    """Take the offered seed into use; the page that follows has the printed codes, once."""
    try:
        codes = second_factor.enrol(
            station.database,
            viewer.account_id,
            code=code,
            token=token,
            keys_dir=station.settings.keys_dir,
            now=station.now(),
        )
    except (SecondFactorRefused, SecondFactorLocked) as refused:
        return _offer_page(request, station, viewer, token, after=after, refused=refused)
    return _to_sheet(request, station, viewer, codes, enrolled=True, after=safe_next(after))


@router.post("/account/second-factor/codes")
def print_codes(request: Request, station: Here, viewer: Self) -> Response:
    """A new sheet of printed codes; the old ones are void. A reload of it makes no other."""
    with station.database.writing() as session:
        _ask_for_proof(session, station, viewer)
        codes = second_factor.make_codes(
            session, viewer.account_id, by=viewer.account_id, now=station.now()
        )
    return _to_sheet(request, station, viewer, codes, enrolled=False, after="/account")


def codes_sheet(request: Request, told: str) -> Response:
    """The sheet that `_to_sheet` leads to."""
    return render(request, "accounts/pages/codes.html", headers=NOT_KEPT, **json.loads(told))


def _to_sheet(
    request: Request,
    station: Context,
    viewer: Viewer,
    codes: Sequence[str],
    *,
    enrolled: bool,
    after: str,
) -> Response:
    after = after if len(after) <= _LONGEST_AFTER else "/account"
    told = json.dumps({"codes": list(codes), "enrolled": enrolled, "after": after})
    try:
        sealed = sealed_for(viewer, told, path=_SHEET_AT, station=station)
    except NothingTellable:
        # They are made by now, and the old ones void: better told here than nowhere.
        return codes_sheet(request, told)
    return lead_to_telling(request, sealed, path=_SHEET_AT)


def _ask_for_proof(session: Session, station: Context, viewer: Viewer) -> None:
    """Whoever can prove themselves does so before what they prove it with is exchanged."""
    can_prove = second_factor.standing_of(session, viewer.account_id).can_prove
    if can_prove and not viewer.is_proven(now=station.now(), within=station.settings.shift):
        raise SecondFactorNeeded


def _code_page(
    request: Request,
    station: Context,
    viewer: Viewer,
    *,
    after: str,
    refused: LoaError | None = None,
) -> Response:
    with station.database.reading() as session:
        standing = second_factor.standing_of(session, viewer.account_id)
    return render(
        request,
        "accounts/pages/code.html",
        status_code=refused.status if refused else 200,
        standing=standing,
        errors={"code": in_language(request, refused)} if refused else {},
        after=safe_next(after),
    )


def _offer_page(
    request: Request,
    station: Context,
    viewer: Viewer,
    token: str,
    *,
    after: str,
    refused: LoaError | None = None,
) -> Response:
    with station.database.writing() as session:
        _ask_for_proof(session, station, viewer)
        seed = second_factor.offer_seed(
            session,
            viewer.account_id,
            token=token,
            keys_dir=station.settings.keys_dir,
            now=station.now(),
        )
    address = address_of(seed, username=viewer.username, station=station.station_name)
    return render(
        request,
        "accounts/pages/enrol_second_factor.html",
        status_code=refused.status if refused else 200,
        qr=Markup(qr_svg(address)),  # noqa: S704 - drawn here, of numbers only
        seed=in_groups(seed),
        errors={"code": in_language(request, refused)} if refused else {},
        after=safe_next(after),
    )

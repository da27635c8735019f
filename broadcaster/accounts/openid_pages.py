"""Signing in by a province's provider: away with what is asked, and back with who it is.

What was asked travels with the browser, sealed: no other browser can bring the answer.
"""

import json
import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from broadcaster.accounts import guard
from broadcaster.accounts.errors import (
    ForeignStranger,
    NoProvider,
    ProviderAnswerLate,
    ProviderSaysOtherwise,
    ProviderUnreachable,
    SeedsUnreadable,
)
from broadcaster.accounts.foreign_logins import sign_in_foreigner
from broadcaster.accounts.guard import public
from broadcaster.accounts.openid import Asked, address_to_ask, discover, who_answered
from broadcaster.accounts.pages import sign_in_form
from broadcaster.accounts.sealing import open_seed, seal_seed
from broadcaster.database.columns import to_ms
from broadcaster.web.context import Context, context
from broadcaster.web.language import is_behind_tls, safe_next

router = APIRouter(include_in_schema=False)

Here = Annotated[Context, Depends(context)]

ASKED_COOKIE = "loa_province"
ASKED_LASTS = timedelta(minutes=10)


@router.get("/sign-in/province", dependencies=[Depends(public)])
def ask(
    request: Request, station: Here, after: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """To the provider."""
    if not station.settings.openid_issuer:
        raise NoProvider
    try:
        provider = discover(station.settings)
    except (ProviderUnreachable, ProviderSaysOtherwise) as refused:
        return sign_in_form(request, station, after=after, refused=refused)
    asked = Asked.new()
    response = RedirectResponse(address_to_ask(provider, station.settings, asked), status_code=303)
    kept = asdict(asked) | {"next": safe_next(after), "at_ms": to_ms(station.now())}
    response.set_cookie(
        ASKED_COOKIE,
        seal_seed(json.dumps(kept), keys_dir=station.settings.keys_dir),
        max_age=int(ASKED_LASTS.total_seconds()),
        path="/sign-in/province",
        httponly=True,
        # The answer comes from the provider's page: a strict cookie would stay behind.
        samesite="lax",
        secure=is_behind_tls(request),
    )
    return response


@router.get("/sign-in/province/answer", dependencies=[Depends(public)])
def answered(
    request: Request, station: Here, state: str = "", code: str = "", error: str = ""
) -> Response:
    """From the provider: a session, or why there is none."""
    if not station.settings.openid_issuer:
        raise NoProvider
    try:
        asked, after = _asked(request, station, state=state)
        if error or not code:
            raise ProviderSaysOtherwise(f"refused there: {error[:80]}")
        provider = discover(station.settings)
        found = who_answered(provider, station.settings, asked, code=code, now=station.now())
        signed_in = sign_in_foreigner(
            station.database, found, now=station.now(), came_from=guard.came_from(request)
        )
    except (
        ProviderAnswerLate,
        ProviderSaysOtherwise,
        ProviderUnreachable,
        ForeignStranger,
    ) as refused:
        response = sign_in_form(request, station, after="/", refused=refused)
        response.delete_cookie(ASKED_COOKIE, path="/sign-in/province")
        return response
    response = RedirectResponse(after, status_code=303)
    response.delete_cookie(ASKED_COOKIE, path="/sign-in/province")
    guard.keep_signed_in(response, signed_in, station=station)
    return response


def _asked(request: Request, station: Context, *, state: str) -> tuple[Asked, str]:
    """What this browser was sent with; raise ProviderAnswerLate for another one, or too late."""
    try:
        sealed = request.cookies.get(ASKED_COOKIE, "")
        kept = json.loads(open_seed(sealed, keys_dir=station.settings.keys_dir))
        asked = Asked(kept["state"], kept["nonce"], kept["verifier"])
        age_ms = to_ms(station.now()) - kept["at_ms"]
        after = safe_next(kept["next"])
    except (SeedsUnreadable, ValueError, KeyError, TypeError) as gone:
        raise ProviderAnswerLate from gone
    is_ours = secrets.compare_digest(state.encode(), asked.state.encode())
    if not is_ours or not 0 <= age_ms <= ASKED_LASTS / timedelta(milliseconds=1):
        raise ProviderAnswerLate
    return asked, after

"""The cookies by which a browser is known: read from a request, and given with an answer.

What they hold, and for whom, is `known_devices`; all of them go to the sign-in pages only.
"""

from datetime import timedelta

import structlog
from fastapi import Request
from starlette.responses import Response

from broadcaster.accounts.failures import ANYWHERE, Source, known_source
from broadcaster.accounts.known_devices import (
    CODE_COOKIE,
    DEVICE_COOKIE,
    KNOWN_FOR,
    LINK_COOKIE,
    known_device,
    of_codes,
    together,
    with_device,
)
from broadcaster.web.context import Context

_SIGN_IN = "/sign-in"
_AFTER_A_LINK = timedelta(hours=1)

log = structlog.get_logger(__name__)


def devices_of(request: Request) -> str:
    """A browser's word on who signed in with it, or has just used a link in it."""
    return together(*(request.cookies.get(each, "") for each in (LINK_COOKIE, DEVICE_COOKIE)))


def source_of_codes(request: Request, account_id: str, *, station: Context) -> Source:
    """Whose count a wrong code is held against: this browser's, or that of all strangers."""
    device = known_device(
        request.cookies.get(CODE_COOKIE, ""),
        of_codes(account_id),
        keys_dir=station.settings.keys_dir,
        now=station.now(),
    )
    return known_source(device) if device is not None else ANYWHERE


def remember_device(
    response: Response, request: Request, account_id: str, *, station: Context
) -> None:
    """Let the browser be known in which this person has just signed in; that opens nothing."""
    had = request.cookies.get(DEVICE_COOKIE, "")
    _give_word(response, had, account_id, cookie=DEVICE_COOKIE, station=station)
    if LINK_COOKIE in request.cookies:
        response.delete_cookie(LINK_COOKIE, path=_SIGN_IN)


def remember_codes(
    response: Response, request: Request, account_id: str, *, station: Context
) -> None:
    """Let the browser be known in which this person has just proven their second factor."""
    had = request.cookies.get(CODE_COOKIE, "")
    _give_word(response, had, of_codes(account_id), cookie=CODE_COOKIE, station=station)


def let_in_once(response: Response, account_id: str, *, station: Context) -> None:
    """Let strangers not hold back the sign-in of whoever has just used their link."""
    _give_word(response, "", account_id, cookie=LINK_COOKIE, lasts=_AFTER_A_LINK, station=station)


def _give_word(
    response: Response,
    had: str,
    whose: str,
    *,
    cookie: str,
    lasts: timedelta = KNOWN_FOR,
    station: Context,
) -> None:
    try:
        words = with_device(had, whose, keys_dir=station.settings.keys_dir, now=station.now())
    except OSError as error:
        # They are signed in: a disk that takes no key shuts nobody out.
        log.warning("browser_not_remembered", reason=str(error))
        return
    response.set_cookie(
        cookie,
        words,
        max_age=int(lasts.total_seconds()),
        path=_SIGN_IN,
        httponly=True,
        samesite="strict",
        secure=station.settings.pages_by_tls,
    )

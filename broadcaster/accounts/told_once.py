"""What a page shows once: it travels there sealed, in the cookie of the browser that asked for it.

A form that answers with a page is sent again by whoever reloads that page, and makes a second
token or voids the link that was just read out. So it leads on to a page of its own, and the secret
goes along with the browser, for a moment and for one person; the station itself keeps none.
"""

import json
import secrets
from collections.abc import Mapping
from datetime import timedelta

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from broadcaster.accounts.errors import NothingTellable, SeedsUnreadable
from broadcaster.accounts.sealing import open_seed, seal_seed
from broadcaster.accounts.viewer import Viewer
from broadcaster.database.columns import to_ms
from broadcaster.web.context import Context
from broadcaster.web.language import is_behind_tls

TOLD_COOKIE = "loa_told"
KEY_FILE = "told-once.key"
TOLD_WITHIN = timedelta(minutes=2)
"""How long a browser may take from the form's answer to the page."""

NOT_KEPT: Mapping[str, str] = {"Cache-Control": "no-store"}
"""The headers of a page that shows a secret: no browser brings it back from its memory."""


def sealed_for(viewer: Viewer, secret: str, *, path: str, station: Context) -> str:
    """A secret that this person shall read at `path`; raise NothingTellable.

    Called in the transaction that makes it: what cannot be told is not made.
    """
    said = {
        "path": path,
        "account": viewer.account_id,
        "at_ms": to_ms(station.now()),
        "told": secret,
    }
    try:
        return seal_seed(json.dumps(said), keys_dir=station.settings.keys_dir, key_file=KEY_FILE)
    except (SeedsUnreadable, OSError) as error:
        raise NothingTellable(str(error)) from error


def lead_to_telling(request: Request, sealed: str, *, path: str) -> Response:
    """On to the page that tells it, which a reload asks for without doing anything again."""
    response = RedirectResponse(path, status_code=303)
    response.set_cookie(
        TOLD_COOKIE,
        sealed,
        max_age=int(TOLD_WITHIN.total_seconds()),
        path=path,
        httponly=True,
        samesite="strict",
        secure=is_behind_tls(request),
    )
    return response


def told_here(request: Request, viewer: Viewer, *, station: Context) -> str:
    """The secret that this person shall read on this page; empty where there is none, or no more.

    `once` takes it from the browser with the answer.
    """
    try:
        sealed = request.cookies.get(TOLD_COOKIE, "")
        keys_dir = station.settings.keys_dir
        said = json.loads(open_seed(sealed, keys_dir=keys_dir, key_file=KEY_FILE))
        whose, where, told = said["account"], said["path"], str(said["told"])
        age_ms = to_ms(station.now()) - int(said["at_ms"])
    except (SeedsUnreadable, ValueError, KeyError, TypeError):
        return ""
    is_theirs = secrets.compare_digest(str(whose), viewer.account_id)
    is_in_time = 0 <= age_ms <= TOLD_WITHIN / timedelta(milliseconds=1)
    return told if is_theirs and where == request.url.path and is_in_time else ""


def once(response: Response, request: Request) -> Response:
    """The answer that told it: the browser keeps it no longer."""
    if TOLD_COOKIE in request.cookies:
        response.delete_cookie(
            TOLD_COOKIE, path=request.url.path, httponly=True, samesite="strict",
            secure=is_behind_tls(request),
        )  # fmt: skip
    return response

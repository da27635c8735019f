"""The one place that checks who may do what: every route declares a right, or that it is public.

A page knows its person by a cookie and every unsafe request by a token of its own form (CSRF); the
API (`/api/…`) knows them by `Authorization: Bearer` only, which no foreign page can send.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request, Security
from fastapi.dependencies.models import Dependant
from fastapi.responses import RedirectResponse
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from broadcaster.accounts.errors import FormForged, SessionGone
from broadcaster.accounts.request_size import BoundedBody
from broadcaster.accounts.roles import Right
from broadcaster.accounts.sessions import SESSION_LIFE, SignedIn, session_of
from broadcaster.accounts.viewer import Viewer
from broadcaster.errors import NotAllowed
from broadcaster.web.context import Context, context
from broadcaster.web.errors import answer, wants_page
from broadcaster.web.frame import render
from broadcaster.web.language import choose_language, safe_next

SESSION_COOKIE = "loa_session"
FORM_COOKIE = "loa_form"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
PUBLIC = "public"
# The frame lies below accounts and cannot declare; what it serves asks nobody who they are.
_OF_THE_FRAME = (choose_language,)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="session",
    description="The token that POST /api/sessions gives.",
)


def install(app: FastAPI, *, larger_bodies: Mapping[str, int] | None = None) -> None:
    """Bound what requests bring, and lead whoever is not signed in to the sign-in page.

    `larger_bodies` maps a path that takes files, as its route writes it, to the bytes that it
    takes. Its route reads the form itself, after the guard: nothing of a stranger's file is kept.
    """
    app.add_middleware(BoundedBody, larger=larger_bodies)
    app.add_exception_handler(SessionGone, _lead_to_sign_in)


def token_of(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
) -> str:
    """The token that this request came with; empty when it came with none."""
    if _is_api(request):
        return bearer.credentials if bearer else ""
    return request.cookies.get(SESSION_COOKIE, "")


def signed_in(
    request: Request,
    station: Annotated[Context, Depends(context)],
    token: Annotated[str, Depends(token_of)],
) -> SignedIn | None:
    """Whoever sent this request, told to the frame as well; None for nobody."""
    found = None
    if token:
        with station.database.reading() as session:
            found = session_of(session, token, now=station.now())
    request.state.viewer = found.viewer if found else None
    request.state.csrf_token = found.csrf_token if found else _token_for_strangers(request)
    return found


@dataclass(frozen=True, slots=True)
class Require:
    """A dependency that lets only people with one right pass, and says who they are."""

    right: Right

    async def __call__(
        self, request: Request, found: Annotated[SignedIn | None, Depends(signed_in)]
    ) -> Viewer:
        """Raise SessionGone, FormForged or NotAllowed; else hand the person on."""
        if found is None:
            raise SessionGone
        try:
            await _refuse_forged(request)
            if not found.viewer.may(self.right):
                raise NotAllowed
        except NotAllowed:
            await request.close()  # a document that came along is not kept open
            raise
        return found.viewer


def require(right: Right) -> Require:
    """Declare on a route: `viewer: Annotated[Viewer, Depends(require(Right.SEE_STATION))]`."""
    return Require(right)


async def public(
    request: Request, found: Annotated[SignedIn | None, Depends(signed_in)]
) -> Viewer | None:
    """Declare on a route that anybody may call it; its form is checked all the same."""
    await _refuse_forged(request)
    return found.viewer if found else None


def open_to_all() -> None:
    """Declare on a route that anybody may call it and that does not care who; costs nothing."""


def declared_rights(app: FastAPI) -> Mapping[str, frozenset[str]]:
    """What each route asks, by `METHOD path`; an empty set is a route that declares nothing."""
    found: dict[str, frozenset[str]] = {}
    described = {app.openapi_url, app.docs_url, app.redoc_url, app.swagger_ui_oauth2_redirect_url}
    for route in iter_route_contexts(app.routes):
        original = route.original_route
        if isinstance(original, Mount) and isinstance(original.app, StaticFiles):
            found[f"GET {route.path}"] = frozenset({PUBLIC})
            continue
        if route.endpoint in _OF_THE_FRAME or route.path in described:
            found[f"GET {route.path}"] = frozenset({PUBLIC})
            continue
        dependant = getattr(route, "dependant", None)
        asked = _declarations(dependant) if isinstance(dependant, Dependant) else frozenset()
        for method in sorted(route.methods or {"ANY"}):
            found[f"{method} {route.path}"] = asked
    return found


def keep_signed_in(response: Response, found: SignedIn, *, station: Context) -> None:
    """Give the browser its session; the cookie is out of reach of scripts and of foreign forms."""
    response.set_cookie(
        SESSION_COOKIE,
        found.token,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_behind_tls(station),
    )


def forget_signed_in(response: Response, *, station: Context) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        SESSION_COOKIE, httponly=True, samesite="lax", secure=_behind_tls(station)
    )


def give_form_token(response: Response, request: Request, *, station: Context) -> None:
    """Bind the form of a page that needs no session to the browser that asked for it."""
    response.set_cookie(
        FORM_COOKIE,
        request.state.csrf_token,
        httponly=True,
        samesite="strict",
        secure=_behind_tls(station),
    )


def _declarations(dependant: Dependant) -> frozenset[str]:
    found: set[str] = set()
    for child in dependant.dependencies:
        if isinstance(child.call, Require):
            found.add(child.call.right)
        elif child.call in (public, open_to_all):
            found.add(PUBLIC)
        else:
            found |= _declarations(child)
    return frozenset(found)


async def _refuse_forged(request: Request) -> None:
    if request.method in _SAFE_METHODS or _is_api(request):
        return
    given: object = request.headers.get(CSRF_HEADER)
    if given is None:
        given = (await request.form()).get(CSRF_FIELD)
    expected = request.state.csrf_token if _has_token(request) else ""
    told = given.encode() if isinstance(given, str) else b""
    if not expected or not hmac.compare_digest(told, expected.encode()):
        raise FormForged


def _has_token(request: Request) -> bool:
    """Whether the expected token is one that this browser was given, not one made just now."""
    return request.state.viewer is not None or bool(request.cookies.get(FORM_COOKIE))


def _token_for_strangers(request: Request) -> str:
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)


def _lead_to_sign_in(request: Request, error: Exception) -> Response:
    gone = error if isinstance(error, SessionGone) else SessionGone()
    if _is_api(request):
        return answer(request, gone, render=render, headers={"WWW-Authenticate": "Bearer"})
    target = _sign_in_address(request)
    if request.headers.get("HX-Request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": target})
    if request.method in _SAFE_METHODS or wants_page(request):
        return RedirectResponse(target, status_code=303)
    return answer(request, gone, render=render)


def _sign_in_address(request: Request) -> str:
    """The sign-in page, and from there back; a form's target is no place to come back to."""
    if request.method not in _SAFE_METHODS or request.headers.get("HX-Request") == "true":
        return "/sign-in"
    query = f"?{request.url.query}" if request.url.query else ""
    after = safe_next(request.url.path + query)
    return "/sign-in" if after == "/" else f"/sign-in?next={quote(after, safe='')}"


def _is_api(request: Request) -> bool:
    return request.url.path == "/api" or request.url.path.startswith("/api/")


def _behind_tls(station: Context) -> bool:
    address = station.settings.public_url
    return address is not None and address.scheme == "https"

"""The one place that checks who may do what: every route declares a right, or that it is public.

A page knows its person by a cookie and every unsafe request by a token of its own form (CSRF); the
API (`/api/…`, `/metrics`) knows them by `Authorization: Bearer` only, which no foreign page can
send. A program's own token comes the same way and opens what its scopes name, and no page.
"""

import hmac
import math
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

import structlog
from fastapi import Depends, FastAPI, Request, Security, WebSocket, WebSocketException, status
from fastapi.dependencies.models import Dependant
from fastapi.responses import RedirectResponse
from fastapi.routing import iter_route_contexts
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response
from starlette.routing import Mount, WebSocketRoute
from starlette.staticfiles import StaticFiles

from broadcaster.accounts.api_tokens import (
    STATION_HEADER,
    is_token,
    is_use_to_note,
    note_use,
    opened_by,
)
from broadcaster.accounts.device_cookies import devices_of
from broadcaster.accounts.errors import (
    ClosedToTokens,
    FormForged,
    ScopeLacking,
    SecondFactorNeeded,
    SessionGone,
    TokenTooFast,
)
from broadcaster.accounts.request_size import BoundedBody
from broadcaster.accounts.roles import Right
from broadcaster.accounts.scopes import SCOPES, WRITING, Scope
from broadcaster.accounts.sessions import SESSION_LIFE, CameFrom, SignedIn, session_of
from broadcaster.accounts.token_pace import TokenPace
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.errors import NotAllowed
from broadcaster.web.context import Context, context
from broadcaster.web.errors import answer, wants_page
from broadcaster.web.frame import render
from broadcaster.web.language import choose_language, safe_next

log = structlog.get_logger()

SESSION_COOKIE = "loa_session"
FORM_COOKIE = "loa_form"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRF-Token"
PUBLIC = "public"
SOCKET = "SOCKET"
"""What stands for the method of a route that is opened as a WebSocket."""
# The frame lies below accounts and cannot declare; what it serves asks nobody who they are.
_OF_THE_FRAME = (choose_language,)
_OF_PROGRAMS = frozenset({"/api", "/metrics"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

log = structlog.get_logger(__name__)

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="session",
    description="The token that POST /api/sessions gives, or a program's own (POST /api/tokens).",
)


def station_in_view(request: Request, own: Context) -> Context:
    """The station that whoever sent this request looks at; the installation's `own` for others."""
    found = _session_of(request, _token_sent(request), own)
    if found is None or found.viewer.station_id == own.station_id:
        return own
    with own.database.reading() as session:
        chosen = session.get_one(Station, found.viewer.station_id)
        return replace(
            own,
            station_id=chosen.id,
            station_name=chosen.name,
            zone=ZoneInfo(chosen.zone),
            rehearsal=chosen.rehearsal,
            own_station_id=own.station_id,
        )


def install(app: FastAPI, *, larger_bodies: Mapping[str, int] | None = None) -> None:
    """Bound what requests bring, and lead whoever is not signed in to the sign-in page.

    `larger_bodies` maps a path that takes files, as its route writes it, to the bytes that it
    takes. Its route reads the form itself, after the guard: nothing of a stranger's file is kept.
    """
    app.state.station_in_view = station_in_view
    app.state.token_pace = TokenPace(now_s=time.monotonic)
    app.add_middleware(BoundedBody, larger=larger_bodies)
    app.add_exception_handler(SessionGone, _lead_to_sign_in)
    app.add_exception_handler(SecondFactorNeeded, _lead_to_code)
    app.add_exception_handler(TokenTooFast, _let_wait)


async def token_of(
    request: Request,
    _stated: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)] = None,
) -> str:
    """The token that this request came with; empty when it came with none.

    That it may come as a bearer is stated for the OpenAPI document. Like every dependency that
    waits for nothing it is no thread's work (a plain function would be handed to one).
    """
    return _token_sent(request)


async def signed_in(
    request: Request,
    station: Annotated[Context, Depends(context)],
    token: Annotated[str, Depends(token_of)],
) -> SignedIn | None:
    """Whoever sent this request, told to the frame as well; None for nobody."""
    # Whose station is in view was asked for before, in a thread: the session is known by now.
    return _told_to_frame(request, station, token)


def still_signed_in(request: Request, station: Context, token: str) -> SignedIn | None:
    """As `signed_in`, asked anew: for an answer that goes on for hours.

    None as well for whoever has gone into another station since: of this one they see no more.
    """
    request.state.session_asked = None
    found = _told_to_frame(request, station, token)
    here = found is not None and found.viewer.station_id == station.station_id
    return found if here else None


@dataclass(frozen=True, slots=True)
class Require:
    """A dependency that lets only people with one right pass, and says who they are.

    Where it is `read_only`, whoever inspects the station passes as well.
    """

    right: Right
    read_only: bool = False

    async def __call__(
        self, request: Request, found: Annotated[SignedIn | None, Depends(signed_in)]
    ) -> Viewer:
        """Raise SessionGone, FormForged, NotAllowed or SecondFactorNeeded; else hand them on.

        A program's token is asked for its scope instead: ClosedToTokens, ScopeLacking.
        """
        if found is None:
            raise SessionGone
        try:
            await _refuse_forged(request)
            if found.scopes is not None:
                _require_scope(request, found.viewer, found.scopes)
                return found.viewer
            if not self._lets_pass(found.viewer):
                raise NotAllowed
            # Their own account is where an admin goes to prove it, or to set it up.
            if self.right != Right.USE_OWN_ACCOUNT and found.viewer.lacks_second_factor():
                raise SecondFactorNeeded
        except NotAllowed:
            await request.close()  # a document that came along is not kept open
            raise
        return found.viewer

    @property
    def asks(self) -> str:
        """What it asks, as `declared_rights` tells it: a right, or two of which either will do."""
        return f"{self.right}|{Right.INSPECT}" if self.read_only else self.right

    def _lets_pass(self, viewer: Viewer) -> bool:
        return viewer.may_read(self.right) if self.read_only else viewer.may(self.right)


def require(right: Right) -> Require:
    """Declare on a route: `viewer: Annotated[Viewer, Depends(require(Right.SEE_STATION))]`."""
    return Require(right)


def require_to_read(right: Right) -> Require:
    """Declare on a route that only shows what people with a right act on: inspectors see it too."""
    return Require(right, read_only=True)


@dataclass(frozen=True, slots=True)
class RequireOnSocket:
    """As `Require`, for a WebSocket: opened by a page of this site, by somebody with the right.

    Its first message must bring the page's own token (`same_form`): a socket has no form. Raises
    WebSocketException, with which the browser is refused before anything is said.
    """

    right: Right

    def __call__(self, websocket: WebSocket) -> SignedIn:
        """Say who it is."""
        station = websocket.app.state.context
        found = None
        token = websocket.cookies.get(SESSION_COOKIE, "")
        if token and _is_own_page(websocket, station):
            with station.database.reading() as session:
                found = session_of(session, token, now=station.now(), own=station.station_id)
        if found is None or not found.viewer.may(self.right) or found.viewer.lacks_second_factor():
            raise WebSocketException(status.WS_1008_POLICY_VIOLATION)
        return found


def require_on_socket(right: Right) -> RequireOnSocket:
    """Declare on a WebSocket route: `found: Annotated[SignedIn, Depends(require_on_socket(…))]`."""
    return RequireOnSocket(right)


def same_form(token: object, found: SignedIn) -> bool:
    """Whether this is the token of this person's own pages."""
    told = token.encode() if isinstance(token, str) else b""
    return hmac.compare_digest(told, found.csrf_token.encode())


def _is_own_page(websocket: WebSocket, station: Context) -> bool:
    """Whether the page that opens the socket came from here: browsers do not let pages lie."""
    origin = urlsplit(websocket.headers.get("Origin", ""))
    own = {websocket.headers.get("Host", "")}
    if station.settings.public_url is not None:
        own.add(urlsplit(str(station.settings.public_url)).netloc)
    return origin.scheme in {"http", "https"} and origin.netloc in own - {""}


async def public(
    request: Request, found: Annotated[SignedIn | None, Depends(signed_in)]
) -> Viewer | None:
    """Declare on a route that anybody may call it; its form is checked all the same."""
    await _refuse_forged(request)
    return found.viewer if found else None


async def open_to_all() -> None:
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
        other = {SOCKET} if isinstance(original, WebSocketRoute) else {"ANY"}
        for method in sorted(route.methods or other):
            found[f"{method} {route.path}"] = asked
    return found


def came_from(request: Request) -> CameFrom:
    """Where a request comes from, for its person to know their sessions by."""
    client = request.client.host if request.client else ""
    named = request.headers.get("User-Agent", "")
    return CameFrom(
        address=client[:64],
        browser=named[:160] if named.isprintable() else "",
        devices=devices_of(request),
    )


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


def _token_sent(request: Request) -> str:
    if not _is_api(request):
        return request.cookies.get(SESSION_COOKIE, "")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _session_of(request: Request, token: str, station: Context) -> SignedIn | None:
    """The session that a request came with, looked up once a request."""
    if not token:
        return None
    asked: tuple[str, SignedIn | None] | None = getattr(request.state, "session_asked", None)
    if asked is None or asked[0] != token:
        if _is_api(request) and is_token(token):
            asked = (token, _program_of(request, token, station))
        else:
            with station.database.reading() as session:
                asked = (token, session_of(session, token, now=station.now(), own=station.own_id))
        request.state.session_asked = asked
    return asked[1]


def _program_of(request: Request, token: str, station: Context) -> SignedIn | None:
    """The program whose token this is; raise TokenTooFast or NoSuchStation."""
    now = station.now()
    wanted = request.headers.get(STATION_HEADER, "")
    with station.database.reading() as session:
        found = opened_by(session, token, now=now, own=station.own_id, wanted=wanted)
    if found is None:
        return None
    wait_s = request.app.state.token_pace.wait_s(found.viewer.account_id)
    if wait_s:
        raise TokenTooFast(wait_s=wait_s)
    if is_use_to_note(found, now=now):
        try:
            with station.database.writing() as session:
                note_use(session, found.viewer.account_id, now=now)
        except SQLAlchemyError:
            # Whoever only reads does not wait for a database that cannot be written to.
            log.warning("token_use_not_noted", token_id=found.viewer.account_id)
    return found


def _require_scope(request: Request, viewer: Viewer, scopes: frozenset[Scope]) -> None:
    """Let a program pass where the table says so; raise ClosedToTokens or ScopeLacking."""
    scope = SCOPES.get(f"{request.method} {request.scope['route'].path}")
    if scope is None:
        raise ClosedToTokens
    if scope not in scopes:
        raise ScopeLacking(scope)
    if scope in WRITING and viewer.station_id != request.app.state.context.station_id:
        raise ClosedToTokens


def _told_to_frame(request: Request, station: Context, token: str) -> SignedIn | None:
    found = _session_of(request, token, station)
    request.state.viewer = found.viewer if found else None
    request.state.csrf_token = found.csrf_token if found else _token_for_strangers(request)
    return found


def _declarations(dependant: Dependant) -> frozenset[str]:
    found: set[str] = set()
    for child in dependant.dependencies:
        if isinstance(child.call, Require):
            found.add(child.call.asks)
        elif isinstance(child.call, RequireOnSocket):
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
    request.state.form_is_own = True


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


def _let_wait(request: Request, error: Exception) -> Response:
    """To a program that asks too often."""
    fast = error if isinstance(error, TokenTooFast) else TokenTooFast()
    wait = {"Retry-After": str(math.ceil(fast.wait_s))}
    return answer(request, fast, render=render, headers=wait)


def _lead_to_code(request: Request, error: Exception) -> Response:
    """To where the code is typed, and from there back."""
    needed = error if isinstance(error, SecondFactorNeeded) else SecondFactorNeeded()
    if _is_api(request):
        return answer(request, needed, render=render)
    target = _sign_in_address(request, page="/sign-in/code")
    if request.headers.get("HX-Request") == "true":
        return Response(status_code=403, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)


def _sign_in_address(request: Request, *, page: str = "/sign-in") -> str:
    """The sign-in page, and from there back; a form's target is no place to come back to."""
    if request.method not in _SAFE_METHODS or request.headers.get("HX-Request") == "true":
        return page
    query = f"?{request.url.query}" if request.url.query else ""
    after = safe_next(request.url.path + query)
    return page if after == "/" else f"{page}?next={quote(after, safe='')}"


def _is_api(request: Request) -> bool:
    """Whether programs ask here: a bearer counts, and a cookie counts for nothing."""
    return request.url.path in _OF_PROGRAMS or request.url.path.startswith("/api/")


def _behind_tls(station: Context) -> bool:
    return station.settings.pages_by_tls

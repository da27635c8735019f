"""Answers errors: a page for people, JSON under /api, never the inside of the program.

A page says what happened, what is safe, what to do now; JSON is
`{"code", "message", "message_en", "detail"?}` with the error's status.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Protocol, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from broadcaster.database.busy import RETRY_AFTER_S, DatabaseBusy, begin_counting, busy_error
from broadcaster.database.spoilt import DatabaseSpoilt, is_spoilt
from broadcaster.errors import BadInput, LoaError, NotAllowed, NotFound, Unavailable
from broadcaster.web.language import in_language, language_of
from broadcaster.web.resending import SameForm, same_form
from broadcaster.web.security import add_security_headers

log = structlog.get_logger(__name__)


class NotSignedIn(LoaError):
    """Nobody is signed in."""

    code = "not_signed_in"
    status = 401
    message_vi = "Bạn chưa đăng nhập. Chưa có gì thay đổi. Hãy đăng nhập rồi làm lại."
    message_en = "You are not signed in. Nothing was changed. Sign in and try again."


class WrongMethod(LoaError):
    """The address exists, but not for this."""

    code = "method_not_allowed"
    status = 405
    message_vi = "Địa chỉ này không nhận việc đó. Chưa có gì thay đổi. Hãy quay lại trang trước."
    message_en = "This address does not take that action. Nothing was changed. Go back one page."


class TooLarge(LoaError):
    """More was sent than is taken."""

    code = "too_large"
    status = 413
    message_vi = "Nội dung gửi lên quá lớn. Chưa có gì thay đổi. Hãy gửi ít hơn."
    message_en = "Too much was sent at once. Nothing was changed. Send less."


class TooMany(LoaError):
    """Too often."""

    code = "too_many_requests"
    status = 429
    message_vi = "Bạn thao tác quá nhanh. Chưa có gì thay đổi. Hãy chờ một phút rồi thử lại."
    message_en = "That was too many attempts. Nothing was changed. Wait a minute and try again."


class Unusable(LoaError):
    """The request itself cannot be read."""

    code = "bad_request"
    status = 400
    message_vi = (
        "Yêu cầu gửi lên không đọc được. Chưa có gì thay đổi. Hãy tải lại trang rồi thử lại."
    )
    message_en = "The request cannot be read. Nothing was changed. Reload the page and try again."


_BY_STATUS: Mapping[int, type[LoaError]] = {
    kind.status: kind
    for kind in (
        Unusable, NotSignedIn, NotAllowed, NotFound, WrongMethod, TooLarge, BadInput, TooMany,
        Unavailable, LoaError,
    )
}  # fmt: skip

# Pydantic's kinds of mistake in the words of a person who fills in a form.
_MISTAKES: Mapping[str, tuple[str, str]] = {
    "missing": ("còn thiếu", "is missing"),
    "string_too_short": ("quá ngắn hoặc để trống", "is too short or empty"),
    "string_too_long": ("quá dài", "is too long"),
    "too_short": ("có quá ít mục", "has too few items"),
    "too_long": ("có quá nhiều mục", "has too many items"),
    "int_parsing": ("phải là số nguyên", "must be a whole number"),
    "float_parsing": ("phải là số", "must be a number"),
    "bool_parsing": ("phải là đúng hoặc sai", "must be true or false"),
    "json_invalid": ("không phải JSON hợp lệ", "is not valid JSON"),
    "extra_forbidden": ("không được nhận ở đây", "is not taken here"),
    "enum": ("không nằm trong các lựa chọn", "is not one of the choices"),
    "literal_error": ("không nằm trong các lựa chọn", "is not one of the choices"),
    "greater_than": ("quá nhỏ", "is too small"),
    "greater_than_equal": ("quá nhỏ", "is too small"),
    "less_than": ("quá lớn", "is too large"),
    "less_than_equal": ("quá lớn", "is too large"),
    "timezone_aware": ("phải kèm múi giờ", "needs a time zone"),
}
_MISTAKEN = ("không đúng dạng", "has the wrong form")


class Render(Protocol):
    """Makes a page; `frame.render` in the product."""

    def __call__(
        self,
        request: Request,
        template: str,
        *,
        status_code: int = ...,
        headers: Mapping[str, str] | None = ...,
        **context: object,
    ) -> HTMLResponse:
        """Render a template for a request."""


def install_error_pages(app: FastAPI, *, render: Render) -> None:
    """Let every error of an app be answered in its reader's form."""

    def known(request: Request, error: Exception) -> Response:
        return answer(request, cast("LoaError", error), render=render)

    def http(request: Request, error: Exception) -> Response:
        failure = cast("HTTPException", error)
        if failure.status_code == WrongMethod.status and (above := _page_above(request)):
            return RedirectResponse(above, status_code=HTTPStatus.SEE_OTHER)
        kind = _BY_STATUS.get(failure.status_code)
        if kind is None and failure.status_code < HTTPStatus.BAD_REQUEST:
            return Response(status_code=failure.status_code, headers=failure.headers)
        shown = (kind or Unusable)()
        status = failure.status_code
        return answer(request, shown, render=render, status=status, headers=failure.headers)

    def invalid(request: Request, error: Exception) -> Response:
        problems = field_problems(cast("RequestValidationError", error).errors())
        return answer(request, BadInput(), render=render, detail=problems)

    def unexpected(request: Request, error: Exception) -> Response:
        log.error("request_failed", path=request.url.path, method=request.method, exc_info=error)
        response = answer(request, LoaError(), render=render)
        # Starlette answers these outside every middleware.
        add_security_headers(response.headers, tls=request.url.scheme == "https")
        return response

    async def database(request: Request, error: Exception) -> Response:
        if is_spoilt(error):
            log.error("database_spoilt", path=request.url.path, error=str(error))
            return answer(request, DatabaseSpoilt(), render=render)
        busy = busy_error(error)
        if busy is None:
            raise error
        log.warning("database_busy", path=request.url.path, method=request.method)
        again = await same_form(request) if isinstance(busy, DatabaseBusy) else None
        later = {"Retry-After": str(RETRY_AFTER_S)}
        return answer(request, busy, render=render, headers=later, again=again)

    app.add_middleware(CommitsCounted)
    app.add_exception_handler(DBAPIError, database)
    app.add_exception_handler(NoConnectionFree, database)
    app.add_exception_handler(LoaError, known)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)


class CommitsCounted:
    """ASGI middleware: whether a request has kept something is known when the rest fails."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count from nothing."""
        begin_counting()
        await self.app(scope, receive, send)


def answer(
    request: Request,
    error: LoaError,
    *,
    render: Render,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    detail: object = None,
    again: SameForm | None = None,
) -> Response:
    """One error in the form its reader can use; with `again` a page offers to send that form."""
    code = status or error.status
    # An error's own words are for whoever caused it; those of a fault within stay in the log.
    told = detail or (error.detail if code < HTTPStatus.INTERNAL_SERVER_ERROR else "")
    if not wants_page(request):
        return JSONResponse(_as_json(error, detail=told), status_code=code, headers=headers)
    aimed = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"}
    part = request.headers.get("HX-Request") == "true"
    return render(
        request,
        "web/pages/error_notice.html" if part else "web/pages/error.html",
        status_code=code,
        headers={**(headers or {}), **(aimed if part else {})},
        message=in_language(request, error),
        detail=_lines(request, told),
        code=error.code,
        status=code,
        again=again,
    )


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks, rather than a program or a loudspeaker."""
    if request.url.path == "/api" or request.url.path.startswith("/api/"):
        return False
    asked = request.headers.get("Accept", "")
    return "text/html" in asked or request.headers.get("HX-Request") == "true"


def _page_above(request: Request) -> str:
    """The page to which an address of forms belongs; empty where there is none, or none is asked.

    A form that was refused is shown at the address to which it was sent. A telephone that loads
    its page anew, or somebody who presses Enter there, asks that address for a page.
    """
    path = request.url.path
    if request.method != "GET" or not wants_page(request) or path.startswith("//"):
        return ""
    while path := path.rpartition("/")[0]:
        scope = {**request.scope, "path": path}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            return path
    return ""


def field_problems(found: Sequence[Mapping[str, object]]) -> list[dict[str, str]]:
    """Each mistake with its field and a sentence; never what was typed, which may be a secret."""
    problems = []
    for mistake in found:
        place = cast("tuple[object, ...]", mistake["loc"])
        field = ".".join(str(step) for step in place[1:]) or str(place[0])
        vi, en = _MISTAKES.get(str(mistake["type"]), _MISTAKEN)
        problems.append(
            {"field": field, "message": f"{field}: {vi}", "message_en": f"{field} {en}"}
        )
    return problems


def _as_json(error: LoaError, *, detail: object) -> dict[str, object]:
    body: dict[str, object] = {
        "code": error.code,
        "message": error.message_vi,
        "message_en": error.message_en,
    }
    if error.field:
        body["field"] = error.field
    if detail:
        body["detail"] = detail
    return body


def _lines(request: Request, detail: object) -> list[str]:
    if isinstance(detail, list):
        key = "message" if language_of(request) == "vi" else "message_en"
        return [problem[key] for problem in detail]
    return [str(detail)] if detail else []

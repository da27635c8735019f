"""A part of a page that asks again by itself and is exchanged only when it says something new.

The part carries the hash of what it shows. htmx sends it along; while nothing has changed the
answer is 204 and the page does not move. Without JavaScript the page reloads itself instead.
"""

import hashlib
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

from broadcaster.web.frame import environment, frame_context, render
from broadcaster.web.language import language_of

_WRAPPING = "schedule/pages/live.html"


@dataclass(frozen=True, slots=True)
class LivePart:
    """What a live part shows, and where it asks for the next state; empty when it is settled.

    `events` is a stream that tells the next states by itself; pages without it go on asking.
    """

    shown: Markup
    version: str
    address: str
    every_s: int = 2
    events: str = ""


def live_part(
    request: Request,
    template: str,
    *,
    address: str,
    lasting: bool = True,
    every_s: int = 2,
    events: str = "",
    **context: object,
) -> LivePart:
    """Make a live part from a template; one that is not `lasting` never asks again."""
    page = environment(language_of(request)).get_template(template)
    html = page.render({**frame_context(request), **context})
    version = hashlib.sha256(f"{lasting}{html}".encode()).hexdigest()[:16]
    return LivePart(
        shown=Markup(html),  # noqa: S704 - our own template, escaped there
        version=version,
        address=address if lasting else "",
        every_s=every_s,
        events=events if lasting else "",
    )


def answer_live(request: Request, part: LivePart) -> Response:
    """Answer a poll: 204 when the page already shows this version, else the part itself."""
    if request.query_params.get("have") == part.version:
        return Response(status_code=204)
    return render(request, _WRAPPING, live=part)


def wrapped(request: Request, part: LivePart) -> str:
    """The part as it stands in a page, for a stream that brings it."""
    page = environment(language_of(request)).get_template(_WRAPPING)
    return page.render({**frame_context(request), "live": part})

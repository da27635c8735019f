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
    """What a live part shows, and where it asks for the next state; empty when it is settled."""

    shown: Markup
    version: str
    address: str


def live_part(
    request: Request, template: str, *, address: str, lasting: bool = True, **context: object
) -> LivePart:
    """Make a live part from a template; one that is not `lasting` never asks again."""
    page = environment(language_of(request)).get_template(template)
    html = page.render({**frame_context(request), **context})
    version = hashlib.sha256(f"{lasting}{html}".encode()).hexdigest()[:16]
    return LivePart(shown=Markup(html), version=version, address=address if lasting else "")  # noqa: S704 - our own template, escaped there


def answer_live(request: Request, part: LivePart) -> Response:
    """Answer a poll: 204 when the page already shows this version, else the part itself."""
    if request.query_params.get("have") == part.version:
        return Response(status_code=204)
    return render(request, _WRAPPING, live=part)

"""Pages for a slow line: all of their style stands in them, so that one request is enough.

The policy names the style by its hash: nothing else in the page may style it, and nothing may run
but our own files. A browser too old to know hashes shows the page without style, and it works.
"""

import base64
import hashlib
from functools import cache

from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from broadcaster.web.frame import render
from broadcaster.web.security import CONTENT_SECURITY_POLICY
from broadcaster.web.static_files import STATIC, manifest


def render_phone(
    request: Request, template: str, *, status_code: int = 200, **context: object
) -> HTMLResponse:
    """As `frame.render`, of a template that extends `web/pages/phone.html`."""
    style = phone_style()
    policy = f"{CONTENT_SECURITY_POLICY}; style-src 'self' '{_hash_of(style)}'"
    return render(
        request,
        template,
        status_code=status_code,
        headers={"Content-Security-Policy": policy},
        phone_style=Markup(style),  # noqa: S704 - our own file
        **context,
    )


@cache
def phone_style() -> str:
    """The style as it stands in the page, to the letter."""
    return (STATIC / manifest()["phone.css"]).read_text(encoding="utf-8").strip()


def _hash_of(style: str) -> str:
    digest = hashlib.sha256(style.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"

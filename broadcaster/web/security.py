"""What every answer tells the browser to refuse: foreign code, framing, guessing, leaks.

Sources: CSP Level 3, RFC 6797 (HSTS). Styles and scripts come only from our own files, so a page
may hold neither `style=` nor `on…=` attributes.
"""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=()",
}
HSTS = "max-age=31536000"


def add_security_headers(headers: MutableHeaders, *, tls: bool) -> None:
    """Add what is not there yet; a promise of TLS is made only over TLS, our own or a proxy's."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if tls:
        headers.setdefault("Strict-Transport-Security", HSTS)


class SecurityHeaders:
    """ASGI middleware; streams pass through it untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers as the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                add_security_headers(headers, tls=scope.get("scheme") == "https")
            await send(message)

        await self.app(scope, receive, send_with_headers)

"""How the site listens: plainly on this machine, elsewhere by TLS or behind a named proxy.

What a proxy says of a visitor (address, scheme) is believed from the named ones alone; and where
they are what stands between the site and the world, nobody else is let in past them.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, cast

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from broadcaster.settings import Settings
from devices.renewal import ShownCertificate

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

_REFUSED = (
    "Trang này chỉ vào được qua địa chỉ https của đài.\n"
    "This page is reached by the station's https address alone.\n"
)


class PastTheProxy:
    """ASGI middleware: plain visitors from another machine than the proxies are turned away."""

    def __init__(self, app: ASGIApp, *, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in who comes from a proxy or from this machine."""
        if scope["type"] == "lifespan" or self._is_let_in(scope.get("client")):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(_REFUSED, status_code=403)(scope, receive, send)

    def _is_let_in(self, client: tuple[str, int] | None) -> bool:
        if client is None:
            return False
        try:
            address = ip_address(client[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None) or address
        return mapped.is_loopback or any(mapped in each for each in self._proxies)


def front_door(settings: Settings, app: ASGIApp) -> uvicorn.Config:
    """How uvicorn serves this app: settings were checked, so nothing plain is open to the world."""
    # uvicorn and Starlette call the same thing by two types.
    inner = ProxyHeadersMiddleware(
        cast("ASGI3Application", app), trusted_hosts=[str(each) for each in settings.proxies]
    )
    guarded = cast("ASGIApp", inner)
    if not settings.on_loopback and not settings.speaks_tls:
        guarded = PastTheProxy(guarded, proxies=settings.proxies)
    return uvicorn.Config(
        guarded,
        host=settings.host,
        port=settings.port,
        # Never from the environment, which would be a second place to trust from.
        proxy_headers=False,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )


def shown_certificate(door: uvicorn.Config) -> ShownCertificate | None:
    """The certificate that visitors are shown, to be renewed while they come; None without TLS.

    The door must have been opened: only then there is who shows it.
    """
    if door.ssl is None or door.ssl_certfile is None or door.ssl_keyfile is None:
        return None
    return ShownCertificate(Path(door.ssl_certfile), Path(door.ssl_keyfile), shown_by=door.ssl)

"""How much one request may bring: refused while it is read, before it fills the memory."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The longest script, 30,000 characters, is 270 kB in a form (three bytes each, three signs a byte).
LARGEST_BODY_BYTES = 1_000_000
_PLACE = re.compile(r"\\\{\w+\\\}")


class BoundedBody:
    """ASGI middleware: a larger body is answered 413 in the common form, however it is sent."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest_bytes: int = LARGEST_BODY_BYTES,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self.app = app
        self.largest_bytes = largest_bytes
        self.larger = [(_pattern(path), largest) for path, largest in (larger or {}).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes; a length that is declared too large is not read at all."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        came = int(declared) if declared.isdecimal() and len(declared) < 20 else 0
        largest_bytes = self._largest(scope["path"])
        refused = came > largest_bytes
        count = 0

        async def bounded() -> Message:
            nonlocal count
            if refused:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            message = await receive()
            count += len(message.get("body", b""))
            if count > largest_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return message

        await self.app(scope, bounded, send)

    def _largest(self, path: str) -> int:
        fitting = (largest for pattern, largest in self.larger if pattern.fullmatch(path))
        return next(fitting, self.largest_bytes)


def _pattern(path: str) -> re.Pattern[str]:
    """A path as routes write it: `{name}` stands for one part."""
    return re.compile(_PLACE.sub("[^/]+", re.escape(path)))

"""What a reader holds already is not sent again: an entity tag of the bytes, and 304 (RFC 9110)."""

import hashlib
from collections.abc import Mapping

from fastapi import Request, Response

_TAG_DIGITS = 32


def answer_unless_held(
    request: Request, body: bytes, *, media_type: str, headers: Mapping[str, str]
) -> Response:
    """These bytes, or *not modified* to a reader that says it holds the same (If-None-Match).

    The comparison is the weak one, as §13.1.2 asks: a proxy that compressed the answer may have
    marked its tag as weak.
    """
    tag = f'"{hashlib.sha256(body).hexdigest()[:_TAG_DIGITS]}"'
    told = {"ETag": tag, **headers}
    held = request.headers.get("If-None-Match", "").split(",")
    if tag in {each.strip().removeprefix("W/") for each in held}:
        return Response(status_code=304, headers=told)
    return Response(body, media_type=media_type, headers=told)

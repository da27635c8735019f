"""Visitors that cost their machine almost nothing: each opens a connection of its own and goes.

Who measures stands beside the server on the same cores. A client library's pool looks through all
its connections whenever one of them moves: once some wait, it is the measuring that is slow.
"""

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

REDIRECTS = (301, 302, 303, 307, 308)
_FOLLOWED = 3
WAITS_S = 60
"""How long a visitor waits; nobody at a phone waits longer."""


async def come(
    port: int,
    path: str,
    *,
    headers: Mapping[str, str],
    form: Mapping[str, str] | None = None,
    within_s: float = WAITS_S,
) -> tuple[int, str]:
    """Ask for one page, follow where it leads, and read all of it.

    Gives the status of the last answer, and the path that it came from. Raises OSError or EOFError
    where no whole answer came, TimeoutError where it takes longer than `within_s`.
    """
    async with asyncio.timeout(within_s):
        status, target = await _ask(port, path, headers=headers, form=form)
        for _ in range(_FOLLOWED):
            if status not in REDIRECTS:
                break
            path = target
            status, target = await _ask(port, path, headers=headers)
        return status, path


async def _ask(
    port: int,
    path: str,
    *,
    headers: Mapping[str, str],
    form: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """The status of one answer, and where it leads to."""
    body = urlencode(form).encode() if form is not None else b""
    lines = [
        f"{'GET' if form is None else 'POST'} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if form is not None:
        lines += [
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        await reader.read()
    finally:
        writer.close()
    found = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
    return int(head[0].split(" ")[1]), found.get("location", "")

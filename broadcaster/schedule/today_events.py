"""The board of the day as a stream of server-sent events (WHATWG HTML, section 9.2).

One writer for each stream: it looks, tells what has changed, and says now and then that it lives.
At each look it asks anew who is looking, so that a stream ends with its session and shows what its
reader may see now. Whoever does not ask for a stream hears the present board once.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from broadcaster.accounts.guard import require, still_signed_in, token_of
from broadcaster.accounts.roles import Right
from broadcaster.accounts.viewer import Viewer
from broadcaster.schedule.live import LivePart, wrapped
from broadcaster.schedule.pages import board_part
from broadcaster.web.context import Context, context

EVENT_STREAM = "text/event-stream"
LOOK_EVERY_S = 2.0
BEAT_EVERY_LOOKS = 8
COME_BACK_MS = 3_000
AT_ONCE_FOR_ONE = 8
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Look = Callable[[], Awaitable[LivePart | None]]
Wait = Callable[[float], Awaitable[None]]

router = APIRouter(include_in_schema=False)


class OpenStreams:
    """How many streams each person has open; thread-safe. Found at `app.state.board_streams`."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def one(self, account_id: str) -> Iterator[bool]:
        """Whether there is room for one more, which is counted until the block ends."""
        with self._lock:
            has_room = self._open[account_id] < AT_ONCE_FOR_ONE
            self._open[account_id] += has_room
        try:
            yield has_room
        finally:
            with self._lock:
                self._open[account_id] -= has_room
                if not self._open[account_id]:
                    del self._open[account_id]

    def total(self) -> int:
        """All that are open."""
        with self._lock:
            return self._open.total()


@router.get("/today/events")
def today_events(
    request: Request,
    station: Annotated[Context, Depends(context)],
    viewer: Annotated[Viewer, Depends(require(Right.SEE_OWN_VILLAGE))],
    token: Annotated[str, Depends(token_of)],
) -> Response:
    """What the board says from now on; the version that `have` names is not told again."""
    have = request.query_params.get("have", "")
    if EVENT_STREAM not in request.headers.get("accept", ""):
        once = told(wrapped(request, board_part(request, station, viewer)))
        return Response(once, media_type=EVENT_STREAM, headers=HEADERS)
    streams: OpenStreams = request.app.state.board_streams

    def look() -> LivePart | None:
        found = still_signed_in(request, station, token)
        if found is None or not found.viewer.may(Right.SEE_OWN_VILLAGE):
            return None
        return board_part(request, station, found.viewer)

    async def stream() -> AsyncIterator[str]:
        with streams.one(viewer.account_id) as has_room:
            if not has_room:
                yield event("full")
                return
            async for said in board_events(
                lambda: run_in_threadpool(look), show=lambda part: wrapped(request, part), have=have
            ):
                yield said

    return StreamingResponse(stream(), media_type=EVENT_STREAM, headers=HEADERS)


async def board_events(
    look: Look, *, show: Callable[[LivePart], str], have: str = "", wait: Wait = asyncio.sleep
) -> AsyncIterator[str]:
    """The events of one stream: `board` for what is new, `beat` as a sign of life, `gone` at last.

    `look` gives the board as its reader may see it now, or None once they may see none.
    """
    yield f"retry: {COME_BACK_MS}\n\n"
    silent = 0
    while (part := await look()) is not None:
        silent += 1
        if part.version != have:
            have, silent = part.version, 0
            yield told(show(part))
        elif silent >= BEAT_EVERY_LOOKS:
            silent = 0
            yield event("beat")
        await wait(LOOK_EVERY_S)
    yield event("gone")


def told(html: str) -> str:
    """The event that brings a board."""
    return event("board", html)


def event(name: str, data: str = "") -> str:
    """One event; each line of its data is a field of its own."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n"

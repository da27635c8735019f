"""The microphone's way in: a WebSocket of this site's own page, to a sender of its own.

Nothing a browser sends reaches a pole from here: the sender is another process, which speaks only
after the order was signed where all orders are.
"""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from starlette.concurrency import run_in_threadpool

from broadcaster.accounts.guard import require_on_socket, same_form
from broadcaster.accounts.roles import Right
from broadcaster.accounts.sessions import SignedIn
from broadcaster.live.errors import UnknownTalk
from broadcaster.live.proof import may_open
from broadcaster.live.talks import find_talk
from broadcaster.web.addresses import Id
from broadcaster.web.context import Context

log = structlog.get_logger()

router = APIRouter(include_in_schema=False)

Speaker = Annotated[SignedIn, Depends(require_on_socket(Right.SPEAK_LIVE))]

GREETING_WITHIN_S = 10.0
LARGEST_BYTES = 65_536
RATES_HZ = range(8_000, 96_001)
ENDS_WITHIN_S = 90.0
REFUSED, TOO_MUCH = 1008, 1009


@router.websocket("/live/{talk_id}/sound")
async def sound(websocket: WebSocket, found: Speaker, talk_id: Id) -> None:
    """Take a microphone's samples until it closes; tell what becomes of them."""
    await websocket.accept()
    rate_hz = await _greeted(websocket, found)
    station = websocket.app.state.context
    if rate_hz is None or not await run_in_threadpool(_is_theirs, station, found, talk_id):
        await websocket.close(REFUSED)
        return
    log.info("live_microphone_opened", talk_id=talk_id, by=found.viewer.account_id)
    async with _sender(talk_id, rate_hz=rate_hz) as process:
        await _converse(websocket, process)
    with contextlib.suppress(RuntimeError):
        await websocket.close()


async def _greeted(websocket: WebSocket, found: SignedIn) -> int | None:
    """The first message: the page's own token, and the rate of its samples; None for none."""
    try:
        async with asyncio.timeout(GREETING_WITHIN_S):
            said = json.loads(await websocket.receive_text())
        token, rate_hz = said["csrf"], said["rate_hz"]
    except (TimeoutError, ValueError, KeyError, TypeError, WebSocketDisconnect):
        return None
    if not same_form(token, found) or not isinstance(rate_hz, int) or rate_hz not in RATES_HZ:
        return None
    return rate_hz


def _is_theirs(station: Context, found: SignedIn, talk_id: str) -> bool:
    """Whether it is this person who asked for this microphone, in a session that proved it."""
    if not may_open(station, found.viewer):
        return False
    with station.database.reading() as session, contextlib.suppress(UnknownTalk):
        return find_talk(session, talk_id).speaker_id == found.viewer.account_id
    return False


@asynccontextmanager
async def _sender(talk_id: str, *, rate_hz: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process that speaks; it ends when its sound does, and at the latest a while after."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "broadcaster.live.sender"),
        *("--talk", talk_id, "--rate", str(rate_hz)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ),
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(ENDS_WITHIN_S):
                await process.wait()
        except (TimeoutError, asyncio.CancelledError):
            process.kill()
            await process.wait()
            raise


async def _converse(websocket: WebSocket, process: asyncio.subprocess.Process) -> None:
    """Sound down, news up, until one of them ends; then what is left of the news."""
    listening = asyncio.create_task(_pass_on(websocket, process), name="live sound")
    telling = asyncio.create_task(_tell(websocket, process), name="live news")
    try:
        await asyncio.wait([listening, telling], return_when=asyncio.FIRST_COMPLETED)
        if process.stdin is not None:
            _end_sound(process.stdin)
        async with asyncio.timeout(ENDS_WITHIN_S):
            await telling
    except TimeoutError:
        log.error("live_sender_stuck", pid=process.pid)
    finally:
        for task in (listening, telling):
            task.cancel()
        await asyncio.gather(listening, telling, return_exceptions=True)


async def _pass_on(websocket: WebSocket, process: asyncio.subprocess.Process) -> None:
    """Hand the sender what the microphone says; return at the end of it.

    What a sender that does not read yet has no room for is left out: whoever waited for room here
    would not see a browser that has gone.
    """
    pipe, left_out = process.stdin, 0
    while pipe is not None:
        try:
            message = await websocket.receive()
        except (WebSocketDisconnect, RuntimeError):
            break
        samples = message.get("bytes")
        if message["type"] != "websocket.receive" or samples is None:
            break
        if len(samples) > LARGEST_BYTES or len(samples) % 2:
            await websocket.close(TOO_MUCH)
            return
        if pipe.is_closing():
            break
        if pipe.transport.get_write_buffer_size():
            left_out += 1
            continue
        pipe.write(samples)
    if left_out:
        log.warning("live_samples_left_out", messages=left_out)


def _end_sound(pipe: asyncio.StreamWriter) -> None:
    """Let the sender see the end, also one that reads nothing: what waits for room goes with it."""
    if pipe.transport.get_write_buffer_size():
        pipe.transport.abort()
    else:
        pipe.close()


async def _tell(websocket: WebSocket, process: asyncio.subprocess.Process) -> None:
    """Pass on what the sender says; a browser that has gone hears nothing, and stops nothing."""
    if process.stdout is None:
        return
    async for line in process.stdout:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.send_text(line.decode().strip())

"""A programme's bytes as they come, turned to samples as they come.

MP3 by the library that every pole has, in a thread of its own, because it reads when it likes. All
other forms by ffmpeg where somebody installed it, which is given one form and no way to open
anything but its own pipes; where nobody did, the programme is undecodable.
"""

import asyncio
import contextlib
import shutil
import threading
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing

from devices.controller.sound.miniaudio_library import miniaudio
from devices.errors import RelayBroken, RelayUndecodable
from devices.reception.forms import HEAD_BYTES, Form, form_of

_CHUNK_MS = 250
_AHEAD_BYTES = 65_536
_LOOK_S = 0.05


async def decode_stream(
    octets: AsyncGenerator[bytes, None], *, rate_hz: int, ffmpeg: str | None
) -> AsyncGenerator[bytes, None]:
    """Yield samples, mono, of 16 bits, until the bytes end.

    Raises RelayUndecodable when they are no sound that this device can decode.
    """
    head = await _head(octets)
    form = form_of(head)
    if form is None:
        raise RelayUndecodable("no known sound")
    samples = _decode(form, head, octets, rate_hz=rate_hz, ffmpeg=ffmpeg)
    async with aclosing(samples):
        async for pcm in samples:
            yield pcm


def find_ffmpeg() -> str | None:
    """Where ffmpeg is installed, if it is."""
    return shutil.which("ffmpeg")


def _decode(
    form: Form,
    head: bytes,
    octets: AsyncGenerator[bytes, None],
    *,
    rate_hz: int,
    ffmpeg: str | None,
) -> AsyncGenerator[bytes, None]:
    if form is Form.MP3:
        return _decode_mp3(head, octets, rate_hz=rate_hz)
    if ffmpeg is None:
        raise RelayUndecodable(f"{form} without ffmpeg")
    return _decode_with_ffmpeg(ffmpeg, form, head, octets, rate_hz=rate_hz)


async def _head(octets: AsyncGenerator[bytes, None]) -> bytes:
    head = b""
    async for data in octets:
        head += data
        if len(head) >= HEAD_BYTES:
            break
    if not head:
        raise RelayBroken("nothing came")
    return head


class _Feed(miniaudio.StreamableSource):  # type: ignore[misc]
    """Bytes on their way from the event loop to a thread that reads them."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._has_ended = False
        self._changed = threading.Condition()

    @property
    def is_full(self) -> bool:
        """Whether the reader is far enough behind."""
        return len(self._bytes) >= _AHEAD_BYTES

    def put(self, data: bytes) -> None:
        """Hand over more."""
        with self._changed:
            self._bytes += data
            self._changed.notify()

    def end(self) -> None:
        """There is no more; a reader that waits gets what is left."""
        with self._changed:
            self._has_ended = True
            self._changed.notify()

    def read(self, num_bytes: int) -> bytes:
        """Wait for something, and give what there is."""
        with self._changed:
            self._changed.wait_for(lambda: self._bytes or self._has_ended)
            data = bytes(self._bytes[:num_bytes])
            del self._bytes[:num_bytes]
            return data

    def seek(self, offset: int, origin: object) -> bool:  # noqa: ARG002
        """What is live cannot be sought in."""
        return False


async def _decode_mp3(
    head: bytes, octets: AsyncGenerator[bytes, None], *, rate_hz: int
) -> AsyncGenerator[bytes, None]:
    feed = _Feed()
    feed.put(head)
    pump = asyncio.create_task(_pump(octets, feed), name="relay octets")
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="relay")
    loop = asyncio.get_running_loop()
    samples = _mp3_samples(feed, rate_hz=rate_hz)
    try:
        while pcm := await loop.run_in_executor(thread, next, samples, b""):
            yield pcm
        if not pump.done():
            raise RelayBroken("no more sound in what comes")
        pump.result()
    finally:
        feed.end()
        await _end(pump)
        thread.shutdown(wait=False)


def _mp3_samples(feed: _Feed, *, rate_hz: int) -> Iterator[bytes]:
    try:
        for samples in miniaudio.stream_any(
            feed,
            source_format=miniaudio.FileFormat.MP3,
            nchannels=1,
            sample_rate=rate_hz,
            frames_to_read=rate_hz * _CHUNK_MS // 1_000,
        ):
            yield samples.tobytes()
    except miniaudio.MiniaudioError as error:
        raise RelayUndecodable(str(error)) from error


async def _pump(octets: AsyncGenerator[bytes, None], feed: _Feed) -> None:
    """Hand over what comes, no faster than it is decoded."""
    try:
        async for data in octets:
            while feed.is_full:  # noqa: ASYNC110 — a thread empties it, and has no loop to tell
                await asyncio.sleep(_LOOK_S)
            feed.put(data)
    finally:
        feed.end()


async def _decode_with_ffmpeg(
    ffmpeg: str, form: Form, head: bytes, octets: AsyncGenerator[bytes, None], *, rate_hz: int
) -> AsyncGenerator[bytes, None]:
    process = await asyncio.create_subprocess_exec(
        *(ffmpeg, "-v", "error", "-nostdin", "-protocol_whitelist", "pipe"),
        *("-f", form.value, "-i", "pipe:0", "-vn"),
        *("-f", "s16le", "-ac", "1", "-ar", str(rate_hz), "pipe:1"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    if process.stdin is None or process.stdout is None:
        raise RelayUndecodable("no pipe to ffmpeg")
    pump = asyncio.create_task(
        _pump_into(process.stdin, head, octets), name="relay octets to ffmpeg"
    )
    chunk_bytes = rate_hz * _CHUNK_MS // 1_000 * 2
    has_come = False
    try:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                yield await process.stdout.readexactly(chunk_bytes)
                has_come = True
        if not has_come:
            raise RelayUndecodable(f"{form} that ffmpeg cannot decode")
        if pump.done():
            pump.result()
    finally:
        await _end(pump)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _pump_into(
    pipe: asyncio.StreamWriter, head: bytes, octets: AsyncGenerator[bytes, None]
) -> None:
    try:
        pipe.write(head)
        async for data in octets:
            pipe.write(data)
            await pipe.drain()
    except (BrokenPipeError, ConnectionResetError):
        return
    finally:
        pipe.close()


async def _end(pump: asyncio.Task[None]) -> None:
    """End a task, whose own failure has been told of or no longer matters."""
    pump.cancel()
    await asyncio.gather(pump, return_exceptions=True)

"""The line between a device and the broker, through which a test can look and which it can cut."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_BLOCK_BYTES = 65_536
_HELLO_BYTES = 20_000


@dataclass
class Door:
    """A TCP relay; while it is closed, whoever knocks is turned away at once."""

    port: int = 0
    knocks_s: list[float] = field(default_factory=list)
    hellos: list[bytes] = field(default_factory=list)
    is_open: bool = True
    _loop: asyncio.AbstractEventLoop | None = None
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)
    _relays: set[asyncio.Task[None]] = field(default_factory=set)

    def cut(self) -> None:
        """Break every connection, and let nobody in."""
        self.is_open = False
        self.drop()

    def mend(self) -> None:
        """Let everybody in again."""
        self.is_open = True

    def drop(self) -> None:
        """Break every connection once."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._break(), self._loop).result(10)

    def _lets_in(self) -> bool:
        return self.is_open

    async def _break(self) -> None:
        for line in list(self._lines):
            line.transport.abort()

    async def _serve(
        self, *, host: str, target: tuple[str, int], ready: threading.Event, ended: asyncio.Event
    ) -> None:
        def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._relay(reader, writer, target=target))
            self._relays.add(task)
            task.add_done_callback(self._relays.discard)

        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(relay, host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await ended.wait()
            # First nobody more is let in: who came behind the break would be left standing.
            self.is_open = False
            server.close()
            await self._break()
            await asyncio.gather(*self._relays, return_exceptions=True)

    async def _relay(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        target: tuple[str, int],
    ) -> None:
        self.knocks_s.append(time.monotonic())
        if not self._lets_in():
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*target)
        except OSError:
            writer.transport.abort()
            return
        if not self._lets_in():
            # It was shut while the far side was being reached.
            writer.transport.abort()
            far_writer.transport.abort()
            return
        number = len(self.hellos)
        self.hellos.append(b"")
        self._lines |= {writer, far_writer}
        both = [
            asyncio.create_task(self._pass(reader, far_writer, number=number)),
            asyncio.create_task(self._pass(far_reader, writer)),
        ]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        self._lines -= {writer, far_writer}
        writer.transport.abort()
        far_writer.transport.abort()
        await asyncio.wait(both)

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        number: int | None = None,
    ) -> None:
        with contextlib.suppress(OSError):
            while block := await reader.read(_BLOCK_BYTES):
                if number is not None and len(self.hellos[number]) < _HELLO_BYTES:
                    self.hellos[number] += block
                writer.write(block)
                await writer.drain()


@contextmanager
def open_door(*, host: str, port: int, target: tuple[str, int]) -> Iterator[Door]:
    """Relay from a port here to a broker, in a thread of its own."""
    door = Door(port=port)
    ready = threading.Event()
    end: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    failed: list[BaseException] = []

    async def serve() -> None:
        ended = asyncio.Event()
        end.append((asyncio.get_running_loop(), ended))
        await door._serve(host=host, target=target, ready=ready, ended=ended)  # noqa: SLF001

    def run() -> None:
        try:
            asyncio.run(serve())
        except OSError as error:
            failed.append(error)
            ready.set()

    thread = threading.Thread(target=run, name="door", daemon=True)
    thread.start()
    ready.wait(10)
    if failed:
        raise failed[0]
    try:
        yield door
    finally:
        loop, ended = end[0]
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)

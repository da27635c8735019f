"""The network between devices and station, for tests that cut it: a way of TCP for each device.

Cut off `BROKEN`, connections are reset and new ones too, as by a router that restarts; cut off
`SILENT`, nothing is said and nothing passes, as when a line goes dead: what was under way arrives
when it is healed, if anybody is still there to take it.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Collection, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Self, TypeVar

_BLOCK_BYTES = 65_536
_ENDS_WITHIN_S = 10.0

Answer = TypeVar("Answer")


class Cut(StrEnum):
    """How a way is cut."""

    BROKEN = "broken"
    SILENT = "silent"


@dataclass(slots=True)
class _Way:
    """One listener and what it leads to; everything of it belongs to the network's own loop."""

    to_port: int
    server: asyncio.Server | None = None
    cut: Cut | None = None
    slow_s: float = 0.0
    healed: asyncio.Event = field(default_factory=asyncio.Event)
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it, or it is cut."""
        self.writers.add(writer)
        other: asyncio.StreamWriter | None = None
        try:
            await self._passable()
            far, other = await asyncio.open_connection("127.0.0.1", self.to_port)
            self.writers.add(other)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, other))
                both.create_task(self._pump(far, writer))
        except* OSError:
            # Whatever broke one half of it breaks the other.
            for each in filter(None, (writer, other)):
                _reset(each)
        finally:
            for each in filter(None, (writer, other)):
                each.close()
                self.writers.discard(each)

    def reset(self) -> None:
        """Break what stands."""
        for writer in self.writers:
            _reset(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_BLOCK_BYTES):
            if self.slow_s:
                await asyncio.sleep(self.slow_s)
            await self._passable()
            writer.write(data)
            await writer.drain()
        await self._passable()
        with suppress(OSError):
            writer.write_eof()

    async def _passable(self) -> None:
        """Wait while the way is silent; raise ConnectionAbortedError where it is broken."""
        if self.cut is Cut.BROKEN:
            raise ConnectionAbortedError
        await self.healed.wait()


class Network:
    """The ways that devices have, in a thread of its own; all of them open when made."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._ways: dict[int, _Way] = {}

    def __enter__(self) -> Self:
        """Begin to carry."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every way and the thread."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_ENDS_WITHIN_S)
        self._loop.close()

    def way_to(self, port: int) -> int:
        """A port on the loopback that leads to this one."""
        return self._run(self._open(port))

    def cut(self, how: Cut, ways: Collection[int] = ()) -> None:
        """Cut these ways, by default all: when this returns, nothing passes."""
        self._run(self._cut(how, ways or list(self._ways)))

    def heal(self) -> None:
        """Let everything pass again."""
        self._run(self._heal())

    def slow_down(self, by_s: float) -> None:
        """Let each piece take so long on every way, one after the other; 0: as usual."""
        for way in self._ways.values():
            way.slow_s = by_s

    def _run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_ENDS_WITHIN_S)

    async def _open(self, port: int) -> int:
        way = _Way(to_port=port)
        way.healed.set()
        way.server = await asyncio.start_server(way.carry, "127.0.0.1", 0)
        listens: int = way.server.sockets[0].getsockname()[1]
        self._ways[listens] = way
        return listens

    async def _cut(self, how: Cut, ways: Collection[int]) -> None:
        for way in (self._ways[each] for each in ways):
            way.cut = how
            way.healed.clear()
            if how is Cut.BROKEN:
                way.reset()

    async def _heal(self) -> None:
        for way in self._ways.values():
            way.cut = None
            way.healed.set()

    async def _end(self) -> None:
        for way in self._ways.values():
            if way.server is not None:
                way.server.close()
            way.reset()
        own = asyncio.current_task()
        carrying = [task for task in asyncio.all_tasks() if task is not own]
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Tell the other end that the connection is lost (RST), not that it was ended (FIN)."""
    sock = writer.get_extra_info("socket")
    if sock is not None and not writer.transport.is_closing():
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()

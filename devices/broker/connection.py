"""One client's connection as amqtt sees it: whole, sound packets in; a bounded queue out.

amqtt 0.12 ends no connection whose keep-alive has passed, so a pole that lost its power would stay
"online" for ever: here the stream ends after one and a half times the promised silence (MQTT 3.1.1,
section 3.1.2.10), and the last will follows.
"""

import asyncio
import ssl
from typing import Protocol

import structlog
from amqtt.adapters import ReaderAdapter, WriterAdapter

from devices.broker.packets import (
    PACKET_LIMIT_BYTES,
    Frame,
    PacketRefused,
    PacketType,
    check_frame,
    next_frame,
)
from devices.broker.refusals import refusals

UNSENT_LIMIT_BYTES = 32 * 1024 * 1024
CHUNK_BYTES = 65_536
SENDER_PAUSE_S = 0.01

log = structlog.get_logger(__name__)


class Behind(Protocol):
    """What stands behind a connection: the broker, which may be busy."""

    def must_wait(self, client_id: str) -> bool:
        """Whether this client's messages should wait."""
        ...

    def has_unheard(self, client_id: str) -> bool:
        """Whether a message of this client was taken and is not handed on yet."""
        ...


class PacketSource:
    """Cuts a stream into packets; a read that is given up half-way loses nothing."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream
        self._received = bytearray()

    async def next(self, *, limit_bytes: int, only: PacketType | None = None) -> Frame | None:
        """The next packet, or None at the end; raises PacketRefused for what is none."""
        while True:
            frame = next_frame(self._received, limit_bytes=limit_bytes, only=only)
            if frame is not None:
                return frame
            try:
                chunk = await self._stream.read(CHUNK_BYTES)
            except OSError:
                return None
            if not chunk:
                return None
            self._received += chunk


class PacketReader(ReaderAdapter):  # type: ignore[misc]
    """Hands amqtt the CONNECT it has not seen yet, then every sound packet that follows."""

    def __init__(
        self,
        source: PacketSource,
        *,
        first: Frame,
        client_id: str,
        silence_s: float | None,
        behind: Behind,
    ) -> None:
        self._source = source
        self._packet = memoryview(first.raw)
        self._client_id = client_id
        self._silence_s = silence_s
        self._behind = behind
        self._held: Frame | None = None
        self._opened = asyncio.Event()
        self._ended = False
        self._heard_at = asyncio.get_running_loop().time()

    async def read(self, n: int = -1) -> bytes:
        """The next `n` octets of the present packet; fewer only when the stream has ended."""
        if n == 0:
            return b""
        if not self._packet and not self._ended:
            await self._next_packet()
        taken = bytes(self._packet if n < 0 else self._packet[:n])
        self._packet = self._packet[len(taken) :]
        if 0 < n != len(taken):
            self.feed_eof()
        return taken

    def open(self) -> None:
        """From here on hand out what follows the CONNECT, the end of the stream included."""
        self._opened.set()

    def feed_eof(self) -> None:
        """End the stream here: whatever else comes is not read."""
        self._ended = True
        self._packet = memoryview(b"")

    async def _next_packet(self) -> None:
        await self._opened.wait()
        # amqtt gives up reading whenever its own timer ends, and asks again: what has been cut
        # from the stream by then is held.
        if self._held is None:
            self._held = await self._sound_frame()
        while self._is_too_early():  # noqa: ASYNC110 - no event to wait for
            await asyncio.sleep(SENDER_PAUSE_S)
        self._heard_at = asyncio.get_running_loop().time()
        frame, self._held = self._held, None
        if frame is None or self._ended:
            self.feed_eof()
        else:
            self._packet = memoryview(frame.raw)

    def _is_too_early(self) -> bool:
        kind = self._held.type if self._held else PacketType.DISCONNECT
        if kind is PacketType.DISCONNECT:
            # amqtt forgets what it has acknowledged and not handed on when its sender leaves.
            return self._behind.has_unheard(self._client_id)
        return kind is PacketType.PUBLISH and self._behind.must_wait(self._client_id)

    async def _sound_frame(self) -> Frame | None:
        deadline = None if self._silence_s is None else self._heard_at + self._silence_s
        try:
            async with asyncio.timeout_at(deadline):
                frame = await self._source.next(limit_bytes=PACKET_LIMIT_BYTES)
            if frame is not None:
                check_frame(frame)
        except TimeoutError:
            log.info("client_fell_silent", client_id=self._client_id)
            return None
        except PacketRefused as refusal:
            refusals().note("packet_refused", user=self._client_id, reason=str(refusal))
            return None
        return frame


class BoundedWriter(WriterAdapter):  # type: ignore[misc]
    """Sends to one client; one that does not read is cut off rather than remembered."""

    def __init__(self, writer: asyncio.StreamWriter, *, client_id: str) -> None:
        self._writer = writer
        self._client_id = client_id

    def write(self, data: bytes) -> None:
        """Queue one packet."""
        transport = self._writer.transport
        if transport.is_closing():
            return
        self._writer.write(data)
        if transport.get_write_buffer_size() > UNSENT_LIMIT_BYTES:
            refusals().note("client_cut_off", user=self._client_id, reason="reads too slowly")
            transport.abort()

    @property
    def is_gone(self) -> bool:
        """Whether nothing reaches this client any more, though the broker may not know it yet."""
        return self._writer.transport.is_closing()

    async def drain(self) -> None:
        """Do not wait: the bound in `write` stands, so that no sender hangs on one reader."""
        await asyncio.sleep(0)

    def get_peer_info(self) -> tuple[str, int]:
        """The other end's address and port."""
        peer = self._writer.get_extra_info("peername") or ("", 0)
        return peer[0], peer[1]

    def get_ssl_info(self) -> ssl.SSLObject | None:
        """The TLS session, if there is one."""
        found: ssl.SSLObject | None = self._writer.get_extra_info("ssl_object")
        return found

    async def close(self) -> None:
        """Send what is queued and close; does not wait for the other end."""
        self._writer.close()

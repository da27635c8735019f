"""The gate before the broker: nobody reaches amqtt who has not proved who they are.

amqtt 0.12 looks up, empties or takes over the session of a client id *before* it asks who is
speaking: one unauthenticated packet silences a pole. So the gate reads the first packet itself,
checks it, ends an older connection of the same client in order, and only then hands over.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from amqtt.adapters import ReaderAdapter, WriterAdapter

from devices.broker.connection import Behind, BoundedWriter, PacketReader, PacketSource
from devices.broker.packets import (
    LEVEL_3_1_1,
    Connect,
    Frame,
    PacketRefused,
    PacketType,
    connack,
    read_connect,
)
from devices.broker.refusals import STRANGER, refusals
from devices.protocol.credentials import Credential
from devices.protocol.registry import LiveRegistry

CONNECT_LIMIT_BYTES = 16_384
CONNECT_WITHIN_S = 10.0
LEAVES_WITHIN_S = 5.0
STRANGERS_LIMIT = 200
CHECK_REVOKED_EVERY_S = 0.5
SILENCE_FACTOR = 1.5
# A client that promises nothing could vanish for ever; it is asked for a sign of life anyway.
LONGEST_SILENCE_S = 900.0

BAD_VERSION, BAD_CLIENT_ID, NOT_AUTHORISED = 1, 2, 5

log = structlog.get_logger(__name__)


class House(Behind, Protocol):
    """What stands behind the gate: the broker."""

    async def admit(
        self, reader: ReaderAdapter, writer: WriterAdapter, *, connect: Connect
    ) -> None:
        """Serve one client until its stream ends."""
        ...


@dataclass(slots=True)
class _Guest:
    """A client that was let in, and what ended when it leaves."""

    credential: Credential
    reader: PacketReader
    writer: asyncio.StreamWriter
    task: "asyncio.Task[None] | None" = field(default_factory=asyncio.current_task)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def send_away(self) -> None:
        self.reader.feed_eof()
        self.writer.transport.abort()

    async def leave(self) -> None:
        """Send it away and wait until it is gone; whatever hangs is cancelled."""
        self.send_away()
        try:
            async with asyncio.timeout(LEAVES_WITHIN_S):
                await self.gone.wait()
        except TimeoutError:
            log.error("client_did_not_leave")
            if self.task is not None:
                self.task.cancel()
            await self.gone.wait()


class Gate:
    """Accepts connections, checks who they are, and keeps one connection per client."""

    def __init__(self, *, registry: LiveRegistry, behind: House) -> None:
        self._registry = registry
        self._behind = behind
        self._guests: dict[str, _Guest] = {}
        # By arrival: whoever has stood in the doorway longest makes room for who comes now.
        self._strangers: dict[asyncio.StreamWriter, None] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int, *, tls: ssl.SSLContext | None) -> int:
        """Listen; returns the port. Raises OSError when it cannot."""
        self._server = await asyncio.start_server(self._receive, host, port, ssl=tls, backlog=1024)
        self._tasks.add(asyncio.create_task(self._keep_revoked_out(), name="keep_revoked_out"))
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Stop listening, end every connection, and wait until all have left."""
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*(guest.leave() for guest in list(self._guests.values())))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        source = PacketSource(reader)
        try:
            asked = await self._identify(source, writer)
            if asked is not None:
                await self._serve(source, writer, first=asked[0], connect=asked[1])
        finally:
            writer.close()

    async def _identify(
        self, source: PacketSource, writer: asyncio.StreamWriter
    ) -> tuple[Frame, Connect] | None:
        if len(self._strangers) >= STRANGERS_LIMIT:
            longest = next(iter(self._strangers))
            del self._strangers[longest]
            longest.transport.abort()
        self._strangers[writer] = None
        try:
            async with asyncio.timeout(CONNECT_WITHIN_S):
                frame = await source.next(limit_bytes=CONNECT_LIMIT_BYTES, only=PacketType.CONNECT)
            if frame is None:
                return None
            connect = read_connect(frame)
        except (TimeoutError, PacketRefused) as reason:
            why = str(reason) or "no CONNECT in time"
            refusals().note("connection_refused", user=STRANGER, reason=why)
            return None
        finally:
            self._strangers.pop(writer, None)
        refusal = self._refusal(connect)
        if refusal is None:
            return frame, connect
        known = self._registry.user(connect.username) is not None
        user = (connect.username or STRANGER) if known else STRANGER
        refusals().note("login_refused", user=user, code=refusal)
        writer.write(connack(refusal))
        return None

    def _refusal(self, connect: Connect) -> int | None:
        if connect.level != LEVEL_3_1_1:
            return BAD_VERSION
        if not self._registry.may_log_in(connect.username, secret=connect.password):
            return NOT_AUTHORISED
        if connect.client_id != connect.username:
            return BAD_CLIENT_ID
        will = connect.will_topic
        if will is not None and not self._registry.may_publish(connect.username, topic=will):
            return NOT_AUTHORISED
        return None

    async def _serve(
        self,
        source: PacketSource,
        writer: asyncio.StreamWriter,
        *,
        first: Frame,
        connect: Connect,
    ) -> None:
        client_id = connect.client_id
        while (older := self._guests.get(client_id)) is not None:
            await older.leave()
        credential = self._registry.user(connect.username)
        if credential is None:
            return
        reader = PacketReader(
            source,
            first=first,
            client_id=client_id,
            silence_s=_silence_s(connect.keep_alive_s),
            behind=self._behind,
        )
        guest = self._guests[client_id] = _Guest(credential, reader, writer)
        try:
            bounded = BoundedWriter(writer, client_id=client_id)
            await self._behind.admit(reader, bounded, connect=connect)
        finally:
            del self._guests[client_id]
            guest.gone.set()

    async def _keep_revoked_out(self) -> None:
        while True:
            await asyncio.sleep(CHECK_REVOKED_EVERY_S)
            for username, guest in list(self._guests.items()):
                now = self._registry.user(username)
                if now is None or now.pbkdf2_sha512 != guest.credential.pbkdf2_sha512:
                    log.warning("client_revoked", username=username)
                    guest.send_away()


def _silence_s(keep_alive_s: int) -> float:
    promised = keep_alive_s * SILENCE_FACTOR
    return min(promised or LONGEST_SILENCE_S, LONGEST_SILENCE_S)

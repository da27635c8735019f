"""An order that passes on a public programme, live: until its planned end, through every stall.

Nobody signed what is said there, so it is `finished(relay)`, and only the programme's own samples
count: neither what fills in for it nor silence.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

import structlog

from devices.controller.backoff import backoff_s
from devices.controller.clock import Clock
from devices.controller.decoder import Decoder
from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.controller.programme import Piece
from devices.controller.reel import BEGINNING, Place
from devices.errors import AudioUndecodable, RelayBroken, RelayStalled, RelayUndecodable
from devices.protocol.messages import Relay
from devices.reception.octets import Allows

log = structlog.get_logger()

RELAY_RATE_HZ = 32_000
"""What a broadcaster's voice and music need, where the sink does not ask for a rate."""

PREFILL_MS = 1_000
"""How much must have come before it sounds, again after each time that it ran dry."""

BUFFER_MS = 10_000
"""How much may have come and not sounded: a server may send ahead, but not fill the memory."""

RETRY_FIRST_S = 0.5
RETRY_CAP_S = 5.0
_LOOK_S = 0.25
_PIECE_MS = 250
_PAUSE_MS = 1_000


class Receiver(Protocol):
    """Brings a public programme as samples."""

    def receive(self, url: str, *, rate_hz: int, allows: Allows) -> AsyncGenerator[bytes, None]:
        """Yield the samples as they come, mono, of 16 bits.

        Raises RelayBroken, after which it may be tried again, or RelayUndecodable.
        """
        ...


@dataclass(slots=True)
class Relaying:
    """The programme of one order, over at the Unix instant `ends_us` whenever it began."""

    relay: Relay
    ends_us: int
    receiver: Receiver
    allows: Allows
    fallback: Path | None
    decoder: Decoder
    clock: Clock
    rng: Random
    ending: str | None = "relay"
    _rate_hz: int = RELAY_RATE_HZ
    _came: deque[bytes] = field(default_factory=deque)
    _waiting_bytes: int = 0
    _is_filling: bool = True
    _has_sounded: bool = False
    _failure: AudioUndecodable | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _drained: asyncio.Event = field(default_factory=asyncio.Event)
    _receiving: asyncio.Task[None] | None = None

    def rate_hz(self) -> int:
        """Good enough for what is passed on."""
        return RELAY_RATE_HZ

    def place_at(self, position_ms: int, *, rate_hz: int) -> Place:  # noqa: ARG002
        """What is live has only one place."""
        return BEGINNING

    async def open(self, place: Place, *, rate_hz: int) -> None:  # noqa: ARG002
        """Begin to receive, or anew: what came before a cut is over."""
        await self.close()
        self._rate_hz = rate_hz
        self._came.clear()
        self._waiting_bytes = 0
        self._is_filling = True
        self._receiving = asyncio.create_task(self._receive(), name=f"relay {self.relay.url}")

    async def pieces(self) -> AsyncGenerator[Piece, None]:
        """The programme, or what fills in for it; empty pieces while nothing is to be heard."""
        filling_in = self._filling_in()
        heard_us = sounds_until_us = self.clock.monotonic_us()
        ends_us = heard_us + self.ends_us - self.clock.now_us()
        while (now_us := self.clock.monotonic_us()) < ends_us > sounds_until_us:
            piece = Piece(item=0, pcm=b"")
            if self._failure is not None:
                raise self._failure
            if self._can_sound():
                heard_us = now_us
                self._has_sounded = True
                piece = Piece(item=0, pcm=self._next())
            elif now_us - heard_us >= self.relay.stall_timeout_ms * 1_000:
                piece = Piece(item=None, pcm=await self._instead(filling_in))
            else:
                await self._look()
            # The sink holds some of what it was given: its end counts, not that of this moment.
            begins_us = max(self.clock.monotonic_us(), sounds_until_us)
            pcm = piece.pcm[: self._bytes(max(0, ends_us - begins_us) // 1_000)]
            if pcm:
                sounds_until_us = begins_us + self._lasts_us(pcm)
            yield Piece(piece.item, pcm)
        if not self._has_sounded:
            raise RelayStalled(self.relay.url)

    async def close(self) -> None:
        """Let go of the connection."""
        if self._receiving is not None:
            self._receiving.cancel()
            await asyncio.wait([self._receiving])
            self._receiving = None

    async def _receive(self) -> None:
        """Receive, and again after each break, until it is told to stop."""
        attempt = 0
        while True:
            try:
                async with aclosing(self._samples()) as samples:
                    async for pcm in samples:
                        attempt = 0
                        await self._take(pcm)
                log.warning("relay_ended", url=self.relay.url)
            except RelayUndecodable as error:
                log.error("relay_undecodable", url=self.relay.url, why=error.detail)
                self._failure = error
                self._arrived.set()
                return
            except RelayBroken as error:
                log.warning("relay_broken", url=self.relay.url, why=error.detail)
            await asyncio.sleep(
                backoff_s(attempt, first_s=RETRY_FIRST_S, cap_s=RETRY_CAP_S, rng=self.rng)
            )
            attempt += 1

    def _samples(self) -> AsyncGenerator[bytes, None]:
        return self.receiver.receive(self.relay.url, rate_hz=self._rate_hz, allows=self.allows)

    async def _take(self, pcm: bytes) -> None:
        self._came.extend(_cut(pcm, rate_hz=self._rate_hz))
        self._waiting_bytes += len(pcm)
        self._arrived.set()
        while self._waiting_bytes > self._bytes(BUFFER_MS):
            self._drained.clear()
            await self._drained.wait()

    def _can_sound(self) -> bool:
        if not self._came:
            self._is_filling = True
        elif self._waiting_bytes >= self._bytes(PREFILL_MS):
            self._is_filling = False
        return not self._is_filling

    def _next(self) -> bytes:
        pcm = self._came.popleft()
        self._waiting_bytes -= len(pcm)
        self._drained.set()
        return pcm

    async def _instead(self, filling_in: Iterator[bytes]) -> bytes:
        pcm = next(filling_in, b"")
        if not pcm:
            await self._look()
        return pcm

    async def _look(self) -> None:
        """Wait until more has come, but no longer than a stop may take to be heard of."""
        self._arrived.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_S):
                await self._arrived.wait()

    def _filling_in(self) -> Iterator[bytes]:
        """The fallback again and again, with pauses; nothing without one."""
        while self.fallback is not None:
            try:
                yield from self.decoder.decode(
                    self.fallback, rate_hz=self._rate_hz, chunk_ms=_PIECE_MS
                )
            except (AudioUndecodable, OSError) as error:
                log.error("relay_fallback_unusable", why=str(error))
                return
            yield from _cut(bytes(self._bytes(_PAUSE_MS)), rate_hz=self._rate_hz)

    def _lasts_us(self, pcm: bytes) -> int:
        return len(pcm) // BYTES_PER_SAMPLE * 1_000_000 // self._rate_hz

    def _bytes(self, duration_ms: int) -> int:
        return duration_ms * self._rate_hz // 1_000 * BYTES_PER_SAMPLE


def _cut(pcm: bytes, *, rate_hz: int) -> Iterator[bytes]:
    size = _PIECE_MS * rate_hz // 1_000 * BYTES_PER_SAMPLE
    return (pcm[at : at + size] for at in range(0, len(pcm), size))

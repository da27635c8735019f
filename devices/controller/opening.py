"""What sounds before an emergency's message: its tone, and a stored warning until the words come.

The tone waits for nothing, neither disk nor network. When it ends and the message is not there,
the warning that is stored for the hazard bridges, again and again; without one the tone does.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.controller.clock import Clock, now_ms
from devices.controller.decoder import Decoder
from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.controller.tones import tone
from devices.errors import AudioMissing, AudioUndecodable
from devices.protocol.messages import Order, Tone

PIECE_MS = 250
PAUSE_MS = 1_000
EMERGENCY_RATE_HZ = 22_050
"""The rate of what the station makes; a message of another rate is brought to it."""

AudioReady = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some samples, and the item of the order that they belong to; None for none of them."""

    item: int | None
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening of one emergency."""

    order: Order
    tone: Tone
    ready: AudioReady
    warnings: Sequence[Path]
    decoder: Decoder
    clock: Clock
    rate_hz: int = EMERGENCY_RATE_HZ

    async def pieces(self) -> AsyncIterator[bytes]:
        """The tone, then what bridges until the message is ready.

        Raises AudioMissing when it did not come before the order's *not after*.
        """
        sounded = tone(self.tone.kind, duration_ms=self.tone.duration_ms, rate_hz=self.rate_hz)
        for pcm in _cut(sounded, rate_hz=self.rate_hz):
            yield pcm
        while not await self.ready():
            for pcm in self._bridge():
                yield pcm
                if now_ms(self.clock) > self.order.not_after_ms:
                    raise AudioMissing(self.order.id)

    def _bridge(self) -> Iterator[bytes]:
        """Once through the stored warning, or else once more the tone, and a pause."""
        try:
            for path in self.warnings:
                yield from self.decoder.decode(path, rate_hz=self.rate_hz, chunk_ms=PIECE_MS)
        except AudioUndecodable:
            yield from self._tone_again()
        if not self.warnings:
            yield from self._tone_again()
        yield from _cut(_silence(PAUSE_MS, rate_hz=self.rate_hz), rate_hz=self.rate_hz)

    def _tone_again(self) -> Iterator[bytes]:
        sounded = tone(self.tone.kind, duration_ms=self.tone.duration_ms, rate_hz=self.rate_hz)
        yield from _cut(sounded, rate_hz=self.rate_hz)


def _silence(duration_ms: int, *, rate_hz: int) -> bytes:
    return bytes(duration_ms * rate_hz // 1_000 * BYTES_PER_SAMPLE)


def _cut(pcm: bytes, *, rate_hz: int) -> Iterator[bytes]:
    size = PIECE_MS * rate_hz // 1_000 * BYTES_PER_SAMPLE
    yield from (pcm[at : at + size] for at in range(0, len(pcm), size))

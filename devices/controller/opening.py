"""What sounds before an emergency's message: its tone, and a stored warning until the words come.

The tone waits for nothing, neither disk nor network. When it ends and the message is not there,
the warning that is stored for the hazard bridges, again and again; without one the tone does.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from devices.controller.clock import Clock, now_ms
from devices.controller.decoder import Decoder
from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.controller.tones import tone as sound_of
from devices.errors import AudioMissing, AudioUndecodable
from devices.protocol.messages import Order, Tone

TONE_PIECE_MS = 500
"""How much of a tone the sink is given at a time: with the first piece it has enough to let all
else wait."""

PIECE_MS = 250
PAUSE_MS = 3_000
"""Between a warning and its repetition; the message does not wait for its end."""

EMERGENCY_RATE_HZ = 22_050
"""The rate of what the station makes; a message of another rate is brought to it."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening of one emergency.

    `is_here` tells quickly whether the message has come; `is_good` reads its bytes once more, and
    raises AudioUndecodable when they will never be sound. `warnings` are asked for when the tone is
    out: one may have come meanwhile. `stagger_ms` keeps the words of poles apart that hear each
    other; the tone is at once everywhere.
    """

    order: Order
    tone: Tone
    is_here: Callable[[], bool]
    is_good: Callable[[], Awaitable[bool]]
    warnings: Callable[[], Sequence[Path]]
    decoder: Decoder
    clock: Clock
    stagger_ms: int = 0
    rate_hz: int = EMERGENCY_RATE_HZ

    def tone_pieces(self) -> Sequence[bytes]:
        """The tone, which comes first."""
        return tone_pieces(self.tone, rate_hz=self.rate_hz)

    async def bridge(self) -> AsyncGenerator[bytes, None]:
        """What sounds between the tone and the message, until that is ready.

        Raises AudioMissing when it did not come before the order's *not after*.
        """
        has_bridged = False
        while not await self._is_good(at_last=has_bridged):
            has_bridged = True
            for pcm in self._bridge_once():
                yield pcm
                if now_ms(self.clock) > self.order.not_after_ms:
                    raise AudioMissing(self.order.id)
        for pcm in self._silence(self.stagger_ms):
            yield pcm

    async def _is_good(self, *, at_last: bool) -> bool:
        """Whether the words can follow; that they never will is told once a warning has sounded."""
        try:
            return await self.is_good()
        except AudioUndecodable:
            if at_last:
                raise
            return False

    def _bridge_once(self) -> Iterator[bytes]:
        """Once through the stored warning and a pause, or else through the tone."""
        warnings = self.warnings()
        try:
            for path in warnings:
                yield from self.decoder.decode(path, rate_hz=self.rate_hz, chunk_ms=PIECE_MS)
            fallback = self._silence(PAUSE_MS) if warnings else self.tone_pieces()
        except (AudioUndecodable, OSError):
            fallback = self.tone_pieces()
        for pcm in fallback:
            if self.is_here():
                return
            yield pcm

    def _silence(self, duration_ms: int) -> Sequence[bytes]:
        pcm = bytes(duration_ms * self.rate_hz // 1_000 * BYTES_PER_SAMPLE)
        return _cut(pcm, piece_ms=PIECE_MS, rate_hz=self.rate_hz)


@lru_cache(maxsize=4)
def tone_pieces(tone: Tone, *, rate_hz: int) -> Sequence[bytes]:
    """A tone as the sink is given it."""
    pcm = sound_of(tone.kind, duration_ms=tone.duration_ms, rate_hz=rate_hz)
    return _cut(pcm, piece_ms=TONE_PIECE_MS, rate_hz=rate_hz)


def _cut(pcm: bytes, *, piece_ms: int, rate_hz: int) -> Sequence[bytes]:
    size = piece_ms * rate_hz // 1_000 * BYTES_PER_SAMPLE
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]

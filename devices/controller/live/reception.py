"""One stream of live speech as it comes in: each frame verified, in order, and of this moment.

What is dropped is dropped here (CONTRACT.md 25.4). Nothing is kept for long: whoever does not
listen yet finds the last second of what was said, and no more.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from nacl.encoding import HexEncoder
from nacl.signing import VerifyKey

from devices.controller.clock import Clock
from devices.errors import Expired, RolledBack
from devices.protocol.live import open_frame
from devices.protocol.messages import Live

FRESH_US = 10_000_000
"""How far the instant of a frame may be from now: also after a restart, when numbers are forgotten,
and also when somebody on the way holds frames back."""

MOST_WAITING_US = 1_000_000
"""How much is kept for whoever does not listen yet, or cannot take it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A frame that was taken, and when it came (monotonic µs)."""

    number: int
    mp3: bytes
    came_us: int


@dataclass(slots=True)
class Reception:
    """The frames of one stream, whose first sample belongs to the Unix instant `begins_us`.

    `came_us` is when the last frame was taken (monotonic µs), None before any; `left_out` counts
    the frames that were taken and let go of unheard.
    """

    live: Live
    session: bytes
    begins_us: int
    clock: Clock
    keeps_us: int = MOST_WAITING_US
    waiting: deque[Heard] = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    has_ended: bool = False
    came_us: int | None = None
    left_out: int = 0
    _last: int = 0
    _signer: VerifyKey = field(init=False)

    def __post_init__(self) -> None:
        """Have the key at hand; raise ValueError for one that is none."""
        self._signer = VerifyKey(self.live.signer.encode(), encoder=HexEncoder)

    def take(self, message: bytes) -> None:
        """Take a frame of this stream; raise BadSignature, RolledBack or Expired."""
        frame = open_frame(message, session=self.session, signer=self._signer)
        if frame.number <= self._last or self.has_ended:
            raise RolledBack(f"frame {frame.number} after {self._last}")
        belongs_us = self.begins_us + (frame.number - 1) * self.live.frame_us
        if abs(self.clock.now_us() - belongs_us) > FRESH_US:
            raise Expired(f"frame {frame.number}")
        self._last = frame.number
        self.came_us = self.clock.monotonic_us()
        if frame.is_last:
            self.has_ended = True
        else:
            self.waiting.append(Heard(frame.number, frame.mp3, self.came_us))
            self.leave_out(beyond_us=self.keeps_us, down_to_us=self.keeps_us)
        self.arrived.set()

    @property
    def waiting_us(self) -> int:
        """How much sound waits, in microseconds."""
        return len(self.waiting) * self.live.frame_us

    def leave_out(self, *, beyond_us: int, down_to_us: int) -> None:
        """Where more waits than may, let go of the oldest."""
        if self.waiting_us > beyond_us:
            while self.waiting_us > down_to_us:
                self.waiting.popleft()
                self.left_out += 1

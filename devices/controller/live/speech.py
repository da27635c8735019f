"""An order's live speech: what comes, a little behind its coming, and silence where nothing came.

It is over when the station says so, when nothing has come for too long, and at its planned end at
the latest. A little is kept in hand against a link that falters; what comes in a burst after a
stall is left out, for the village is to hear what is said now.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import structlog

from devices.controller.clock import Clock
from devices.controller.live.decoding import decode_frame, tail_of
from devices.controller.live.reception import MOST_WAITING_US, Heard, Reception
from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.controller.programme import Piece
from devices.controller.reel import BEGINNING, Place
from devices.errors import LiveStalled, LiveUndecodable
from devices.protocol.messages import Live

log = structlog.get_logger()

BEHIND_US = 300_000
"""How far behind the arrival of the first frame it plays."""

_LOOK_S = 0.25


@dataclass(slots=True)
class LiveSpeech:
    """The live speech of one order, over at the Unix instant `ends_us` whenever it began.

    `stagger_us` keeps it apart from poles that hear each other.
    """

    reception: Reception
    ends_us: int
    clock: Clock
    stagger_us: int = 0
    ending: str | None = "live"
    _rate_hz: int = 0
    _before: Heard | None = None
    _sounds_until_us: int = 0
    _has_sounded: bool = False
    _was_broken: bool = False
    _left_out: int = 0

    def rate_hz(self) -> int:
        """That of its frames."""
        return self._live.rate_hz

    def place_at(self, position_ms: int, *, rate_hz: int) -> Place:  # noqa: ARG002
        """What is live has only one place."""
        return BEGINNING

    async def open(self, place: Place, *, rate_hz: int) -> None:  # noqa: ARG002
        """Begin to listen, or anew: what was said before a cut is over."""
        self._rate_hz = rate_hz
        self._before = None

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def pieces(self) -> AsyncGenerator[Piece, None]:
        """What was said and the silence between; empty pieces while nothing is to be heard."""
        begun_us = self._sounds_until_us = self.clock.monotonic_us()
        ends_us = begun_us + self.ends_us - self.clock.now_us()
        while (now_us := self.clock.monotonic_us()) < ends_us > self._sounds_until_us:
            if self._is_over(since_us=begun_us, now_us=now_us):
                break
            pieces = self._due(now_us)
            for piece in pieces:
                yield self._within(piece, ends_us=ends_us)
            if not pieces:
                await self._look()
                yield Piece(None, b"")
        if not self._has_sounded:
            raise LiveUndecodable if self._was_broken else LiveStalled

    @property
    def _live(self) -> Live:
        return self.reception.live

    def _is_over(self, *, since_us: int, now_us: int) -> bool:
        """Whether the station has said its last, or nothing for too long."""
        if self.reception.waiting:
            return False
        came_us = max(self.reception.came_us or since_us, since_us)
        stalled = now_us - came_us >= self._live.stall_timeout_ms * 1_000
        return self.reception.has_ended or stalled

    def _due(self, now_us: int) -> list[Piece]:
        """What is to be handed to the sink now: nothing while too little is in hand."""
        waiting = self.reception.waiting
        is_dry = self._sounds_until_us <= now_us
        if is_dry:
            self._before = None
        if not waiting or (is_dry and not self._is_filled(now_us)):
            return []
        self._catch_up(now_us, is_dry=is_dry)
        if self.reception.left_out > self._left_out:
            # What was left out is no gap to be filled: nothing would be caught up with.
            self._left_out, self._before = self.reception.left_out, None
        said = bytearray()
        pieces: list[Piece] = []
        while waiting:
            heard = waiting.popleft()
            silence = self._gap_before(heard)
            pcm = self._decoded(heard)
            if (silence or not pcm) and said:
                pieces.append(Piece(0, bytes(said)))
                said.clear()
            if silence or not pcm:
                missing = silence + (b"" if pcm else self._silence(1))
                pieces += [Piece(None, missing)] if self._has_sounded else []
            said += pcm
            self._has_sounded = self._has_sounded or bool(pcm)
            self._before = heard if pcm else replace(heard, mp3=b"")
        return pieces + ([Piece(0, bytes(said))] if said else [])

    def _catch_up(self, now_us: int, *, is_dry: bool) -> None:
        """Leave out the oldest of what waits where too much does."""
        in_hand_us = max(0, self._sounds_until_us - now_us)
        most_us = self._behind_us if is_dry else MOST_WAITING_US + self.stagger_us
        # Whole frames: one more than what is wanted is not yet too much.
        self.reception.leave_out(
            beyond_us=most_us + self._live.frame_us - in_hand_us,
            down_to_us=max(self._live.frame_us, self._behind_us - in_hand_us),
        )

    def _is_filled(self, now_us: int) -> bool:
        first = self.reception.waiting[0]
        return self.reception.has_ended or now_us - first.came_us >= self._behind_us

    @property
    def _behind_us(self) -> int:
        return BEHIND_US + self.stagger_us

    def _gap_before(self, heard: Heard) -> bytes:
        """The silence of the frames that are missing before one, as long as nothing ran dry."""
        if self._before is None:
            return b""
        missing = heard.number - self._before.number - 1
        return self._silence(min(missing, MOST_WAITING_US // self._live.frame_us))

    def _decoded(self, heard: Heard) -> bytes:
        """Its samples; none of what is no sound."""
        before = self._before
        try:
            is_next = before is not None and before.number == heard.number - 1
            return decode_frame(
                heard.mp3,
                before=tail_of(before.mp3) if before is not None and is_next else b"",
                rate_hz=self._live.rate_hz,
                samples=self._live.frame_samples,
                sink_hz=self._rate_hz,
            )
        except LiveUndecodable as error:
            if not self._was_broken:
                log.error("live_undecodable", stream=self._live.stream, why=error.detail)
            self._was_broken = True
            return b""

    def _within(self, piece: Piece, *, ends_us: int) -> Piece:
        """As much of it as sounds before the end, behind what the sink still holds."""
        begins_us = max(self.clock.monotonic_us(), self._sounds_until_us)
        left = max(0, ends_us - begins_us) * self._rate_hz // 1_000_000 * BYTES_PER_SAMPLE
        pcm = piece.pcm[:left]
        if pcm:
            lasts_us = len(pcm) // BYTES_PER_SAMPLE * 1_000_000 // self._rate_hz
            self._sounds_until_us = begins_us + lasts_us
        return Piece(piece.item, pcm)

    def _silence(self, frames: int) -> bytes:
        samples = self._live.frame_samples * self._rate_hz // self._live.rate_hz
        return bytes(frames * samples * BYTES_PER_SAMPLE)

    async def _look(self) -> None:
        """Wait until more has come, or what is in hand may begin; never long, for a stop."""
        self.reception.arrived.clear()
        pause_s = _LOOK_S
        if self.reception.waiting:
            due_us = self.reception.waiting[0].came_us + self._behind_us
            pause_s = min(_LOOK_S, max(0, due_us - self.clock.monotonic_us()) / 1e6)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self.reception.arrived.wait()

"""Plays one order: `started` on disk, then sound at the instant, then what left the sink.

However it ends, the end is stated once: finished, cut, stopped, or failed. An order that resumes
waits silently after a cut, and goes on with the very next sample. Behind an emergency's tone
nothing waits for the disk.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from enum import Enum

import structlog

from devices.controller.clock import Clock, now_ms
from devices.controller.opening import Opening
from devices.controller.programme import Piece, Programme
from devices.controller.reel import BEGINNING, Place
from devices.controller.sinks import Sink
from devices.controller.sounding import Ending, Sounding
from devices.controller.statements import about
from devices.errors import AudioUndecodable, JournalUnusable
from devices.protocol.messages import Kind, Order

log = structlog.get_logger()

STARTED_LEAD_MS = 1_000
STARTED_SPREAD_MS = 500
"""How long before the sound `started` is written: early enough to be on a slow disk 300 ms ahead,
and spread, lest all controllers that share a disk ask it at the same instant. As long after its
tone is written what an emergency did."""

RESUME_LEAD_MS = 200


class Silence(Enum):
    """Why a play was silenced."""

    BY_EMERGENCY = "emergency"
    BY_ORDER = "order"


@dataclass(slots=True)
class Play:
    """One order on its way through the sink.

    It begins at `begins_ms`, `position_ms` into its sound: not at 0 where it joins a broadcast
    that is under way; `rejoins` when it was itself playing it before the power went. With an
    `opening` it sounds before its audio must be there. What `say` says is on the disk when it
    returns, or JournalUnusable; what is given to `note` is never lost.
    """

    order: Order
    programme: Programme
    sink: Sink
    clock: Clock
    say: Callable[..., None]
    note: Callable[..., None]
    may_start: Callable[[], bool]
    may_go_on: Callable[[int], bool]
    gives_way: Callable[[], bool]
    paused: Callable[[], None]
    begins_ms: int
    lead_ms: int = STARTED_LEAD_MS
    position_ms: int = 0
    rejoins: bool = False
    opening: Opening | None = None
    cuts: "Play | None" = None
    is_suspended: bool = False
    _silence: Silence | None = None
    _sounding: Sounding | None = None
    _begins: Place = BEGINNING
    _message_began: bool = False
    _was_suspended: bool = False
    _withdrawn: asyncio.Event = field(default_factory=asyncio.Event)
    _going_on: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def has_begun(self) -> bool:
        """Whether it will state its own end."""
        return self._sounding is not None

    async def run(self) -> None:
        """Play; return when it has ended, or was withdrawn before it began.

        Raises JournalUnusable when `started` cannot be written, and then nothing sounds.
        """
        try:
            rate_hz = await self._prepare()
            await self._wait_for_turn()
            if self._withdrawn.is_set() or not self.may_start():
                return
            if self.opening is None:
                self._say_begun()
            await self._perform(rate_hz)
        except AudioUndecodable as error:
            self.note(about(self.order, Kind.FAILED, at_ms=now_ms(self.clock), code=error.code))
        finally:
            await self.programme.close()

    def stop(self, why: Silence = Silence.BY_EMERGENCY) -> None:
        """Fall silent at once; before the beginning, do not begin."""
        if self._silence is not Silence.BY_ORDER:
            self._silence = why
        if self._sounding is None:
            self.withdraw()
        else:
            self._sounding.stop()
        if why is Silence.BY_ORDER:
            self._going_on.set()

    def withdraw(self) -> None:
        """Do not begin; what has begun is not touched by it."""
        self._withdrawn.set()

    def go_on(self) -> None:
        """What cut it is over."""
        self.is_suspended = False
        self._going_on.set()

    async def _prepare(self) -> int:
        """Have the sound ready from where it begins, but behind an opening; return its rate."""
        if self.opening is not None:
            return self.opening.rate_hz
        rate_hz = self.sink.rate_hz or self.programme.rate_hz()
        if self.position_ms:
            self._begins = self.programme.place_at(self.position_ms, rate_hz=rate_hz)
        await self.programme.open(self._begins, rate_hz=rate_hz)
        return rate_hz

    async def _wait_for_turn(self) -> None:
        """Wait until shortly before the beginning, or until it is withdrawn."""
        turn_us = (self.begins_ms - self.lead_ms) * 1_000
        if self.opening is not None or self.clock.now_us() >= turn_us:
            return
        waits = [
            asyncio.create_task(self.clock.wait_until_us(turn_us), name="turn"),
            asyncio.create_task(self._withdrawn.wait(), name="withdrawal"),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    def _say_begun(self) -> None:
        self.say(
            about(
                self.order,
                Kind.RESUMED if self.rejoins else Kind.STARTED,
                at_ms=now_ms(self.clock),
                code="rebooted" if self.rejoins else None,
                position_ms=self.position_ms or None,
            )
        )

    async def _perform(self, rate_hz: int) -> None:
        """Let it sound to its end, through every cut from which it goes on."""
        sounding = Sounding(
            order=self.order,
            sink=self.sink,
            clock=self.clock,
            note=self.note,
            rate_hz=rate_hz,
            begins=self._begins,
            position_ms=self.position_ms,
            calm_us=0 if self.opening is None else self.lead_ms * 1_000,
        )
        self._sounding = sounding
        try:
            ending = await self._stretch(sounding, begins_us=self.begins_ms * 1_000)
            while self._goes_on_after(ending, sounding):
                sounding.end(ending)
                if not await self._is_let_go_on(sounding):
                    return
                begins_us = self.clock.now_us() + RESUME_LEAD_MS * 1_000
                ending = await self._stretch(sounding, begins_us=begins_us)
        except asyncio.CancelledError:
            self._leave_off(sounding)
            raise
        if ending.kind is Kind.FINISHED:
            ending = Ending(ending.kind, self.programme.ending)
        sounding.end(ending)

    async def _stretch(self, sounding: Sounding, *, begins_us: int) -> Ending:
        ending = await sounding.stretch(
            self._pieces(sounding),
            begins_us=begins_us,
            begun=self._cut_in,
            gives_way=self.gives_way,
            tone=() if self.opening is None else self.opening.tone_pieces(),
        )
        if ending is not None:
            return ending
        if self._is_stopped_by_order():
            return Ending(Kind.STOPPED)
        return Ending(Kind.CUT, "emergency")

    async def _pieces(self, sounding: Sounding) -> AsyncGenerator[Piece, None]:
        """What sounds behind the tone, piece by piece: what bridges, then the order's own sound."""
        if self.opening is not None:
            async with aclosing(self.opening.bridge()) as bridge:
                async for pcm in bridge:
                    yield Piece(item=None, pcm=pcm)
            self._message_began = True
            sounding.state_begun(about(self.order, Kind.STARTED, at_ms=now_ms(self.clock)))
            await self.programme.open(BEGINNING, rate_hz=sounding.rate_hz)
        elif self._was_suspended:
            await self.programme.open(sounding.place, rate_hz=sounding.rate_hz)
        async with aclosing(self.programme.pieces()) as pieces:
            async for piece in pieces:
                yield piece

    def _is_stopped_by_order(self) -> bool:
        return self._silence is Silence.BY_ORDER

    def _cut_in(self) -> None:
        if self.cuts is not None:
            self.cuts.stop()
            self.cuts = None

    def _goes_on_after(self, ending: Ending, sounding: Sounding) -> bool:
        """Whether a cut is not the end: nor is one before anything was heard."""
        if ending.kind is not Kind.CUT or self.opening is not None:
            return False
        may_resume = self.order.resumes or not sounding.has_sounded
        return ending.code == "priority" or (ending.code == "emergency" and may_resume)

    async def _is_let_go_on(self, sounding: Sounding) -> bool:
        """Wait until what cut it is over; say so before it sounds again."""
        self._going_on.clear()
        self._silence = None
        self.is_suspended = self._was_suspended = True
        self.paused()
        await self._going_on.wait()
        self.is_suspended = False
        if self._is_stopped_by_order():
            sounding.end(Ending(Kind.STOPPED))
            return False
        if not self.may_go_on(sounding.reached_ms):
            return False
        try:
            self.say(
                about(
                    self.order,
                    Kind.RESUMED,
                    at_ms=now_ms(self.clock),
                    position_ms=sounding.reached_ms,
                )
            )
        except JournalUnusable as error:
            log.error("play_not_resumed", order_id=self.order.id, why=error.detail)
            return False
        return True

    def _leave_off(self, sounding: Sounding) -> None:
        """The controller is being ended: state what sounded, unless a cut was stated already.

        An emergency of which not a word was said begins anew with the controller.
        """
        if self.is_suspended:
            return
        sounding.break_off()
        if self.opening is not None and not self._message_began:
            sounding.write_down()
        else:
            sounding.end(Ending(Kind.FAILED, "interrupted"))

"""Plays one order: `started` on disk, then sound at the instant, then what left the sink.

However it ends, the end is stated once: finished, cut, stopped, or failed. Sound never lasts
longer than was ordered, whatever the audio holds. An order that resumes waits silently after a
cut, and goes on with the very next sample.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import structlog

from devices.controller.clock import Clock, now_ms
from devices.controller.decoder import Decoder
from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.controller.opening import Opening, Piece
from devices.controller.progress import Beginning, Progress
from devices.controller.reel import BEGINNING, Place, Reel, open_reel, place_at
from devices.controller.sinks import Sink, Stream
from devices.controller.statements import Statement, about
from devices.controller.tally import Tally
from devices.errors import AudioMissing, AudioUndecodable, JournalUnusable
from devices.protocol.messages import Kind, Order

log = structlog.get_logger()

STARTED_LEAD_MS = 1_000
STARTED_SPREAD_MS = 500
"""How long before the sound `started` is written: early enough to be on a slow disk 300 ms ahead,
and spread, lest all controllers that share a disk ask it at the same instant."""

CALM_S = 0.1
"""How long after its first sample a play does nothing else: the sink holds more, and other
controllers on the machine begin at the same instant."""

OVERRUN_MS = 2_000
"""How much longer than ordered sound may last before it is cut: rounding and encoder padding."""

RESUME_LEAD_MS = 200
DISK_RETRY_S = 5.0


class Silence(Enum):
    """Why a play was silenced."""

    BY_EMERGENCY = "emergency"
    BY_ORDER = "order"


@dataclass(slots=True)
class Play:
    """One order on its way through the sink.

    `position_ms` is where in the order's sound it begins: not at 0 where it joins a broadcast
    that is under way; `rejoins` when it was itself playing it before the power went. With an
    `opening` it sounds before its audio must be there.
    """

    order: Order
    paths: Sequence[Path]
    sink: Sink
    decoder: Decoder
    clock: Clock
    say: Callable[..., None]
    may_start: Callable[[], bool]
    may_go_on: Callable[[], bool]
    lead_ms: int = STARTED_LEAD_MS
    stagger_ms: int = 0
    position_ms: int = 0
    rejoins: bool = False
    opening: Opening | None = None
    cuts: "Play | None" = None
    withdrawn: bool = False
    is_suspended: bool = False
    _silence: Silence | None = None
    _going_on: asyncio.Event = field(default_factory=asyncio.Event)
    _rate_hz: int = 0
    _stream: Stream | None = None
    _progress: Progress | None = None
    _tally: Tally = field(default_factory=Tally)
    _unsaid: list[Statement] = field(default_factory=list)

    @property
    def has_begun(self) -> bool:
        """Whether it will state its own end."""
        return self._stream is not None

    async def run(self) -> None:
        """Play; return when it has ended, or was withdrawn before it began.

        Raises JournalUnusable when `started` cannot be written, and then nothing sounds.
        """
        try:
            reel = self._first_reel()
        except AudioUndecodable as error:
            self._end(Kind.FAILED, code=error.code)
            await self._write_down()
            return
        begins_ms = self._begins_ms()
        await self.clock.wait_until_us((begins_ms - self.lead_ms) * 1_000)
        if self.withdrawn or not self.may_start():
            return
        if self.opening is None:
            self._say_begun()
        self._progress = Progress(self.order.items, self._rate_hz)
        await self._perform(reel, begins_us=begins_ms * 1_000)
        await self._write_down()

    def stop(self, why: Silence = Silence.BY_EMERGENCY) -> None:
        """Fall silent at once; before the beginning, do not begin."""
        if self._silence is not Silence.BY_ORDER:
            self._silence = why
        if self._stream is None:
            self.withdrawn = True
        else:
            self._stream.stop()
        if why is Silence.BY_ORDER:
            self._going_on.set()

    def go_on(self) -> None:
        """What cut it is over."""
        self.is_suspended = False
        self._going_on.set()

    def _first_reel(self) -> Reel | None:
        """The sound from where it begins; none yet where an opening comes first."""
        if self.opening is not None:
            self._rate_hz = self.opening.rate_hz
            return None
        self._rate_hz = self.decoder.sample_rate_hz(self.paths[0])
        begins = BEGINNING
        if self.position_ms:
            begins = place_at(self.order.items, position_ms=self.position_ms, rate_hz=self._rate_hz)
        return self._reel_at(begins)

    def _reel_at(self, begins: Place) -> Reel:
        return open_reel(self.paths, decoder=self.decoder, begins=begins, rate_hz=self._rate_hz)

    def _begins_ms(self) -> int:
        """The planned instant, or that of the place where it joins."""
        if self.opening is not None:
            return self.order.starts_at_ms
        return self.order.starts_at_ms + self.stagger_ms + self.position_ms

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

    async def _perform(self, reel: Reel | None, *, begins_us: int) -> None:
        """Let it sound to its end, through every cut from which it goes on."""
        try:
            kind, code = await self._sound(self._pieces(reel), begins_us=begins_us)
            while kind is Kind.CUT and self._silence is Silence.BY_EMERGENCY and self._resumes():
                self._end(kind, code=code)
                await self._write_down()
                if not await self._is_let_go_on():
                    return
                kind, code = await self._go_on()
        except asyncio.CancelledError:
            self._leave_off()
            raise
        self._end(kind, code=code)

    def _resumes(self) -> bool:
        return self.order.resumes and self.opening is None

    async def _is_let_go_on(self) -> bool:
        """Wait until what cut it is over; say so before it sounds again."""
        self._going_on.clear()
        self._silence = None
        self._stream = None
        self.is_suspended = True
        await self._going_on.wait()
        self.is_suspended = False
        if self._is_stopped_by_order():
            self._end(Kind.STOPPED)
            return False
        if not self.may_go_on():
            return False
        position_ms = self.position_ms + self._tally.samples * 1_000 // self._rate_hz
        resumed = about(self.order, Kind.RESUMED, at_ms=now_ms(self.clock), position_ms=position_ms)
        try:
            self.say(resumed)
        except JournalUnusable as error:
            log.error("play_not_resumed", order_id=self.order.id, why=error.detail)
            return False
        return True

    def _is_stopped_by_order(self) -> bool:
        return self._silence is Silence.BY_ORDER

    async def _go_on(self) -> tuple[Kind, str | None]:
        reel = self._reel_at(self._tally.place)
        begins_us = self.clock.now_us() + RESUME_LEAD_MS * 1_000
        return await self._sound(self._pieces(reel), begins_us=begins_us)

    async def _pieces(self, reel: Reel | None) -> AsyncIterator[Piece]:
        """What sounds, piece by piece: an opening first, then the order's own sound."""
        if self.opening is not None:
            async for pcm in self.opening.pieces():
                yield Piece(item=None, pcm=pcm)
            self._unsaid.append(about(self.order, Kind.STARTED, at_ms=now_ms(self.clock)))
        if reel is None:
            reel = self._reel_at(BEGINNING)
        yield Piece(*reel.first)
        for item, pcm in reel.pieces:
            yield Piece(item=item, pcm=pcm)

    async def _sound(
        self, pieces: AsyncIterator[Piece], *, begins_us: int
    ) -> tuple[Kind, str | None]:
        """One stretch of sound without a break: how it ended, and why."""
        stream = self.sink.open(sample_rate_hz=self._rate_hz)
        self._stream = stream
        self._tally.begin_stretch()
        if self._progress is not None:
            self._progress.go_on(self._tally.place.item, self._tally.place.samples)
        await stream.begin(at_us=begins_us)
        if self.cuts is not None:
            self.cuts.stop()
        kind, code = await self._feed(pieces, stream)
        await stream.drain()
        self._note_begun(stream)
        self._tally.end_stretch(stream.played())
        if stream.is_stopped():
            if self._is_stopped_by_order():
                return Kind.STOPPED, None
            return Kind.CUT, "emergency"
        return kind, code

    async def _feed(self, pieces: AsyncIterator[Piece], stream: Stream) -> tuple[Kind, str | None]:
        """Write piece after piece; return how it ends if nobody stops it."""
        asked_ms = self.order.duration_ms - self.position_ms + OVERRUN_MS
        allowed = asked_ms * self._rate_hz // 1_000 - self._tally.samples
        try:
            async for piece in pieces:
                if stream.is_stopped():
                    break
                samples = len(piece.pcm) // BYTES_PER_SAMPLE
                if piece.item is not None:
                    allowed -= samples
                if allowed < 0:
                    return Kind.CUT, "too_long"
                await self._write(piece, samples, stream)
        except (AudioUndecodable, AudioMissing) as error:
            return Kind.FAILED, error.code
        return Kind.FINISHED, None

    async def _write(self, piece: Piece, samples: int, stream: Stream) -> None:
        begins_us = await stream.write(piece.pcm)
        if stream.is_stopped():
            return
        is_first = self._tally.wrote(piece.item, samples)
        if piece.item is None:
            if is_first:
                self._unsaid.append(self._tone_started(begins_us))
        elif self._progress is not None:
            is_first = self._progress.wrote(piece.item, samples, begins_us=begins_us)
        if is_first:
            await asyncio.sleep(CALM_S)
        if self._note_begun(stream) or self._unsaid:
            self._try_to_write()

    def _note_begun(self, stream: Stream) -> bool:
        """Note the items and cues whose first sample has left since; return whether there are."""
        if self._progress is None:
            return False
        left = self._progress.left(until_us=stream.played().last_sample_at_us or 0)
        self._unsaid += [self._item_started(each) for each in left]
        return bool(left)

    def _tone_started(self, begins_us: int) -> Statement:
        return self._stated(Kind.TONE_STARTED, first_sample_at_us=begins_us)

    def _item_started(self, beginning: Beginning) -> Statement:
        return self._stated(
            Kind.ITEM_STARTED,
            item=beginning.item,
            cue=beginning.cue,
            first_sample_at_us=beginning.at_us,
        )

    def _stated(self, kind: Kind, **fields: int | str | None) -> Statement:
        return Statement(
            kind=kind,
            at_ms=now_ms(self.clock),
            order=self.order.id,
            repeat=self.order.repeat,
            sink=self.sink.name,
            simulated=self.sink.simulated,
            **fields,  # type: ignore[arg-type]
        )

    def _leave_off(self) -> None:
        """The controller is being ended: state what sounded, unless a cut was stated already."""
        if self.is_suspended or self._stream is None:
            return
        self._stream.stop()
        self._note_begun(self._stream)
        self._tally.end_stretch(self._stream.played())
        self._end(Kind.FAILED, code="interrupted")
        self._try_to_write()

    def _end(self, kind: Kind, *, code: str | None = None) -> None:
        reached = None
        if self._progress is not None and kind is not Kind.FINISHED:
            reached = self._progress.reached
        counted = self._tally if self._tally.has_counted else None
        self._unsaid.append(
            Statement(
                kind=kind,
                at_ms=now_ms(self.clock),
                order=self.order.id,
                repeat=self.order.repeat,
                code=code,
                item=reached.item if reached else None,
                cue=reached.cue if reached else None,
                first_sample_at_us=counted.first_sample_at_us if counted else None,
                last_sample_at_us=counted.last_sample_at_us if counted else None,
                samples=counted.samples if counted else None,
                sample_rate_hz=self._rate_hz if counted else None,
                sink=self.sink.name if counted else None,
                simulated=self.sink.simulated,
            )
        )

    async def _write_down(self) -> None:
        """State the end, however long the disk refuses: an end that happened is not lost."""
        written = self._try_to_write()
        while not written:
            await asyncio.sleep(DISK_RETRY_S)
            written = self._try_to_write()

    def _try_to_write(self) -> bool:
        try:
            self.say(*self._unsaid)
        except JournalUnusable as error:
            log.error("confirmation_not_written", order_id=self.order.id, why=error.detail)
            return False
        self._unsaid.clear()
        return True

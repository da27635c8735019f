"""One order's way through the sink: stretch by stretch, each sample counted, each beginning noted.

Sound never lasts longer than was ordered, whatever the audio holds. What is noted meanwhile is
written when a play has become calm, never in between two pieces that the sink waits for.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import NamedTuple

from devices.controller.clock import Clock, now_ms
from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.controller.programme import Piece
from devices.controller.progress import Beginning, Progress
from devices.controller.reel import BEGINNING, Place
from devices.controller.sinks import Sink, Stream
from devices.controller.statements import Statement
from devices.controller.tally import Tally
from devices.errors import AudioDeviceUnusable, AudioMissing, AudioUndecodable
from devices.protocol.messages import Kind, Order

CALM_S = 0.1
"""How long after its first sample a play does nothing else: the sink holds more, and other
controllers on the machine begin at the same instant."""

CALM_BEHIND_TONE_S = 0.3
"""The same behind the first piece of a tone, which is longer."""

OVERRUN_MS = 2_000
"""How much longer than ordered sound may last before it is cut: rounding and encoder padding."""


class Ending(NamedTuple):
    """How a stretch ended, and why."""

    kind: Kind
    code: str | None = None


@dataclass(slots=True)
class Sounding:
    """The sound of one order, from the place `begins`, `position_ms` into it.

    `calm_us` is how long nothing is written after its first sample.
    """

    order: Order
    sink: Sink
    clock: Clock
    note: Callable[..., None]
    rate_hz: int
    begins: Place = BEGINNING
    position_ms: int = 0
    calm_us: int = 0
    _stream: Stream | None = None
    _calm_from_us: int = 0
    _tally: Tally = field(default_factory=Tally)
    _progress: Progress = field(init=False)
    _unsaid: list[Statement] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Before the first stretch."""
        self._progress = Progress(self.order.items, self.rate_hz)
        self._tally.place = self.begins

    @property
    def has_sounded(self) -> bool:
        """Whether anything of the order has left the sink."""
        return bool(self._tally.samples)

    @property
    def place(self) -> Place:
        """Where it goes on after what has left the sink."""
        return self._tally.place

    @property
    def reached_ms(self) -> int:
        """How far into the order's sound that is."""
        return self.position_ms + self._tally.samples * 1_000 // self.rate_hz

    def stop(self) -> None:
        """Silence at once."""
        if self._stream is not None:
            self._stream.stop()

    async def stretch(
        self,
        pieces: AsyncGenerator[Piece, None],
        *,
        begins_us: int,
        begun: Callable[[], None],
        gives_way: Callable[[], bool],
        tone: Sequence[bytes] = (),
    ) -> Ending | None:
        """Sound without a break from an instant on; None when somebody stopped it.

        `tone` comes first, and is at hand; `gives_way` is asked between two items.
        """
        stream = self.sink.open(sample_rate_hz=self.rate_hz)
        self._stream = stream
        self._tally.begin_stretch()
        self._progress.go_on(self.place.item, self.place.samples)
        ending: Ending | None = None
        try:
            await stream.begin(at_us=begins_us)
            if not stream.is_stopped():
                begun()
                await self._sound_tone(tone, stream)
                if not stream.is_stopped():
                    ending = await self._feed(pieces, stream, gives_way)
                await stream.drain()
        except AudioDeviceUnusable as error:
            ending = Ending(Kind.FAILED, error.code)
        else:
            ending = None if stream.is_stopped() else ending
        self._note_begun(stream)
        self._tally.end_stretch(stream.played())
        self._stream = None
        return ending

    def state_begun(self, statement: Statement) -> None:
        """State something as soon as the play is calm."""
        self._unsaid.append(statement)

    def end(self, ending: Ending) -> None:
        """State an end, with what was counted."""
        counted = self._tally if self._tally.has_counted else None
        reached = self._progress.reached if ending.kind is not Kind.FINISHED else None
        self._unsaid.append(
            Statement(
                kind=ending.kind,
                at_ms=now_ms(self.clock),
                order=self.order.id,
                repeat=self.order.repeat,
                code=ending.code,
                item=reached.item if reached else None,
                cue=reached.cue if reached else None,
                first_sample_at_us=counted.first_sample_at_us if counted else None,
                last_sample_at_us=counted.last_sample_at_us if counted else None,
                samples=counted.samples if counted else None,
                sample_rate_hz=self.rate_hz if counted else None,
                sink=self.sink.name if counted else None,
                simulated=self.sink.simulated,
            )
        )
        self.write_down()

    def break_off(self) -> None:
        """Silence, and count what had sounded."""
        if self._stream is not None:
            self._stream.stop()
            self._note_begun(self._stream)
            self._tally.end_stretch(self._stream.played())
            self._stream = None

    def write_down(self) -> None:
        """Hand on what is unsaid."""
        if self._unsaid:
            self.note(*self._unsaid)
            self._unsaid.clear()

    async def _sound_tone(self, tone: Sequence[bytes], stream: Stream) -> None:
        for pcm in tone:
            if stream.is_stopped():
                return
            await self._write(Piece(item=None, pcm=pcm), stream)

    async def _feed(
        self, pieces: AsyncGenerator[Piece, None], stream: Stream, gives_way: Callable[[], bool]
    ) -> Ending:
        """Write piece after piece; return how it ends if nobody stops it."""
        asked_ms = self.order.duration_ms - self.position_ms + OVERRUN_MS
        allowed = asked_ms * self.rate_hz // 1_000 - self._tally.samples
        before: int | None = None
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    if stream.is_stopped():
                        break
                    if before is not None and piece.item not in {before, None} and gives_way():
                        return Ending(Kind.CUT, "priority")
                    if piece.item is not None:
                        before = piece.item
                        allowed -= len(piece.pcm) // BYTES_PER_SAMPLE
                    if allowed < 0:
                        return Ending(Kind.CUT, "too_long")
                    if piece.pcm:
                        await self._write(piece, stream)
        except (AudioUndecodable, AudioMissing) as error:
            return Ending(Kind.FAILED, error.code)
        return Ending(Kind.FINISHED)

    async def _write(self, piece: Piece, stream: Stream) -> None:
        begins_us = await stream.write(piece.pcm)
        if stream.is_stopped():
            return
        samples = len(piece.pcm) // BYTES_PER_SAMPLE
        is_first = self._tally.wrote(piece.item, samples)
        if is_first:
            self._calm_from_us = self.clock.monotonic_us() + self.calm_us
        if piece.item is not None:
            is_first = self._progress.wrote(piece.item, samples, begins_us=begins_us)
        elif is_first:
            self._unsaid.append(self._stated(Kind.TONE_STARTED, first_sample_at_us=begins_us))
        if is_first:
            await asyncio.sleep(CALM_BEHIND_TONE_S if piece.item is None else CALM_S)
        self._note_begun(stream)
        if self.clock.monotonic_us() >= self._calm_from_us:
            self.write_down()

    def _note_begun(self, stream: Stream) -> None:
        """Note the items and cues whose first sample has left since."""
        left = self._progress.left(until_us=stream.played().last_sample_at_us or 0)
        self._unsaid += [self._item_started(each) for each in left]

    def _item_started(self, beginning: Beginning) -> Statement:
        return self._stated(
            Kind.ITEM_STARTED,
            item=beginning.item,
            cue=beginning.cue,
            first_sample_at_us=beginning.at_us,
        )

    def _stated(
        self,
        kind: Kind,
        *,
        first_sample_at_us: int,
        item: int | None = None,
        cue: int | None = None,
    ) -> Statement:
        return Statement(
            kind=kind,
            at_ms=now_ms(self.clock),
            order=self.order.id,
            repeat=self.order.repeat,
            item=item,
            cue=cue,
            first_sample_at_us=first_sample_at_us,
            sink=self.sink.name,
            simulated=self.sink.simulated,
        )

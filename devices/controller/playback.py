"""Plays one order: `started` on disk, then sound at the instant, then what left the sink.

However it ends, the end is stated once: finished, cut, or failed. Sound never lasts longer than
was ordered, whatever the audio holds.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import structlog

from devices.controller.clock import Clock, now_ms
from devices.controller.mp3 import BYTES_PER_SAMPLE, decode, sample_rate_hz
from devices.controller.progress import Beginning, Progress
from devices.controller.sinks import Sink, Stream
from devices.controller.statements import Statement, about
from devices.errors import AudioUndecodable, JournalUnusable
from devices.protocol.messages import Kind, Order

log = structlog.get_logger()

STARTED_LEAD_MS = 1_000
STARTED_SPREAD_MS = 500
"""How long before the sound `started` is written: early enough to be on a slow disk 300 ms ahead,
and spread, lest all controllers that share a disk ask it at the same instant."""

CALM_S = 0.1
"""How long after its first sample a play does nothing else: the sink holds more, and other
controllers on the machine begin at the same instant."""

CHUNK_MS = 500
OVERRUN_MS = 2_000
"""How much longer than ordered sound may last before it is cut: rounding and encoder padding."""

DISK_RETRY_S = 5.0


@dataclass(slots=True)
class Reel:
    """An order's sound, decoder open and the first piece decoded."""

    rate_hz: int
    pieces: Iterator[tuple[int, bytes]]
    first: tuple[int, bytes]


def open_reel(paths: Sequence[Path]) -> Reel:
    """Open the first item's decoder and decode its beginning; raise AudioUndecodable."""
    rate_hz = sample_rate_hz(paths[0])
    pieces = (
        (item, pcm)
        for item, path in enumerate(paths)
        for pcm in decode(path, rate_hz=rate_hz, chunk_ms=CHUNK_MS)
        if pcm
    )
    first = next(pieces, None)
    if first is None:
        raise AudioUndecodable(paths[0].name)
    return Reel(rate_hz=rate_hz, pieces=pieces, first=first)


@dataclass(slots=True)
class Play:
    """One order on its way through the sink."""

    order: Order
    paths: Sequence[Path]
    sink: Sink
    clock: Clock
    say: Callable[..., None]
    may_start: Callable[[], bool]
    lead_ms: int = STARTED_LEAD_MS
    cuts: "Play | None" = None
    withdrawn: bool = False
    _stream: Stream | None = None
    _progress: Progress | None = None
    _unsaid: list[Statement] = field(default_factory=list)

    async def run(self) -> None:
        """Play; return when it has ended, or was withdrawn before it began.

        Raises JournalUnusable when `started` cannot be written, and then nothing sounds.
        """
        try:
            reel = open_reel(self.paths)
        except AudioUndecodable as error:
            self._end(Kind.FAILED, code=error.code)
            await self._write_down()
            return
        await self.clock.wait_until_us((self.order.starts_at_ms - self.lead_ms) * 1_000)
        if self.withdrawn or not self.may_start():
            return
        self.say(about(self.order, Kind.STARTED, at_ms=now_ms(self.clock)))
        self._stream = self.sink.open(sample_rate_hz=reel.rate_hz)
        self._progress = Progress(self.order.items, reel.rate_hz)
        try:
            await self._sound(reel, self._stream, self._progress)
        except asyncio.CancelledError:
            self._stream.stop()
            self._note_begun(self._stream, self._progress)
            self._end(Kind.FAILED, code="interrupted")
            self._try_to_write()
            raise
        await self._write_down()

    def stop(self) -> None:
        """Fall silent at once; before the beginning, do not begin."""
        if self._stream is None:
            self.withdrawn = True
        else:
            self._stream.stop()

    async def _sound(self, reel: Reel, stream: Stream, progress: Progress) -> None:
        await stream.begin(at_us=self.order.starts_at_ms * 1_000)
        if self.cuts is not None:
            self.cuts.stop()
        kind, code = await self._feed(reel, stream, progress)
        await stream.drain()
        self._note_begun(stream, progress)
        if stream.is_stopped():
            kind, code = Kind.CUT, "emergency"
        self._end(kind, code=code)

    async def _feed(
        self, reel: Reel, stream: Stream, progress: Progress
    ) -> tuple[Kind, str | None]:
        """Write piece after piece; return how it ends if nobody stops it."""
        allowed = (self.order.duration_ms + OVERRUN_MS) * reel.rate_hz // 1_000
        try:
            for item, pcm in chain([reel.first], reel.pieces):
                if stream.is_stopped():
                    break
                samples = len(pcm) // BYTES_PER_SAMPLE
                allowed -= samples
                if allowed < 0:
                    return Kind.CUT, "too_long"
                begins_us = await stream.write(pcm)
                if not stream.is_stopped() and progress.wrote(item, samples, begins_us=begins_us):
                    await asyncio.sleep(CALM_S)
                if self._note_begun(stream, progress):
                    self._try_to_write()
        except AudioUndecodable as error:
            return Kind.FAILED, error.code
        return Kind.FINISHED, None

    def _note_begun(self, stream: Stream, progress: Progress) -> bool:
        """Note the items and cues whose first sample has left since; return whether there are."""
        left = progress.left(until_us=stream.played().last_sample_at_us or 0)
        self._unsaid += [self._item_started(each) for each in left]
        return bool(left)

    def _item_started(self, beginning: Beginning) -> Statement:
        return Statement(
            kind=Kind.ITEM_STARTED,
            at_ms=now_ms(self.clock),
            order=self.order.id,
            repeat=self.order.repeat,
            item=beginning.item,
            cue=beginning.cue,
            first_sample_at_us=beginning.at_us,
            sink=self.sink.name,
            simulated=self.sink.simulated,
        )

    def _end(self, kind: Kind, *, code: str | None = None) -> None:
        played = self._stream.played() if self._stream is not None else None
        reached = None
        if self._progress is not None and kind is not Kind.FINISHED:
            reached = self._progress.reached
        self._unsaid.append(
            Statement(
                kind=kind,
                at_ms=now_ms(self.clock),
                order=self.order.id,
                repeat=self.order.repeat,
                code=code,
                item=reached.item if reached else None,
                cue=reached.cue if reached else None,
                first_sample_at_us=played.first_sample_at_us if played else None,
                last_sample_at_us=played.last_sample_at_us if played else None,
                samples=played.samples if played else None,
                sample_rate_hz=played.sample_rate_hz if played else None,
                sink=self.sink.name if played else None,
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

"""The player: asks what is due, prepares it, and keeps at most one order on the sink."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from random import Random

import structlog

from devices.controller.admission import Refusal, allowed_at
from devices.controller.audio_store import AudioStore
from devices.controller.clock import Clock, now_ms
from devices.controller.due import Audio, Candidate, OrderKey, due, key_of
from devices.controller.fetching import Fetcher
from devices.controller.journal import Journal
from devices.controller.playback import (
    DISK_RETRY_S,
    STARTED_LEAD_MS,
    STARTED_SPREAD_MS,
    Play,
)
from devices.controller.reconciling import Planned
from devices.controller.sinks import Sink
from devices.controller.statements import Statement, about
from devices.errors import JournalUnusable
from devices.protocol.identity import Identity
from devices.protocol.messages import Kind, Order

log = structlog.get_logger()

LONGEST_PAUSE_S = 30.0


class Player:
    """Plays what the controller's plan holds, and states what cannot be played."""

    def __init__(
        self,
        *,
        identity: Identity,
        journal: Journal,
        fetcher: Fetcher,
        store: AudioStore,
        sink: Sink,
        clock: Clock,
        rng: Random,
        say: Callable[..., None],
        planned: Callable[[], Mapping[OrderKey, Planned]],
    ) -> None:
        self._identity = identity
        self._journal = journal
        self._fetcher = fetcher
        self._store = store
        self._sink = sink
        self._clock = clock
        self._rng = rng
        self._say = say
        self._planned = planned
        self._plays: list[Play] = []
        self._wakened = asyncio.Event()

    def wake(self) -> None:
        """The plan, the audio or the sink changed: ask again what is due."""
        self._wakened.set()

    def state_interrupted(self) -> None:
        """State the end of what a crash cut off; it never plays again."""
        self._say(
            *(
                Statement(
                    kind=Kind.FAILED,
                    at_ms=now_ms(self._clock),
                    order=key.id,
                    repeat=key.repeat,
                    code="interrupted",
                )
                for key in self._journal.interrupted
            )
        )

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Decide, and again at each change and each instant that matters, for ever."""
        while True:
            self._wakened.clear()
            try:
                wake_at_ms = self._decide(tasks)
            except JournalUnusable as error:
                log.error("play_put_off", why=error.detail)
                wake_at_ms = now_ms(self._clock) + round(DISK_RETRY_S * 1_000)
            await self._pause(wake_at_ms)

    def _decide(self, tasks: asyncio.TaskGroup) -> int | None:
        """Act on what is due now; return when to ask again."""
        at_ms = now_ms(self._clock)
        playing = self._plays[-1] if self._plays else None
        decision = due(
            [
                Candidate(each.order, self._fetcher.state(each.order), each.seen_at_ms)
                for each in self._planned().values()
            ],
            now_ms=at_ms,
            settled=self._journal.settled,
            playing=playing.order if playing else None,
        )
        self._say(
            *(self._skipped(order, "too_late") for order in decision.too_late),
            *(
                about(order, Kind.FAILED, at_ms=at_ms, code=audio)
                for order, audio in decision.without_audio
            ),
        )
        start = decision.start
        if start is None:
            return decision.wake_at_ms
        if not self._is_allowed(start):
            self._say(self._skipped(start, Refusal.QUIET_HOURS))
            return at_ms
        play = self._prepare(start, cuts=playing)
        self._plays.append(play)
        tasks.create_task(self._play(play), name=f"play {start.id}")
        return decision.wake_at_ms

    def _prepare(self, order: Order, *, cuts: Play | None) -> Play:
        return Play(
            order=order,
            paths=[self._store.path(item.sha256) for item in order.items],
            sink=self._sink,
            clock=self._clock,
            say=self._say,
            may_start=lambda: self._may_start(order),
            lead_ms=STARTED_LEAD_MS + self._rng.randrange(STARTED_SPREAD_MS),
            cuts=cuts,
        )

    async def _play(self, play: Play) -> None:
        try:
            if await self._fetcher.check_again(play.order) is Audio.READY:
                await play.run()
        except JournalUnusable as error:
            log.error("play_put_off", order_id=play.order.id, why=error.detail)
            await asyncio.sleep(DISK_RETRY_S)
        finally:
            self._plays.remove(play)
            self.wake()

    def _may_start(self, order: Order) -> bool:
        """Whether an order that was prepared is still to be played, as it was prepared."""
        planned = self._planned().get(key_of(order))
        return (
            planned is not None
            and planned.order == order
            and key_of(order) not in self._journal.settled
            and now_ms(self._clock) <= order.not_after_ms
            and self._is_allowed(order)
        )

    def _is_allowed(self, order: Order) -> bool:
        starts_at_ms = max(order.starts_at_ms, now_ms(self._clock))
        return allowed_at(order, identity=self._identity, starts_at_ms=starts_at_ms)

    def _skipped(self, order: Order, code: str) -> Statement:
        return about(order, Kind.SKIPPED, at_ms=now_ms(self._clock), code=code)

    async def _pause(self, wake_at_ms: int | None) -> None:
        """Wait for a change or an instant; look up now and then, for a wall clock may step."""
        pause_s = LONGEST_PAUSE_S
        if wake_at_ms is not None:
            left_s = (wake_at_ms * 1_000 - self._clock.now_us()) / 1e6
            pause_s = min(max(0.0, left_s), LONGEST_PAUSE_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._wakened.wait()

"""The player: asks what is due, prepares it, and keeps at most one order on the sink."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

import structlog

from devices.controller.admission import Refusal, allowed_at
from devices.controller.audio_store import AudioStore
from devices.controller.clock import now_ms
from devices.controller.decoder import Decoder
from devices.controller.due import (
    JOIN_AT_LEAST_MS,
    Audio,
    Candidate,
    OrderKey,
    due,
    joins_at_ms,
    key_of,
    opens_with_tone,
)
from devices.controller.fetching import Fetcher
from devices.controller.journal import Journal
from devices.controller.opening import Opening
from devices.controller.playback import (
    DISK_RETRY_S,
    STARTED_LEAD_MS,
    STARTED_SPREAD_MS,
    Play,
    Silence,
)
from devices.controller.reconciling import Planned
from devices.controller.sinks import Sink
from devices.controller.statements import Statement, about
from devices.controller.trusted_time import TrustedClock
from devices.errors import JournalUnusable
from devices.protocol.messages import Config, Kind, Order, Priority, Tone

log = structlog.get_logger()

LONGEST_PAUSE_S = 30.0
REBORN_MARK = "reborn_ms"


class Player:
    """Plays what the controller's plan holds, and states what cannot be played.

    While the device has no time that it believes it plays nothing and gives nothing up.
    """

    def __init__(
        self,
        *,
        journal: Journal,
        fetcher: Fetcher,
        store: AudioStore,
        sink: Sink,
        decoder: Decoder,
        clock: TrustedClock,
        rng: Random,
        say: Callable[..., None],
        planned: Callable[[], Mapping[OrderKey, Planned]],
        config: Callable[[], Config | None],
    ) -> None:
        self._journal = journal
        self._fetcher = fetcher
        self._store = store
        self._sink = sink
        self._decoder = decoder
        self._clock = clock
        self._rng = rng
        self._say = say
        self._planned = planned
        self._config = config
        self._plays: list[Play] = []
        self._wakened = asyncio.Event()

    @property
    def begun(self) -> Mapping[OrderKey, Play]:
        """What is on the sink, or waits to go on: it states its own end."""
        return {key_of(play.order): play for play in self._plays if play.has_begun}

    def wake(self) -> None:
        """The plan, the audio, the time or the sink changed: ask again what is due."""
        self._wakened.set()

    def silence(self, stopped: Callable[[Order], bool]) -> None:
        """Silence what the station stopped, at once."""
        for play in self._plays:
            if stopped(play.order):
                play.stop(Silence.BY_ORDER)

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Decide, and again at each change and each instant that matters, for ever."""
        while True:
            self._wakened.clear()
            try:
                wake_at_ms = self._decide(tasks) if self._clock.is_trusted else None
            except JournalUnusable as error:
                log.error("play_put_off", why=error.detail)
                wake_at_ms = now_ms(self._clock) + round(DISK_RETRY_S * 1_000)
            await self._pause(wake_at_ms)

    def state_interrupted(self) -> None:
        """State the end of what a crash cut off, unless it may join what is still under way."""
        self._say(
            *(
                Statement(
                    kind=Kind.FAILED,
                    at_ms=now_ms(self._clock),
                    order=key.id,
                    repeat=key.repeat,
                    code="interrupted",
                )
                for key in self._interrupted()
                if not self._may_rejoin(key)
            )
        )

    def _interrupted(self) -> Sequence[OrderKey]:
        ours = {key_of(play.order) for play in self._plays}
        return [key for key in self._journal.interrupted if key not in ours]

    def _may_rejoin(self, key: OrderKey) -> bool:
        planned = self._planned().get(key)
        if planned is None or not planned.order.joins or opens_with_tone(planned.order):
            return False
        order = planned.order
        ends_ms = order.starts_at_ms + order.duration_ms - JOIN_AT_LEAST_MS
        return not self._clock.is_trusted or now_ms(self._clock) < ends_ms

    def _decide(self, tasks: asyncio.TaskGroup) -> int | None:
        """Act on what is due now; return when to ask again."""
        self.state_interrupted()
        self._skip_what_may_have_played()
        playing = next((play for play in reversed(self._plays) if not play.is_suspended), None)
        if playing is None and self._rejoin(tasks):
            return None
        decision = due(
            [
                Candidate(each.order, self._fetcher.state(each.order), each.seen_at_ms)
                for key, each in self._planned().items()
                if key not in self._journal.settled
            ],
            now_ms=now_ms(self._clock),
            settled=self._journal.settled,
            playing=playing.order if playing else None,
        )
        self._give_up(decision.too_late, decision.without_audio)
        start = decision.start
        if playing is None and not (start and start.priority == Priority.EMERGENCY):
            suspended = self._plays[-1] if self._plays else None
            if suspended is not None:
                suspended.go_on()
                return decision.wake_at_ms
        if start is None:
            return decision.wake_at_ms
        if not self._is_allowed(start):
            self._say(self._skipped(start, Refusal.QUIET_HOURS))
            return now_ms(self._clock)
        self._begin(self._prepare(start, cuts=playing), tasks)
        return decision.wake_at_ms

    def _skip_what_may_have_played(self) -> None:
        """A device whose journal was lost does not know what it has played: not a second time."""
        if self._journal.previous is None:
            return
        reborn_ms = self._journal.mark(REBORN_MARK)
        if not reborn_ms:
            reborn_ms = now_ms(self._clock)
            self._journal.raise_mark(REBORN_MARK, reborn_ms)
        self._say(
            *(
                self._skipped(each.order, "journal_lost")
                for key, each in self._planned().items()
                if each.order.starts_at_ms <= reborn_ms and key not in self._journal.settled
            )
        )

    def _give_up(
        self, too_late: Sequence[Order], without_audio: Sequence[tuple[Order, Audio]]
    ) -> None:
        at_ms = now_ms(self._clock)
        self._say(
            *(self._skipped(order, "too_late") for order in too_late),
            *(about(order, Kind.FAILED, at_ms=at_ms, code=audio) for order, audio in without_audio),
        )

    def _rejoin(self, tasks: asyncio.TaskGroup) -> bool:
        """Go on with what the power cut off, where it would be by now."""
        for key in self._interrupted():
            order = self._planned()[key].order
            if self._fetcher.state(order) is Audio.READY and self._is_allowed(order):
                play = self._prepare(order, cuts=None, rejoins=True)
                self._begin(play, tasks)
                return True
        return False

    def _begin(self, play: Play, tasks: asyncio.TaskGroup) -> None:
        self._plays.append(play)
        tasks.create_task(self._play(play), name=f"play {play.order.id}")

    def _prepare(self, order: Order, *, cuts: Play | None, rejoins: bool = False) -> Play:
        config = self._config()
        lead_ms = STARTED_LEAD_MS + self._rng.randrange(STARTED_SPREAD_MS)
        position_ms = joins_at_ms(order, now_ms=now_ms(self._clock))
        return Play(
            order=order,
            paths=[self._store.path(item.sha256) for item in order.items],
            sink=self._sink,
            decoder=self._decoder,
            clock=self._clock,
            say=self._say,
            may_start=lambda: rejoins or self._may_start(order),
            may_go_on=lambda: self._is_allowed(order),
            lead_ms=lead_ms,
            stagger_ms=config.stagger_ms if config is not None else 0,
            position_ms=position_ms,
            rejoins=rejoins,
            opening=self._opening(order),
            cuts=cuts,
        )

    def _opening(self, order: Order) -> Opening | None:
        if not opens_with_tone(order) or not isinstance(order.tone, Tone):
            return None

        async def ready() -> bool:
            return await self._fetcher.check_again(order) is Audio.READY

        return Opening(
            order=order,
            tone=order.tone,
            ready=ready,
            warnings=self._stored_warnings(order),
            decoder=self._decoder,
            clock=self._clock,
        )

    def _stored_warnings(self, order: Order) -> Sequence[Path]:
        config = self._config()
        if config is None:
            return ()
        paths = [
            self._store.path(each.item.sha256)
            for each in config.warnings
            if each.hazard == order.hazard
        ]
        return [path for path in paths if path.exists()]

    async def _play(self, play: Play) -> None:
        try:
            audio = Audio.READY
            if play.opening is None:
                audio = await self._fetcher.check_again(play.order)
            if audio is Audio.READY:
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
        config = self._config()
        starts_at_ms = max(order.starts_at_ms, now_ms(self._clock))
        return config is not None and allowed_at(order, config=config, starts_at_ms=starts_at_ms)

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

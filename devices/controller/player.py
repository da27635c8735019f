"""The player: asks what is due, prepares it, and keeps at most one order on the sink."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

import msgspec
import structlog

from devices.controller.admission import Refusal, allowed_at
from devices.controller.clock import now_ms
from devices.controller.due import (
    JOIN_AFTER_MS,
    JOIN_AT_LEAST_MS,
    PREROLL_MS,
    Audio,
    Candidate,
    Decision,
    due,
    opens_with_tone,
)
from devices.controller.fetching import Fetcher
from devices.controller.journal import Journal
from devices.controller.playback import STARTED_LEAD_MS, STARTED_SPREAD_MS, Play, Silence
from devices.controller.reconciling import Planned
from devices.controller.sinks import Sink
from devices.controller.sounds import Sounds
from devices.controller.statements import Statement, about
from devices.controller.trusted_time import TrustedClock
from devices.errors import JournalUnusable
from devices.protocol.messages import Config, Kind, Order, OrderKey, Priority

log = structlog.get_logger()

LONGEST_PAUSE_S = 30.0
DISK_RETRY_S = 5.0
REBORN_MARK = "reborn_ms"

JOIN_LEAD_MS = 1_500
"""How far ahead a play joins what is under way, so that it does so to the sample."""

FAR_MS = 5_000
"""How much farther away than when it was prepared an order is left alone: the clock was set."""


@dataclass(slots=True)
class Player:
    """Plays what the controller's plan holds, and states what cannot be played.

    While the device has no time that it believes it plays nothing; while nobody vouches for that
    time it gives nothing up. `say` puts on the disk or raises; `note` never refuses.
    """

    journal: Journal
    fetcher: Fetcher
    sounds: Sounds
    sink: Sink
    clock: TrustedClock
    rng: Random
    say: Callable[..., None]
    note: Callable[..., None]
    planned: Callable[[], Mapping[OrderKey, Planned]]
    config: Callable[[], Config | None]
    turned_us: int = 0
    _plays: list[Play] = field(default_factory=list)
    _waiting: Order | None = None
    _in_service_ms: int | None = None
    _wakened: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def begun(self) -> Mapping[OrderKey, Play]:
        """What is on the sink, or waits to go on: it states its own end."""
        return {play.order.key: play for play in self._plays if play.has_begun}

    def is_busy_within(self, duration_ms: int) -> bool:
        """Whether something sounds, is being prepared, or is to begin in so many milliseconds."""
        soon_ms = self._now_ms() + duration_ms
        return bool(self._plays) or any(
            key not in self.journal.settled and self._starts_ms(each.order) <= soon_ms
            for key, each in self.planned().items()
        )

    def wake(self) -> None:
        """The plan, the audio, the time or the sink changed: ask again what is due."""
        self._wakened.set()

    def hurry(self, tasks: asyncio.TaskGroup) -> None:
        """Begin at once what has become due; whoever asks wakes it again soon for all else."""
        try:
            self._decide(tasks)
        except JournalUnusable:
            self.wake()

    def silence(self, stopped: Callable[[Order], bool]) -> None:
        """Silence what the station stopped, at once."""
        for play in self._plays:
            if stopped(play.order):
                play.stop(Silence.BY_ORDER)

    async def run(self, tasks: asyncio.TaskGroup) -> None:
        """Decide, and again at each change and each instant that matters, for ever."""
        while True:
            self._wakened.clear()
            self.turned_us = self.clock.monotonic_us()
            try:
                wake_at_ms = self._decide(tasks)
            except JournalUnusable as error:
                log.error("play_put_off", why=error.detail)
                wake_at_ms = self._now_ms() + round(DISK_RETRY_S * 1_000)
            await self._pause(wake_at_ms)

    def state_interrupted(self) -> None:
        """State the end of what a crash cut off, unless it may join what is still under way."""
        interrupted = self._interrupted()
        if not interrupted:
            return
        self.note(
            *(
                Statement(
                    kind=Kind.FAILED,
                    at_ms=self._now_ms(),
                    order=key.id,
                    repeat=key.repeat,
                    code="interrupted",
                )
                for key in interrupted
                if not self._may_rejoin(key)
            )
        )

    def _interrupted(self) -> Sequence[OrderKey]:
        interrupted = self.journal.interrupted
        return [key for key in interrupted if key not in self._ours()] if interrupted else ()

    def _ours(self) -> Collection[OrderKey]:
        return {play.order.key for play in self._plays}

    def _may_rejoin(self, key: OrderKey) -> bool:
        planned = self.planned().get(key)
        if planned is None or not planned.order.joins or opens_with_tone(planned.order):
            return False
        return not self.clock.is_vouched or self._now_ms() <= self._last_join_ms(planned.order)

    def _last_join_ms(self, order: Order) -> int:
        return self._starts_ms(order) + order.duration_ms - JOIN_AT_LEAST_MS

    def _decide(self, tasks: asyncio.TaskGroup) -> int | None:
        """Act on what is due at this instant; return when to ask again."""
        with self.clock.one_instant:
            return self._act(tasks) if self.clock.is_trusted else None

    def _act(self, tasks: asyncio.TaskGroup) -> int | None:
        if self._in_service_ms is None:
            self._in_service_ms = self._now_ms()
        self.state_interrupted()
        if not self._knows_what_has_played():
            return None
        playing = next((play for play in reversed(self._plays) if not play.is_suspended), None)
        if playing is None:
            playing = self._rejoin(tasks)
        else:
            self._withdraw_what_cannot_begin(playing)
        decision = self._allowed_decision(playing)
        self._waiting = decision.waits
        if playing is None and self._go_on(before=decision.start):
            return decision.wake_at_ms
        if decision.start is not None:
            self._begin(self._prepare(decision.start, cuts=playing), tasks)
        return decision.wake_at_ms

    def _allowed_decision(self, playing: Play | None) -> Decision:
        """What is due; what quiet hours forbid is given up, or left out while nobody vouches."""
        left_out: set[OrderKey] = set()
        while True:
            decision = self._due(playing, without=left_out)
            self._give_up(decision)
            start = decision.start
            if start is None or self._is_allowed(start):
                return decision
            left_out.add(start.key)
            if self.clock.is_vouched:
                self.note(self._skipped(start, Refusal.QUIET_HOURS))

    def _due(self, playing: Play | None, *, without: Collection[OrderKey]) -> Decision:
        now_ms, settled = self._now_ms(), self.journal.settled
        ours = self._ours()
        near: list[Candidate] = []
        far_ms: int | None = None
        for key, each in self.planned().items():
            if key in settled or key in ours or key in without:
                continue
            prepared_ms = each.order.starts_at_ms - PREROLL_MS
            if prepared_ms <= now_ms:
                near.append(self._candidate(each))
            elif far_ms is None or prepared_ms < far_ms:
                far_ms = prepared_ms
        decision = due(
            near,
            now_ms=now_ms,
            settled=settled,
            playing=playing.order if playing else None,
        )
        if far_ms is None or (decision.wake_at_ms or far_ms) < far_ms:
            return decision
        return msgspec.structs.replace(decision, wake_at_ms=far_ms)

    def _candidate(self, planned: Planned) -> Candidate:
        order = planned.order
        state = self.fetcher.state(order)
        return Candidate(order, state, planned.seen_at_ms, self._last_ms(order))

    def _last_ms(self, order: Order) -> int | None:
        """When nothing would be left of it: what is live, or was missed while we were off."""
        if order.comes_as_it_is_said or self._was_missed(order):
            return self._last_join_ms(order)
        return None

    def _was_missed(self, order: Order) -> bool:
        """Whether it joins a broadcast that began before this device was in service."""
        if not order.joins or opens_with_tone(order) or self._in_service_ms is None:
            return False
        return self._starts_ms(order) + JOIN_AFTER_MS < self._in_service_ms

    def _give_up(self, decision: Decision) -> None:
        """State what is over and what cannot be played, if somebody vouches for the time."""
        is_any_over = decision.too_late or decision.without_audio
        if not is_any_over or not self.clock.is_vouched:
            return
        at_ms = self._now_ms()
        self.note(
            *(self._skipped(order, "too_late") for order in decision.too_late),
            *(
                about(order, Kind.FAILED, at_ms=at_ms, code=audio)
                for order, audio in decision.without_audio
            ),
        )

    def _go_on(self, *, before: Order | None) -> bool:
        """Let what was cut last go on, unless something more urgent is about to begin."""
        suspended = self._plays[-1] if self._plays else None
        if suspended is None or (before and before.priority < suspended.order.priority):
            return False
        suspended.go_on()
        return True

    def _withdraw_what_cannot_begin(self, play: Play) -> None:
        """Let go of what was prepared and is off the plan, or was brought far away by the clock."""
        if play.has_begun:
            return
        far_ms = PREROLL_MS + self._stagger_ms() + FAR_MS
        if play.begins_ms - self._now_ms() > far_ms or not play.may_start():
            play.withdraw()

    def _knows_what_has_played(self) -> bool:
        """A device whose journal was lost plays nothing that it may have played before."""
        if not self.journal.was_lost:
            return True
        reborn_ms = self.journal.mark(REBORN_MARK)
        if not reborn_ms:
            if not self.clock.is_vouched:
                return False
            reborn_ms = self._now_ms()
            self.journal.raise_marks({REBORN_MARK: reborn_ms})
        self.note(
            *(
                self._skipped(each.order, "journal_lost")
                for key, each in self.planned().items()
                if each.order.starts_at_ms <= reborn_ms and key not in self.journal.settled
            )
        )
        return True

    def _rejoin(self, tasks: asyncio.TaskGroup) -> Play | None:
        """Go on with what the power cut off, where it would be by now."""
        for key in self._interrupted():
            order = self.planned()[key].order
            is_ready = self.fetcher.state(order) is Audio.READY
            if is_ready and self._now_ms() <= self._last_join_ms(order):
                play = self._prepare(order, cuts=None, rejoins=True)
                if play.may_start():
                    self._begin(play, tasks)
                    return play
        return None

    def _begin(self, play: Play, tasks: asyncio.TaskGroup) -> None:
        self._plays.append(play)
        tasks.create_task(self._play(play), name=f"play {play.order.id}")

    def _prepare(self, order: Order, *, cuts: Play | None, rejoins: bool = False) -> Play:
        begins_ms, position_ms = self._starts_ms(order), 0
        if rejoins or self._was_missed(order):
            begins_ms = self._now_ms() + JOIN_LEAD_MS
            position_ms = begins_ms - self._starts_ms(order)
        return Play(
            order=order,
            programme=self.sounds.programme(order, ends_ms=self._ends_ms(order)),
            sink=self.sink,
            clock=self.clock,
            say=self.say,
            note=self.note,
            may_start=lambda: self._may_start(order, position_ms, rejoins=rejoins),
            may_go_on=lambda reached_ms: self._may_go_on(order, reached_ms),
            gives_way=lambda: self._gives_way(order),
            paused=self.wake,
            begins_ms=begins_ms,
            lead_ms=STARTED_LEAD_MS + self.rng.randrange(STARTED_SPREAD_MS),
            position_ms=position_ms,
            rejoins=rejoins,
            opening=self.sounds.opening(order, rate_hz=self.sink.rate_hz),
            cuts=cuts,
        )

    async def _play(self, play: Play) -> None:
        try:
            audio = Audio.READY
            if play.opening is None:
                audio = await self.fetcher.check_again(play.order)
            if audio is Audio.READY:
                await play.run()
        except JournalUnusable as error:
            log.error("play_put_off", order_id=play.order.id, why=error.detail)
            await asyncio.sleep(DISK_RETRY_S)
        finally:
            self._plays.remove(play)
            self.wake()

    def _may_start(self, order: Order, position_ms: int, *, rejoins: bool) -> bool:
        """Whether an order that was prepared is still to be played, as it was prepared."""
        key = order.key
        planned = self.planned().get(key)
        with self.clock.one_instant:
            if planned is None or planned.order != order or not self.clock.is_trusted:
                return False
            if not rejoins and (
                key in self.journal.settled
                or self._now_ms() > order.not_after_ms + self._stagger_ms()
            ):
                return False
            return self._is_allowed(order, position_ms=position_ms)

    def _may_go_on(self, order: Order, reached_ms: int) -> bool:
        """Whether the rest may still sound: it ends no later than it could have without a cut."""
        rest_ends_ms = self._now_ms() + order.duration_ms - reached_ms
        if order.comes_as_it_is_said and self._now_ms() > self._last_join_ms(order):
            return False
        if not order.comes_as_it_is_said and rest_ends_ms > order.not_after_ms + order.duration_ms:
            return False
        return self._is_allowed(order, position_ms=reached_ms)

    def _gives_way(self, order: Order) -> bool:
        """Whether a priority order waits for the next boundary between two items of this one."""
        waiting = self._waiting
        return (
            waiting is not None
            and order.priority == Priority.NORMAL
            and waiting.priority == Priority.PRIORITY
        )

    def _is_allowed(self, order: Order, *, position_ms: int = 0) -> bool:
        config = self.config()
        return config is not None and allowed_at(
            order,
            config=config,
            starts_at_ms=max(order.starts_at_ms, self._now_ms()),
            position_ms=position_ms,
        )

    def _starts_ms(self, order: Order) -> int:
        """Its planned instant at this pole: a tone is at once everywhere."""
        if opens_with_tone(order):
            return order.starts_at_ms
        return order.starts_at_ms + self._stagger_ms()

    def _ends_ms(self, order: Order) -> int:
        return self._starts_ms(order) + order.tone_ms + order.duration_ms

    def _stagger_ms(self) -> int:
        config = self.config()
        return config.stagger_ms if config is not None else 0

    def _skipped(self, order: Order, code: str) -> Statement:
        return about(order, Kind.SKIPPED, at_ms=self._now_ms(), code=code)

    def _now_ms(self) -> int:
        return now_ms(self.clock)

    async def _pause(self, wake_at_ms: int | None) -> None:
        """Wait for a change or an instant; look up now and then, for a wall clock may step."""
        pause_s = LONGEST_PAUSE_S
        if wake_at_ms is not None:
            left_s = (wake_at_ms * 1_000 - self.clock.now_us()) / 1e6
            pause_s = min(max(0.0, left_s), LONGEST_PAUSE_S)
        alarm = asyncio.get_running_loop().call_later(pause_s, self.wake)
        try:
            await self._wakened.wait()
        finally:
            alarm.cancel()

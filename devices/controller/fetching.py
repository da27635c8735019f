"""Fetches ahead what the plan needs: with jitter, resumed after a break, hashed before use."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from random import Random

import structlog

from devices.controller.audio_source import AudioSource
from devices.controller.audio_store import AudioStore
from devices.controller.backoff import backoff_s
from devices.controller.clock import Clock, now_ms
from devices.controller.decoder import Decoder
from devices.controller.due import Audio
from devices.errors import AudioFetchFailed, AudioUndecodable
from devices.protocol.messages import Item, Order, Priority, Relay

log = structlog.get_logger()

PARALLEL_FETCHES = 2
JITTER_CAP_S = 30.0
JITTER_SHARE = 0.1
"""Jitter is at most this share of the time left, so that an order at short notice has none."""

FOR_EVER_MS = 2**53

RETRY_FIRST_S = 1.0
RETRY_CAP_S = 60.0
URGENT_CAP_S = 5.0


@dataclass(frozen=True, slots=True)
class Want:
    """One file that the plan needs, by when, and until when it is any use.

    What an emergency needs is urgent: it waits for no other file, and is tried again and again.
    """

    item: Item
    needed_at_ms: int
    useful_until_ms: int
    is_urgent: bool = False


def wants_of(orders: Sequence[Order], *, kept: Sequence[Item] = ()) -> dict[str, Want]:
    """What these orders need, each file once, the soonest first; then what is kept for ever."""
    wants: dict[str, Want] = {}
    for order in sorted(orders, key=lambda order: order.starts_at_ms):
        for item in _audio_of(order):
            before = wants.get(item.sha256)
            wants[item.sha256] = Want(
                item=item,
                needed_at_ms=before.needed_at_ms if before else order.starts_at_ms,
                useful_until_ms=max(order.not_after_ms, before.useful_until_ms if before else 0),
                is_urgent=order.priority == Priority.EMERGENCY or bool(before and before.is_urgent),
            )
    for item in kept:
        before = wants.get(item.sha256)
        needed_at_ms = before.needed_at_ms if before else FOR_EVER_MS
        is_urgent = before is not None and before.is_urgent
        wants[item.sha256] = Want(item, needed_at_ms, FOR_EVER_MS, is_urgent)
    return wants


def _audio_of(order: Order) -> Sequence[Item]:
    """Its items, or what fills in for a relay."""
    if isinstance(order.relay, Relay) and order.relay.fallback is not None:
        return (order.relay.fallback,)
    return order.items


class Fetcher:
    """Brings the plan's audio onto the disk, each file by a task of its own."""

    def __init__(
        self,
        *,
        store: AudioStore,
        source: AudioSource,
        decoder: Decoder,
        clock: Clock,
        rng: Random,
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._source = source
        self._decoder = decoder
        self._clock = clock
        self._rng = rng
        self._changed = changed
        self._wants: dict[str, Want] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._states: dict[str, Audio] = {}
        self._group: asyncio.TaskGroup | None = None
        self._slots = asyncio.Semaphore(PARALLEL_FETCHES)

    def want(
        self, orders: Sequence[Order], *, kept: Sequence[Item] = (), tasks: asyncio.TaskGroup
    ) -> None:
        """Bring what these orders need and what is kept, and no longer what only others needed."""
        self._group = tasks
        before, self._wants = self._wants, wants_of(orders, kept=kept)
        for sha256 in self._tasks.keys() - self._wants.keys():
            self._tasks.pop(sha256).cancel()
            self._states.pop(sha256, None)
        for sha256 in self._wants:
            task = self._tasks.get(sha256)
            if task is None or (task.done() and sha256 not in self._states):
                self._begin(sha256, tasks)
            elif not task.done() and self._has_become_urgent(sha256, before):
                # It waits its turn, or for its next attempt; what it holds is gone on with.
                task.cancel()
                self._begin(sha256, tasks)

    def _has_become_urgent(self, sha256: str, before: Mapping[str, Want]) -> bool:
        known = before.get(sha256)
        return self._wants[sha256].is_urgent and known is not None and not known.is_urgent

    def try_anew(self) -> None:
        """The station is elsewhere: what waits for its next attempt begins anew."""
        if self._group is None:
            return
        for sha256, task in list(self._tasks.items()):
            if not task.done():
                task.cancel()
                self._begin(sha256, self._group)

    def state(self, order: Order) -> Audio:
        """What is here of an order: ready, or the worst that is known of an item."""
        states = {self._states.get(item.sha256, Audio.MISSING) for item in order.items}
        for fault in (Audio.UNDECODABLE, Audio.MISMATCHED, Audio.MISSING):
            if fault in states:
                return fault
        return Audio.READY

    async def check_again(self, order: Order) -> Audio:
        """Hash an order's files once more, as they are about to be played."""
        for sha256 in {item.sha256 for item in order.items}:
            if self._states.get(sha256) is Audio.READY and not await self._store.is_good(sha256):
                log.error("audio_rotted", sha256=sha256)
                self._states[sha256] = Audio.MISMATCHED
                if self._group is not None:
                    self._begin(sha256, self._group)
        return self.state(order)

    def _begin(self, sha256: str, tasks: asyncio.TaskGroup) -> None:
        self._tasks[sha256] = tasks.create_task(self._bring(sha256), name=f"fetch {sha256}")

    async def _bring(self, sha256: str) -> None:
        """Try until the file is good, or no order has any use for it."""
        if await self._store.is_good(sha256):
            self._settle(sha256)
            return
        await asyncio.sleep(self._jitter_s(self._wants[sha256]))
        attempt = 0
        while now_ms(self._clock) <= self._wants[sha256].useful_until_ms:
            async with contextlib.nullcontext() if self._wants[sha256].is_urgent else self._slots:
                arrived = await self._attempt(sha256)
            if arrived:
                self._settle(sha256)
                return
            await asyncio.sleep(self._retry_s(self._wants[sha256], attempt))
            attempt += 1

    async def _attempt(self, sha256: str) -> bool:
        item = self._wants[sha256].item
        try:
            self._store.drop_longer_part(sha256, size_bytes=item.size_bytes)
            if not self._store.make_room(item.size_bytes, planned=self._wants.keys()):
                raise AudioFetchFailed("the device's audio folder is full of planned audio")
            await self._gather(item)
            if await self._store.adopt(sha256):
                return True
        except (AudioFetchFailed, OSError) as error:
            log.warning("audio_fetch_failed", sha256=sha256, why=str(error))
            return False
        log.error("audio_hash_mismatched", sha256=sha256)
        self._set(sha256, Audio.MISMATCHED)
        return False

    async def _gather(self, item: Item) -> None:
        """Fetch what is not there yet; more bytes than ordered are not taken."""
        part = self._store.part(item.sha256)
        held = part.stat().st_size if part.exists() else 0
        if held == item.size_bytes:
            return
        with part.open("r+b" if held else "wb") as file:
            async with aclosing(self._source.fetch(item.sha256, offset=held)) as blocks:
                begun = False
                async for block in blocks:
                    # Whoever stands in the line may answer with bytes of anywhere.
                    if block.offset != held and (begun or block.offset != 0):
                        raise AudioFetchFailed(f"bytes from {block.offset}, {held} were asked for")
                    file.seek(block.offset)
                    file.write(block.data[: item.size_bytes - block.offset + 1])
                    held, begun = block.offset + len(block.data), True
                    if held > item.size_bytes:
                        return

    def _settle(self, sha256: str) -> None:
        try:
            self._decoder.probe(self._store.path(sha256))
        except (AudioUndecodable, OSError) as error:
            log.error("audio_undecodable", sha256=sha256, why=str(error))
            self._set(sha256, Audio.UNDECODABLE)
        else:
            log.info("audio_cached", sha256=sha256)
            self._set(sha256, Audio.READY)

    def _set(self, sha256: str, state: Audio) -> None:
        self._states[sha256] = state
        self._changed()

    def _jitter_s(self, want: Want) -> float:
        left_s = max(0.0, (want.needed_at_ms - now_ms(self._clock)) / 1_000)
        return self._rng.random() * min(JITTER_CAP_S, left_s * JITTER_SHARE)

    def _retry_s(self, want: Want, attempt: int) -> float:
        """Back off, but come back in time for the planned instant."""
        left_s = (want.needed_at_ms - now_ms(self._clock)) / 1_000
        cap_s = URGENT_CAP_S if want.is_urgent else RETRY_CAP_S
        pause_s = backoff_s(attempt, first_s=RETRY_FIRST_S, cap_s=cap_s, rng=self._rng)
        return min(pause_s, max(RETRY_FIRST_S, left_s / 2)) if left_s > 0 else pause_s

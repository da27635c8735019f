"""What a device should begin, give up or wait for: one pure decision over the plan and the time.

Invariants: an order that is settled is never named again; at most one order plays at a time;
nothing begins after its *not after*.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from devices.protocol.messages import Order, Priority

PREROLL_MS = 2_500
"""How long before the planned instant a play is prepared: file checked, decoder open."""

JOIN_AFTER_MS = 2_000
"""How late a beginning may be and still be one; later, an order that joins leaves out that much."""

JOIN_AT_LEAST_MS = 3_000
"""How much must be left of an order that it is worth joining."""

AUDIO_GRACE_MS = 20_000
"""How long after hearing of an order whose instant has passed its audio may still be fetched."""


class OrderKey(NamedTuple):
    """What plays at most once: an order's id and repeat number."""

    id: str
    repeat: int


def key_of(order: Order) -> OrderKey:
    """The key of an order."""
    return OrderKey(order.id, order.repeat)


class Audio(StrEnum):
    """What a device has of an order's audio; the faults are also codes of `failed`."""

    READY = "ready"
    MISSING = "audio_missing"
    MISMATCHED = "audio_hash_mismatch"
    UNDECODABLE = "audio_undecodable"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that may still play, with what this device knows of it."""

    order: Order
    audio: Audio
    seen_at_ms: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now, and when to ask again at the latest."""

    too_late: tuple[Order, ...]
    without_audio: tuple[tuple[Order, Audio], ...]
    start: Order | None
    wake_at_ms: int | None


def due(
    candidates: Iterable[Candidate],
    *,
    now_ms: int,
    settled: Collection[OrderKey],
    playing: Order | None,
) -> Decision:
    """Decide. `settled` are orders begun or ended in any way; `playing` is on the sink now."""
    open_ones = [each for each in candidates if key_of(each.order) not in settled]
    if playing is not None:
        open_ones = [each for each in open_ones if each.order != playing]
    late = [each for each in open_ones if now_ms > each.order.not_after_ms]
    waiting = [each for each in open_ones if now_ms <= each.order.not_after_ms]
    silent = [each for each in waiting if _is_given_up(each, now_ms=now_ms)]
    able = [each for each in waiting if each not in silent]
    return Decision(
        too_late=tuple(each.order for each in late),
        without_audio=tuple((each.order, each.audio) for each in silent),
        start=_next_start(able, now_ms=now_ms, playing=playing),
        wake_at_ms=min(_instants(able, now_ms=now_ms), default=None),
    )


def audio_deadline_ms(candidate: Candidate) -> int:
    """Until when the device waits for audio: the planned instant, or a grace for late news."""
    latest_news = candidate.seen_at_ms + AUDIO_GRACE_MS
    return min(candidate.order.not_after_ms, max(candidate.order.starts_at_ms, latest_news))


def opens_with_tone(order: Order) -> bool:
    """Whether it sounds before its audio must be there: an emergency behind its tone."""
    return order.priority == Priority.EMERGENCY and bool(order.tone_ms)


def _is_given_up(candidate: Candidate, *, now_ms: int) -> bool:
    if opens_with_tone(candidate.order):
        return False
    if candidate.audio is Audio.READY or now_ms < candidate.order.starts_at_ms:
        return False
    return candidate.audio is not Audio.MISSING or now_ms >= audio_deadline_ms(candidate)


def _next_start(able: list[Candidate], *, now_ms: int, playing: Order | None) -> Order | None:
    ready: list[Order] = [
        each.order
        for each in able
        if (each.audio is Audio.READY or opens_with_tone(each.order))
        and _may_begin(each.order, now_ms=now_ms, playing=playing)
    ]
    return min(ready, key=_turn, default=None)


def _may_begin(order: Order, *, now_ms: int, playing: Order | None) -> bool:
    if order.starts_at_ms - PREROLL_MS > now_ms:
        return False
    if playing is None:
        return True
    return order.priority == Priority.EMERGENCY != playing.priority


def joins_at_ms(order: Order, *, now_ms: int) -> int:
    """How far into its sound an order begins that is late: 0 unless it joins what is under way."""
    late_ms = now_ms - order.starts_at_ms
    return late_ms if order.joins and late_ms > JOIN_AFTER_MS else 0


def _turn(order: Order) -> tuple[int, int, str, int]:
    return order.priority, order.starts_at_ms, order.id, order.repeat


def _instants(able: list[Candidate], *, now_ms: int) -> Iterable[int]:
    clocks: tuple[Callable[[Candidate], int], ...] = (
        lambda each: each.order.starts_at_ms - PREROLL_MS,
        lambda each: each.order.starts_at_ms,
        audio_deadline_ms,
        lambda each: each.order.not_after_ms + 1,
    )
    return (at for each in able for clock in clocks if (at := clock(each)) > now_ms)

"""What a device should begin, give up or wait for: one pure decision over the plan and the time.

Invariants: an order that is settled is never named again; at most one order plays at a time;
nothing begins after its *not after*.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from msgspec import Struct

from devices.protocol.messages import Order, OrderKey, Priority

PREROLL_MS = 2_500
"""How long before the planned instant a play is prepared: file checked, decoder open."""

JOIN_AFTER_MS = 2_000
"""How late a device may come into service for an order and still begin it; later, it joins."""

JOIN_AT_LEAST_MS = 3_000
"""How much must be left of an order that it is worth joining."""

AUDIO_GRACE_MS = 20_000
"""How long after hearing of an order whose instant has passed its audio may still be fetched."""


class Audio(StrEnum):
    """What a device has of an order's audio; the faults are also codes of `failed`."""

    READY = "ready"
    MISSING = "audio_missing"
    MISMATCHED = "audio_hash_mismatch"
    UNDECODABLE = "audio_undecodable"


class Candidate(Struct, frozen=True):
    """An order that may still play, with what this device knows of it.

    `last_ms` is when it may begin at the latest, where that is before its *not after*: nothing
    would be left of it.
    """

    order: Order
    audio: Audio
    seen_at_ms: int
    last_ms: int | None = None

    @property
    def not_after_ms(self) -> int:
        """When it may begin at the latest."""
        if self.last_ms is None:
            return self.order.not_after_ms
        return min(self.last_ms, self.order.not_after_ms)


class Decision(Struct, frozen=True, kw_only=True):
    """What to do now, and when to ask again at the latest.

    `waits` is what would begin now if nothing played.
    """

    too_late: tuple[Order, ...]
    without_audio: tuple[tuple[Order, Audio], ...]
    start: Order | None
    waits: Order | None
    wake_at_ms: int | None


def due(
    candidates: Iterable[Candidate],
    *,
    now_ms: int,
    settled: Collection[OrderKey],
    playing: Order | None,
) -> Decision:
    """Decide. `settled` are orders begun or ended in any way; `playing` is on the sink now."""
    too_late: list[Order] = []
    without_audio: list[tuple[Order, Audio]] = []
    turns: list[Order] = []
    instants: list[int] = []
    for each in candidates:
        if each.order.key in settled:
            continue
        if _is_given_up(each, now_ms=now_ms):
            without_audio.append((each.order, each.audio))
        elif now_ms > each.not_after_ms:
            too_late.append(each.order)
        else:
            instants.append(_next_instant_ms(each, now_ms=now_ms))
            if _may_be_prepared(each, now_ms=now_ms):
                turns.append(each.order)
    turns.sort(key=_turn)
    return Decision(
        too_late=tuple(too_late),
        without_audio=tuple(without_audio),
        start=next((order for order in turns if playing is None or cuts(order, playing)), None),
        waits=next((order for order in turns if order.starts_at_ms <= now_ms), None),
        wake_at_ms=min(instants, default=None),
    )


def audio_deadline_ms(candidate: Candidate) -> int:
    """Until when the device waits for audio: the planned instant, or a grace for late news."""
    latest_news = candidate.seen_at_ms + AUDIO_GRACE_MS
    return min(candidate.not_after_ms, max(candidate.order.starts_at_ms, latest_news))


def opens_with_tone(order: Order) -> bool:
    """Whether it sounds before its audio must be there: an emergency behind its tone."""
    return order.priority == Priority.EMERGENCY and bool(order.tone_ms)


def cuts(order: Order, playing: Order) -> bool:
    """Whether an order cuts what plays: an emergency does, but no other one; a drill counts less.

    Circular 39/2020/TT-BTTTT; a drill must not keep a real warning waiting.
    """
    if order.priority != Priority.EMERGENCY:
        return False
    return playing.priority != Priority.EMERGENCY or (playing.is_drill and not order.is_drill)


def _is_given_up(candidate: Candidate, *, now_ms: int) -> bool:
    if opens_with_tone(candidate.order):
        return False
    if candidate.audio is Audio.READY or now_ms < candidate.order.starts_at_ms:
        return False
    if now_ms > candidate.not_after_ms and candidate.seen_at_ms > candidate.not_after_ms:
        # Whoever heard of it only then is too late, whatever became of the audio.
        return False
    return candidate.audio is not Audio.MISSING or now_ms >= audio_deadline_ms(candidate)


def _may_be_prepared(candidate: Candidate, *, now_ms: int) -> bool:
    if candidate.order.starts_at_ms - PREROLL_MS > now_ms:
        return False
    return candidate.audio is Audio.READY or opens_with_tone(candidate.order)


def _turn(order: Order) -> tuple[int, bool, int, str, int]:
    return order.priority, order.is_drill, order.starts_at_ms, order.id, order.repeat


def _next_instant_ms(candidate: Candidate, *, now_ms: int) -> int:
    """When something changes next for an order that may still begin."""
    instants = (
        candidate.order.starts_at_ms - PREROLL_MS,
        candidate.order.starts_at_ms,
        audio_deadline_ms(candidate),
        candidate.not_after_ms + 1,
    )
    return min(at_ms for at_ms in instants if at_ms > now_ms)

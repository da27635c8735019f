"""The storm that is rehearsed where nothing else plays: programme, warnings, a stop, all-clear.

Real warnings are repeated after five minutes twice, and then every half hour or two; here a minute
stands for five. Pure: instants in, acts out.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from devices.protocol.messages import OnCut, Order, Priority, Stop, Tone
from devices.simulation.station.sounds import Sound, silence

PROGRAMME_S, WARNING_S = 60, 15
FIRST_ACT_S = 10.0
WARN_AFTER_S = 25.0
REPEAT_EVERY_S = 60.0
REPEATS = 2
TONE_MS = 5_000
LASTS_MS = 300_000


@dataclass(frozen=True, slots=True)
class Act:
    """Something that the station does, so many seconds after the beginning."""

    at_s: float
    name: str
    order: Order | None = None
    stop: Stop | None = None
    is_for_now: bool = False


@dataclass(frozen=True, slots=True)
class Storm:
    """The acts, and the sounds that they need."""

    acts: tuple[Act, ...]
    sounds: tuple[Sound, ...]


def storm(*, begins_ms: int) -> Storm:
    """The whole evening, beginning at a Unix instant."""
    programme = silence(PROGRAMME_S * 1_000, title="Chương trình 17 giờ")
    warning = silence(WARNING_S * 1_000, title="Tin bão khẩn cấp")
    clear = silence(WARNING_S * 1_000, title="Tin cuối cùng về bão")
    return Storm(
        acts=tuple(_acts(begins_ms, programme=programme, warning=warning, clear=clear)),
        sounds=(programme, warning, clear),
    )


def _acts(begins_ms: int, *, programme: Sound, warning: Sound, clear: Sound) -> Iterator[Act]:
    yield Act(
        at_s=0.0,
        name="programme",
        order=_order("chuong-trinh", programme, at_ms=_at(begins_ms, FIRST_ACT_S)),
    )
    ends_s = WARN_AFTER_S
    for repeat in range(REPEATS + 1):
        at_s = WARN_AFTER_S + repeat * REPEAT_EVERY_S
        order = _warning(warning, at_ms=_at(begins_ms, at_s), repeat=repeat)
        yield Act(at_s=at_s, name=f"warning {repeat + 1}", order=order, is_for_now=True)
        ends_s = at_s
    at_s = ends_s + TONE_MS / 1_000 + 5.0
    yield Act(
        at_s=at_s,
        name="stop",
        stop=Stop(order="bao", at_ms=_at(begins_ms, at_s), repeat=REPEATS),
        is_for_now=True,
    )
    yield Act(
        at_s=at_s + 10.0,
        name="all clear",
        order=_order("het-bao", clear, at_ms=_at(begins_ms, at_s + 20.0), priority=2),
    )


def _order(name: str, sound: Sound, *, at_ms: int, priority: int = Priority.NORMAL) -> Order:
    return Order(
        id=name,
        broadcast=name,
        priority=priority,
        starts_at_ms=at_ms,
        not_after_ms=at_ms + LASTS_MS,
        items=(sound.item,),
        title=sound.title,
        on_cut=OnCut.RESUME,
    )


def _warning(sound: Sound, *, at_ms: int, repeat: int) -> Order:
    return Order(
        id="bao",
        repeat=repeat,
        broadcast="bao",
        priority=Priority.EMERGENCY,
        starts_at_ms=at_ms,
        not_after_ms=at_ms + LASTS_MS,
        items=(sound.item,),
        title=sound.title,
        tone=Tone(duration_ms=TONE_MS),
        hazard="storm",
    )


def _at(begins_ms: int, after_s: float) -> int:
    return begins_ms + round(after_s * 1_000)

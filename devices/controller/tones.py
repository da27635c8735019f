"""The tones before an emergency and before its rehearsal, made here so that they are always there.

The attention tone alternates 800 and 970 Hz twice a second, the pattern known from fire alarms. A
drill has three soft falling notes and a rest instead: nobody shall take the one for the other.
"""

import math
from array import array
from functools import lru_cache

from devices.controller.mp3 import BYTES_PER_SAMPLE
from devices.protocol.messages import ToneKind

_LEVEL = 0.35
_EDGE_S = 0.008
_ATTENTION = ((800.0, 0.25), (970.0, 0.25))
_DRILL = ((659.3, 0.45), (523.3, 0.45), (392.0, 0.7), (0.0, 0.9))


@lru_cache(maxsize=4)
def tone(kind: ToneKind, *, duration_ms: int, rate_hz: int) -> bytes:
    """Samples of 16 bits, mono: the pattern of a kind for so many milliseconds."""
    pattern = _pattern(kind, rate_hz)
    wanted = duration_ms * rate_hz // 1_000 * BYTES_PER_SAMPLE
    return (pattern * -(-wanted // len(pattern)))[:wanted]


def have_tones_ready(*, rate_hz: int) -> None:
    """Make the patterns beforehand: on a small box their sines take longer than an order may."""
    for kind in ToneKind:
        _pattern(kind, rate_hz)


@lru_cache(maxsize=8)
def _pattern(kind: ToneKind, rate_hz: int) -> bytes:
    notes = _DRILL if kind is ToneKind.DRILL else _ATTENTION
    samples = array("h")
    for frequency_hz, length_s in notes:
        samples.extend(_note(frequency_hz, length_s, rate_hz=rate_hz))
    return samples.tobytes()


def _note(frequency_hz: float, length_s: float, *, rate_hz: int) -> list[int]:
    """One note with rounded edges, so that nothing clicks; 0 Hz is a rest."""
    count = round(length_s * rate_hz)
    edge = round(_EDGE_S * rate_hz)
    turn = 2 * math.pi * frequency_hz / rate_hz
    return [
        round(32_767 * _LEVEL * min(1.0, at / edge, (count - at) / edge) * math.sin(turn * at))
        for at in range(count)
    ]

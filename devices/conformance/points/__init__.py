"""All points, in the order in which they are tried: what the later need, the earlier have shown."""

from collections.abc import Sequence
from types import ModuleType

from devices.conformance.point import Point
from devices.conformance.points import (
    audio,
    confirmations,
    connecting,
    emergencies,
    envelope,
    keys,
    live,
    moments,
    offline,
    plans,
    playing,
    restarting,
    self_knowledge,
)

_ROOMS: tuple[ModuleType, ...] = (
    connecting,
    envelope,
    keys,
    plans,
    audio,
    playing,
    moments,
    emergencies,
    live,
    confirmations,
    offline,
    restarting,
    self_knowledge,
)


def all_points() -> Sequence[Point]:
    """Every point once."""
    return [each for room in _ROOMS for each in _points_of(room)]


def _points_of(room: ModuleType) -> Sequence[Point]:
    made = [each for each in vars(room).values() if isinstance(each, Point)]
    return [*made, *getattr(room, "POINTS", ())]

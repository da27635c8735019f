"""Several plays of one occurrence: how many fit, and how far apart."""

from datetime import timedelta

from broadcaster.schedule.errors import RepeatsUnusable
from broadcaster.schedule.slots import GAP
from broadcaster.schedule.timetable import TIMES_LIMIT

_WITHIN = timedelta(days=1)


def shortest_every_min(length: timedelta) -> int:
    """The least number of whole minutes from one start to the next."""
    return -(-(length + GAP) // timedelta(minutes=1))


def checked_repeats(times: int, every_min: int, *, length: timedelta) -> None:
    """Raise RepeatsUnusable for repeats that run into each other or beyond a day."""
    shortest = shortest_every_min(length)
    if times == 1:
        return
    fits = 1 < times <= TIMES_LIMIT and shortest <= every_min
    if not fits or timedelta(minutes=every_min * (times - 1)) + length >= _WITHIN:
        raise RepeatsUnusable(shortest_min=shortest)


def times_within(span: timedelta, *, length: timedelta, every_min: int) -> int:
    """How many plays end within a span of time, at least one."""
    every = timedelta(minutes=every_min)
    return max(1, min(TIMES_LIMIT, 1 + (span - length) // every))

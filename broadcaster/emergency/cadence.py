"""How often an emergency is said again, as absolute instants with numbers that never change.

Pure. The field's custom is twice after five minutes, then every 20 or 30 minutes, or every two
hours for storms, until the final notice. A repeat's number is its place in the whole series: what
is left out takes no number from another, since a device plays each number at most once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count, takewhile

SOON = timedelta(minutes=5)
LATE_START = timedelta(minutes=4)
"""How late a device may still begin one that is said again: less than `SOON`, so never doubled."""

LATE_START_OF_ONE = timedelta(minutes=10)
ALARMS_IN_A_ROW = 8
REPEATED_FOR = timedelta(hours=24)
"""How long it is said again unless a person says that it lasts."""

DRILLED_FOR = timedelta(hours=1)


class Cadence(StrEnum):
    """How often it is said again."""

    ONCE = "once"
    OFTEN = "often"
    USUAL = "usual"
    SLOW = "slow"


EVERY = {
    Cadence.OFTEN: timedelta(minutes=20),
    Cadence.USUAL: timedelta(minutes=30),
    Cadence.SLOW: timedelta(hours=2),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One time that a part is said: its number, its instant, and the last at which it may begin."""

    repeat: int
    starts_at: datetime
    not_after: datetime


def times_of_message(starts_at: datetime, cadence: Cadence, *, until: datetime) -> list[Said]:
    """When a message is said: at once, then by its cadence before `until`."""
    if cadence is Cadence.ONCE:
        return [Said(0, starts_at, starts_at + LATE_START_OF_ONE)]
    instants = takewhile(lambda at: at < until, _instants(starts_at, EVERY[cadence]))
    return [Said(0, starts_at, starts_at + LATE_START)] + [
        Said(number, at, at + LATE_START) for number, at in enumerate(instants, start=1)
    ]


def times_of_alarm(
    starts_at: datetime, length: timedelta, cadence: Cadence, *, until: datetime
) -> list[Said]:
    """When an alarm is said while its message has no sound: in a row without a gap, then seldom.

    A device that begins late plays none of the row twice: each of it ends its turn with the next.
    """
    row = [
        Said(number, at, at + (length if number else LATE_START))
        for number, at in enumerate(starts_at + length * n for n in range(ALARMS_IN_A_ROW))
        if not number or at < until
    ]
    row_ends = starts_at + length * ALARMS_IN_A_ROW
    every = EVERY.get(cadence, EVERY[Cadence.USUAL])
    later = takewhile(lambda at: at < until, _instants(starts_at, every))
    return row + [
        Said(number, at, at + LATE_START)
        for number, at in enumerate(later, start=ALARMS_IN_A_ROW)
        if at >= row_ends
    ]


def _instants(starts_at: datetime, every: timedelta) -> Iterator[datetime]:
    """Twice after five minutes, then by the interval, without end."""
    yield starts_at + SOON
    yield starts_at + 2 * SOON
    for number in count(1):
        yield starts_at + 2 * SOON + every * number

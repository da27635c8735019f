"""How far a play has come: which items and cues begin with which sample, and which have left.

Pure: told what was written and up to when samples have left, it names each beginning once, in
order, and none of which no sample was let out.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from devices.protocol.messages import Cue, Item


@dataclass(frozen=True, slots=True)
class Beginning:
    """An item, or a cue of it, whose first sample leaves at the Unix instant `at_us` (µs)."""

    item: int
    cue: int | None
    at_us: int


@dataclass(slots=True)
class Progress:
    """One order on its way through a sink; `reached` is the last beginning that has left.

    A relay has no items, and one part.
    """

    items: Sequence[Item]
    rate_hz: int
    reached: Beginning | None = None
    _item: int = -1
    _written: int = 0
    _ahead: deque[Beginning] = field(default_factory=deque)

    def wrote(self, item: int, samples: int, *, begins_us: int) -> bool:
        """Take note of samples of an item; return whether they are its first.

        `begins_us` is the Unix instant (µs) at which the first of them leaves.
        """
        is_first = item != self._item
        if is_first:
            self._item, self._written = item, 0
        cues = self.items[item].cues if item < len(self.items) else ()
        for cue, sample in _beginnings(cues, rate_hz=self.rate_hz):
            if 0 <= sample - self._written < samples:
                after_us = (sample - self._written) * 1_000_000 // self.rate_hz
                self._ahead.append(Beginning(item, cue, begins_us + after_us))
        self._written += samples
        return is_first

    def go_on(self, item: int, samples: int) -> None:
        """What comes next begins so many samples into an item; what had not left yet is to come."""
        self._item, self._written = item, samples
        self._ahead.clear()

    def left(self, *, until_us: int) -> list[Beginning]:
        """The beginnings that have left by `until_us` and were not named before."""
        named: list[Beginning] = []
        while self._ahead and self._ahead[0].at_us < until_us:
            self.reached = self._ahead.popleft()
            named.append(self.reached)
        return named


def _beginnings(cues: Sequence[Cue], *, rate_hz: int) -> Iterator[tuple[int | None, int]]:
    """Each beginning in an item and its sample, the item's own where no cue stands there."""
    if not cues or cues[0].at_ms > 0:
        yield None, 0
    for number, cue in enumerate(cues):
        yield number, cue.at_ms * rate_hz // 1_000

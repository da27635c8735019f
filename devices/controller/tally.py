"""Counts what of an order has left the sink, over all the stretches in which it sounded.

Pure. What is none of the order's own sound (a tone, a stored warning, what fills in for a relay)
never counts, wherever in a stretch it stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from devices.controller.reel import BEGINNING, Place
from devices.controller.sinks import Played


@dataclass(slots=True)
class _Run:
    """Samples in a row of one item, or of none."""

    item: int | None
    samples: int


@dataclass(slots=True)
class Tally:
    """The count so far; `place` is where the sound goes on after the last counted sample."""

    samples: int = 0
    first_sample_at_us: int | None = None
    last_sample_at_us: int | None = None
    has_counted: bool = False
    place: Place = BEGINNING
    _runs: list[_Run] = field(default_factory=list)

    def begin_stretch(self) -> None:
        """A stream was opened."""
        self._runs = []
        self.has_counted = True

    def wrote(self, item: int | None, samples: int) -> bool:
        """Take note of samples of an item, or of none; return whether nothing came before."""
        is_first = not self._runs
        if self._runs and self._runs[-1].item == item:
            self._runs[-1].samples += samples
        else:
            self._runs.append(_Run(item, samples))
        return is_first

    def end_stretch(self, played: Played) -> None:
        """Count what the stream let out."""
        heard = list(_heard(self._runs, played.samples))
        own = [run for run in heard if run.item is not None]
        for run in own:
            self._count(run)
        if own and played.first_sample_at_us is not None and played.last_sample_at_us is not None:
            leading, trailing = _foreign(heard), _foreign(heard[::-1])
            if self.first_sample_at_us is None:
                self.first_sample_at_us = played.first_sample_at_us + _us(leading, played)
            self.last_sample_at_us = played.last_sample_at_us - _us(trailing, played)
        self._runs = []

    def _count(self, run: _Run) -> None:
        item = run.item or 0
        begins = self.place.samples if item == self.place.item else 0
        self.samples += run.samples
        self.place = Place(item, begins + run.samples)


def _heard(runs: list[_Run], left: int) -> Iterator[_Run]:
    """Of what was written, what the first `left` samples were."""
    for run in runs:
        if left <= 0:
            return
        yield _Run(run.item, min(left, run.samples))
        left -= run.samples


def _foreign(runs: list[_Run]) -> int:
    """How many samples come before the first of an item."""
    samples = 0
    for run in runs:
        if run.item is not None:
            break
        samples += run.samples
    return samples


def _us(samples: int, played: Played) -> int:
    return samples * 1_000_000 // played.sample_rate_hz

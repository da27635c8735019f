"""Counts what of an order has left the sink, over all the stretches in which it sounded.

Pure. What was none of the order's own sound (a tone, a stored warning) comes first in a stretch
and never counts.
"""

from dataclasses import dataclass, field

from devices.controller.reel import BEGINNING, Place
from devices.controller.sinks import Played


@dataclass(slots=True)
class Tally:
    """The count so far; `place` is where the sound goes on after the last counted sample."""

    samples: int = 0
    first_sample_at_us: int | None = None
    last_sample_at_us: int | None = None
    has_counted: bool = False
    place: Place = BEGINNING
    _foreign: int = 0
    _written: dict[int, int] = field(default_factory=dict)

    def begin_stretch(self) -> None:
        """A stream was opened."""
        self._foreign = 0
        self._written = {}
        self.has_counted = True

    def wrote(self, item: int | None, samples: int) -> bool:
        """Take note of samples of an item, or of none; return whether nothing came before."""
        is_first = not self._foreign and not self._written
        if item is None:
            self._foreign += samples
        else:
            self._written[item] = self._written.get(item, 0) + samples
        return is_first

    def end_stretch(self, played: Played) -> None:
        """Count what the stream let out."""
        left = max(0, played.samples - self._foreign)
        self.samples += left
        if self.first_sample_at_us is None:
            self.first_sample_at_us = self._first_own_us(played)
        if played.last_sample_at_us is not None:
            self.last_sample_at_us = played.last_sample_at_us
        self.place = self._place_after(left)
        self._foreign, self._written = 0, {}

    def _first_own_us(self, played: Played) -> int | None:
        if played.first_sample_at_us is None or not self._foreign:
            return played.first_sample_at_us
        if played.samples <= self._foreign:
            return None
        foreign_us = self._foreign * 1_000_000 // played.sample_rate_hz
        return played.first_sample_at_us + foreign_us

    def _place_after(self, left: int) -> Place:
        """Where the next sample stands, by what was really written of each item."""
        place = self.place
        for item, written in self._written.items():
            begins = self.place.samples if item == self.place.item else 0
            place = Place(item, begins + min(left, written))
            if left < written:
                break
            left -= written
        return place

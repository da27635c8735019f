"""When a sound card lets out which frame, told only by when it asked for which.

Frames are numbered from the card's start. A card starts with nothing in its buffer, asks until
that is full, and from then on whenever there is room again: so its questions come late by whatever
the machine did in between, but never early. Between two that were in time, the card's own clock
may have drifted by a little; where one comes earlier than any drift explains, the buffer holds
more than was seen until then. Pure: instants are microseconds of a clock that never steps.
"""

from dataclasses import dataclass

_WORST_DRIFT_PPM = 500
"""By how much a card's clock may differ from the machine's: 50 is usual, NTP adds to it."""

_HURRY_US = 1_000
"""What is too late already takes a little of what is only just in time with it."""

_STOOD_STILL = 3
"""After so many questions in no hurry a card that is late is not catching up."""

_LARGEST_BUFFER_US = 5_000_000


@dataclass(slots=True)
class CardClock:
    """The clock of one run of a card, from its first question on.

    Of a question for a frame there is left, after the sound before it, when frame 0 would have
    been asked for: `_in_time` is that of the last question that was in time, at `_in_time_us`.
    """

    rate_hz: int
    begun_us: int | None = None
    _in_time: int = 0
    _in_time_us: int = 0
    _asked_us: int = 0
    _earliest: int = 0
    _buffer_us: int = 0
    _stood_us: int = 0
    _unhurried: int = 0

    def asked(self, *, frame: int, frames: int, at_us: int) -> int:
        """Take note of a question for `frames` from `frame` on.

        Returns how many of them are asked for after their instant, and so will not be heard. A
        card that ran on through an underrun asks quickly until it has caught up; one that stood
        still meanwhile does not, and from then on everything is later by so much.
        """
        zero_us = at_us - self._duration_us(frame)
        if self.begun_us is None:
            self.begun_us = self._in_time = zero_us
            self._in_time_us = self._asked_us = at_us
        self._measure(zero_us, at_us=at_us)
        waited_us, self._asked_us = at_us - self._asked_us, at_us
        late_us = at_us - self.leaves_us(frame)
        if late_us <= 0:
            self._unhurried = 0
            return 0
        is_unhurried = waited_us > self._duration_us(frames) // 2
        self._unhurried = self._unhurried + 1 if is_unhurried else 0
        if self._unhurried > _STOOD_STILL:
            self._stand_still(zero_us, at_us=at_us)
            return 0
        return min(frames, (late_us + _HURRY_US) * self.rate_hz // 1_000_000)

    def _measure(self, zero_us: int, *, at_us: int) -> None:
        drift_us = (at_us - self._in_time_us) * _WORST_DRIFT_PPM // 1_000_000
        self._earliest = min(zero_us, self._in_time + drift_us)
        if zero_us > self._earliest:
            return
        held_us = max(0, self._in_time - drift_us - zero_us)
        # What was taken for standing still was not, as far as the buffer fills up again after it.
        was_not_us = min(held_us, self._stood_us)
        self._stood_us -= was_not_us
        self._buffer_us += held_us - was_not_us
        self._in_time, self._in_time_us = zero_us, at_us

    def _stand_still(self, zero_us: int, *, at_us: int) -> None:
        self._stood_us += zero_us - self._earliest
        self._earliest = self._in_time = zero_us
        self._in_time_us = at_us
        self._unhurried = 0

    def leaves_us(self, frame: int) -> int:
        """The instant at which a frame leaves the card."""
        return self._earliest + self._buffer_us + self._duration_us(frame)

    def frame_at(self, at_us: int) -> int:
        """The frame that leaves at an instant; negative before the card's start."""
        return (at_us - self._earliest - self._buffer_us) * self.rate_hz // 1_000_000

    def runs_away(self) -> bool:
        """Whether the card took more than any buffer holds: nobody hears that."""
        return self._buffer_us > _LARGEST_BUFFER_US

    def _duration_us(self, frames: int) -> int:
        """Rounded up, so that the frame of an instant is the one that the instant was asked of."""
        return -(-frames * 1_000_000 // self.rate_hz)

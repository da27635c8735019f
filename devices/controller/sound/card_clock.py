"""When a sound card lets out which frame, told only by when it asked for which.

Frames are numbered from the card's start. A card starts with nothing in its buffer, asks until
that is full, and from then on whenever there is room again: so its questions come late by whatever
the machine did in between, but never early, and the earliest of them show how fast its own clock
runs. Pure: instants are microseconds of a clock that never steps.
"""

from dataclasses import dataclass

SETTLING_US = 300_000
"""After which a buffer is full: until then the start is what counts."""

_WORST_DRIFT_PPM = 500
"""By how much a card's clock may differ from the machine's: 50 is usual, NTP adds to it."""

_HURRY_US = 1_000
"""What is too late already takes a little of what is only just in time with it."""

_LARGEST_BUFFER_US = 5_000_000


@dataclass(slots=True)
class CardClock:
    """The clock of one run of a card, from its first question on."""

    rate_hz: int
    begun_us: int | None = None
    _asked_us: int = 0
    _earliest_us: int = 0
    _buffer_us: int = 0
    _catching_up: bool = False

    def asked(self, *, frame: int, frames: int, at_us: int) -> int:
        """Take note of a question for `frames` from `frame` on.

        Returns how many of them are asked for after their instant, and so will not be heard. A
        card that ran on through an underrun asks quickly until it has caught up; one that stood
        still meanwhile does not, and from then on everything is later by so much.
        """
        begins_us = at_us - self._duration_us(frame)
        if self.begun_us is None:
            self.begun_us = self._earliest_us = begins_us
        waited_us, self._asked_us = at_us - self._asked_us, at_us
        drifted_us = waited_us * _WORST_DRIFT_PPM // 1_000_000
        self._earliest_us = min(self._earliest_us + drifted_us, begins_us)
        if at_us - self.begun_us < SETTLING_US:
            self._buffer_us = self.begun_us - self._earliest_us
        late_us = at_us - self.leaves_us(frame)
        if late_us <= 0:
            self._catching_up = False
            return 0
        if self._catching_up and waited_us > self._duration_us(frames) // 2:
            self.begun_us += begins_us - self._earliest_us
            self._earliest_us, self._catching_up = begins_us, False
            return 0
        self._catching_up = True
        return min(frames, (late_us + _HURRY_US) * self.rate_hz // 1_000_000)

    def leaves_us(self, frame: int) -> int:
        """The instant at which a frame leaves the card."""
        return self._earliest_us + self._buffer_us + self._duration_us(frame)

    def frame_at(self, at_us: int) -> int:
        """The frame that leaves at an instant; negative before the card's start."""
        return (at_us - self._earliest_us - self._buffer_us) * self.rate_hz // 1_000_000

    def runs_away(self) -> bool:
        """Whether the card took more than time and any buffer can explain: nobody hears that."""
        if self.begun_us is None:
            return False
        drifted_us = (self._asked_us - self.begun_us) * _WORST_DRIFT_PPM // 1_000_000
        return self.begun_us - self._earliest_us > _LARGEST_BUFFER_US + drifted_us

    def _duration_us(self, frames: int) -> int:
        """Rounded up, so that the frame of an instant is the one that the instant was asked of."""
        return -(-frames * 1_000_000 // self.rate_hz)

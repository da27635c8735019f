"""What a card gets when it asks: silence, and the samples of whoever may sound at that frame.

One voice sounds at a time. A voice that begins ends the others at its first frame, so that a cut
leaves no hole. What a card asks for too late to be heard is filled with silence and no voice's
samples are lost on it: they follow later, the underrun is counted, and no sample counts as played
that was not heard. The card asks from a thread of its own; everybody else holds the same lock.
"""

import threading
from dataclasses import dataclass, field

from devices.controller.clock import Clock
from devices.controller.sound.card_clock import CardClock

CHANNELS = 2
FRAME_BYTES = CHANNELS * 2
_SAFE_US = 40_000
"""How soon after what the card has asked for already a voice may begin: its samples come after."""


@dataclass(frozen=True, slots=True)
class Run:
    """Frames of a voice that were handed over without a hole."""

    first: int
    count: int

    def left(self, before: int) -> int:
        """How many of them come before a frame."""
        return min(self.count, max(0, before - self.first))


@dataclass(slots=True)
class Voice:
    """One stream's frames on their way to the card: from `start` on, at most until `until`.

    `first_us` is the monotonic instant at which the first leaves, once it was handed over.
    """

    start: int
    until: int | None = None
    first_us: int | None = None
    underruns: int = 0
    runs: list[Run] = field(default_factory=list)
    _waiting: bytearray = field(default_factory=bytearray)
    _is_whole: bool = False
    _is_short: bool = False

    def put(self, pcm: bytes) -> None:
        """Take more frames."""
        self._waiting += pcm

    def end(self) -> None:
        """Expect no more frames: what is missing from now on is no underrun."""
        self._is_whole = True

    @property
    def waiting(self) -> int:
        """How many frames were not handed over."""
        return len(self._waiting) // FRAME_BYTES

    @property
    def handed(self) -> int:
        """The frame after the last that was handed over."""
        return self.runs[-1].first + self.runs[-1].count if self.runs else self.start

    def is_over(self, position: int) -> bool:
        """Whether nothing of it can sound at `position` or later."""
        return (self._is_whole and not self._waiting) or (
            self.until is not None and self.until <= position
        )

    def fill(self, out: bytearray, *, begins: int, lost: int) -> None:
        """Put its frames into what the card gets from frame `begins` on, where they belong.

        Of those that the card asks for, the first `lost` are too late to be heard.
        """
        ends = begins + len(out) // FRAME_BYTES
        last = ends if self.until is None else min(ends, self.until)
        if last <= self.start or self.is_over(begins):
            return
        first = max(begins + lost, self.start)
        count = max(0, min(last - first, self.waiting))
        is_starved = count < last - first and not self._is_whole
        self._note_underrun(is_short=is_starved or (lost > 0 and begins + lost > self.start))
        if count:
            at, size = (first - begins) * FRAME_BYTES, count * FRAME_BYTES
            out[at : at + size] = self._waiting[:size]
            del self._waiting[:size]
            self._note_run(first, count)

    def left(self, before: int) -> int:
        """How many of its frames leave before a frame."""
        return sum(run.left(before) for run in self.runs)

    def _note_underrun(self, *, is_short: bool) -> None:
        if is_short and not self._is_short:
            self.underruns += 1
        self._is_short = is_short

    def _note_run(self, first: int, count: int) -> None:
        if self.runs and self.runs[-1].first + self.runs[-1].count == first:
            self.runs[-1] = Run(self.runs[-1].first, self.runs[-1].count + count)
        else:
            self.runs.append(Run(first, count))


class Mixer:
    """The frames of one run of a card, and who sounds in them."""

    def __init__(self, *, clock: Clock, rate_hz: int) -> None:
        self._clock = clock
        self._rate_hz = rate_hz
        self._lock = threading.Lock()
        self._voices: list[Voice] = []
        self._card = CardClock(rate_hz)
        self._position = 0
        self.asked_us: int | None = None
        """When the card asked last, by the monotonic clock; None before it ever did."""

    def restart(self) -> None:
        """The card begins anew, from frame 0 and with nobody sounding."""
        with self._lock:
            self._voices.clear()
            self._card = CardClock(self._rate_hz)
            self._position = 0
            self.asked_us = None

    def take(self, frames: int) -> bytearray:
        """The next frames; called by the card, in its own thread."""
        at_us = self._clock.monotonic_us()
        out = bytearray(frames * FRAME_BYTES)
        with self._lock:
            lost = self._card.asked(frame=self._position, frames=frames, at_us=at_us)
            for voice in self._voices:
                voice.fill(out, begins=self._position, lost=lost)
                if voice.first_us is None and voice.runs:
                    voice.first_us = self._card.leaves_us(voice.runs[0].first)
            self._position += frames
            self._voices = [each for each in self._voices if not each.is_over(self._position)]
            self.asked_us = at_us
        return out

    @property
    def begun_us(self) -> int | None:
        """The instant of the card's first question."""
        return self._card.begun_us

    @property
    def is_silent(self) -> bool:
        """Whether nobody sounds or is about to."""
        return not self._voices

    @property
    def runs_away(self) -> bool:
        """Whether the card takes more than there is time for: there is none, only a hole."""
        return self._card.runs_away()

    def begin(self, *, at_us: int) -> Voice:
        """A voice whose first frame leaves at a monotonic instant, or as soon as can be."""
        with self._lock:
            soonest = self._position + _SAFE_US * self._rate_hz // 1_000_000
            voice = Voice(start=max(self._card.frame_at(at_us), soonest))
            for other in self._voices:
                other.until = voice.start if other.until is None else min(other.until, voice.start)
            self._voices.append(voice)
        return voice

    def put(self, voice: Voice, pcm: bytes) -> None:
        """Give a voice more frames."""
        with self._lock:
            voice.put(pcm)

    def next_us(self, voice: Voice) -> int:
        """The monotonic instant at which the next frame that a voice is given will leave."""
        with self._lock:
            return self._card.leaves_us(max(voice.start, self._position) + voice.waiting)

    def end(self, voice: Voice) -> None:
        """A voice has been given all its frames."""
        with self._lock:
            voice.end()

    def silence(self, voice: Voice) -> None:
        """Hand nothing more of a voice over, or nothing from where another takes over."""
        with self._lock:
            if voice.until is None:
                voice.until = self._position

    def is_over(self, voice: Voice) -> bool:
        """Whether a voice was stopped, by whom it belongs to or by the one after it."""
        with self._lock:
            return voice.until is not None and voice.until <= self._position

    def waiting_us(self, voice: Voice) -> int:
        """How much of a voice was not handed over yet."""
        return voice.waiting * 1_000_000 // self._rate_hz

    def ends_us(self, voice: Voice) -> int:
        """The monotonic instant at which the last of what a voice was given has left."""
        with self._lock:
            end = voice.handed
            if voice.waiting:
                end = max(voice.start, self._position) + voice.waiting
            if voice.until is not None:
                end = min(end, max(voice.handed, voice.until))
            return self._card.leaves_us(end)

    def left(self, voice: Voice, *, before_us: int) -> int:
        """How many frames of a voice left before a monotonic instant."""
        with self._lock:
            return voice.left(self._card.frame_at(before_us))

    def handed_us(self, voice: Voice) -> int:
        """The monotonic instant at which the last of what was handed over will have left."""
        with self._lock:
            return self._card.leaves_us(voice.handed)

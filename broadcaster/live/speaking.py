"""One talk from its first frame to its last: frames numbered by time, sealed, and handed over.

It ends by itself when its source does, at its maximum, when somebody stops it, or when nothing
can be sent. What was sent is kept as it was sent.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, Protocol

import structlog

from broadcaster.live.streams import FRAME_MS, OpenStreams

log = structlog.get_logger()

SOURCE_SILENT_S = 10.0
"""How long a source that has not ended may give nothing."""

UNSENT_S = 10.0
"""How long frames may find no broker."""

BEAT_EVERY_S = 1.0
BEHIND_FRAMES = 8
"""How far the numbers may lag behind the time before they jump: devices take none that are old."""

AHEAD_FRAMES = 8
"""How far they may run ahead before sound is left out: a burst is not spoken now."""

_LOOK_S = 0.25


class Because(StrEnum):
    """Why a talk ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    LONGEST = "longest"
    SOURCE_SILENT = "source_silent"
    SOURCE_UNREADABLE = "source_unreadable"
    BROKER_LOST = "broker_lost"
    NOT_OPENED = "not_opened"
    NOT_PERMITTED = "not_permitted"
    LOST = "lost"


class Frames(Protocol):
    """Where frames come from."""

    def next(self, *, within_s: float) -> bytes | None:
        """The next one; empty when none came in time, None when there are no more."""
        ...


@dataclass(slots=True)
class Speaking:
    """A talk on air, which began at the Unix instant `begins_ms`.

    `send` hands a frame of one cluster over and says whether it could; `beat` tells how far it is,
    and says whether somebody wants it to stop.
    """

    streams: OpenStreams
    frames: Frames
    begins_ms: int
    longest_ms: int
    send: Callable[[str, bytes], bool]
    beat: Callable[[int], bool]
    kept: IO[bytes]
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    monotonic_s: Callable[[], float] = time.monotonic
    sent: int = 0
    _number: int = 0
    _sent_s: float = field(init=False)
    _beat_s: float = 0.0

    def __post_init__(self) -> None:
        """Before the first frame."""
        self._sent_s = self.monotonic_s()

    @property
    def said_ms(self) -> int:
        """How much was sent."""
        return self.sent * FRAME_MS

    def run(self) -> Because:
        """Speak to the end; return why it ended. Raises SourceUnreadable."""
        heard_s = self.monotonic_s()
        while True:
            frame = self.frames.next(within_s=_LOOK_S)
            now_s = self.monotonic_s()
            if self.now_ms() >= self.begins_ms + self.longest_ms:
                return Because.LONGEST
            if frame is None:
                return Because.FINISHED
            if frame:
                heard_s = now_s
                self._say(frame, now_s=now_s)
            if now_s - heard_s > SOURCE_SILENT_S:
                return Because.SOURCE_SILENT
            if now_s - self._sent_s > max(UNSENT_S, now_s - heard_s):
                return Because.BROKER_LOST
            if self._is_stopped(now_s):
                return Because.STOPPED

    def close(self) -> None:
        """Say that nothing follows."""
        self._number = max(self._number + 1, 1)
        self._hand_over(self.streams.sealed(self._number, b""))

    def _say(self, mp3: bytes, *, now_s: float) -> None:
        number = self._next_number()
        if number is None:
            self._sent_s = now_s
            return
        self._number = number
        if self._hand_over(self.streams.sealed(number, mp3)):
            self._sent_s = now_s
            self.sent += 1
            self.kept.write(mp3)

    def _next_number(self) -> int | None:
        """The number that belongs to now, or the next one where that is near; None to leave out."""
        present = (self.now_ms() - self.begins_ms) // FRAME_MS
        following = self._number + 1
        if following > max(present, 0) + AHEAD_FRAMES:
            return None
        return present if present - following > BEHIND_FRAMES else following

    def _hand_over(self, sealed: Mapping[str, bytes]) -> bool:
        """Give each cluster its frame; say whether all could be given."""
        given = [self.send(cluster, frame) for cluster, frame in sealed.items()]
        return all(given)

    def _is_stopped(self, now_s: float) -> bool:
        if now_s - self._beat_s < BEAT_EVERY_S:
            return False
        self._beat_s = now_s
        return self.beat(self.said_ms)

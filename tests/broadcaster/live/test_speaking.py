"""One talk from its first frame to its last: numbered by time, and ended by whatever ends it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO

from broadcaster.live.speaking import (
    AHEAD_FRAMES,
    SOURCE_SILENT_S,
    UNSENT_S,
    Because,
    Speaking,
)
from broadcaster.live.streams import FRAME_MS, OpenStreams
from devices.protocol.live import Stream, open_frame

BEGINS_MS = 1_800_000_000_000
SOUND = b"mp3"


@dataclass
class Microphone:
    """Gives what it is told to, each at its second; None is its end."""

    gives: list[tuple[float, bytes | None]]
    now_s: float = 0.0

    def next(self, *, within_s: float) -> bytes | None:
        """The next one, when its time has come."""
        if self.gives and self.gives[0][0] <= self.now_s + within_s:
            at_s, given = self.gives.pop(0)
            self.now_s = max(self.now_s, at_s)
            return given
        self.now_s += within_s
        return b""


@dataclass
class Scene:
    """A talk, and what came of it."""

    microphone: Microphone
    longest_ms: int = 60_000
    stops_at_s: float = 1e9
    broker_until_s: float = 1e9
    stream: Stream = field(default_factory=Stream)
    came: list[tuple[float, int, bytes]] = field(default_factory=list)
    beats: list[int] = field(default_factory=list)
    kept: BytesIO = field(default_factory=BytesIO)

    def speak(self) -> Because:
        """Speak to the end, and say the last word."""
        self.speaking = Speaking(
            streams=OpenStreams("binh-an", {"cum-1": self.stream, "cum-2": Stream()}),
            frames=self.microphone,
            begins_ms=BEGINS_MS,
            longest_ms=self.longest_ms,
            send=self._send,
            beat=self._beat,
            kept=self.kept,
            now_ms=lambda: BEGINS_MS + round(self.microphone.now_s * 1_000),
            monotonic_s=lambda: self.microphone.now_s,
        )
        because = self.speaking.run()
        self.speaking.close()
        return because

    def _send(self, cluster: str, frame: bytes) -> bool:
        if self.microphone.now_s > self.broker_until_s:
            return False
        if cluster == "cum-1":
            opened = open_frame(
                frame, session=self.stream.session, signer=self.stream.signer.verify_key
            )
            self.came.append((self.microphone.now_s, opened.number, opened.mp3))
        return True

    def _beat(self, said_ms: int) -> bool:
        self.beats.append(said_ms)
        return self.microphone.now_s >= self.stops_at_s

    @property
    def numbers(self) -> list[int]:
        """Of what came with sound."""
        return [number for _, number, mp3 in self.came if mp3]


def steadily(seconds: float, *, from_s: float = 0.0) -> list[tuple[float, bytes | None]]:
    """A frame whenever one is full."""
    count = round(seconds * 1_000 / FRAME_MS)
    return [(from_s + (number + 1) * FRAME_MS / 1_000, SOUND) for number in range(count)]


def scene(gives: Iterable[tuple[float, bytes | None]], **fields: float) -> Scene:
    """A talk with this microphone."""
    return Scene(Microphone(list(gives)), **fields)  # type: ignore[arg-type]


def test_it_ends_with_its_source_and_says_so() -> None:
    """Every frame in turn, the last without sound, and what was sent is kept."""
    it = scene([*steadily(6), (6.1, None)])

    assert it.speak() is Because.FINISHED
    assert it.numbers == list(range(1, 51))
    assert it.came[-1][1:] == (51, b"")
    assert it.speaking.said_ms == 6_000
    assert it.kept.getvalue() == SOUND * 50


def test_numbers_tell_the_time_after_a_pause() -> None:
    """What nobody said has none: else devices would take what comes then for old."""
    it = scene([*steadily(1.2), *steadily(1.2, from_s=9), (10.3, None)])
    it.speak()
    after = it.numbers[10:]

    assert it.numbers[:10] == list(range(1, 11))
    assert after == list(range(after[0], after[0] + 10))
    assert abs(after[0] * FRAME_MS - 9_120) <= FRAME_MS


def test_a_little_lateness_leaves_out_no_number() -> None:
    """Half a second is what a machine takes now and then."""
    it = scene([*steadily(1.2), *steadily(1.2, from_s=1.7), (3.0, None)])
    it.speak()

    assert it.numbers == list(range(1, 21))


def test_what_comes_faster_than_it_is_spoken_is_left_out() -> None:
    """A burst is not spoken now; numbers run ahead by a second at most."""
    it = scene([*((0.5, SOUND) for _ in range(40)), *steadily(1.2, from_s=0.5), (2, None)])
    it.speak()

    assert all(number * FRAME_MS / 1_000 <= at_s + 1.2 for at_s, number, _ in it.came)
    assert len([1 for at_s, _, mp3 in it.came if mp3 and at_s == 0.5]) <= 4 + AHEAD_FRAMES


def test_it_ends_at_its_maximum() -> None:
    """Whoever still speaks."""
    it = scene(steadily(30), longest_ms=10_000)

    assert it.speak() is Because.LONGEST
    assert max(at_s for at_s, _, _ in it.came) <= 10.2


def test_it_ends_when_the_source_gives_nothing() -> None:
    """Though it did not say that it ended."""
    it = scene(steadily(3))

    assert it.speak() is Because.SOURCE_SILENT
    assert SOURCE_SILENT_S <= it.microphone.now_s - 3 <= SOURCE_SILENT_S + 1


def test_it_ends_when_nothing_can_be_sent() -> None:
    """And counts nothing of it."""
    it = scene(steadily(40), broker_until_s=5)

    assert it.speak() is Because.BROKER_LOST
    assert it.speaking.said_ms <= 5_040
    assert it.microphone.now_s <= 5 + UNSENT_S + 1


def test_it_ends_when_somebody_stops_it() -> None:
    """Within about a second; what it said until then was told on the way."""
    it = scene(steadily(40), stops_at_s=8)

    assert it.speak() is Because.STOPPED
    assert it.microphone.now_s <= 9.1
    assert it.beats == sorted(it.beats)
    assert it.beats[-1] >= 7_000

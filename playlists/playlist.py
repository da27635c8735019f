"""A session's parts in order, and how long they last: known before a single sample is made.

Everything is counted in frames of the finished file, so the length that people approve is the
length that the poles play.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from playlists.audio.audio_errors import PlaylistEmpty
from playlists.audio.mastering import MASTER_RATE_HZ
from playlists.audio.pcm import Pcm
from playlists.own_sounds.chime import CHIME_MS, SEPARATOR_MS
from playlists.own_sounds.ident import TUNE_MS

# Room at both ends: amplifiers wake slowly, and a cut tail is heard as a fault.
LEAD_MS = 100
TAIL_MS = 400
BEFORE_SEPARATOR_MS = 600
AFTER_SEPARATOR_MS = 200
PRIORITY_FIRST, PRIORITY_NORMAL = 2, 3


class PartKind(StrEnum):
    """What a part of a playlist is to those who hear it."""

    CHIME = "chime"
    IDENT = "ident"
    BULLETIN = "bulletin"
    MUSIC = "music"
    PAUSE = "pause"
    RELAY = "relay"
    CLOSING = "closing"


# Silence after a part; two bulletins have the separator between them, and a pause has no more
# silence around it than its author gave it.
GAP_AFTER_MS = {
    PartKind.CHIME: 400,
    PartKind.IDENT: 600,
    PartKind.BULLETIN: 900,
    PartKind.MUSIC: 400,
    PartKind.RELAY: 400,
    PartKind.CLOSING: 400,
}
_TUNES_MS = {PartKind.CHIME: CHIME_MS, PartKind.IDENT: TUNE_MS, PartKind.CLOSING: CHIME_MS}
_LASTING = (PartKind.MUSIC, PartKind.PAUSE, PartKind.RELAY)
_PLACE = {PartKind.CHIME: 0, PartKind.IDENT: 1, PartKind.BULLETIN: 2, PartKind.CLOSING: 4}
_AS_PLACED = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a file in the audio store, which is mastered already."""

    sha256: str
    from_ms: int
    to_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.from_ms < self.to_ms:
            raise ValueError("a stretch ends after it begins")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a playlist.

    A bulletin has `words` from the store. Ident and closing are words when they have some, the
    station's own tune and chime otherwise. Music, pause and relay last `duration_ms`; a relay's
    `source` is who speaks in it. `ref` is the author's own mark and comes back in the cue.
    Raises ValueError when a kind lacks what it needs.
    """

    kind: PartKind
    title: str
    ref: str = ""
    priority: int = PRIORITY_NORMAL
    words: Stretch | Pcm | None = None
    duration_ms: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        if self.kind is PartKind.BULLETIN and not isinstance(self.words, Stretch):
            raise ValueError("a bulletin is a stretch of its approved file")
        if self.kind in _LASTING and (self.duration_ms <= 0 or self.words is not None):
            raise ValueError(f"{self.kind} has a duration and no words")
        if isinstance(self.words, Pcm) and not self.words.frames:
            raise ValueError("words that last no time")


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """Where a part stands in the finished file, in frames; its gap ends where the next begins."""

    part: Part
    start: int
    frames: int
    gap_frames: int
    separator: bool

    @property
    def end(self) -> int:
        """The frame after its gap."""
        return self.start + self.frames + self.gap_frames


def in_order(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The house's order: chime, ident, bulletins by priority, the rest as placed, closing."""
    return tuple(sorted(parts, key=_place))


def _place(part: Part) -> tuple[int, int]:
    place = _PLACE.get(part.kind, _AS_PLACED)
    return place, part.priority if part.kind is PartKind.BULLETIN else 0


def length_ms(parts: Sequence[Part]) -> int:
    """How long the rendered file will play, to 5 ms. Raises PlaylistEmpty."""
    frames = lay_out(parts)[-1].end + frames_of(TAIL_MS)
    return round(frames * 1000 / MASTER_RATE_HZ)


def lay_out(parts: Sequence[Part]) -> tuple[PlacedPart, ...]:
    """Every part at its frame, the gaps between them included.

    Raises PlaylistEmpty when nothing would be heard.
    """
    if all(part.kind is PartKind.PAUSE for part in parts):
        raise PlaylistEmpty
    placed: list[PlacedPart] = []
    start = frames_of(LEAD_MS)
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        separator = part.kind is PartKind.BULLETIN and _is_bulletin(following)
        gap_ms = _separated_ms() if separator else _gap_ms(part, following)
        placed.append(
            PlacedPart(
                part=part,
                start=start,
                frames=_frames(part),
                gap_frames=frames_of(gap_ms),
                separator=separator,
            )
        )
        start = placed[-1].end
    return tuple(placed)


def frames_of(duration_ms: int) -> int:
    """How many samples of the finished file last that long."""
    return duration_ms * MASTER_RATE_HZ // 1000


def _frames(part: Part) -> int:
    if isinstance(part.words, Stretch):
        return frames_of(part.words.to_ms) - frames_of(part.words.from_ms)
    if isinstance(part.words, Pcm):
        return part.words.frames * MASTER_RATE_HZ // part.words.sample_rate_hz
    return frames_of(_TUNES_MS.get(part.kind, part.duration_ms))


def _is_bulletin(part: Part | None) -> bool:
    return part is not None and part.kind is PartKind.BULLETIN


def _separated_ms() -> int:
    return BEFORE_SEPARATOR_MS + SEPARATOR_MS + AFTER_SEPARATOR_MS


def _gap_ms(part: Part, following: Part | None) -> int:
    if following is None or following.kind is PartKind.PAUSE:
        return 0
    return GAP_AFTER_MS.get(part.kind, 0)

"""Silence as MP3, of any length, under a hash of its own: what a rehearsal plays.

MPEG-2 Layer III, mono, 24 kHz, 32 kbit/s (ISO/IEC 13818-3): each frame states that it holds
nothing, which decodes to silence, and carries the sound's name where its samples would be.
"""

import hashlib
from dataclasses import dataclass, field

from devices.protocol.messages import Item

RATE_HZ = 24_000
FRAME_SAMPLES = 576
FRAME_MS = FRAME_SAMPLES * 1_000 // RATE_HZ
_FRAME_BYTES = 96
_HEADER = bytes((0xFF, 0xF3, 0x44, 0xC0))
_SIDE_INFORMATION = bytes(9)


@dataclass(frozen=True, slots=True)
class Sound:
    """An MP3 file in memory."""

    mp3: bytes = field(repr=False)
    duration_ms: int
    title: str = ""

    @property
    def sha256(self) -> str:
        """What it is called."""
        return hashlib.sha256(self.mp3).hexdigest()

    @property
    def item(self) -> Item:
        """How an order names it."""
        return Item(
            sha256=self.sha256,
            size_bytes=len(self.mp3),
            duration_ms=self.duration_ms,
            title=self.title,
        )


def silence(duration_ms: int, *, title: str = "") -> Sound:
    """So much silence, rounded up to whole frames of 24 ms; another title has another hash."""
    frames = max(1, -(-duration_ms // FRAME_MS))
    room = _FRAME_BYTES - len(_HEADER) - len(_SIDE_INFORMATION)
    name = hashlib.sha256(title.encode()).digest().ljust(room, b"\0")
    mp3 = (_HEADER + _SIDE_INFORMATION + name) * frames
    return Sound(mp3=mp3, duration_ms=frames * FRAME_MS, title=title)

"""MP3 files of silence, made here byte by byte: each of any length, and no two alike.

MPEG-2 layer III, mono, 24 kHz, 32 kbit/s (ISO/IEC 13818-3): a frame whose side information says
that nothing was coded is 24 ms of silence, and what follows in it is free for a serial number.
"""

import hashlib
from dataclasses import dataclass

from devices.protocol.messages import Item

_HEADER = bytes((0xFF, 0xF3, 0x44, 0xC0))
_SIDE_BYTES = 9
_FRAME_BYTES = 96
FRAME_MS = 24


@dataclass(frozen=True, slots=True)
class Sound:
    """A file as it is served, and as an order names it."""

    mp3: bytes
    duration_ms: int

    @property
    def sha256(self) -> str:
        """Its name."""
        return hashlib.sha256(self.mp3).hexdigest()

    @property
    def item(self) -> Item:
        """How an order names it."""
        return Item(sha256=self.sha256, size_bytes=len(self.mp3), duration_ms=self.duration_ms)


def silence(duration_ms: int, *, serial: str) -> Sound:
    """About so much silence, in whole frames; other serials make other files."""
    frames = -(-duration_ms // FRAME_MS)
    mark = hashlib.sha256(serial.encode()).digest()
    frame = (_HEADER + bytes(_SIDE_BYTES) + mark).ljust(_FRAME_BYTES, b"\0")
    return Sound(mp3=frame * frames, duration_ms=frames * FRAME_MS)

"""Real MP3 files for controllers to play, made once each."""

import functools
import hashlib
import subprocess
from dataclasses import dataclass, field

import imageio_ffmpeg

from devices.protocol.messages import Item


@dataclass(frozen=True, slots=True)
class Sound:
    """An MP3 file in memory."""

    mp3: bytes = field(repr=False)
    duration_ms: int

    @property
    def sha256(self) -> str:
        """What it is called."""
        return hashlib.sha256(self.mp3).hexdigest()

    @property
    def item(self) -> Item:
        """How an order names it."""
        return Item(sha256=self.sha256, size_bytes=len(self.mp3), duration_ms=self.duration_ms)


@functools.cache
def tone(duration_ms: int, *, hertz: int = 440, rate_hz: int = 24_000) -> Sound:
    """A sine tone, mono."""
    made = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i"),
            f"sine=frequency={hertz}:duration={duration_ms / 1_000}:sample_rate={rate_hz}",
            *("-ac", "1", "-b:a", "64k", "-f", "mp3", "-"),
        ],
        check=True,
        capture_output=True,
    )
    return Sound(mp3=made.stdout, duration_ms=duration_ms)

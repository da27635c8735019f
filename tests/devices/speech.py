"""Live speech as a station sends it: a tone cut into sealed frames of 120 ms."""

import functools
import subprocess
from dataclasses import dataclass, field
from typing import Any

import imageio_ffmpeg
from nacl.signing import VerifyKey

from devices.controller.mp3 import frame_bytes
from devices.protocol.live import Stream
from devices.protocol.messages import Live

RATE_HZ, FRAME_SAMPLES = 24_000, 2_880
FRAME_MS = FRAME_SAMPLES * 1_000 // RATE_HZ
_MP3_FRAMES = FRAME_SAMPLES // 576


@functools.cache
def spoken(duration_s: float, *, hertz: int = 440, rate_hz: int = RATE_HZ) -> tuple[bytes, ...]:
    """A tone as the sound of frames: MP3 without a bit reservoir, 120 ms each."""
    made = subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i"),
            f"sine=frequency={hertz}:duration={duration_s}:sample_rate={rate_hz}",
            *("-ac", "1", "-c:a", "libmp3lame", "-b:a", "64k", "-reservoir", "0"),
            *("-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "-"),
        ],
        check=True,
        capture_output=True,
    ).stdout
    mp3_frames: list[bytes] = []
    at = 0
    while at < len(made):
        size = frame_bytes(made[at : at + 4])
        assert size is not None
        mp3_frames.append(made[at : at + size])
        at += size
    whole = range(0, len(mp3_frames) - _MP3_FRAMES + 1, _MP3_FRAMES)
    return tuple(b"".join(mp3_frames[each : each + _MP3_FRAMES]) for each in whole)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whoever speaks: his stream, and the devices that may hear it."""

    station: str
    hearers: dict[str, VerifyKey]
    stream: Stream = field(default_factory=Stream)

    def live(self, *, duration_s: float = 60, **fields: Any) -> Live:  # noqa: ANN401
        """What an order says of it."""
        usual: dict[str, Any] = {"rate_hz": RATE_HZ, "frame_samples": FRAME_SAMPLES}
        return self.stream.live(
            station=self.station,
            hearers=self.hearers,
            duration_ms=round(duration_s * 1_000),
            **(usual | fields),
        )

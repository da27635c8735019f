"""What the tests of sound share: sentences, tones, and a meter that is not the product's own."""

import math
import re
import subprocess
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playlists.audio.ffmpeg import executable
from playlists.audio.joining import Piece, join
from playlists.audio.pcm import Pcm

RATE_HZ = 22_050


@dataclass(frozen=True)
class Line:
    """A sentence as the reading layer hands it on."""

    text: str
    pause_after_ms: int = 300


GREETING = Line("Kính thưa bà con và các bạn.", 500)
NOTICE = Line("Sáng thứ bảy, trạm y tế tiêm phòng cho trẻ em của năm thôn.")
THANKS = Line("Xin cảm ơn bà con đã chú ý lắng nghe.", 800)
BULLETIN = (GREETING, NOTICE, THANKS)


def tone(*, duration_ms: int = 2_000, pitch_hz: float = 1_000, amplitude: float = 0.25) -> Pcm:
    """A steady tone; `amplitude` is a share of full scale."""
    turn = 2 * math.pi * pitch_hz / RATE_HZ
    frames = RATE_HZ * duration_ms // 1000
    samples = array("h", (round(32_767 * amplitude * math.sin(turn * n)) for n in range(frames)))
    return Pcm(samples=samples.tobytes(), sample_rate_hz=RATE_HZ)


def silence(*, duration_ms: int = 2_000) -> Pcm:
    """Digital silence."""
    return Pcm(samples=bytes(2 * (RATE_HZ * duration_ms // 1000)), sample_rate_hz=RATE_HZ)


def joined(pieces: Iterable[Piece]) -> tuple[Pcm, tuple[int, ...]]:
    """The pieces as one sound in memory, and the frame at which each starts."""
    with TemporaryDirectory() as folder:
        whole, starts = join(pieces, Path(folder) / "sound.raw")
        return Pcm(whole.path.read_bytes(), whole.sample_rate_hz), starts


def metered(path: Path) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP), by ffmpeg's meter asked directly."""
    command = [executable(), "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null"]
    log = subprocess.run([*command, "-"], capture_output=True, text=True, check=True).stderr
    summary = log[log.rindex("Summary:") :]
    values = re.findall(r"(?:I|Peak):\s+(\S+) (?:LUFS|dBFS)", summary)
    return float(values[0]), float(values[1])


def decoded(path: Path) -> Sequence[int]:
    """The samples of a file, by ffmpeg asked directly, mono at `RATE_HZ`."""
    command = [executable(), "-v", "error", "-i", str(path), "-f", "s16le"]
    command += ["-ac", "1", "-ar", str(RATE_HZ), "-"]
    samples = array("h")
    samples.frombytes(subprocess.run(command, capture_output=True, check=True).stdout)
    return samples

"""The one way to ffmpeg: which program it is, and running it with an end in sight."""

import shutil
import signal
import subprocess
from collections.abc import Sequence
from functools import cache

from playlists.audio_errors import AudioStoreFull, FfmpegFailed, FfmpegMissing, FfmpegTimedOut

TIMEOUT_S = 600.0
DISK_FULL_WORDS = ("No space left on device", "File too large", "Disk quota exceeded")


@cache
def executable() -> str:
    """The wheel's ffmpeg, so that every station makes the same bytes; else the one on PATH.

    Raises FfmpegMissing.
    """
    try:
        import imageio_ffmpeg  # noqa: PLC0415 - a platform without the wheel has the system's

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        found = shutil.which("ffmpeg")
    if found is None:
        raise FfmpegMissing
    return found


def run(
    arguments: Sequence[str], *, stdin: bytes = b"", timeout_s: float = TIMEOUT_S
) -> subprocess.CompletedProcess[bytes]:
    """Runs ffmpeg quietly to its end; its log is in `stderr`.

    Raises FfmpegMissing, FfmpegTimedOut, AudioStoreFull when its disk is full, or FfmpegFailed.
    """
    command = [executable(), "-hide_banner", "-nostats", "-y", *arguments]
    try:
        done = subprocess.run(
            command, input=stdin, capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FfmpegTimedOut(f"stopped after {timeout_s:g} s") from error
    except OSError as error:
        raise FfmpegMissing(str(error)) from error
    if done.returncode != 0:
        raise _failure(done.returncode, done.stderr.decode(errors="replace"))
    return done


def _failure(code: int, words: str) -> FfmpegFailed | AudioStoreFull:
    if code == -signal.SIGXFSZ or any(sign in words for sign in DISK_FULL_WORDS):
        return AudioStoreFull(words[-400:])
    return FfmpegFailed(words[-400:] or f"ended with {code}")

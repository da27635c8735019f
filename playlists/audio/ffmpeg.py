"""The one way to ffmpeg: which program it is, and running it with an end in sight.

Long sounds go in and come out piece by piece, so that nobody holds the whole of them.
"""

import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import IO

from playlists.audio.audio_errors import AudioStoreFull, FfmpegFailed, FfmpegMissing, FfmpegTimedOut

TIMEOUT_S = 600.0
PIECE_BYTES = 1 << 18
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
    command = _command(arguments)
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


def feed(
    arguments: Sequence[str], pieces: Iterable[bytes], *, timeout_s: float = TIMEOUT_S
) -> bytes:
    """Runs ffmpeg on what is fed to its stdin piece by piece, and returns its log.

    It must write to a file. Raises what `run` raises, and what making the pieces raises.
    """
    # One that ends before it has heard all says why in its log.
    with _started(arguments, timeout_s=timeout_s) as running, suppress(BrokenPipeError):
        for piece in pieces:
            running.stdin.write(piece)
        running.stdin.flush()
    return running.log


def hear(
    arguments: Sequence[str], heard: Callable[[bytes], object], *, timeout_s: float = TIMEOUT_S
) -> bytes:
    """Runs ffmpeg, hands on what it writes to stdout piece by piece, and returns its log.

    Raises what `run` raises.
    """
    with _started(arguments, timeout_s=timeout_s) as running:
        running.close_stdin()
        while piece := running.stdout.read(PIECE_BYTES):
            heard(piece)
    return running.log


class _Running:
    """An ffmpeg at work, the clock that will stop it, and at the end its log."""

    def __init__(self, process: subprocess.Popen[bytes], *, log_file: IO[bytes]) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError("a process without pipes")
        self.process, self._log_file = process, log_file
        self.stdin, self.stdout = process.stdin, process.stdout
        self.timed_out = False
        self.log = b""

    def stop_late(self) -> None:
        self.timed_out = True
        self.process.kill()

    def close_stdin(self) -> None:
        with suppress(BrokenPipeError):
            self.stdin.close()

    def finish(self) -> int:
        """Waits for the end; nothing is left open."""
        self.close_stdin()
        code = self.process.wait()
        self.stdout.close()
        self._log_file.seek(0)
        self.log = self._log_file.read()
        return code


@contextmanager
def _started(arguments: Sequence[str], *, timeout_s: float) -> Iterator[_Running]:
    pipe = subprocess.PIPE
    with tempfile.TemporaryFile() as log_file:
        try:
            process = subprocess.Popen(
                _command(arguments), stdin=pipe, stdout=pipe, stderr=log_file
            )
        except OSError as error:
            raise FfmpegMissing(str(error)) from error
        running = _Running(process, log_file=log_file)
        clock = threading.Timer(timeout_s, running.stop_late)
        clock.daemon = True
        clock.start()
        try:
            yield running
        except BaseException:
            process.kill()
            raise
        finally:
            code = running.finish()
            clock.cancel()
    if running.timed_out:
        raise FfmpegTimedOut(f"stopped after {timeout_s:g} s")
    if code != 0:
        raise _failure(code, running.log.decode(errors="replace"))


def _command(arguments: Sequence[str]) -> list[str]:
    return [executable(), "-hide_banner", "-nostats", "-y", *arguments]


def _failure(code: int, words: str) -> FfmpegFailed | AudioStoreFull:
    if code == -signal.SIGXFSZ or any(sign in words for sign in DISK_FULL_WORDS):
        return AudioStoreFull(words[-400:])
    return FfmpegFailed(words[-400:] or f"ended with {code}")

"""A microphone's or a file's sound to frames of MP3, as it comes: ffmpeg, read block by block.

Constant bit rate and no bit reservoir: every MP3 frame has the same size and needs none before it.
"""

import queue
import select
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

import structlog

from broadcaster.live.errors import SourceUnreadable
from broadcaster.live.streams import MP3_FRAMES, RATE_HZ
from playlists.audio import ffmpeg

log = structlog.get_logger()

KBIT_S = 48
MP3_FRAME_BYTES = 72 * KBIT_S * 1_000 // RATE_HZ
FRAME_BYTES = MP3_FRAME_BYTES * MP3_FRAMES
_SYNC = b"\xff\xf3"
_WAITING_FRAMES = 100
# A voice, evened out as it is spoken: what is too soft is raised, and nothing is clipped.
_VOICE = "highpass=f=150,acompressor=threshold=0.1:ratio=3:attack=5:release=120:makeup=3,alimiter"
_ENCODER = (
    *("-af", _VOICE, "-ac", "1", "-ar", str(RATE_HZ)),
    *("-c:a", "libmp3lame", "-b:a", f"{KBIT_S}k", "-reservoir", "0"),
    *("-write_xing", "0", "-id3v2_version", "0", "-flush_packets", "1", "-f", "mp3", "pipe:1"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the sound comes from, as ffmpeg is told: arguments, and a pipe or none.

    What `waits` is heard from its beginning, whenever that is; a microphone does not. What `leaves`
    is a person's, whose end before a word is no sound to be played.
    """

    arguments: Sequence[str]
    pipe: IO[bytes] | None = None
    waits: bool = False
    leaves: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether nobody holds the other end of its pipe any more; what is in it stays in it."""
        if self.pipe is None or not self.leaves:
            return False
        looked = select.poll()
        looked.register(self.pipe, 0)
        return bool(looked.poll(0))


def samples_from(pipe: IO[bytes], *, rate_hz: int) -> Source:
    """Mono samples of 16 bits, little-endian, as they come from a microphone."""
    given = ("-f", "s16le", "-ar", str(rate_hz), "-ac", "1")
    at_once = ("-fflags", "nobuffer", "-probesize", "32", "-analyzeduration", "0")
    return Source((*at_once, *given, "-i", "pipe:0"), pipe)


def recording_from(path: str) -> Source:
    """A file, as fast as it would be heard."""
    arguments = ("-re", "-protocol_whitelist", "file", "-i", f"file:{path}", "-vn")
    return Source(arguments, waits=True)


@dataclass(slots=True)
class Encoder:
    """An ffmpeg at work; `next` gives a frame at a time."""

    source: Source
    _process: subprocess.Popen[bytes] = field(init=False)
    _frames: "queue.Queue[bytes | None]" = field(init=False)

    def __post_init__(self) -> None:
        """Start it; raise SourceUnreadable when there is no ffmpeg."""
        self._frames = queue.Queue(maxsize=_WAITING_FRAMES)
        try:
            self._process = subprocess.Popen(
                [
                    *(ffmpeg.executable(), "-hide_banner", "-nostats", "-v", "error"),
                    *self.source.arguments,
                    *_ENCODER,
                ],
                stdin=self.source.pipe or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError as error:
            raise SourceUnreadable(str(error)) from error
        threading.Thread(target=self._read, name="encoded frames", daemon=True).start()

    def next(self, *, within_s: float) -> bytes | None:
        """The next frame; empty when none came in time, None when there are no more.

        Raises SourceUnreadable for what ffmpeg makes no such frames of.
        """
        try:
            frame = self._frames.get(timeout=within_s)
        except queue.Empty:
            return b""
        if frame is not None and not _is_whole(frame):
            raise SourceUnreadable("no MP3 of constant size")
        return frame

    def skip(self) -> None:
        """Forget what came until now; but not that there is no more."""
        with suppress(queue.Empty):
            while True:
                if self._frames.get_nowait() is None:
                    self._frames.put(None)
                    return

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        """Hand on frame after frame; whoever is too slow for them loses the oldest."""
        out = self._process.stdout
        while out is not None and len(frame := out.read(FRAME_BYTES)) == FRAME_BYTES:
            if self._frames.full():
                log.warning("live_frame_left_out")
                with suppress(queue.Empty):
                    self._frames.get_nowait()
            self._frames.put(frame)
        if out is not None:
            out.close()
        self._frames.put(None)


def _is_whole(frame: bytes) -> bool:
    starts = range(0, FRAME_BYTES, MP3_FRAME_BYTES)
    return all(frame[at : at + 2] == _SYNC for at in starts)

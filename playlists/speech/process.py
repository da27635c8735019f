"""A voice's process, seen from its client: started, asked, and killed when it does not answer.

Reads and writes never block past their deadline, so that a stopped process cannot hold its caller.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from playlists.speech.errors import VoiceCrashed, VoiceTimedOut
from playlists.speech.frames import FRAME_LIMIT_BYTES, LENGTH, pack

CHUNK_BYTES = 1 << 16
LEAVE_S = 2.0


class VoiceProcess:
    """One running process that answers frames; after any error it has been killed."""

    def __init__(self, command: Sequence[str]) -> None:
        # A session of its own: Ctrl-C at the station's terminal is the station's to handle, and
        # the process is killed together with its forks.
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        self._requests, self._replies = _pipes(self._process)
        os.set_blocking(self._requests.fileno(), False)
        os.set_blocking(self._replies.fileno(), False)

    @property
    def pid(self) -> int:
        """The process's id, also that of its group."""
        return self._process.pid

    def ask(self, payload: bytes, *, timeout_s: float) -> bytes:
        """The reply to one request. Raises VoiceCrashed or VoiceTimedOut."""
        deadline = time.monotonic() + timeout_s
        try:
            self._write(pack(payload), deadline=deadline)
            return self._read_frame(deadline=deadline)
        except (VoiceCrashed, VoiceTimedOut):
            self.kill()
            raise

    def hear(self, *, timeout_s: float) -> bytes:
        """What the process says unasked: its greeting. Raises VoiceCrashed or VoiceTimedOut."""
        try:
            return self._read_frame(deadline=time.monotonic() + timeout_s)
        except (VoiceCrashed, VoiceTimedOut):
            self.kill()
            raise

    def close(self) -> None:
        """Lets the process end by itself, which it does when its requests do; else kills it."""
        with suppress(BrokenPipeError):
            self._requests.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=LEAVE_S)
        self.kill()

    def kill(self) -> None:
        """Ends the process and its forks, and collects it; harmless when it is gone."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        with suppress(BrokenPipeError):
            self._requests.close()
        self._replies.close()

    def _write(self, data: bytes, *, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            self._await(self._requests, selectors.EVENT_WRITE, deadline=deadline)
            try:
                rest = rest[os.write(self._requests.fileno(), rest) :]
            except BrokenPipeError as error:
                raise VoiceCrashed("the process is gone") from error

    def _read_frame(self, *, deadline: float) -> bytes:
        size = LENGTH.unpack(self._read(LENGTH.size, deadline=deadline))[0]
        if size > FRAME_LIMIT_BYTES:
            raise VoiceCrashed(f"the process answers nonsense: a frame of {size} bytes")
        return self._read(size, deadline=deadline)

    def _read(self, size: int, *, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._await(self._replies, selectors.EVENT_READ, deadline=deadline)
            chunk = os.read(self._replies.fileno(), min(CHUNK_BYTES, size - len(data)))
            if not chunk:
                raise VoiceCrashed("the process ended in the middle of its answer")
            data += chunk
        return bytes(data)

    def _await(self, stream: IO[bytes], event: int, *, deadline: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(stream, event)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise VoiceTimedOut("no answer in time")


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise VoiceCrashed("the process has no pipes")
    return process.stdin, process.stdout

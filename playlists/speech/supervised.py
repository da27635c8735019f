"""The client's side of a voice that is a process: started at need, restarted once, closed."""

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import ClassVar, Self, TypeVar

import msgspec
import structlog

from playlists.audio.pcm import Pcm
from playlists.speech.errors import VoiceCrashed, VoiceTimedOut, VoiceUnavailable
from playlists.speech.frames import Greeting, read_greeting, read_reply
from playlists.speech.process import VoiceProcess

Answer = TypeVar("Answer")

log = structlog.get_logger()

ATTEMPTS = 2


class SupervisedVoice:
    """Asks one process, which is started at need and restarted once a sentence.

    May be shared by threads; sentences are then said one after another. Close it when done.
    """

    name: ClassVar[str]

    def __init__(self, *, command: Sequence[str], timeout_s: float) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._process: VoiceProcess | None = None
        self._version = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def version(self) -> str:
        """What the process calls itself: another text, another sound. Raises SpeechError."""
        with self._lock:
            if not self._version:
                self._attempt(lambda _process: None)
            return self._version

    @property
    def process_id(self) -> int | None:
        """The running process's id, None before the first sentence and after `close`."""
        process = self._process
        return process.pid if process else None

    def close(self) -> None:
        """Ends the process; the next sentence would start another."""
        with self._lock:
            if self._process is not None:
                self._process.close()
                self._process = None

    def _say(self, request: msgspec.Struct, *, timeout_s: float) -> Pcm:
        """The process's answer.

        Raises VoiceUnavailable, VoiceRefused, or, when a fresh process failed too, VoiceCrashed
        or VoiceTimedOut.
        """
        payload = msgspec.json.encode(request)
        with self._lock:
            return self._attempt(
                lambda process: read_reply(process.ask(payload, timeout_s=timeout_s))
            )

    def _attempt(self, act: Callable[[VoiceProcess], Answer]) -> Answer:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return act(self._running())
            except (VoiceCrashed, VoiceTimedOut) as error:
                self._discard()
                log.warning("voice_process_failed", code=error.code, attempt=attempt)
                if attempt == ATTEMPTS:
                    raise
        raise VoiceCrashed("no attempt was made")

    def _running(self) -> VoiceProcess:
        if self._process is None:
            self._process = VoiceProcess(self._command)
            greeting = self._hear_greeting(self._process)
            self._version = greeting.version
            log.info("voice_process_started", engine=self.name, version=greeting.version)
        return self._process

    def _hear_greeting(self, process: VoiceProcess) -> Greeting:
        greeting = read_greeting(process.hear(timeout_s=self._timeout_s))
        if greeting.refused:
            self._discard()
            raise VoiceUnavailable(greeting.refused)
        return greeting

    def _discard(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None

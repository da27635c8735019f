"""eSpeak NG as a voice: the client of a supervised process that may crash or hang at any time."""

import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import TypeVar

import msgspec
import structlog

from playlists.speech.engine import Accent, Pcm, VoiceSettings
from playlists.speech.errors import VoiceCrashed, VoiceTimedOut, VoiceUnavailable
from playlists.speech.espeak_text import sayable
from playlists.speech.frames import Greeting, Request, read_greeting, read_reply
from playlists.speech.process import VoiceProcess

Answer = TypeVar("Answer")

log = structlog.get_logger()

WORKER = (sys.executable, "-m", "playlists.speech.espeak_worker")
NORMAL_WORDS_PER_MINUTE = 175
ATTEMPTS = 2
VOICES = {
    Accent.NORTH: "vi",
    Accent.CENTRAL: "vi-vn-x-central",
    Accent.SOUTH: "vi-vn-x-south",
}


class EspeakEngine:
    """Says sentences through one process, which is started at need and restarted once a sentence.

    May be shared by threads; sentences are then said one after another. Close it when done.
    """

    name = "espeak-ng"

    def __init__(self, *, command: Sequence[str] = WORKER, timeout_s: float = 30.0) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._process: VoiceProcess | None = None
        self._version = ""

    def __enter__(self) -> "EspeakEngine":
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
        """The number of eSpeak NG and where it comes from. Raises SpeechError."""
        with self._lock:
            if not self._version:
                self._attempt(lambda _process: None)
            return self._version

    @property
    def process_id(self) -> int | None:
        """The running process's id, None before the first sentence and after `close`."""
        process = self._process
        return process.pid if process else None

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """The sound of one sentence.

        Raises VoiceUnavailable, VoiceRefused, or, when a fresh process failed too, VoiceCrashed
        or VoiceTimedOut.
        """
        request = Request(
            text=sayable(sentence),
            voice=VOICES[settings.accent],
            words_per_minute=round(NORMAL_WORDS_PER_MINUTE * settings.rate),
            pitch=settings.pitch,
        )
        payload = msgspec.json.encode(request)
        with self._lock:
            return self._attempt(
                lambda process: read_reply(process.ask(payload, timeout_s=self._timeout_s))
            )

    def close(self) -> None:
        """Ends the process; the next sentence would start another."""
        with self._lock:
            if self._process is not None:
                self._process.close()
                self._process = None

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

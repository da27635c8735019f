"""The station's voices by name, and what happens when the preferred one cannot speak.

A bulletin has one voice from beginning to end: when the preferred voice fails in the middle, the
fallback says all of it anew, and the caller learns who spoke and why.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

import structlog

from playlists.speech.engine import Engine
from playlists.speech.errors import SpeechError, TextMayNotLeave, VoiceSettingsInvalid
from playlists.speech.espeak import EspeakEngine
from playlists.speech.google_speech import OnlineSpeech
from playlists.speech.gtts import GttsEngine
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.piper import PiperEngine
from playlists.speech.pool import VoicePool, cores
from playlists.speech.store_errors import VoiceNotInstalled
from playlists.speech.voice_store import find

Result = TypeVar("Result")

log = structlog.get_logger()

# The service may refuse who asks too much at a time.
ONLINE_AT_ONCE = 2


class EngineName(StrEnum):
    """The engines, by the name that is stored with the audio."""

    ESPEAK = "espeak-ng"
    PIPER = "piper"
    GTTS = "gtts"


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """An engine and, where it has several, which of its installed voices."""

    engine: EngineName
    voice: str = ""

    def __str__(self) -> str:
        return f"{self.engine}:{self.voice}" if self.voice else str(self.engine)


ALWAYS_THERE = VoiceChoice(EngineName.ESPEAK)


@dataclass(frozen=True, slots=True)
class VoicePolicy:
    """Who shall speak, and who speaks when that one cannot; None: then nobody.

    Without `text_may_leave` no online voice speaks, whoever chose it.
    """

    preferred: VoiceChoice = ALWAYS_THERE
    fallback: VoiceChoice | None = ALWAYS_THERE
    text_may_leave: bool = False


@dataclass(frozen=True, slots=True)
class House:
    """What this station has: installed voices, processes, a line to the online voice."""

    voices_dir: Path | None = None
    processes: int = 0
    online: OnlineSpeech | None = None

    @property
    def at_once(self) -> int:
        """How many sentences are said at the same time; 0 processes: one for each core."""
        return self.processes or cores()


@dataclass(frozen=True, slots=True)
class Spoke(Generic[Result]):
    """What was made, by whom, and why it was not the preferred voice (None: it was)."""

    result: Result
    by: VoiceChoice
    reason: SpeechError | None


@dataclass(frozen=True, slots=True)
class _Opened:
    files: InstalledVoice | None
    pool: VoicePool


class Voices:
    """The open voices of one station; may be shared by threads. Close it when done."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._open: dict[VoiceChoice, _Opened] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def engine(self, choice: VoiceChoice, *, text_may_leave: bool = False) -> VoicePool:
        """The engine of this choice; its processes start with its first sentence.

        A voice that was taken away or installed anew meanwhile is noticed. Raises
        VoiceNotInstalled or TextMayNotLeave.
        """
        if choice.engine is EngineName.GTTS and not text_may_leave:
            raise TextMayNotLeave
        files = _files(choice, house=self._house)
        with self._lock:
            opened = self._open.get(choice)
            if opened is not None and opened.files == files:
                return opened.pool
            pool = _pool(choice, files=files, house=self._house)
            self._open[choice] = _Opened(files=files, pool=pool)
        if opened is not None:
            opened.pool.close()
        return pool

    def speak(self, act: Callable[[Engine], Result], *, policy: VoicePolicy) -> Spoke[Result]:
        """Does `act` with the preferred voice, or else all of it with the fallback.

        Raises VoiceSettingsInvalid, which no other voice would mend, what `act` raises beside
        SpeechError, and the fallback's SpeechError; without a fallback the preferred voice's.
        """
        try:
            engine = self.engine(policy.preferred, text_may_leave=policy.text_may_leave)
            result = act(engine)
            return Spoke(result=result, by=policy.preferred, reason=None)
        except VoiceSettingsInvalid:
            raise
        except SpeechError as error:
            if policy.fallback in {None, policy.preferred}:
                raise
            reason = error
        return self._fall_back(act, policy=policy, reason=reason)

    def forget(self, choice: VoiceChoice) -> None:
        """Closes a voice, so that what is installed now is opened the next time."""
        with self._lock:
            opened = self._open.pop(choice, None)
        if opened is not None:
            opened.pool.close()

    def close(self) -> None:
        """Ends all processes."""
        for choice in tuple(self._open):
            self.forget(choice)

    def _fall_back(
        self, act: Callable[[Engine], Result], *, policy: VoicePolicy, reason: SpeechError
    ) -> Spoke[Result]:
        if policy.fallback is None:
            raise reason
        log.warning(
            "voice_fell_back",
            preferred=str(policy.preferred),
            fallback=str(policy.fallback),
            code=reason.code,
            reason=reason.detail,
        )
        engine = self.engine(policy.fallback, text_may_leave=policy.text_may_leave)
        result = act(engine)
        return Spoke(result=result, by=policy.fallback, reason=reason)


def _files(choice: VoiceChoice, *, house: House) -> InstalledVoice | None:
    if choice.engine is not EngineName.PIPER:
        return None
    if house.voices_dir is None:
        raise VoiceNotInstalled("this station has no folder for voices")
    return find(choice.voice, into=house.voices_dir)


def _pool(choice: VoiceChoice, *, files: InstalledVoice | None, house: House) -> VoicePool:
    if choice.engine is EngineName.GTTS:
        size = min(house.at_once, ONLINE_AT_ONCE)
        return VoicePool(lambda: GttsEngine(text_may_leave=True, service=house.online), size=size)
    if files is not None:
        return VoicePool(lambda: PiperEngine(files), size=house.at_once)
    return VoicePool(EspeakEngine, size=house.at_once)

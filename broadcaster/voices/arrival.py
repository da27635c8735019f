"""The default voice on its way here while the station already runs.

A thread of its own asks once at the start and then about once an hour, so that nothing waits for a
network: neither the start, nor a bulletin, nor Ctrl-C. What arrives speaks from the next rendering
on, because whoever renders looks for himself what is installed.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import structlog

from playlists.speech.catalogue import Catalogue
from playlists.speech.errors import SpeechError
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.store_errors import (
    VoiceFileWrong,
    VoiceInstallBusy,
    VoiceStoreError,
    VoiceUnknown,
)
from playlists.speech.voice_store import install

log = structlog.get_logger(__name__)

AGAIN_AFTER_S = 3_600.0
BUSY_AFTER_S = 60.0
# Stations that lost their network together do not all come back at the same second.
JITTER = (0.75, 1.25)
# An abandoned request may still wait for its server; the process ends without it.
_LEAVE_S = 0.2


class Standing(Enum):
    """Whether the wanted voice is here, on its way, or has to be brought by a person."""

    HERE = auto()
    NOT_WANTED = auto()
    NO_SOURCE = auto()
    NO_PIPER = auto()
    ON_ITS_WAY = auto()


@dataclass(frozen=True, slots=True)
class WantedVoice:
    """A voice, from where it is fetched, and where to."""

    name: str
    source: str
    into: Path
    catalogue: Catalogue


class ArrivalTold:
    """Who is told how it went; by default nobody."""

    def arrived(self, voice: InstalledVoice) -> None:
        """The voice is here."""

    def failed(self, error: SpeechError) -> None:
        """It did not come; told once for each kind of reason."""


class _Abandoned(Exception):
    """The station stops."""


def standing(
    name: str, *, source: str, installed: bool, automatic: bool, piper_here: bool
) -> Standing:
    """What is to be done about the wanted voice; a station that chose another wants none."""
    if not name or not automatic:
        return Standing.NOT_WANTED
    if not piper_here:
        return Standing.NO_PIPER
    if installed:
        return Standing.HERE
    return Standing.ON_ITS_WAY if source else Standing.NO_SOURCE


@contextmanager
def on_its_way(wanted: WantedVoice, *, told: ArrivalTold) -> Iterator[None]:
    """Fetches the voice beside whatever is done meanwhile; leaving does not wait for it."""
    stopping = threading.Event()
    thread = threading.Thread(
        target=keep_asking,
        args=(wanted,),
        kwargs={"told": told, "stopping": stopping},
        name="voice-arrival",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(_LEAVE_S)


def keep_asking(
    wanted: WantedVoice,
    *,
    told: ArrivalTold,
    stopping: threading.Event,
    wait: Callable[[float], bool] | None = None,
    jitter: Callable[[], float] = lambda: random.uniform(*JITTER),  # noqa: S311 - no secret
) -> None:
    """Asks until the voice is here, nothing better can be hoped for, or the station stops.

    `wait` takes seconds and says whether the station stops.
    """
    wait = wait or stopping.wait
    last = ""
    while not stopping.is_set():
        try:
            voice = _ask(wanted, stopping=stopping, wait=wait)
        except _Abandoned:
            return
        except VoiceStoreError as error:
            if stopping.is_set():
                return
            log.info("voice_not_fetched", voice=wanted.name, code=error.code, reason=error.detail)
            if error.code != last and not isinstance(error, VoiceInstallBusy):
                told.failed(error)
            last = error.code
            # The same wrong file would only be fetched again, every hour.
            if isinstance(error, VoiceUnknown | VoiceFileWrong):
                return
            if wait(_pause_s(error, jitter=jitter)):
                return
        else:
            told.arrived(voice)
            return


def _ask(
    wanted: WantedVoice, *, stopping: threading.Event, wait: Callable[[float], bool]
) -> InstalledVoice:
    def go_on(*_progress: int) -> None:
        if stopping.is_set():
            raise _Abandoned

    def pause(seconds: float) -> None:
        if wait(seconds):
            raise _Abandoned

    return install(
        wanted.name,
        source=wanted.source,
        into=wanted.into,
        catalogue=wanted.catalogue,
        on_progress=go_on,
        wait=pause,
        attempts=1,
    )


def _pause_s(error: VoiceStoreError, *, jitter: Callable[[], float]) -> float:
    return (BUSY_AFTER_S if isinstance(error, VoiceInstallBusy) else AGAIN_AFTER_S) * jitter()

"""eSpeak NG through its C interface. Loaded only in the voice's own process: it is GPL-3.0.

Sources: eSpeak NG's `speak_lib.h`. The data folder is passed as `.` from its parent, because the
library keeps its path in 160 bytes and a deep virtual environment is longer.
"""

import ctypes
import os
from dataclasses import dataclass
from pathlib import Path

from playlists.audio.pcm import BYTES_PER_SAMPLE, Pcm
from playlists.speech.errors import VoiceRefused, VoiceUnavailable
from playlists.speech.frames import Request

SYNCHRONOUS = 2
DO_NOT_EXIT = 0x8000
RATE, PITCH, PITCH_RANGE, WORD_GAP = 1, 3, 4, 7
UTF8 = 1
SYSTEM_LIBRARY = "libespeak-ng.so.1"
VIETNAMESE = b"vi"

_SOUND = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True, slots=True)
class Library:
    """An initialised eSpeak NG that has a Vietnamese voice."""

    handle: ctypes.CDLL
    sample_rate_hz: int
    version: str


def load(*, system_library: str = SYSTEM_LIBRARY) -> Library:
    """The system's eSpeak NG where it is present, else the wheel's. Raises VoiceUnavailable."""
    library = _load_system(system_library) or _load_wheel()
    if library is None:
        raise VoiceUnavailable("neither the system nor the wheel has eSpeak NG in Vietnamese")
    return library


def speak(library: Library, request: Request) -> Pcm:
    """The sound of one sentence. Raises VoiceRefused."""
    handle, sound = library.handle, bytearray()

    def collect(samples: int | None, count: int, _events: object) -> int:
        if samples and count > 0:
            sound.extend(ctypes.string_at(samples, count * BYTES_PER_SAMPLE))
        return 0

    callback = _SOUND(collect)
    handle.espeak_SetSynthCallback(callback)
    # A NUL would end the C string and silently drop the rest of the sentence.
    text = request.text.replace("\0", " ").encode()
    results = (
        handle.espeak_SetVoiceByName(request.voice.encode()),
        handle.espeak_SetParameter(RATE, request.words_per_minute, 0),
        handle.espeak_SetParameter(PITCH, request.pitch, 0),
        handle.espeak_SetParameter(PITCH_RANGE, request.pitch_range, 0),
        handle.espeak_SetParameter(WORD_GAP, request.word_gap_10ms, 0),
        handle.espeak_Synth(text, len(text) + 1, 0, 0, 0, UTF8, None, None),
    )
    if any(results):
        raise VoiceRefused(f"eSpeak NG answered {results} for voice {request.voice}")
    return Pcm(samples=bytes(sound), sample_rate_hz=library.sample_rate_hz)


def _load_system(name: str) -> Library | None:
    try:
        handle = ctypes.CDLL(name)
    except OSError:
        return None
    return _initialise(handle, data=None, origin="system")


def _load_wheel() -> Library | None:
    try:
        import espeakng_loader  # noqa: PLC0415 - looked for only where the system has none

        handle = ctypes.CDLL(espeakng_loader.get_library_path())
    except (ImportError, OSError):
        return None
    os.chdir(Path(espeakng_loader.get_data_path()).parent)
    return _initialise(handle, data=b".", origin="wheel")


def _initialise(handle: ctypes.CDLL, *, data: bytes | None, origin: str) -> Library | None:
    sample_rate_hz = handle.espeak_Initialize(SYNCHRONOUS, 0, data, DO_NOT_EXIT)
    if sample_rate_hz <= 0 or handle.espeak_SetVoiceByName(VIETNAMESE) != 0:
        return None
    handle.espeak_Info.restype = ctypes.c_char_p
    number = handle.espeak_Info(None).decode(errors="replace")
    return Library(handle=handle, sample_rate_hz=sample_rate_hz, version=f"{number} ({origin})")

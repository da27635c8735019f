"""What every voice must be able to do, and how it is asked to sound."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from playlists.audio.pcm import Pcm
from playlists.speech.errors import VoiceSettingsInvalid

__all__ = ["Accent", "Engine", "Pcm", "VoiceSettings"]

SLOWEST, FASTEST = 0.6, 1.6
HIGHEST_PITCH = 99


class Accent(StrEnum):
    """Where in the country the voice comes from."""

    NORTH = "north"
    CENTRAL = "central"
    SOUTH = "south"


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How a voice speaks: `rate` is a factor of its normal speed, `pitch` 0 to 99, 50 normal.

    Raises VoiceSettingsInvalid.
    """

    accent: Accent = Accent.NORTH
    rate: float = 1.0
    pitch: int = 50

    def __post_init__(self) -> None:
        if self.accent not in set(Accent):
            raise VoiceSettingsInvalid(f"accent {self.accent!r}")
        if not SLOWEST <= self.rate <= FASTEST:
            raise VoiceSettingsInvalid(f"rate {self.rate!r}")
        if not 0 <= self.pitch <= HIGHEST_PITCH:
            raise VoiceSettingsInvalid(f"pitch {self.pitch!r}")

    def fingerprint(self) -> str:
        """The settings as a stable text, for the key of a cache."""
        return f"{self.accent.value}/{self.rate!r}/{self.pitch}"


class Engine(Protocol):
    """A voice. The same sentence and settings always give the same samples."""

    @property
    def name(self) -> str:
        """The engine's name, stored with the audio and shown."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever the same sentence would sound different."""
        ...

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """The sound of one sentence. Raises SpeechError."""
        ...

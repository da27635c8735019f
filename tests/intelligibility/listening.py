"""What a listener is asked and what it answers."""

from dataclasses import dataclass
from typing import Protocol

from playlists.audio.pcm import Pcm

LISTENING_RATE_HZ = 16_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood, and how many bits each word really said was a surprise."""

    text: str
    surprise_bits: float


class Listener(Protocol):
    """Somebody who writes down what is said."""

    @property
    def version(self) -> str:
        """Another text, another listener: figures of two cannot be compared."""
        ...

    def hear(self, sound: Pcm, *, said: str) -> Heard:
        """What is understood of a sound at `LISTENING_RATE_HZ`, at most 30 s long."""
        ...

"""eSpeak NG as a voice: the client of a supervised process that may crash or hang at any time."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from playlists.speech.engine import Accent, Pcm, VoiceSettings
from playlists.speech.espeak_text import sayable
from playlists.speech.frames import Request
from playlists.speech.supervised import SupervisedVoice

# `-P`: a module that lies in the current folder is not ours to run.
WORKER = (sys.executable, "-P", "-m", "playlists.speech.espeak_worker")
VOICES = {
    Accent.NORTH: "vi",
    Accent.CENTRAL: "vi-vn-x-central",
    Accent.SOUTH: "vi-vn-x-south",
}


@dataclass(frozen=True, slots=True)
class Manner:
    """How eSpeak NG speaks at rate 1 and pitch 50, in its own terms.

    `pitch_range` 0 to 99, 50 normal; `word_gap_10ms` is silence between words at normal speed, in
    units of 10 ms; `variant` is a voice quality such as `f2`, empty for the language's own.
    """

    words_per_minute: int = 135
    pitch_range: int = 50
    word_gap_10ms: int = 0
    variant: str = ""

    def __str__(self) -> str:
        spoken = f"{self.words_per_minute}/{self.pitch_range}/{self.word_gap_10ms}"
        return f"{spoken}/{self.variant}" if self.variant else spoken


HOUSE_MANNER = Manner()


class EspeakEngine(SupervisedVoice):
    """Says sentences through one process of eSpeak NG.

    Its version is the library's number and origin, and the manner it speaks in.
    """

    name = "espeak-ng"

    def __init__(
        self,
        *,
        command: Sequence[str] = WORKER,
        timeout_s: float = 30.0,
        manner: Manner = HOUSE_MANNER,
    ) -> None:
        super().__init__(command=command, timeout_s=timeout_s)
        self._manner = manner

    @property
    def version(self) -> str:
        """The library's number and origin, and the manner. Raises SpeechError."""
        return f"{super().version} {self._manner}"

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """The sound of one sentence.

        Raises VoiceUnavailable, VoiceRefused, or, when a fresh process failed too, VoiceCrashed
        or VoiceTimedOut.
        """
        manner = self._manner
        voice = VOICES[settings.accent]
        request = Request(
            text=sayable(sentence),
            voice=f"{voice}+{manner.variant}" if manner.variant else voice,
            words_per_minute=round(manner.words_per_minute * settings.rate),
            pitch=settings.pitch,
            pitch_range=manner.pitch_range,
            word_gap_10ms=manner.word_gap_10ms,
        )
        return self._say(request, timeout_s=self._timeout_s)

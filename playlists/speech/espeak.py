"""eSpeak NG as a voice: the client of a supervised process that may crash or hang at any time."""

import sys
from collections.abc import Sequence

from playlists.speech.engine import Accent, Pcm, VoiceSettings
from playlists.speech.espeak_text import sayable
from playlists.speech.frames import Request
from playlists.speech.supervised import SupervisedVoice

WORKER = (sys.executable, "-m", "playlists.speech.espeak_worker")
NORMAL_WORDS_PER_MINUTE = 175
VOICES = {
    Accent.NORTH: "vi",
    Accent.CENTRAL: "vi-vn-x-central",
    Accent.SOUTH: "vi-vn-x-south",
}


class EspeakEngine(SupervisedVoice):
    """Says sentences through one process of eSpeak NG; its version is its number and origin."""

    name = "espeak-ng"

    def __init__(self, *, command: Sequence[str] = WORKER, timeout_s: float = 30.0) -> None:
        super().__init__(command=command, timeout_s=timeout_s)

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
        return self._say(request, timeout_s=self._timeout_s)

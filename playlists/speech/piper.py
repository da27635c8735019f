"""Piper as a voice: the client of a supervised process around one installed voice."""

import importlib.util
import sys
from collections.abc import Sequence

from playlists.speech.engine import Pcm, VoiceSettings
from playlists.speech.espeak_text import sayable
from playlists.speech.frames import PiperRequest
from playlists.speech.installed_voice import InstalledVoice, VoiceFiles
from playlists.speech.supervised import SupervisedVoice

START_TIMEOUT_S = 90.0
# Piper speaks about 8 times as fast as it talks on one core of a server; a small computer that
# also does other things is given 16 times as long as that.
TIMEOUT_S_A_CHARACTER = 0.15


class PiperEngine(SupervisedVoice):
    """Says sentences through one process of Piper, on one core.

    The accent is the installed voice's own and its pitch is fixed: of the settings only the rate
    is heard. Its version names Piper's number and the hashes of the voice's files.
    """

    name = "piper"

    def __init__(
        self,
        voice: InstalledVoice,
        *,
        command: Sequence[str] | None = None,
        timeout_s: float = START_TIMEOUT_S,
    ) -> None:
        super().__init__(command=command or worker_command(voice.files), timeout_s=timeout_s)

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """The sound of one sentence.

        Raises VoiceUnavailable, VoiceRefused, or, when a fresh process failed too, VoiceCrashed
        or VoiceTimedOut.
        """
        text = sayable(sentence)
        timeout_s = self._timeout_s + len(text) * TIMEOUT_S_A_CHARACTER
        return self._say(PiperRequest(text=text, rate=settings.rate), timeout_s=timeout_s)


def piper_is_here() -> bool:
    """Whether Piper and its runtime are installed; nothing of them is loaded to know it."""
    return all(importlib.util.find_spec(name) for name in ("piper", "onnxruntime"))


def worker_command(files: VoiceFiles) -> tuple[str, ...]:
    """How the process for this voice is started."""
    module = (sys.executable, "-P", "-m", "playlists.speech.piper_worker")
    return (*module, str(files.model), str(files.config), files.model_sha256, files.config_sha256)

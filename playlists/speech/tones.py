"""A voice for tests and rehearsals: each word is a short tone, the same every time."""

import math
import zlib
from array import array
from sys import byteorder

from playlists.speech.engine import Pcm, VoiceSettings

TONE_MS = 120
GAP_MS = 40
AMPLITUDE = 9_000


class ToneEngine:
    """Says every word as a tone whose pitch follows from its letters; counts what it was asked."""

    name = "tones"
    version = "1"

    def __init__(self, *, sample_rate_hz: int = 22_050) -> None:
        self.asked: list[str] = []
        self._rate_hz = sample_rate_hz

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """One tone and one gap a word, shorter at a higher rate."""
        self.asked.append(sentence)
        samples = array("h")
        for word in sentence.split():
            samples.extend(self._tone(400 + zlib.crc32(word.encode()) % 1_200, rate=settings.rate))
            samples.extend([0] * self._frames(GAP_MS, rate=settings.rate))
        if byteorder == "big":
            samples.byteswap()
        return Pcm(samples=samples.tobytes(), sample_rate_hz=self._rate_hz)

    def _frames(self, duration_ms: int, *, rate: float) -> int:
        return round(self._rate_hz * duration_ms / 1000 / rate)

    def _tone(self, pitch_hz: int, *, rate: float) -> list[int]:
        turn = 2 * math.pi * pitch_hz / self._rate_hz
        return [
            round(AMPLITUDE * math.sin(turn * n)) for n in range(self._frames(TONE_MS, rate=rate))
        ]

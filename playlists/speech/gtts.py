"""gTTS as a voice: online, and only where the station lets a bulletin's words leave the house."""

import tempfile
from pathlib import Path

from playlists.audio import ffmpeg
from playlists.audio.audio_errors import AudioUnreadable
from playlists.audio.encoding import decode_mp3, raw_input, raw_output
from playlists.audio.pcm import Pcm
from playlists.speech.engine import VoiceSettings
from playlists.speech.errors import TextMayNotLeave, VoiceOffline
from playlists.speech.espeak_text import sayable
from playlists.speech.google_speech import GoogleSpeech, OnlineSpeech

SAMPLE_RATE_HZ = 24_000
# The service does not say which voice answers; raise this when it is heard to have changed.
HEARD = "2026-11"


class GttsEngine:
    """Says sentences through the online service; ahead of air only, since a network may be away.

    Of the settings only the rate is heard, which ffmpeg makes. The service may answer the same
    sentence differently another day, so only the sentence cache makes it repeat itself. Raises
    TextMayNotLeave when it is made without the station's leave.
    """

    name = "gtts"
    version = f"online {HEARD}"

    def __init__(self, *, text_may_leave: bool, service: OnlineSpeech | None = None) -> None:
        if not text_may_leave:
            raise TextMayNotLeave
        self._service = service or GoogleSpeech()

    def synthesise(self, sentence: str, *, settings: VoiceSettings) -> Pcm:
        """The sound of one sentence. Raises VoiceOffline, or AudioError when ffmpeg fails."""
        mp3s = self._service.mp3s(sayable(sentence))
        samples = b"".join(_decoded(mp3).samples for mp3 in mp3s)
        return _at_rate(Pcm(samples=samples, sample_rate_hz=SAMPLE_RATE_HZ), settings.rate)

    def close(self) -> None:
        """Nothing is held between sentences."""


def _decoded(mp3: bytes) -> Pcm:
    with tempfile.TemporaryDirectory(prefix="loa-gtts-") as folder:
        path = Path(folder) / "piece.mp3"
        path.write_bytes(mp3)
        try:
            return decode_mp3(path, sample_rate_hz=SAMPLE_RATE_HZ)
        except AudioUnreadable as error:
            raise VoiceOffline(f"the service's sound is damaged: {error.detail}") from error


def _at_rate(pcm: Pcm, rate: float) -> Pcm:
    """The same words faster or slower at the same pitch."""
    if rate == 1.0 or not pcm.samples:
        return pcm
    stretch = ("-af", f"atempo={rate!r}")
    source, target = raw_input(pcm.sample_rate_hz), raw_output(pcm.sample_rate_hz)
    done = ffmpeg.run(["-v", "error", *source, *stretch, *target], stdin=pcm.samples)
    return Pcm(samples=done.stdout, sample_rate_hz=pcm.sample_rate_hz)

"""The sentences as they come out of a horn: rendered as a bulletin, or as the voice made them."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playlists.audio import ffmpeg
from playlists.audio.audio_store import AudioStore
from playlists.audio.encoding import decode_mp3, raw_input, raw_output
from playlists.audio.mastering import Band
from playlists.audio.pcm import BYTES_PER_SAMPLE, Pcm
from playlists.render import render
from playlists.speech.engine import Engine, VoiceSettings
from tests.intelligibility.listening import LISTENING_RATE_HZ

# The encoder and the compressor carry something over; between two sentences they come to rest.
REST_MS = 700
AROUND_MS = 250


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    pause_after_ms: int = REST_MS


def unmastered(
    sentences: Sequence[str], *, engine: Engine, settings: VoiceSettings
) -> tuple[Pcm, ...]:
    """Each sentence as the voice says it. Raises SpeechError or FfmpegError."""
    return tuple(_slower(engine.synthesise(text, settings=settings)) for text in sentences)


def mastered(
    sentences: Sequence[str], *, engine: Engine, settings: VoiceSettings, band: Band | None
) -> tuple[Pcm, ...]:
    """Each sentence cut from one bulletin's finished MP3. Raises SpeechError or AudioError."""
    with tempfile.TemporaryDirectory(prefix="loa-intelligibility-") as folder:
        bulletin = render(
            [_Line(text) for text in sentences],
            engine=engine,
            store=AudioStore(Path(folder)),
            settings=settings,
            chime=False,
            band=band,
        )
        whole = decode_mp3(bulletin.path, sample_rate_hz=LISTENING_RATE_HZ)
    return tuple(
        _cut(whole, start_ms=cue.start_ms - AROUND_MS, end_ms=cue.end_ms + AROUND_MS)
        for cue in bulletin.cue_points
    )


def later(sound: Pcm, *, by_ms: int) -> Pcm:
    """The same sound after so much silence: another take for a listener that counts in frames."""
    silence = bytes(BYTES_PER_SAMPLE * (sound.sample_rate_hz * by_ms // 1000))
    return Pcm(samples=silence + sound.samples, sample_rate_hz=sound.sample_rate_hz)


def _slower(pcm: Pcm) -> Pcm:
    arguments = [*raw_input(pcm.sample_rate_hz), *raw_output(LISTENING_RATE_HZ)]
    done = ffmpeg.run(["-v", "error", *arguments], stdin=pcm.samples)
    return Pcm(samples=done.stdout, sample_rate_hz=LISTENING_RATE_HZ)


def _cut(pcm: Pcm, *, start_ms: int, end_ms: int) -> Pcm:
    first, last = (
        BYTES_PER_SAMPLE * (pcm.sample_rate_hz * max(0, at_ms) // 1000)
        for at_ms in (start_ms, end_ms)
    )
    return Pcm(samples=pcm.samples[first:last], sample_rate_hz=pcm.sample_rate_hz)

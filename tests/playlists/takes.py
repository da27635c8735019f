"""Recordings as people bring them, made by ffmpeg asked directly from a clean voice."""

import subprocess
import wave
from pathlib import Path

from playlists.audio.ffmpeg import executable
from playlists.audio.pcm import Pcm

# What each kind of file is encoded with.
CODECS: dict[str, tuple[str, ...]] = {
    "wav": ("-c:a", "pcm_s16le"),
    "mp3": ("-c:a", "libmp3lame"),
    "m4a": ("-c:a", "aac"),
    "aac": ("-c:a", "aac"),
    "mp4": ("-c:a", "aac"),
    "ogg": ("-c:a", "libvorbis"),
    "opus": ("-c:a", "libopus"),
    "webm": ("-c:a", "libopus"),
    "flac": ("-c:a", "flac"),
    "3gp": ("-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1"),
    "amr": ("-c:a", "libopencore_amrnb", "-ar", "8000", "-ac", "1"),
}


def wav(pcm: Pcm, path: Path) -> Path:
    """The samples as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(pcm.sample_rate_hz)
        file.writeframes(pcm.samples)
    return path


def take(source: Path, path: Path, *, kind: str = "", filters: str = "anull") -> Path:
    """The source through ffmpeg's `filters` as a file of a kind, that of its name if not told."""
    kind = kind or path.suffix[1:]
    muxer = {"m4a": "ipod", "opus": "ogg", "aac": "adts"}.get(kind, kind)
    graph = ("-filter_complex", f"[0:a]{filters}[out]", "-map", "[out]")
    _run("-i", str(source), *graph, *CODECS[kind], "-f", muxer, str(path))
    return path


def film(path: Path, *, sound: Path | None = None) -> Path:
    """Three seconds of pictures, with a sound track or without."""
    pictures = ("-f", "lavfi", "-i", "testsrc=d=3")
    track = ("-i", str(sound), "-c:a", "aac") if sound else ()
    _run(*pictures, *track, "-c:v", "mpeg4", "-f", "mp4", str(path))
    return path


def _run(*arguments: str) -> None:
    subprocess.run([executable(), "-v", "error", "-y", *arguments], check=True, capture_output=True)

"""Between samples and MP3, and what is measured on the file that devices will really play.

The bytes depend only on the samples and on ffmpeg's build: no dates, no tags, no encoder names.
The Info frame stays, because it tells decoders the encoder's delay, without which a file plays
about 0.06 s longer than it was made.
"""

from collections.abc import Callable
from pathlib import Path

from playlists.audio import ffmpeg
from playlists.audio.audio_errors import AudioUnreadable, FfmpegFailed
from playlists.audio.levels import louder
from playlists.audio.loudness import METER_WITH_PEAK, Measurement, read_loudness, read_peak
from playlists.audio.pcm import BYTES_PER_SAMPLE, Pcm, Sound

BITRATE = "64k"
REPEATABLE = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")
MP3 = ("-c:a", "libmp3lame", "-b:a", BITRATE, "-id3v2_version", "0", "-write_id3v1", "0")


def raw_input(sample_rate_hz: int) -> tuple[str, ...]:
    """Arguments by which ffmpeg reads our samples from stdin."""
    return ("-f", "s16le", "-ar", str(sample_rate_hz), "-ac", "1", "-i", "pipe:0")


def raw_output(sample_rate_hz: int, *, to: Path | None = None) -> tuple[str, ...]:
    """Arguments by which ffmpeg writes samples of ours to a file, or to stdout."""
    place = f"file:{to}" if to else "pipe:1"
    return ("-f", "s16le", "-ar", str(sample_rate_hz), "-ac", "1", *REPEATABLE, place)


def encode_mp3(sound: Sound, path: Path, *, filters: str = "anull", gain_db: float = 0.0) -> None:
    """Writes the samples to `path` as MP3, mono, with a gain, then through ffmpeg's `filters`.

    Raises FfmpegError, or AudioStoreFull when the disk is full.
    """
    output = ("-f", "mp3", *MP3, *REPEATABLE, f"file:{path}")
    source = raw_input(sound.sample_rate_hz)
    ffmpeg.feed(["-v", "error", *source, "-af", filters, *output], louder(sound, gain_db))


def decode_mp3(path: Path, *, sample_rate_hz: int) -> Pcm:
    """The samples of an MP3, mono. Raises AudioUnreadable or FfmpegError."""
    samples: list[bytes] = []
    arguments = ["-v", "error", "-xerror"]
    _read_mp3(path, arguments, "anull", sample_rate_hz=sample_rate_hz, heard=samples.append)
    return Pcm(samples=b"".join(samples), sample_rate_hz=sample_rate_hz)


def measure_loudness(path: Path, *, sample_rate_hz: int) -> Measurement:
    """Loudness, true peak and length of an MP3 as it plays, mono.

    Raises AudioUnreadable or FfmpegError.
    """
    sizes: list[int] = []

    def heard(piece: bytes) -> None:
        sizes.append(len(piece))

    log = _read_mp3(path, [], METER_WITH_PEAK, sample_rate_hz=sample_rate_hz, heard=heard)
    return Measurement(
        loudness_lufs=read_loudness(log),
        true_peak_dbtp=read_peak(log),
        frames=sum(sizes) // BYTES_PER_SAMPLE,
        sample_rate_hz=sample_rate_hz,
    )


def _read_mp3(
    path: Path,
    options: list[str],
    filters: str,
    *,
    sample_rate_hz: int,
    heard: Callable[[bytes], object],
) -> bytes:
    # `file:` and a named format keep a strange file name or content from choosing a protocol.
    source = ("-f", "mp3", "-i", f"file:{path}")
    one_channel = f"aformat=channel_layouts=mono,{filters}"
    output = raw_output(sample_rate_hz)
    any_heard = False

    def pass_on(piece: bytes) -> None:
        nonlocal any_heard
        any_heard = True
        heard(piece)

    try:
        log = ffmpeg.hear([*options, *source, "-af", one_channel, *output], pass_on)
    except FfmpegFailed as error:
        raise AudioUnreadable(error.detail) from error
    if not any_heard:
        raise AudioUnreadable("no sound in the file")
    return log

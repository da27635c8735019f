"""From a recording as people have it to one file for the air, as loud as every spoken bulletin.

The file may come from anybody: its kind is told by its content, ffmpeg gets one demuxer, a short
list of decoders, no protocol but `file`, and limits of time, length and size.
"""

from dataclasses import dataclass
from pathlib import Path

import structlog

from playlists.audio import ffmpeg
from playlists.audio.audio_errors import FfmpegFailed, MasteringMissed, NothingToHear
from playlists.audio.encoding import REPEATABLE
from playlists.audio.levels import level_of
from playlists.audio.mastering import (
    HORN,
    MASTER_RATE_HZ,
    STATION_TARGET,
    Band,
    Target,
    band_filters,
    master_to_mp3,
)
from playlists.audio.pcm_file import PcmFile
from playlists.audio.recording_errors import (
    RecordingTooLarge,
    RecordingTooLong,
    RecordingTooShort,
    RecordingUneven,
    RecordingUnreadable,
    RecordingWithoutSound,
)
from playlists.audio.recording_kinds import RecordingKind, recording_kind
from playlists.audio.sounds import Sounds
from playlists.audio.two_channels import STEREO_FRAME_BYTES, to_one_channel

log = structlog.get_logger()

LONGEST_MINUTES = 45
SHORTEST_MS = 500
# 45 minutes of the largest that a phone or a cheap recorder writes: 16 bits, stereo, 44.1 kHz.
LARGEST_BYTES = 500_000_000
DECODE_TIMEOUT_S = 300.0
# A muted microphone's noise lies below; a whisper across the room lies above.
QUIETEST_DBFS = -65.0
# Of a file that is damaged here and there the most is still good; one of noise is not.
DAMAGE_AT_MOST = 0.1
LARGEST_ALLOCATION_BYTES = 128 * 1024 * 1024
DECODERS = (
    "aac,alac,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,flac,mp3,mp3float,mp2,mp2float,"
    "opus,libopus,vorbis,libvorbis,speex,libspeex,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s16le,pcm_s16be,"
    "pcm_s24le,pcm_s32le,pcm_f32le,adpcm_ms,adpcm_ima_wav,gsm_ms"
)
# Decoders overshoot full scale; a little room keeps that from being cut.
HEADROOM = "volume=-3dB:precision=float"
_NO_SOUND_WORDS = "matches no streams"


@dataclass(frozen=True, slots=True)
class Recording:
    """A mastered recording in the store, and what it measures."""

    sha256: str
    path: Path
    size_bytes: int
    duration_ms: int
    loudness_lufs: float
    true_peak_dbtp: float
    sample_rate_hz: int


def master_recording(
    source: Path,
    *,
    store: Sounds,
    target: Target = STATION_TARGET,
    band: Band | None = HORN,
) -> Recording:
    """Masters a person's recording and stores it; the same file gives the same SHA-256.

    Dead air before the first word and after the last is taken away. Raises RecordingRefused,
    NothingToHear or another AudioError; then nothing was stored.
    """
    kind = _checked_kind(source)
    with store.workspace() as workspace:
        speech = _decoded(source, kind=kind, workspace=workspace, band=band)
        if level_of(speech, knocks=True).spoken_dbfs < QUIETEST_DBFS:
            raise NothingToHear
        path = workspace / "recording.mp3"
        # The band was taken in decoding, so that hum does not pass for speech.
        try:
            measured = master_to_mp3(speech, path, target=target, band=None, recorded=True)
        except MasteringMissed as error:
            raise RecordingUneven(str(error)) from error
        sha256 = store.put(path)
    stored = store.require(sha256)
    log.info("recording_mastered", sha256=sha256, kind=kind.name.lower())
    return Recording(
        sha256=sha256,
        path=stored,
        size_bytes=stored.stat().st_size,
        duration_ms=measured.duration_ms,
        loudness_lufs=measured.loudness_lufs,
        true_peak_dbtp=measured.true_peak_dbtp,
        sample_rate_hz=measured.sample_rate_hz,
    )


def _checked_kind(source: Path) -> RecordingKind:
    try:
        if not source.is_file():
            raise RecordingUnreadable("no such file")
        size_bytes = source.stat().st_size
        kind = recording_kind(source)
    except OSError as error:
        raise RecordingUnreadable(str(error)) from error
    if size_bytes > LARGEST_BYTES:
        raise RecordingTooLarge(size_bytes=size_bytes, limit_bytes=LARGEST_BYTES)
    if kind is None:
        raise RecordingUnreadable("of no kind that is read")
    return kind


def _decoded(source: Path, *, kind: RecordingKind, workspace: Path, band: Band | None) -> PcmFile:
    """The recording as one channel at the master's rate, in its band."""
    stereo = workspace / "stereo.raw"
    _decode(source, stereo, kind=kind, band=band)
    _check_length(stereo.stat().st_size // STEREO_FRAME_BYTES)
    mono = to_one_channel(stereo, workspace / "mono.raw", sample_rate_hz=MASTER_RATE_HZ)
    stereo.unlink()
    return mono


def _check_length(frames: int) -> None:
    if frames > LONGEST_MINUTES * 60 * MASTER_RATE_HZ:
        raise RecordingTooLong(limit_minutes=LONGEST_MINUTES)
    if not frames:
        raise RecordingUnreadable("no sound was decoded")
    if frames * 1000 < SHORTEST_MS * MASTER_RATE_HZ:
        raise RecordingTooShort


def _decode(source: Path, out: Path, *, kind: RecordingKind, band: Band | None) -> None:
    too_long_s = LONGEST_MINUTES * 60 + 1
    # Without a band the offset of a sound card goes all the same.
    limits = band_filters(band, sample_rate_hz=MASTER_RATE_HZ) or ["highpass=f=20"]
    layout = "aformat=sample_fmts=flt:channel_layouts=stereo"
    filters = ",".join([f"aresample={MASTER_RATE_HZ}", layout, HEADROOM, *limits])
    output = ("-f", "s16le", "-ar", str(MASTER_RATE_HZ), "-ac", "2", *REPEATABLE)
    ends = ("-t", str(too_long_s), "-fs", str(too_long_s * MASTER_RATE_HZ * STEREO_FRAME_BYTES))
    only_sound = ("-map", "0:a:0", "-vn", "-sn", "-dn")
    arguments = [*_guarded_input(source, kind), *only_sound, "-af", filters, *output, *ends]
    try:
        ffmpeg.run([*arguments, f"file:{out}"], timeout_s=DECODE_TIMEOUT_S)
    except FfmpegFailed as error:
        if _NO_SOUND_WORDS in error.detail:
            raise RecordingWithoutSound from error
        raise RecordingUnreadable(error.detail) from error


def _guarded_input(source: Path, kind: RecordingKind) -> tuple[str, ...]:
    """Arguments by which ffmpeg opens a strange file and nothing that the file names."""
    return (
        *("-v", "fatal", "-max_alloc", str(LARGEST_ALLOCATION_BYTES)),
        *("-max_error_rate", str(DAMAGE_AT_MOST)),
        *("-protocol_whitelist", "file", "-format_whitelist", kind.value),
        *("-codec_whitelist", DECODERS, "-f", kind.value, "-i", f"file:{source}"),
    )

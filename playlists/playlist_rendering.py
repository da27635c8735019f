"""From a playlist to one file with cue points, so that a pole can say which part it has reached."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from playlists.audio import ffmpeg
from playlists.audio.audio_errors import MasteringMissed, PlaylistTooLong
from playlists.audio.audio_store import disk_trouble_named
from playlists.audio.encoding import MP3, REPEATABLE
from playlists.audio.loudness import Measurement, read_loudness, read_peak
from playlists.audio.mastering import (
    ENCODER_LOSS_DB,
    HORN,
    MASTER_RATE_HZ,
    STATION_TARGET,
    Band,
    Target,
)
from playlists.audio.pcm import BYTES_PER_SAMPLE
from playlists.audio.sounds import Sounds
from playlists.playlist import (
    LEAD_MS,
    TAIL_MS,
    Part,
    PartKind,
    PlacedPart,
    frames_of,
    lay_out,
    length_ms,
)
from playlists.playlist_peaks import BLOCK_METER, Peak, lower_peaks, peaks_beyond
from playlists.playlist_sounds import (
    BLOCK_BYTES,
    RAW,
    Bench,
    measured_lufs,
    raw_file,
    require_sounds,
    write_part,
    write_silence,
)

log = structlog.get_logger()

# The house's word on how far speech may be from its target.
SPEECH_TOLERANCE_LU = 1.0
# One block of EBU R 128; of less the meter says nothing.
METER_NEEDS_MS = 400
ROUNDS = 6

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Cue:
    """A part in the finished file; the silence after it is its own, so cues leave no gap."""

    kind: PartKind
    title: str
    ref: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class PlaylistRendering:
    """A finished file: what it measures, and where its parts begin.

    `loudness_lufs` is that of the whole; `speech_lufs` that of the words, None where there are
    too few to measure.
    """

    sha256: str
    path: Path
    size_bytes: int
    duration_ms: int
    loudness_lufs: float
    speech_lufs: float | None
    true_peak_dbtp: float
    sample_rate_hz: int
    cues: tuple[Cue, ...]


def render_playlist(
    parts: Sequence[Part],
    *,
    store: Sounds,
    station: str,
    target: Target = STATION_TARGET,
    band: Band | None = HORN,
    longest_ms: int | None = None,
    on_progress: Progress | None = None,
) -> PlaylistRendering:
    """Joins and stores the parts as given; the same parts give the same SHA-256.

    `station`, its id or name, is what its tune and music grow from. `on_progress` hears (steps
    done, steps in all): one a part and one for the encoding. Raises PlaylistEmpty,
    PlaylistTooLong, PartMissing, PartDamaged, PartTooShort or another AudioError; then nothing
    was stored.
    """
    placed = lay_out(parts)
    _refuse_too_long(parts, longest_ms=longest_ms)
    require_sounds(parts, store=store)
    told = on_progress or (lambda _done, _total: None)
    with store.workspace() as workspace:
        bench = Bench(workspace=workspace, store=store, station=station, target=target, band=band)
        for done in _join(placed, bench=bench):
            told(done, len(placed) + 1)
        path = workspace / "playlist.mp3"
        measured, speech_lufs = _encode(path, placed, bench=bench)
        sha256 = store.put(path)
    told(len(placed) + 1, len(placed) + 1)
    log.info("playlist_rendered", sha256=sha256, parts=len(parts), duration_ms=measured.duration_ms)
    return PlaylistRendering(
        sha256=sha256,
        path=store.require(sha256),
        size_bytes=store.require(sha256).stat().st_size,
        duration_ms=measured.duration_ms,
        loudness_lufs=measured.loudness_lufs,
        speech_lufs=speech_lufs,
        true_peak_dbtp=measured.true_peak_dbtp,
        sample_rate_hz=measured.sample_rate_hz,
        cues=_cues(placed, duration_ms=measured.duration_ms),
    )


def _refuse_too_long(parts: Sequence[Part], *, longest_ms: int | None) -> None:
    planned_ms = length_ms(parts)
    if longest_ms is not None and planned_ms > longest_ms:
        raise PlaylistTooLong(length_ms=planned_ms, limit_ms=longest_ms)


def _join(placed: Sequence[PlacedPart], *, bench: Bench) -> Iterator[int]:
    """Writes the track, and says after each part how many there are."""
    with disk_trouble_named(), bench.track.open("wb") as track:
        write_silence(track, until=frames_of(LEAD_MS))
        for done, part in enumerate(placed, start=1):
            write_part(track, part, bench=bench)
            yield done
        write_silence(track, until=placed[-1].end + frames_of(TAIL_MS))


def _encode(
    path: Path, placed: Sequence[PlacedPart], *, bench: Bench
) -> tuple[Measurement, float | None]:
    """Writes the track as MP3 until the meter is content with its words and its peaks.

    Returns what the meter says of the whole and of the words. Raises MasteringMissed.
    """
    gain_db = ENCODER_LOSS_DB
    for round_ in range(1, ROUNDS + 1):
        volume = f"volume={gain_db:.2f}dB:precision=float"
        output = ("-f", "mp3", *MP3, *REPEATABLE, f"file:{path}")
        ffmpeg.run(["-v", "error", *raw_file(bench.track), "-af", volume, *output])
        measured, peaks = _measured(path, bench=bench)
        speech_lufs = _speech_lufs(placed, bench=bench)
        off_lu = _off(speech_lufs, target=bench.target)
        if not off_lu and measured.true_peak_dbtp <= bench.target.true_peak_dbtp:
            log.debug("playlist_encoded", rounds=round_, gain_db=round(gain_db, 2))
            return measured, speech_lufs
        gain_db -= off_lu
        with disk_trouble_named():
            lower_peaks(bench.track, peaks)
    raise MasteringMissed(f"words {speech_lufs} LUFS, {measured.true_peak_dbtp} dBTP")


def _off(speech_lufs: float | None, *, target: Target) -> float:
    """How much too loud the words are, below zero when too quiet; zero when they are good."""
    off_lu = 0.0 if speech_lufs is None else speech_lufs - target.loudness_lufs
    return off_lu if abs(off_lu) > SPEECH_TOLERANCE_LU else 0.0


def _measured(path: Path, *, bench: Bench) -> tuple[Measurement, tuple[Peak, ...]]:
    """What the meter says of the file as it plays; its samples are left on the bench."""
    source = ("-f", "mp3", "-i", f"file:{path}")
    filters = f"aformat=channel_layouts=mono,{BLOCK_METER}"
    done = ffmpeg.run([*source, "-af", filters, *RAW, *REPEATABLE, f"file:{bench.heard}"])
    measured = Measurement(
        loudness_lufs=read_loudness(done.stderr),
        true_peak_dbtp=read_peak(done.stderr),
        frames=bench.heard.stat().st_size // BYTES_PER_SAMPLE,
        sample_rate_hz=MASTER_RATE_HZ,
    )
    return measured, peaks_beyond(done.stderr, ceiling_dbtp=bench.target.true_peak_dbtp)


def _speech_lufs(placed: Sequence[PlacedPart], *, bench: Bench) -> float | None:
    """How loud the words are in the finished file; None where there are too few to measure."""
    spoken = [part for part in placed if part.part.words is not None]
    if sum(part.frames for part in spoken) < frames_of(METER_NEEDS_MS):
        return None
    speech = bench.workspace / "speech.raw"
    with disk_trouble_named(), bench.heard.open("rb") as heard, speech.open("wb") as out:
        for part in spoken:
            heard.seek(BYTES_PER_SAMPLE * part.start)
            left = BYTES_PER_SAMPLE * part.frames
            while left > 0 and (block := heard.read(min(left, BLOCK_BYTES))):
                left -= out.write(block)
    return measured_lufs(speech)


def _cues(placed: Sequence[PlacedPart], *, duration_ms: int) -> tuple[Cue, ...]:
    starts_ms = [0, *(round(part.start * 1000 / MASTER_RATE_HZ) for part in placed[1:])]
    return tuple(
        Cue(
            kind=part.part.kind,
            title=part.part.title,
            ref=part.part.ref,
            start_ms=start_ms,
            end_ms=end_ms,
        )
        for part, start_ms, end_ms in zip(
            placed, starts_ms, [*starts_ms[1:], duration_ms], strict=True
        )
    )

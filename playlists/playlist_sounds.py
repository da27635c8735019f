"""Every part's sound as raw samples on disk, at its level and of its exact length.

Words from the store are mastered and approved: they are decoded and nothing else. What the station
makes itself is brought to its level by what the meter says of it. Nothing longer than a bar of
music is held in memory.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from playlists.audio import ffmpeg
from playlists.audio.audio_errors import (
    AudioMissing,
    FfmpegFailed,
    PartDamaged,
    PartMissing,
    PartTooShort,
)
from playlists.audio.audio_store import disk_trouble_named
from playlists.audio.encoding import REPEATABLE
from playlists.audio.loudness import METER, read_loudness
from playlists.audio.mastering import MASTER_RATE_HZ, Band, Target, master_to_mp3
from playlists.audio.pcm import BYTES_PER_SAMPLE, Pcm
from playlists.audio.sounds import Sounds
from playlists.own_sounds.chime import SEPARATOR_MS, chime, closing_chime, separator
from playlists.own_sounds.ident import ident_tune
from playlists.own_sounds.music import interlude_blocks
from playlists.playlist import (
    BEFORE_SEPARATOR_MS,
    Part,
    PartKind,
    PlacedPart,
    Stretch,
    frames_of,
)

# Below the words: music is a rest, and what fills a relay's slot must not be taken for it.
MUSIC_BELOW_LU = 4.0
RELAY_FILL_BELOW_LU = 8.0
SEPARATOR_BELOW_LU = 4.0
# A stretch may begin inside a sound; this much of a ramp is silent to the ear and saves a click.
EDGE_MS = 3
# A decoder may give a few samples less than the length that was stored.
MISSING_MS = 10
BLOCK_BYTES = 1 << 20
RAW = ("-f", "s16le", "-ar", str(MASTER_RATE_HZ), "-ac", "1")


@dataclass(frozen=True, slots=True)
class Bench:
    """What a playlist is made with: a folder to work in, the store, and the sound wished for."""

    workspace: Path
    store: Sounds
    station: str
    target: Target
    band: Band | None

    @property
    def track(self) -> Path:
        """All parts joined, in raw samples."""
        return self.workspace / "track.raw"

    @property
    def heard(self) -> Path:
        """The finished file as it plays, in raw samples."""
        return self.workspace / "heard.raw"


def require_sounds(parts: Iterable[Part], *, store: Sounds) -> None:
    """Raises PartMissing or PartDamaged unless every file asked for is in the store, unchanged."""
    sound: set[str] = set()
    for part in parts:
        if not isinstance(part.words, Stretch) or part.words.sha256 in sound:
            continue
        sha256 = part.words.sha256
        try:
            with store.require(sha256).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except (AudioMissing, FileNotFoundError) as error:
            raise PartMissing(title=part.title, sha256=sha256) from error
        if found != sha256:
            raise PartDamaged(title=part.title, sha256=sha256)
        sound.add(sha256)


def write_part(track: BinaryIO, placed: PlacedPart, *, bench: Bench) -> None:
    """Appends the part and the gap after it. Raises AudioError."""
    if placed.part.kind is not PartKind.PAUSE:
        _append(track, _sound_of(placed, bench=bench), frames=placed.frames)
    if placed.separator:
        write_silence(track, until=placed.start + placed.frames + frames_of(BEFORE_SEPARATOR_MS))
        _append(track, _separator(bench), frames=frames_of(SEPARATOR_MS))
    write_silence(track, until=placed.end)


def write_silence(track: BinaryIO, *, until: int) -> None:
    """Appends digital silence up to a frame of the track."""
    left = BYTES_PER_SAMPLE * until - track.tell()
    while left > 0:
        left -= track.write(bytes(min(left, BLOCK_BYTES)))


def raw_file(path: Path) -> tuple[str, ...]:
    """Arguments by which ffmpeg reads a file of samples like the track's."""
    return (*RAW, "-i", f"file:{path}")


def _append(track: BinaryIO, sound: Path, *, frames: int) -> None:
    """Appends exactly so many frames: what is over is left out, what is missing is silent."""
    end = track.tell() // BYTES_PER_SAMPLE + frames
    left = BYTES_PER_SAMPLE * frames
    with sound.open("rb") as source:
        while left > 0 and (block := source.read(min(left, BLOCK_BYTES))):
            left -= track.write(block)
    write_silence(track, until=end)


def _sound_of(placed: PlacedPart, *, bench: Bench) -> Path:
    part = placed.part
    if isinstance(part.words, Stretch):
        return _approved(part, part.words, frames=placed.frames, bench=bench)
    if isinstance(part.words, Pcm):
        return _spoken(part.words, frames=placed.frames, bench=bench)
    if part.kind in (PartKind.MUSIC, PartKind.RELAY):
        return _music(part, bench=bench)
    return _tune(part.kind, bench=bench)


def _approved(part: Part, stretch: Stretch, *, frames: int, bench: Bench) -> Path:
    path, first = bench.store.require(stretch.sha256), frames_of(stretch.from_ms)
    try:
        sound = _decoded(path, first=first, frames=frames, bench=bench)
    except FfmpegFailed as error:
        raise PartDamaged(title=part.title, sha256=stretch.sha256) from error
    if sound.stat().st_size < BYTES_PER_SAMPLE * (frames - frames_of(MISSING_MS)):
        raise PartTooShort(title=part.title, sha256=stretch.sha256)
    return sound


def _spoken(words: Pcm, *, frames: int, bench: Bench) -> Path:
    """Words that no one has mastered yet go the way of a bulletin."""
    path = bench.workspace / "words.mp3"
    master_to_mp3(words, path, target=bench.target, band=bench.band)
    return _decoded(path, first=0, frames=frames, bench=bench)


def _decoded(path: Path, *, first: int, frames: int, bench: Bench) -> Path:
    out = bench.workspace / "words.raw"
    edge = min(frames_of(EDGE_MS), frames // 2)
    filters = (
        f"aformat=sample_rates={MASTER_RATE_HZ}:channel_layouts=mono",
        f"atrim=start_sample={first}:end_sample={first + frames}",
        "asetpts=PTS-STARTPTS",
        f"afade=t=in:ss=0:ns={edge}",
        f"afade=t=out:ss={frames - edge}:ns={edge}",
    )
    source = ("-v", "error", "-xerror", "-f", "mp3", "-i", f"file:{path}")
    ffmpeg.run([*source, "-af", ",".join(filters), *RAW, *REPEATABLE, f"file:{out}"])
    return out


def _music(part: Part, *, bench: Bench) -> Path:
    source = bench.workspace / "music.raw"
    with disk_trouble_named(), source.open("wb") as file:
        file.writelines(
            interlude_blocks(part.duration_ms, seed=bench.station, sample_rate_hz=MASTER_RATE_HZ)
        )
    below_lu = RELAY_FILL_BELOW_LU if part.kind is PartKind.RELAY else MUSIC_BELOW_LU
    return _levelled(source, bench.workspace / "fill.raw", below_lu=below_lu, bench=bench)


def _separator(bench: Bench) -> Path:
    return _own("separator", separator(MASTER_RATE_HZ), below_lu=SEPARATOR_BELOW_LU, bench=bench)


def _tune(kind: PartKind, *, bench: Bench) -> Path:
    if kind is PartKind.IDENT:
        sound = ident_tune(bench.station, sample_rate_hz=MASTER_RATE_HZ)
    else:
        opening = kind is PartKind.CHIME
        sound = chime(MASTER_RATE_HZ) if opening else closing_chime(MASTER_RATE_HZ)
    return _own(kind, sound, below_lu=0.0, bench=bench)


def _own(name: str, sound: Pcm, *, below_lu: float, bench: Bench) -> Path:
    """A tune of the station's, made once for a playlist however often it sounds."""
    out = bench.workspace / f"{name}-levelled.raw"
    if not out.exists():
        source = bench.workspace / f"{name}.raw"
        with disk_trouble_named():
            source.write_bytes(sound.samples)
        _levelled(source, out, below_lu=below_lu, bench=bench)
    return out


def _levelled(source: Path, out: Path, *, below_lu: float, bench: Bench) -> Path:
    """Brought to its level by one gain; its own rises and falls stay as they are."""
    loudness_lufs = measured_lufs(source)
    gain_db = bench.target.loudness_lufs - below_lu - loudness_lufs
    volume = f"volume={gain_db:.2f}dB:precision=float"
    ffmpeg.run([*raw_file(source), "-af", volume, *RAW, *REPEATABLE, f"file:{out}"])
    return out


def measured_lufs(raw: Path) -> float:
    """What the meter says of a file of samples. Raises FfmpegError."""
    return read_loudness(ffmpeg.run([*raw_file(raw), "-af", METER, "-f", "null", "-"]).stderr)

"""From a sound to a file that a horn can carry: band-limited, gently compressed, equally loud.

pydub sets levels; what it does slowly or not at all (filters, compressor, limiter) is
ffmpeg's. A file is good only when ffmpeg's meter says so of the finished MP3 itself, so levels
are corrected from that measurement, never from what was intended.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import structlog

from playlists.audio import ffmpeg
from playlists.audio.audio_errors import MasteringMissed, NothingToHear
from playlists.audio.dead_air import without_dead_air
from playlists.audio.encoding import encode_mp3, measure_loudness, raw_input, raw_output
from playlists.audio.levels import level_of, louder, peak_of
from playlists.audio.loudness import METER, SILENCE_LUFS, Measurement, read_loudness
from playlists.audio.pcm import Sound
from playlists.audio.pcm_file import PcmFile

log = structlog.get_logger()

MASTER_RATE_HZ = 22_050
# The compressor's and limiter's thresholds are fixed, so the sound comes to them at a fixed level.
WORKING_LEVEL_DBFS = -24.0
# A voice's peaks lean to one side; turning the phase of its lower partials evens them out, which
# no ear notices and which leaves the limiter 1 dB less to do.
PHASE = ",".join(f"allpass=f={hz}:width_type=q:width=0.7" for hz in (350, 600, 1000, 1700))
COMPRESSOR = (
    "acompressor=threshold=-26dB:ratio=3:attack=1:release=80:knee=4:detection=peak:makeup=2.8"
)
WORKING_CEILING_DBFS = -12.0
# LAME plays safe and scales its input by 0.95.
ENCODER_LOSS_DB = 0.45
# Between the last limiter's samples and the MP3's true peak: what lies between samples, and what
# the encoder adds.
PEAK_MARGIN_DB = 0.7
ROUNDS = 6
# What the house still allows where the target itself cannot be met.
HOUSE_TOLERANCE_LU = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """What the finished file must measure (EBU R 128, mono)."""

    loudness_lufs: float = -16.0
    tolerance_lu: float = 0.5
    true_peak_dbtp: float = -1.0

    def met_by(self, measured: Measurement) -> bool:
        """Whether the meter is content."""
        off_lu = abs(measured.loudness_lufs - self.loudness_lufs)
        return off_lu <= self.tolerance_lu and measured.true_peak_dbtp <= self.true_peak_dbtp


@dataclass(frozen=True, slots=True)
class Band:
    """The frequencies that a loudspeaker carries; the rest would only heat it.

    Without `high_hz` everything above `low_hz` stays.
    """

    low_hz: int = 300
    high_hz: int | None = 6_000


class Loudspeaker(StrEnum):
    """What hangs on the pole or stands in the hall."""

    HORN = "horn"
    COLUMN = "column"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class _Levels:
    gain_db: float
    ceiling_dbfs: float

    def corrected(self, measured: Measurement, *, target: Target) -> "_Levels":
        excess_db = max(0.0, measured.true_peak_dbtp - target.true_peak_dbtp)
        return _Levels(
            gain_db=self.gain_db + target.loudness_lufs - measured.loudness_lufs,
            ceiling_dbfs=self.ceiling_dbfs - (excess_db + 0.1 if excess_db else 0.0),
        )


HORN = Band()
COLUMN = Band(low_hz=150, high_hz=10_000)
# Nothing that says a word lies below 60 Hz, but rumble, and the offset of cheap sound cards.
FULL = Band(low_hz=60, high_hz=None)
_BANDS = {Loudspeaker.HORN: HORN, Loudspeaker.COLUMN: COLUMN, Loudspeaker.FULL: FULL}
STATION_TARGET = Target()


def band_of(loudspeaker: Loudspeaker) -> Band:
    """The frequencies that a kind of loudspeaker is given."""
    return _BANDS[loudspeaker]


def band_filters(band: Band | None, *, sample_rate_hz: int) -> list[str]:
    """The filters for a band: a slope of 12 dB an octave at each end, not a wall."""
    if band is None:
        return []
    low = [f"highpass=f={band.low_hz}"]
    # Above half its rate a sound holds nothing, and a filter would turn on the rest.
    if band.high_hz is None or band.high_hz * 2 >= sample_rate_hz:
        return low
    return [*low, f"lowpass=f={band.high_hz}"]


def master_to_mp3(
    sound: Sound,
    path: Path,
    *,
    target: Target = STATION_TARGET,
    band: Band | None = HORN,
    recorded: bool = False,
) -> Measurement:
    """Writes the mastered MP3 and returns what the meter says of it.

    What a person `recorded` may begin and end with dead air, which is taken away, and may hold
    knocks. Needs room beside `path` for the sound without compression, for as long as it works.
    Raises NothingToHear, MasteringMissed,
    FfmpegError, or AudioStoreFull when the disk is full.
    """
    workfile = path.with_name(f"{path.name}.shaped")
    try:
        shaped, loudness_lufs = _shape(sound, workfile, band=band, knocks=recorded)
        if loudness_lufs <= SILENCE_LUFS:
            raise NothingToHear
        kept = without_dead_air(shaped) if recorded else shaped
        return _encode_until_met(kept, path, loudness_lufs=loudness_lufs, target=target)
    finally:
        workfile.unlink(missing_ok=True)


def _shape(sound: Sound, path: Path, *, band: Band | None, knocks: bool) -> tuple[PcmFile, float]:
    """Band-limited and gently compressed, with its loudness, in one run of ffmpeg."""
    level = level_of(sound, knocks=knocks)
    missing_db = WORKING_LEVEL_DBFS - level.spoken_dbfs
    gain_db = min(missing_db, -level.peak_dbfs)
    # One knock on a microphone stands far above quiet speech; in floats it clips nothing.
    beyond = [_gain(missing_db - gain_db)] if missing_db > gain_db else []
    limits = band_filters(band, sample_rate_hz=sound.sample_rate_hz)
    chain = [*beyond, *limits, PHASE, COMPRESSOR, _limiter(WORKING_CEILING_DBFS)]
    filters = ",".join([*chain, METER])
    output = raw_output(MASTER_RATE_HZ, to=path)
    said = ffmpeg.feed(
        [*raw_input(sound.sample_rate_hz), "-af", filters, *output], louder(sound, gain_db)
    )
    return PcmFile(path, sample_rate_hz=MASTER_RATE_HZ), read_loudness(said)


def _encode_until_met(
    shaped: Sound, path: Path, *, loudness_lufs: float, target: Target
) -> Measurement:
    levels = _Levels(
        gain_db=target.loudness_lufs - loudness_lufs + ENCODER_LOSS_DB,
        ceiling_dbfs=target.true_peak_dbtp - PEAK_MARGIN_DB,
    )
    peak_dbfs = peak_of(shaped)
    for round_ in range(1, ROUNDS + 1):
        measured = _encode_levelled(shaped, path, levels=levels, peak_dbfs=peak_dbfs)
        if target.met_by(measured):
            log.debug("audio_mastered", rounds=round_, loudness_lufs=measured.loudness_lufs)
            return measured
        levels = levels.corrected(measured, target=target)
    if replace(target, tolerance_lu=HOUSE_TOLERANCE_LU).met_by(measured):
        # A word or two has too few blocks to be metered to half a unit.
        log.info("audio_mastered_roughly", loudness_lufs=measured.loudness_lufs)
        return measured
    raise MasteringMissed(f"{measured.loudness_lufs} LUFS, {measured.true_peak_dbtp} dBTP")


def _encode_levelled(
    shaped: Sound, path: Path, *, levels: _Levels, peak_dbfs: float
) -> Measurement:
    # Sixteen bits clip above full scale, so pydub goes up to the ceiling only; the rest of the
    # gain is taken in ffmpeg's floats, in front of the limiter.
    beyond_db = max(0.0, peak_dbfs + levels.gain_db - levels.ceiling_dbfs)
    filters = f"{_gain(beyond_db)},{_limiter(levels.ceiling_dbfs)}"
    encode_mp3(
        shaped,
        path,
        gain_db=levels.gain_db - beyond_db,
        filters=filters if beyond_db else "anull",
    )
    return measure_loudness(path, sample_rate_hz=MASTER_RATE_HZ)


def _gain(gain_db: float) -> str:
    return f"volume={gain_db:.3f}dB:precision=float"


def _limiter(ceiling_dbfs: float) -> str:
    limit = 10 ** (ceiling_dbfs / 20)
    return f"alimiter=limit={limit:.5f}:attack=2:release=60:level=false:latency=true"

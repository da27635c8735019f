"""A peak that encoding threw up is found where it is, and lowered there alone."""

import math
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.audio import ffmpeg
from playlists.audio.pcm import Pcm
from playlists.playlist_peaks import BLOCK_METER, Peak, lower_peaks, peaks_beyond
from playlists.playlist_sounds import raw_file
from tests.playlists.sounds import RATE_HZ, silence, tone

RAMP = RATE_HZ * 30 // 1000


def kept(sound: Pcm, path: Path) -> Path:
    """The sound as a file of raw samples."""
    path.write_bytes(sound.samples)
    return path


def read(path: Path) -> "array[int]":
    """The samples of such a file."""
    return array("h", path.read_bytes())


def metered_log(path: Path) -> bytes:
    """What the meter says of every block."""
    return ffmpeg.run([*raw_file(path), "-af", BLOCK_METER, "-f", "null", "-"]).stderr


def test_the_block_that_stands_out_is_found(tmp_path: Path) -> None:
    """A loud quarter of a second in a soft tone is found to the tenth of a second."""
    soft, loud = tone(amplitude=0.2), tone(duration_ms=250, amplitude=0.95)
    path = kept(Pcm(soft.samples + loud.samples + soft.samples, RATE_HZ), tmp_path / "t.raw")
    peaks = peaks_beyond(metered_log(path), ceiling_dbtp=-1.0)

    assert [peak.start / RATE_HZ for peak in peaks] == pytest.approx([2.0, 2.1, 2.2], abs=0.001)
    assert peaks[0].end - peaks[0].start == pytest.approx(RATE_HZ / 10, abs=2)
    assert all(peak.excess_db == pytest.approx(0.55, abs=0.1) for peak in peaks)


def test_below_the_ceiling_nothing_is_found(tmp_path: Path) -> None:
    """A sound that is allowed, and silence, have no peak to lower."""
    for sound in (tone(amplitude=0.8), silence()):
        path = kept(sound, tmp_path / "t.raw")
        assert peaks_beyond(metered_log(path), ceiling_dbtp=-1.0) == ()


def test_a_lowered_peak_is_below_the_ceiling(tmp_path: Path) -> None:
    """What was found and lowered is not found again, and goes down and up without a click."""
    soft, loud = tone(amplitude=0.2), tone(duration_ms=250, amplitude=0.95)
    path = kept(Pcm(soft.samples + loud.samples + soft.samples, RATE_HZ), tmp_path / "t.raw")
    lower_peaks(path, peaks_beyond(metered_log(path), ceiling_dbtp=-1.0))

    assert peaks_beyond(metered_log(path), ceiling_dbtp=-1.0) == ()


@settings(deadline=None, max_examples=30)
@given(
    start=st.integers(0, RATE_HZ // 2),
    length=st.integers(1, RATE_HZ // 5),
    excess_db=st.floats(0.1, 3.0),
)
def test_only_the_block_is_lowered(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, excess_db: float
) -> None:
    """By what it stood above and a little more; beyond its soft edges every sample is as it was."""
    path = kept(tone(duration_ms=600, amplitude=0.5), tmp_path_factory.mktemp("peaks") / "t.raw")
    before = read(path)
    lower_peaks(path, [Peak(start=start, end=start + length, excess_db=excess_db)])
    after = read(path)

    assert len(after) == len(before)
    assert after[: max(0, start - RAMP)] == before[: max(0, start - RAMP)]
    assert after[start + length + RAMP :] == before[start + length + RAMP :]
    for n in range(start, min(start + length, len(before))):
        if abs(before[n]) > 8_000:
            fell_db = -20 * math.log10(after[n] / before[n])
            assert excess_db <= fell_db <= excess_db + 0.5

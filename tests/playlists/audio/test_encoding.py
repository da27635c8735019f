"""Samples become MP3 and come back; the same samples always become the same bytes."""

import random
import re
from pathlib import Path

import miniaudio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.audio.audio_errors import AudioUnreadable
from playlists.audio.encoding import decode_mp3, encode_mp3, measure_loudness
from playlists.audio.pcm import Pcm
from tests.playlists.sounds import RATE_HZ, decoded, metered, silence, tone


def test_the_same_samples_make_the_same_bytes(tmp_path: Path) -> None:
    """No date, name or encoder tag changes the hash of a bulletin."""
    one, other = tmp_path / "one.mp3", tmp_path / "a-longer-name.mp3"
    encode_mp3(tone(), one)
    encode_mp3(tone(), other)

    assert one.read_bytes() == other.read_bytes()
    assert not re.search(rb"Lav[cf][0-9]", one.read_bytes())
    assert one.read_bytes()[:3] != b"ID3"


@settings(max_examples=15, deadline=None)
@given(frames=st.integers(RATE_HZ // 20, 60_000))
def test_decoding_gives_the_length_that_was_encoded_to_three_milliseconds(
    tmp_path_factory: pytest.TempPathFactory, frames: int
) -> None:
    """What the encoder pads, the decoder takes away, save a few samples of some lengths.

    The pole's decoder takes away exactly as much as ffmpeg's.
    """
    path = tmp_path_factory.mktemp("mp3") / "sound.mp3"
    noise = random.Random(frames).randbytes(2 * frames)
    encode_mp3(Pcm(samples=noise, sample_rate_hz=RATE_HZ), path)

    ours = decode_mp3(path, sample_rate_hz=RATE_HZ).frames
    at_the_pole = miniaudio.decode_file(str(path), nchannels=1, sample_rate=RATE_HZ)

    assert 0 <= ours - frames <= RATE_HZ * 3 // 1000
    assert at_the_pole.num_frames == ours


def test_the_poles_decoder_hears_the_same_length(tmp_path: Path) -> None:
    """The controllers' decoder agrees with ffmpeg's, so played is counted against one length."""
    path = tmp_path / "sound.mp3"
    encode_mp3(tone(duration_ms=3_333), path)
    at_the_pole = miniaudio.decode_file(str(path), nchannels=1, sample_rate=RATE_HZ)

    assert at_the_pole.num_frames == len(decoded(path)) == RATE_HZ * 3_333 // 1000


def test_a_tone_keeps_its_level(tmp_path: Path) -> None:
    """A mono tone of 0.25 full scale measures alike by us and by ffmpeg asked directly."""
    path = tmp_path / "tone.mp3"
    encode_mp3(tone(amplitude=0.25), path)
    ours = measure_loudness(path, sample_rate_hz=RATE_HZ)

    assert (ours.loudness_lufs, ours.true_peak_dbtp) == metered(path)
    assert ours.true_peak_dbtp == pytest.approx(-12.5, abs=0.7)
    assert ours.duration_ms == 2_000


def test_silence_measures_as_silence(tmp_path: Path) -> None:
    """Nothing to hear is the meter's floor, not a crash and not a number near the target."""
    path = tmp_path / "silence.mp3"
    encode_mp3(silence(), path)

    assert measure_loudness(path, sample_rate_hz=RATE_HZ).loudness_lufs == -70.0


@pytest.mark.parametrize("content", [b"", b"<html>404</html>" * 200, bytes(5_000)])
def test_a_file_that_is_no_mp3_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, foreign or zeroed files are a named error for decoding and measuring alike."""
    path = tmp_path / "broken.mp3"
    path.write_bytes(content)

    with pytest.raises(AudioUnreadable):
        decode_mp3(path, sample_rate_hz=RATE_HZ)
    with pytest.raises(AudioUnreadable):
        measure_loudness(path, sample_rate_hz=RATE_HZ)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A missing file is a named error."""
    with pytest.raises(AudioUnreadable):
        decode_mp3(tmp_path / "absent.mp3", sample_rate_hz=RATE_HZ)


def test_a_file_name_is_only_a_name(tmp_path: Path) -> None:
    """A name that looks like one of ffmpeg's protocols opens that file and nothing else."""
    path = tmp_path / "concat:other|name.mp3"
    encode_mp3(tone(duration_ms=200), path)

    assert path.is_file()
    assert decode_mp3(path, sample_rate_hz=RATE_HZ).duration_ms == 200

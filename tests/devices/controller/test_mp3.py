"""MP3 files become mono samples at the rate that they were made with."""

import struct
from pathlib import Path

import pytest

from devices.controller.mp3 import decode, probe, sample_rate_hz
from devices.errors import AudioUndecodable
from tests.devices.sounds import tone


def written(folder: Path, data: bytes) -> Path:
    """A file with these bytes."""
    path = folder / "sound.mp3"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_a_tone_is_decoded_at_its_own_rate(tmp_path: Path, rate_hz: int) -> None:
    """Its length is right to the padding of a few frames, and it sounds as loud as it was made."""
    path = written(tmp_path, tone(2_000, rate_hz=rate_hz).mp3)
    pcm = b"".join(decode(path, rate_hz=sample_rate_hz(path), chunk_ms=500))
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm)

    assert sample_rate_hz(path) == rate_hz
    assert 0 <= len(samples) - 2 * rate_hz <= 4 * 1_152
    assert 3_000 < max(samples) < 5_000


def test_a_tag_before_the_sound_is_passed_over(tmp_path: Path) -> None:
    """ID3v2 may hold what looks like a frame's header."""
    tag = b"ID3\x04\x00\x00\x00\x00\x02\x00" + b"\xff\xfb\x90\x64" * 64
    path = written(tmp_path, tag + tone(1_000, rate_hz=16_000).mp3)

    assert sample_rate_hz(path) == 16_000


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"ID3", "Kính thưa bà con".encode() * 50, b"\xff\xfb\xff" * 99]
)
def test_what_is_no_mp3_is_refused(tmp_path: Path, data: bytes) -> None:
    """Empty, cut short, text or noise."""
    with pytest.raises(AudioUndecodable):
        probe(written(tmp_path, data))

"""Silence is real MP3: the decoder gives back exactly as much of it as was asked for."""

from pathlib import Path

import pytest

from devices.controller.mp3 import decode, probe, sample_rate_hz
from devices.simulation.station.sounds import RATE_HZ, silence


@pytest.mark.parametrize("duration_ms", [1, 24, 25, 1_000, 10_000])
def test_silence_decodes_to_its_length(tmp_path: Path, duration_ms: int) -> None:
    """Whole frames of 24 ms, every sample zero."""
    sound = silence(duration_ms, title="bão số 9")
    path = tmp_path / "silence.mp3"
    path.write_bytes(sound.mp3)
    pcm = b"".join(decode(path, rate_hz=RATE_HZ, chunk_ms=500))

    assert sample_rate_hz(path) == RATE_HZ
    assert duration_ms <= sound.duration_ms < duration_ms + 24
    assert len(pcm) == 2 * sound.duration_ms * RATE_HZ // 1_000
    assert set(pcm) == {0}
    probe(path)


def test_another_title_is_another_file() -> None:
    """Named by its bytes, as all audio is."""
    one, two = silence(500, title="một"), silence(500, title="hai")

    assert one.sha256 != two.sha256
    assert one.item.sha256 == one.sha256
    assert (one.item.size_bytes, one.item.duration_ms) == (len(one.mp3), one.duration_ms)

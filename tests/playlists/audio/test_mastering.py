"""What leaves the studio: equally loud, never clipped, and measured on the finished MP3."""

import math
import random
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest

from playlists.audio.audio_errors import MasteringMissed, NothingToHear
from playlists.audio.joining import Piece
from playlists.audio.mastering import MASTER_RATE_HZ, Target, master_to_mp3
from playlists.audio.pcm import Pcm
from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.espeak import EspeakEngine
from tests.playlists.sounds import BULLETIN, RATE_HZ, decoded, joined, metered, silence, tone


def spoken(engine: EspeakEngine, *, accent: Accent, rate: float = 1.0) -> Pcm:
    """The bulletin as one sound with pauses, unmastered."""
    settings = VoiceSettings(accent=accent, rate=rate)
    pieces = [
        Piece(engine.synthesise(line.text, settings=settings), line.pause_after_ms)
        for line in BULLETIN
    ]
    return joined(pieces)[0]


def scaled(pcm: Pcm, factor: float) -> Pcm:
    """The same sound, quieter."""
    samples = array("h", (round(sample * factor) for sample in array("h", pcm.samples)))
    return Pcm(samples=samples.tobytes(), sample_rate_hz=pcm.sample_rate_hz)


@pytest.mark.parametrize("rate", [0.6, 1.0, 1.6])
@pytest.mark.parametrize("accent", Accent)
def test_speech_meets_loudness_and_peak(
    espeak: EspeakEngine, tmp_path: Path, accent: Accent, rate: float
) -> None:
    """Every accent and speed ends within 1 LU of -16 LUFS and at most -1 dBTP."""
    path = tmp_path / "bulletin.mp3"
    measured = master_to_mp3(spoken(espeak, accent=accent, rate=rate), path)
    loudness_lufs, true_peak_dbtp = metered(path)

    assert loudness_lufs == pytest.approx(-16.0, abs=1.0)
    assert true_peak_dbtp <= -1.0
    assert (measured.loudness_lufs, measured.true_peak_dbtp) == (loudness_lufs, true_peak_dbtp)


@pytest.mark.parametrize("target_lufs", [-23.0, -14.0])
def test_another_target_is_met_too(
    espeak: EspeakEngine, tmp_path: Path, target_lufs: float
) -> None:
    """The loudness is set by the target, not by luck."""
    path = tmp_path / "bulletin.mp3"
    sound = spoken(espeak, accent=Accent.CENTRAL)
    master_to_mp3(sound, path, target=Target(loudness_lufs=target_lufs))

    assert metered(path)[0] == pytest.approx(target_lufs, abs=1.0)
    assert metered(path)[1] <= -1.0


def test_a_whisper_and_a_shout_come_out_alike(espeak: EspeakEngine, tmp_path: Path) -> None:
    """A recording 34 dB quieter ends as loud as the full-scale one."""
    sound = spoken(espeak, accent=Accent.NORTH)
    for name, factor in (("shout", 1.0), ("whisper", 0.02)):
        master_to_mp3(scaled(sound, factor), tmp_path / name)
    shout, whisper = metered(tmp_path / "shout")[0], metered(tmp_path / "whisper")[0]

    assert whisper == pytest.approx(shout, abs=1.0)


@pytest.mark.parametrize("kind", ["tone", "square", "noise"])
def test_sounds_that_are_not_speech_are_held_too(tmp_path: Path, kind: str) -> None:
    """A steady tone, a clipped recording and noise meet the same target."""
    seeded = random.Random(1)
    sounds = {
        "tone": tone(amplitude=0.9),
        "square": Pcm(array("h", [32_767] * 30 + [-32_768] * 30).tobytes() * 900, RATE_HZ),
        "noise": Pcm(seeded.randbytes(2 * 60_000), RATE_HZ),
    }
    path = tmp_path / "sound.mp3"
    master_to_mp3(sounds[kind], path)

    assert metered(path)[0] == pytest.approx(-16.0, abs=1.0)
    assert metered(path)[1] <= -1.0


def test_nothing_clips(espeak: EspeakEngine, tmp_path: Path) -> None:
    """No decoded sample stands at full scale."""
    path = tmp_path / "bulletin.mp3"
    master_to_mp3(spoken(espeak, accent=Accent.SOUTH), path)

    assert max(abs(sample) for sample in decoded(path)) < 32_000


def test_silence_is_refused(tmp_path: Path) -> None:
    """No gain makes silence audible; the file is not made."""
    with pytest.raises(NothingToHear):
        master_to_mp3(silence(), tmp_path / "silence.mp3")

    assert not (tmp_path / "silence.mp3").exists()


def test_a_target_that_cannot_be_met_is_an_error(tmp_path: Path) -> None:
    """After its rounds the studio gives up by name; it never hands on what misses the target."""
    with pytest.raises(MasteringMissed, match="LUFS"):
        master_to_mp3(tone(), tmp_path / "tone.mp3", target=Target(true_peak_dbtp=-17.0))


def test_what_a_horn_cannot_carry_is_taken_away(tmp_path: Path) -> None:
    """60 Hz hum under a tone loses at least 20 dB against it; without a band it stays."""
    both = [
        a + b
        for a, b in zip(
            array("h", tone(pitch_hz=60).samples), array("h", tone().samples), strict=True
        )
    ]
    sound = Pcm(array("h", both).tobytes(), RATE_HZ)

    def hum_share(*, path: Path) -> float:
        samples = decoded(path)[RATE_HZ // 2 : RATE_HZ * 3 // 2]
        return _strength(samples, 60) / _strength(samples, 1_000)

    master_to_mp3(sound, tmp_path / "horn.mp3")
    master_to_mp3(sound, tmp_path / "whole.mp3", band=None)

    assert hum_share(path=tmp_path / "horn.mp3") < 0.1
    assert hum_share(path=tmp_path / "whole.mp3") > 0.5


def _strength(samples: Sequence[int], pitch_hz: float) -> float:
    turn = 2 * math.pi * pitch_hz / RATE_HZ
    real = sum(sample * math.cos(turn * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * n) for n, sample in enumerate(samples))
    return math.hypot(real, imaginary)


def test_another_sample_rate_comes_out_at_the_masters(tmp_path: Path) -> None:
    """An engine at 16 kHz makes a file of the same rate, length and loudness as any other."""
    sound = Pcm(tone(duration_ms=3_000).samples, 16_000)
    measured = master_to_mp3(sound, tmp_path / "sound.mp3")

    assert measured.sample_rate_hz == MASTER_RATE_HZ
    assert measured.duration_ms == pytest.approx(sound.duration_ms, abs=5)

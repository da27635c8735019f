"""How loud speech is before it is shaped, and making it louder, block by block."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from playlists.audio.audio_errors import NothingToHear
from playlists.audio.pcm import Pcm, Sound
from playlists.audio.pydub_audio import from_pcm, to_pcm

FULL_SCALE = 1 << 15
LEVEL_BLOCK_MS = 400
LEVEL_GATE_DB = 10.0
KNOCKS_SHARE = 0.05
# About three seconds: few calls, little memory.
BLOCK_FRAMES = 1 << 16


@dataclass(frozen=True, slots=True)
class Level:
    """The level of what is spoken, and the highest sample, both in dBFS."""

    spoken_dbfs: float
    peak_dbfs: float


def level_of(sound: Sound, *, knocks: bool = False) -> Level:
    """The mean power of what is spoken, pauses left out. Raises NothingToHear.

    Where `knocks` may stand among the words the loudest blocks do not count: one door that slams
    would pass for the speech, and the speech for a pause.
    """
    powers, peak = [], 0
    for block in sound.blocks(max(1, sound.sample_rate_hz * LEVEL_BLOCK_MS // 1000)):
        segment = from_pcm(Pcm(block, sound.sample_rate_hz))
        powers.append(segment.rms**2)
        peak = max(peak, segment.max)
    if knocks:
        powers = sorted(powers)[: len(powers) - math.ceil(len(powers) * KNOCKS_SHARE)] or powers
    return Level(spoken_dbfs=spoken_level(powers), peak_dbfs=_dbfs(peak))


def spoken_level(powers: list[int]) -> float:
    """The level in dBFS of the blocks that are not pauses. Raises NothingToHear."""
    gate = sum(powers) / max(1, len(powers)) / 10 ** (LEVEL_GATE_DB / 10)
    spoken = [power for power in powers if power > gate]
    if not spoken:
        raise NothingToHear
    return 10 * math.log10(sum(spoken) / len(spoken) / FULL_SCALE**2)


def peak_of(sound: Sound) -> float:
    """The highest sample in dBFS; silence is minus infinity."""
    rate = sound.sample_rate_hz
    return _dbfs(max((from_pcm(Pcm(b, rate)).max for b in sound.blocks(BLOCK_FRAMES)), default=0))


def louder(sound: Sound, gain_db: float) -> Iterator[bytes]:
    """The samples with a gain; what goes above full scale is clipped."""
    for block in sound.blocks(BLOCK_FRAMES):
        yield to_pcm(from_pcm(Pcm(block, sound.sample_rate_hz)).apply_gain(gain_db)).samples


def _dbfs(sample: int) -> float:
    return 20 * math.log10(sample / FULL_SCALE) if sample else -math.inf

"""What a recording holds before the first word and after the last is taken away.

The threshold follows the recording: well below its speech, a little above its own noise.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from playlists.audio.audio_errors import NothingToHear
from playlists.audio.levels import FULL_SCALE, spoken_level
from playlists.audio.pcm import BYTES_PER_SAMPLE, Pcm, Sound
from playlists.audio.pydub_audio import from_pcm

BLOCK_MS = 20
# Shorter than any syllable: a button, a knock, a breath on the microphone.
SHORTEST_SOUND_BLOCKS = 3
BELOW_SPEECH_DB = 35.0
ABOVE_NOISE_DB = 6.0
# Unvoiced beginnings and dying endings of words lie at most this far below the speech.
NEAR_SPEECH_DB = 12.0
NOISE_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Ends:
    """How much is left before the first sound and after the last."""

    # Room at both ends: amplifiers wake slowly, and a cut tail is heard as a fault.
    lead_ms: int = 100
    tail_ms: int = 400


STATION_ENDS = Ends()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The frames of a sound from `begin` to `end`; what lies outside the sound is silence."""

    sound: Sound
    begin: int
    end: int

    @property
    def sample_rate_hz(self) -> int:
        """Samples in a second."""
        return self.sound.sample_rate_hz

    @property
    def frames(self) -> int:
        """How many samples there are."""
        return self.end - self.begin

    def blocks(self, frames: int) -> Iterator[bytes]:
        """All samples in order, at most `frames` of them at a time."""
        before, after = max(0, -self.begin), max(0, self.end - self.sound.frames)
        return chain(_silence(before), self._inside(frames), _silence(after))

    def _inside(self, frames: int) -> Iterator[bytes]:
        at = 0
        for block in self.sound.blocks(frames):
            begin, end = max(0, self.begin - at), self.end - at
            at += len(block) // BYTES_PER_SAMPLE
            if kept := block[begin * BYTES_PER_SAMPLE : max(0, end) * BYTES_PER_SAMPLE]:
                yield kept


def without_dead_air(sound: Sound, *, ends: Ends = STATION_ENDS) -> Excerpt:
    """The sound from its first word to its last with `ends` around. Raises NothingToHear."""
    rate = sound.sample_rate_hz
    block_frames = max(1, rate * BLOCK_MS // 1000)
    powers = [from_pcm(Pcm(b, rate)).rms ** 2 for b in sound.blocks(block_frames)]
    first, last = _first_and_last(powers, above=_threshold(powers))
    return Excerpt(
        sound,
        begin=first * block_frames - rate * ends.lead_ms // 1000,
        end=min((last + 1) * block_frames, sound.frames) + rate * ends.tail_ms // 1000,
    )


def _threshold(powers: list[int]) -> float:
    """The power above which a block is no dead air."""
    speech_dbfs = spoken_level(powers)
    noise_dbfs = _dbfs(sorted(powers)[round(len(powers) * NOISE_SHARE)])
    quiet_dbfs = max(speech_dbfs - BELOW_SPEECH_DB, noise_dbfs + ABOVE_NOISE_DB)
    return FULL_SCALE**2 * 10 ** (min(quiet_dbfs, speech_dbfs - NEAR_SPEECH_DB) / 10)


def _first_and_last(powers: list[int], *, above: float) -> tuple[int, int]:
    """The first and the last block of what lasts long enough to be a sound."""
    sounding = [power > above for power in powers]
    need = min(SHORTEST_SOUND_BLOCKS, len(powers))
    runs = [n for n in range(len(powers) - need + 1) if all(sounding[n : n + need])]
    if not runs:
        raise NothingToHear
    return runs[0], runs[-1] + need - 1


def _silence(frames: int) -> Iterator[bytes]:
    if frames:
        yield bytes(frames * BYTES_PER_SAMPLE)


def _dbfs(power: int) -> float:
    return 10 * math.log10(power / FULL_SCALE**2) if power else -math.inf

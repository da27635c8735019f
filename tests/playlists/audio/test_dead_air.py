"""The stretch of a sound that is kept, and how its beginning and end are found."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.audio.audio_errors import NothingToHear
from playlists.audio.dead_air import STATION_ENDS, Excerpt, without_dead_air
from playlists.audio.pcm import Pcm, Sound
from playlists.audio.pcm_file import write_pcm
from tests.playlists.sounds import RATE_HZ, silence, tone

LEAD, TAIL = (RATE_HZ * ms // 1000 for ms in (STATION_ENDS.lead_ms, STATION_ENDS.tail_ms))


def whole(sound: Sound, *, block: int = 1_000) -> bytes:
    """All samples, gone through in blocks."""
    return b"".join(sound.blocks(block))


def glued(*sounds: Pcm) -> Pcm:
    """One after the other."""
    return Pcm(b"".join(sound.samples for sound in sounds), RATE_HZ)


@settings(max_examples=200, deadline=None)
@given(
    frames=st.integers(0, 50),
    begin=st.integers(-20, 40),
    length=st.integers(0, 60),
    block=st.integers(1, 30),
)
def test_an_excerpt_is_a_slice_with_silence_outside(
    frames: int, begin: int, length: int, block: int
) -> None:
    """Whatever the blocks, it is the slice of the sound, and zeros where the sound is not."""
    begin = min(begin, frames)
    end = max(begin, begin + length, 0)
    sound = Pcm(bytes(n for frame in range(1, frames + 1) for n in (frame, 1)), RATE_HZ)
    padded = bytes(40) + sound.samples + bytes(400)

    excerpt = Excerpt(sound, begin, end)

    assert whole(excerpt, block=block) == padded[2 * (begin + 20) : 2 * (end + 20)]
    assert excerpt.frames == end - begin


def test_memory_and_disk_are_gone_through_alike(tmp_path: Path) -> None:
    """The same blocks from a file as from memory, the last one shorter."""
    sound = tone(duration_ms=123)
    file = write_pcm(sound.blocks(700), tmp_path / "sound.raw", sample_rate_hz=RATE_HZ)

    assert list(file.blocks(1_000)) == list(sound.blocks(1_000))
    assert (file.frames, file.duration_ms) == (sound.frames, sound.duration_ms)
    assert sum(map(len, file.blocks(1_000))) == 2 * sound.frames


@pytest.mark.parametrize("knock_ms", [5, 15])
def test_a_knock_before_the_words_is_dead_air(knock_ms: int) -> None:
    """Pressing the button is heard on every phone; the words begin later."""
    knock = tone(duration_ms=knock_ms, amplitude=0.9)
    words = tone(duration_ms=2_000)
    kept = without_dead_air(glued(knock, silence(duration_ms=1_000), words, silence()))

    start = knock.frames + RATE_HZ - LEAD
    assert kept.begin == pytest.approx(start, abs=RATE_HZ * 25 // 1000)
    assert kept.frames == pytest.approx(LEAD + words.frames + TAIL, abs=RATE_HZ * 45 // 1000)


def test_a_quiet_beginning_is_kept() -> None:
    """Words that start 20 dB below the rest are words; a room 50 dB below is not."""
    steps = [tone(duration_ms=1_000, amplitude=share) for share in (0.001, 0.05, 0.5)]
    kept = without_dead_air(glued(*steps))

    assert kept.begin == pytest.approx(RATE_HZ - LEAD, abs=RATE_HZ * 25 // 1000)


def test_a_sound_without_a_pause_is_kept_whole() -> None:
    """Steady noise or music has no dead air to measure itself against."""
    kept = without_dead_air(tone(duration_ms=1_500))

    assert (kept.begin, kept.end) == (-LEAD, tone(duration_ms=1_500).frames + TAIL)


@pytest.mark.parametrize("gap_ms", [300, 1_000])
def test_knocks_alone_are_nothing_to_hear(gap_ms: int) -> None:
    """A pocket recording without a syllable in it is refused."""
    knock = [tone(duration_ms=10, amplitude=0.9), silence(duration_ms=gap_ms)] * 5

    with pytest.raises(NothingToHear):
        without_dead_air(glued(*knock))


def test_blocks_follow_each_other_without_a_gap() -> None:
    """What a reader of blocks gets is as long as what it asked for, save the last."""
    lengths = [len(block) // 2 for block in tone(duration_ms=100).blocks(400)]

    assert set(lengths[:-1]) == {400}
    assert all(earlier >= later for earlier, later in pairwise(lengths))

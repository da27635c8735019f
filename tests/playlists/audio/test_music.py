"""Music between the words: as long as asked, calm at both ends, quickly made, always the same."""

import time
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.audio.pcm import Pcm
from playlists.own_sounds.music import STEP_MS, STEPS_A_BAR, interlude, interlude_blocks
from tests.playlists.spectrum import share_within

RATE_HZ = 22_050


def music(duration_ms: int, *, seed: str = "Long Mai", rate_hz: int = RATE_HZ) -> Pcm:
    """An interlude."""
    return interlude(duration_ms, seed=seed, sample_rate_hz=rate_hz)


def loudest(pcm: Pcm, *, from_ms: int, to_ms: int) -> int:
    """The largest sample of a stretch."""
    samples = array("h", pcm.samples)
    return max(map(abs, samples[RATE_HZ * from_ms // 1000 : RATE_HZ * to_ms // 1000]))


@settings(max_examples=25, deadline=None)
@given(duration_ms=st.integers(0, 9_000), rate_hz=st.sampled_from([8_000, 16_000, 22_050]))
def test_it_lasts_exactly_as_long_as_asked(duration_ms: int, rate_hz: int) -> None:
    """To the sample, at any rate, from nothing to several bars."""
    assert music(duration_ms, rate_hz=rate_hz).frames == rate_hz * duration_ms // 1000


def test_no_music_lasts_less_than_nothing() -> None:
    """A negative length is a mistake of the caller."""
    with pytest.raises(ValueError, match="less than nothing"):
        music(-1)


@pytest.mark.parametrize("duration_ms", [3_000, 12_000])
def test_it_comes_and_goes_softly(duration_ms: int) -> None:
    """Both ends are near silence, the middle is not, and nothing clips."""
    sound = music(duration_ms)
    middle = loudest(sound, from_ms=duration_ms // 3, to_ms=2 * duration_ms // 3)

    assert loudest(sound, from_ms=0, to_ms=20) < middle / 20
    assert loudest(sound, from_ms=duration_ms - 20, to_ms=duration_ms) < middle / 20
    assert 4_000 < middle < 26_000


def test_the_same_seed_plays_the_same_and_another_does_not() -> None:
    """A station's music is its own."""
    assert music(5_000) == music(5_000)
    assert music(5_000) != music(5_000, seed="Phú Trung")


def test_a_longer_interlude_begins_like_a_shorter_one() -> None:
    """Before its fade the shorter one holds the very samples of the longer."""
    shorter, longer = music(9_000), music(30_000)
    alike = 2 * (RATE_HZ * 6_400 // 1000)

    assert shorter.samples[:alike] == longer.samples[:alike]


def test_a_long_one_is_made_bar_by_bar() -> None:
    """No block is longer than a bar, and the blocks are the whole."""
    blocks = list(interlude_blocks(11_000, seed="Long Mai", sample_rate_hz=RATE_HZ))

    assert max(map(len, blocks)) <= 2 * RATE_HZ * STEP_MS * STEPS_A_BAR // 1000
    assert b"".join(blocks) == music(11_000).samples


def test_no_bar_is_the_one_before() -> None:
    """Eight bars are not one bar played eight times."""
    sound = music(STEP_MS * STEPS_A_BAR * 9).samples
    bar = 2 * RATE_HZ * STEP_MS * STEPS_A_BAR // 1000

    assert len({sound[n * bar : (n + 1) * bar] for n in range(8)}) == 8


def test_a_horn_carries_all_of_it() -> None:
    """Plucked strings stay between 300 Hz and 6 kHz."""
    assert share_within(music(4_000), low_hz=300, high_hz=6_000) > 0.999


def test_a_minute_is_made_in_three_seconds() -> None:
    """Twenty times faster than it sounds, on one core."""
    began = time.process_time()
    music(60_000, seed="a new one")

    assert time.process_time() - began < 3

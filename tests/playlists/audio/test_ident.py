"""Each station has a tune of its own: stable, pleasant, and made for a horn."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.own_sounds.ident import DEGREES, TUNE_MS, ident_tune, melody
from tests.playlists.spectrum import centroid_hz, share_within

RATE_HZ = 22_050
STATIONS = ["Long Mai", "Phú Trung", "0197f2c4-7d11-7a58-b5a4-6f0c44a1d5e2"]


@given(seed=st.text(max_size=60))
def test_every_melody_comes_home_by_small_steps(seed: str) -> None:
    """Whatever the name, notes rise in time, move a step or two, and end on the tonic."""
    tune = melody(seed)
    steps = [
        later - earlier for earlier, later in zip(tune.degrees, tune.degrees[1:], strict=False)
    ]

    assert len(tune.degrees) == len(tune.beats) >= 5
    assert list(tune.beats) == sorted(set(tune.beats))
    assert all(degree in DEGREES for degree in tune.degrees)
    assert all(1 <= abs(step) <= 2 for step in steps)
    assert tune.degrees[-1] % 5 == 0


def test_a_station_keeps_its_tune() -> None:
    """The same name gives the same samples, whoever asked for another in between."""
    first = ident_tune.__wrapped__("Long Mai", sample_rate_hz=RATE_HZ)
    ident_tune("Phú Trung", sample_rate_hz=RATE_HZ)

    assert ident_tune.__wrapped__("Long Mai", sample_rate_hz=RATE_HZ) == first


def test_a_provinces_communes_hardly_share_a_tune() -> None:
    """Of a hundred stations nearly all have a melody that no other has."""
    assert len({melody(f"xã số {number}") for number in range(100)}) >= 95


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 24_000])
def test_the_tune_lasts_as_long_for_every_station_and_rate(rate_hz: int) -> None:
    """A playlist's length is known without knowing the tune."""
    for station in STATIONS:
        assert ident_tune(station, sample_rate_hz=rate_hz).duration_ms == TUNE_MS
    assert 2_500 <= TUNE_MS <= 4_000


@pytest.mark.parametrize("station", STATIONS)
def test_a_horn_carries_all_of_the_tune(station: str) -> None:
    """What lies outside 300 Hz to 6 kHz is less than a thousandth, clicks included."""
    tune = ident_tune(station, sample_rate_hz=RATE_HZ)

    assert share_within(tune, low_hz=300, high_hz=6_000) > 0.999
    assert 400 < centroid_hz(tune) < 2_000


@pytest.mark.parametrize("station", STATIONS)
def test_the_tune_neither_clicks_nor_clips(station: str) -> None:
    """It begins and ends in silence and stays below full scale."""
    samples = array("h", ident_tune(station, sample_rate_hz=RATE_HZ).samples)

    assert max(abs(sample) for sample in [*samples[:4], *samples[-4:]]) < 40
    assert max(abs(sample) for sample in samples) < 26_000

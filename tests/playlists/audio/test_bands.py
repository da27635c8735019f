"""Each kind of loudspeaker gets the frequencies it carries, with gentle slopes at both ends."""

import math
from array import array

import pytest

from playlists.audio import ffmpeg
from playlists.audio.encoding import raw_input, raw_output
from playlists.audio.mastering import Loudspeaker, band_filters, band_of
from tests.playlists.sounds import RATE_HZ, tone


def response_db(loudspeaker: Loudspeaker, *, pitch_hz: float) -> float:
    """How much of a tone is left after the band's filters."""
    sound = tone(pitch_hz=pitch_hz, amplitude=0.5)
    filters = ",".join(band_filters(band_of(loudspeaker), sample_rate_hz=RATE_HZ))
    heard = ffmpeg.run(
        [*raw_input(RATE_HZ), "-af", filters, *raw_output(RATE_HZ)], stdin=sound.samples
    ).stdout
    return _rms_db(heard) - _rms_db(sound.samples)


def _rms_db(samples: bytes) -> float:
    middle = array("h", samples)[RATE_HZ // 2 : RATE_HZ * 3 // 2]
    return 10 * math.log10(sum(s * s for s in middle) / len(middle))


def test_a_horn_gets_neither_hum_nor_hiss() -> None:
    """100 Hz loses 15 dB at least and 9 kHz 6 dB; at both corners 3 dB; speech stays whole."""
    horn = Loudspeaker.HORN

    assert response_db(horn, pitch_hz=100) < -15
    assert response_db(horn, pitch_hz=9_000) < -6
    assert response_db(horn, pitch_hz=300) == pytest.approx(-3, abs=0.5)
    assert response_db(horn, pitch_hz=6_000) == pytest.approx(-3, abs=0.5)
    assert response_db(horn, pitch_hz=1_000) == pytest.approx(0, abs=0.5)


def test_the_slope_is_a_shelf_and_no_wall() -> None:
    """Below the corner an octave takes about 12 dB, so nothing rings."""
    octave = response_db(Loudspeaker.HORN, pitch_hz=140) - response_db(
        Loudspeaker.HORN, pitch_hz=70
    )

    assert 8 < octave < 14


def test_a_column_carries_more_than_a_horn_and_a_hall_more_than_both() -> None:
    """The lowest and highest of the voice come back with the better loudspeaker."""
    low = [response_db(each, pitch_hz=150) for each in Loudspeaker]
    high = [response_db(each, pitch_hz=8_500) for each in Loudspeaker]

    assert low[0] + 6 < low[1] < low[2]
    assert high[0] + 4 < high[1] <= high[2] + 0.1


@pytest.mark.parametrize("loudspeaker", Loudspeaker)
def test_rumble_goes_everywhere(loudspeaker: Loudspeaker) -> None:
    """No kind of loudspeaker is given 15 Hz."""
    assert response_db(loudspeaker, pitch_hz=15) < -15


def test_a_sound_of_a_low_rate_is_not_bent() -> None:
    """A telephone's 8 kHz holds nothing above 4 kHz, so no filter stands there."""
    assert len(band_filters(band_of(Loudspeaker.HORN), sample_rate_hz=8_000)) == 1
    assert len(band_filters(band_of(Loudspeaker.HORN), sample_rate_hz=16_000)) == 2
    assert band_filters(None, sample_rate_hz=16_000) == []

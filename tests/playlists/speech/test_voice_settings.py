"""How a voice may be asked to sound, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playlists.speech.engine import Accent, VoiceSettings
from playlists.speech.errors import VoiceSettingsInvalid

SETTINGS = st.builds(
    VoiceSettings,
    accent=st.sampled_from(Accent),
    rate=st.floats(0.6, 1.6),
    pitch=st.integers(0, 99),
)


@given(rate=st.floats().filter(lambda rate: not 0.6 <= rate <= 1.6))
def test_a_rate_out_of_bounds_is_refused(rate: float) -> None:
    """Below 0.6, above 1.6 and not-a-number never reach an engine."""
    with pytest.raises(VoiceSettingsInvalid):
        VoiceSettings(rate=rate)


@given(pitch=st.integers().filter(lambda pitch: not 0 <= pitch <= 99))
def test_a_pitch_out_of_bounds_is_refused(pitch: int) -> None:
    """Below 0 and above 99 never reach an engine."""
    with pytest.raises(VoiceSettingsInvalid):
        VoiceSettings(pitch=pitch)


def test_an_unknown_accent_is_refused() -> None:
    """An accent that nobody has is an error, not a silent northern voice."""
    with pytest.raises(VoiceSettingsInvalid, match="west"):
        VoiceSettings(accent="west")  # type: ignore[arg-type]


@given(one=SETTINGS, other=SETTINGS)
def test_settings_have_one_fingerprint_exactly_when_they_are_equal(
    one: VoiceSettings, other: VoiceSettings
) -> None:
    """The cache's key tells any two settings apart that may sound different."""
    assert (one == other) == (one.fingerprint() == other.fingerprint())

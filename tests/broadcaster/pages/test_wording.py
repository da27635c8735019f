"""What the ledger and the devices say in codes is said to people in words."""

import pytest

from broadcaster.ledger.play_state import PlayState
from broadcaster.ledger.wording import (
    bar_part_of,
    mark_of,
    words_of_code,
    words_of_kind,
    words_of_part,
    words_of_sink,
)
from broadcaster.web.coverage_bar import ORDER
from broadcaster.web.play_marks import PLAY_MARKS
from devices.controller.admission import Refusal
from devices.controller.due import Audio
from devices.protocol.messages import CueKind, Kind

GIVEN_BY_CONTROLLERS = [
    *(refusal.value for refusal in Refusal),
    *(audio.value for audio in Audio if audio is not Audio.READY),
    "audio_device",
    "emergency",
    "interrupted",
    "journal_lost",
    "priority",
    "rebooted",
    "too_late",
]


@pytest.mark.parametrize("state", list(PlayState))
def test_every_state_of_the_ledger_has_a_mark_and_a_part(state: PlayState) -> None:
    """No state can come out of the fold that a page could not draw."""
    assert mark_of(state) in PLAY_MARKS
    assert bar_part_of(state) in ORDER


@pytest.mark.parametrize("state", [each for each in PlayState if each is not PlayState.CONFIRMED])
def test_only_the_confirmed_is_shown_as_confirmed(state: PlayState) -> None:
    """No other state shares the green mark."""
    assert mark_of(state) != "confirmed"


def test_an_unknown_state_is_an_error_not_a_guess() -> None:
    """A state that nobody named is not drawn as something harmless."""
    with pytest.raises(KeyError):
        mark_of("mostly_fine")


@pytest.mark.parametrize("code", GIVEN_BY_CONTROLLERS)
def test_every_reason_a_controller_gives_has_words(code: str) -> None:
    """A new reason needs words before it reaches a page."""
    assert words_of_code(code) != code


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_confirmation_has_words(kind: Kind) -> None:
    """A page never shows the contract's own word for what a device states."""
    assert words_of_kind(kind) != kind


@pytest.mark.parametrize("kind", list(CueKind))
def test_every_part_of_a_programme_has_words(kind: CueKind) -> None:
    """One of a later version is shown as its order calls it."""
    assert words_of_part(kind) != kind
    assert words_of_part("weather") == "weather"


@pytest.mark.parametrize("sink", ["null", "wav", "sound_card"])
def test_every_sink_of_a_controller_has_words(sink: str) -> None:
    """Where the samples went is said to people; another maker's sink is shown by its own name."""
    assert words_of_sink(sink) != sink
    assert words_of_sink("hifi-100%") == "hifi-100%%"

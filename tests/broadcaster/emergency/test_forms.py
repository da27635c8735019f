"""What is filled in, and the word that confirms it: nothing by default, nothing by accident."""

import pytest

from broadcaster.emergency.errors import (
    NoPlaceChosen,
    NotConfirmed,
    UnknownCadence,
    UnknownHazard,
    UnknownMode,
    WordsMissing,
    WordsTooLong,
)
from broadcaster.emergency.forms import ConfirmedForm, EmergencyForm
from broadcaster.emergency.hazards import HAZARDS, WARNINGS
from broadcaster.emergency.words import (
    DRILL_CLOSES,
    DRILL_OPENS,
    message_script,
    template_message,
)
from broadcaster.errors import LoaError
from playlists.reading import read_aloud

GIVEN = {"clusters": ("cl-1",), "hazard": "flood", "mode": "real"}


@pytest.mark.parametrize(
    ("changed", "error", "field"),
    [
        ({"clusters": ()}, NoPlaceChosen, "clusters"),
        ({"hazard": ""}, UnknownHazard, "hazard"),
        ({"hazard": "tsunami"}, UnknownHazard, "hazard"),
        ({"mode": ""}, UnknownMode, "mode"),
        ({"mode": "test"}, UnknownMode, "mode"),
        ({"cadence": "hourly"}, UnknownCadence, "cadence"),
        ({"hazard": "other"}, WordsMissing, "words"),
        ({"words": "a" * 1_501}, WordsTooLong, "words"),
    ],
)
def test_what_is_missing_is_named_at_its_field(
    changed: dict[str, object], error: type[LoaError], field: str
) -> None:
    """Neither place, hazard, nor real or drill is ever taken for granted."""
    with pytest.raises(error) as refused:
        EmergencyForm(**{**GIVEN, **changed}).wish(all_clusters=["cl-1"], commune="Xã Thượng")

    assert refused.value.field == field


def test_without_words_it_is_the_offered_message_at_the_hazards_cadence() -> None:
    """Everywhere is every cluster; the commune is named as inside a sentence."""
    form = EmergencyForm(clusters=("everywhere",), hazard="storm", mode="drill")
    wish = form.wish(all_clusters=["cl-1", "cl-2"], commune="Xã Thượng")

    assert wish.cluster_ids == ("cl-1", "cl-2")
    assert wish.drill
    assert wish.cadence == "slow"
    assert "Ủy ban nhân dân xã Thượng" in wish.words


@pytest.mark.parametrize("typed", ["KHẨN CẤP", "khẩn cấp", "khan cap", " Khan  Cap "])
def test_the_word_is_taken_as_a_thumb_types_it(typed: str) -> None:
    """With or without marks and capitals."""
    ConfirmedForm(mode="real", typed=typed, request_key="key").check_typed()


@pytest.mark.parametrize(
    ("mode", "typed", "key"),
    [
        ("real", "", "key"),
        ("real", "diễn tập", "key"),
        ("drill", "khẩn cấp", "key"),
        ("real", "khẩn cấp", ""),
        ("", "", "key"),
    ],
)
def test_another_word_confirms_nothing(mode: str, typed: str, key: str) -> None:
    """A drill's word orders no emergency, nor the other way round."""
    with pytest.raises(NotConfirmed):
        ConfirmedForm(mode=mode, typed=typed, request_key=key).check_typed()


def test_a_drill_says_so_before_and_after() -> None:
    """Whatever its words are."""
    script = message_script("Nước đang lên.", drill=True)

    assert script.startswith(DRILL_OPENS)
    assert script.endswith(DRILL_CLOSES)
    assert "Diễn tập" in WARNINGS["drill"]


@pytest.mark.parametrize("key", HAZARDS)
def test_every_ready_text_can_be_read_aloud(key: str) -> None:
    """Without a word of which the reading is unsure, and short enough to be heard."""
    hazard = HAZARDS[key]
    texts = [WARNINGS[key], template_message(hazard, commune="xã Thượng"), WARNINGS["drill"]]
    for text in (each for each in texts if each):
        reading = read_aloud(text)

        assert [warning.code for warning in reading.warnings] == []
        assert len(reading.spoken.split()) < 130

"""Our hazard for an alert, and the words to start from: a guess is never better than a question."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.alerts.hazards import hazard_of
from broadcaster.alerts.message import Category, Named
from broadcaster.alerts.words import offered_words
from broadcaster.emergency.errors import WORDS_LIMIT_CHARACTERS
from broadcaster.emergency.hazards import HAZARDS
from tests.broadcaster.alerts.any_alert import infos
from tests.broadcaster.alerts.made import info


@pytest.mark.parametrize(
    ("event", "hazard"),
    [
        ("Bão số 5", "storm"),
        ("Áp thấp nhiệt đới", "storm"),
        ("Ap thap nhiet doi", "storm"),
        ("Typhoon Warning", "storm"),
        ("Lũ quét", "flash_flood"),
        ("Flash Flood Warning", "flash_flood"),
        ("Lũ trên sông Cầu", "flood"),
        ("NGẬP LỤT", "flood"),
        ("Flood", "flood"),
        ("Sạt lở đất", "landslide"),
        ("Hồ chứa xả lũ", "dam_release"),
        ("Cháy rừng cấp V", "wildfire"),
        ("Forest fire", "wildfire"),
        ("Dịch tả lợn châu Phi", "epidemic"),
        # Every warning has *bao* in it once its marks are gone.
        ("Cảnh báo", ""),
        ("Canh bao", ""),
        ("Thông báo khẩn", ""),
        ("Động đất", ""),
        # Two at once: a person says which it is.
        ("Bão và sạt lở đất", ""),
        ("Lũ quét, sạt lở đất", ""),
    ],
)
def test_an_event_is_one_of_our_hazards_or_a_question(event: str, hazard: str) -> None:
    """By Vietnamese with and without marks, and by English."""
    assert hazard_of(info(event=event)) == hazard


def test_a_category_tells_where_the_event_does_not() -> None:
    """Only where it leaves no doubt."""
    assert hazard_of(info(event="Khẩn", categories=(Category.FIRE,))) == "fire"
    assert hazard_of(info(event="Khẩn", categories=(Category.HEALTH,))) == "epidemic"
    assert hazard_of(info(event="Khẩn", categories=(Category.MET,))) == ""
    assert hazard_of(info(event="Khẩn", event_codes=(Named("SAME", "FFW"),))) == "flash_flood"
    assert hazard_of(info(event="Khẩn", event_codes=(Named("tên", "Lũ quét"),))) == "flash_flood"


def test_the_words_are_headline_matter_and_what_to_do() -> None:
    """Each in a paragraph of its own, as sentences."""
    offered = offered_words(info())

    assert offered.words == (
        "Lũ trên sông Cầu lên nhanh.\n\nMực nước vượt báo động 3 lúc 15 giờ.\n\n"
        "Bà con ven sông lên nơi cao ngay."
    )
    assert not offered.shortened
    assert offered_words(None).words == ""


def test_what_to_do_stays_where_not_all_fits() -> None:
    """A sentence is left out whole, and that one is left out is said."""
    long = "Mực nước lúc này là 12,5 mét. " * 100
    offered = offered_words(info(description=long))

    assert offered.shortened
    assert len(offered.words) <= WORDS_LIMIT_CHARACTERS
    assert offered.words.endswith("Bà con ven sông lên nơi cao ngay.")
    assert "12,5 mét.\n\n" in offered.words


@settings(max_examples=40)
@given(infos, st.integers(1, 3_000))
def test_no_alert_gives_more_words_than_can_be_ordered(made: object, times: int) -> None:
    """However long its parts are; and its hazard is one of ours or none."""
    long = info(headline=made.headline * times, instruction=made.instruction * times)  # type: ignore[attr-defined]

    assert len(offered_words(long).words) <= WORDS_LIMIT_CHARACTERS
    assert hazard_of(made) in {"", *HAZARDS}  # type: ignore[arg-type]

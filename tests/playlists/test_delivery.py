"""Emphasis by repetition, and the time of issue on replays, as the words that will be said."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playlists.delivery import REPEATED, Repeat, delivered, replay_preface, replayed
from playlists.reading import read_aloud
from playlists.reading.sentences import split_sentences

HANOI = timezone(timedelta(hours=7))
SCRIPT = "Nước sông đang lên.\n\nBà con lên đồi ngay.\nMang theo nước.\n\nGọi một một bốn."
TEXTS = st.text(alphabet="aăâ xin nhắc lại.,:\n", max_size=80)


@pytest.mark.parametrize(
    ("repeat", "again"),
    [
        (Repeat.OPENING, "Nước sông đang lên."),
        (Repeat.CLOSING, "Gọi một một bốn."),
        (Repeat.WHOLE, SCRIPT),
    ],
)
def test_the_chosen_part_is_said_again_after_an_announcement(repeat: Repeat, again: str) -> None:
    """The words first, then "Xin nhắc lại:", then what is repeated, each set apart."""
    assert delivered(SCRIPT, repeat=repeat) == f"{SCRIPT}\n\n{REPEATED}\n\n{again}"


def test_without_repetition_nothing_changes() -> None:
    """Not even white space."""
    assert delivered(f" {SCRIPT}\n", repeat=Repeat.NONE) == f" {SCRIPT}\n"


@pytest.mark.parametrize("repeat", [Repeat.OPENING, Repeat.CLOSING, Repeat.WHOLE])
def test_one_paragraph_is_repeated_whole(repeat: Repeat) -> None:
    """Opening, closing and all are then the same."""
    assert delivered("Cháy!\n", repeat=repeat) == "Cháy!\n\nXin nhắc lại:\n\nCháy!"


@pytest.mark.parametrize("repeat", Repeat)
@pytest.mark.parametrize("nothing", ["", " \n\n "])
def test_nothing_is_not_repeated(repeat: Repeat, nothing: str) -> None:
    """No announcement is made of no words."""
    assert delivered(nothing, repeat=repeat) == nothing


@pytest.mark.parametrize(
    "script",
    [
        "Cúp điện lúc bảy giờ.\n\nXin nhắc lại: bảy giờ cúp điện.",
        "Cúp điện lúc bảy giờ.\nXIN NHẮC LẠI, bảy giờ.",
        "Xin nhắc lại lịch cúp điện sáng mai.",
    ],
)
def test_a_script_that_repeats_itself_is_left_alone(script: str) -> None:
    """Its author said it again already; listeners do not hear it a third time."""
    assert delivered(script, repeat=Repeat.WHOLE) == script


def test_the_words_inside_a_sentence_are_no_announcement() -> None:
    """Someone may be asked to remind others, and the bulletin is still repeated."""
    script = "Các trưởng thôn xin nhắc lại cho bà con."

    assert delivered(script, repeat=Repeat.WHOLE).endswith(f"{REPEATED}\n\n{script}")


@given(TEXTS, st.sampled_from(Repeat))
def test_delivering_twice_says_no_more(spoken: str, repeat: Repeat) -> None:
    """What was delivered once is delivered already."""
    once = delivered(spoken, repeat=repeat)

    assert delivered(once, repeat=repeat) == once


def test_the_announcement_is_a_sentence_of_its_own() -> None:
    """The voice pauses before and after it, and the cache knows the repeated sentences."""
    found = [sentence.text for sentence in split_sentences(delivered(SCRIPT, repeat=Repeat.WHOLE))]
    once = [sentence.text for sentence in split_sentences(SCRIPT)]

    assert found == [*once, REPEATED, *once]


def test_a_replay_says_when_it_was_issued() -> None:
    """The time first, then the date, then the bulletin as it was."""
    issued = datetime(2026, 11, 22, 17, 30, tzinfo=HANOI)

    assert replay_preface(issued) == (
        "Bản tin sau đây được phát hành lúc mười bảy giờ ba mươi phút ngày hai mươi hai tháng "
        "mười một năm hai nghìn không trăm hai mươi sáu."
    )
    assert replayed(SCRIPT, issued=issued) == f"{replay_preface(issued)}\n\n{SCRIPT}"


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2059, 12, 31), timezones=st.just(HANOI)))
def test_the_preface_is_read_as_the_reading_layer_reads_it(issued: datetime) -> None:
    """The words are those of the same time and date written in figures."""
    minute = f"{issued.minute:02}" if issued.minute else ""
    written = f"phát hành lúc {issued.hour}h{minute} ngày {issued:%d/%m}/{issued.year}."

    assert replay_preface(issued).endswith(read_aloud(written).spoken)


def test_a_time_without_a_zone_is_refused() -> None:
    """Seven hours off would be a lie told to a whole commune."""
    with pytest.raises(ValueError, match="zone"):
        replay_preface(datetime(2026, 11, 22, 17, 30))


def test_a_replay_of_a_replay_says_it_once() -> None:
    """The same issue is announced once; another issue is another announcement."""
    issued = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    once = replayed(SCRIPT, issued=issued)

    assert replayed(once, issued=issued) == once
    assert replayed(once, issued=issued + timedelta(hours=1)) != once

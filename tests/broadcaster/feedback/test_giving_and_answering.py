"""A word from the poster to the bulletin: on both databases, and in the trail without words."""

from datetime import timedelta

import pytest
from sqlmodel import select

from broadcaster.audit import Act
from broadcaster.audit.tables import AuditEntry, AuditPrivate
from broadcaster.bulletins.tables import Bulletin
from broadcaster.feedback.answering import answer, draft_bulletin
from broadcaster.feedback.errors import (
    NoAnswerYet,
    NoSuchFeedback,
    PosterGone,
    UnknownPlace,
    WordsMissing,
    WordsTooLong,
)
from broadcaster.feedback.giving import as_words, erase, give, open_poster
from broadcaster.feedback.listing import answers_in, feedback_in_view, open_count
from broadcaster.feedback.posters import make_poster, places, retire_poster
from broadcaster.feedback.tables import Feedback, FeedbackAnswer, Poster
from tests.broadcaster.small_station import STATION_ID, SmallStation

WORDS = "Loa ở chợ rè. Bà Sáu, 0912 345 678."


def a_poster(station: SmallStation) -> Poster:
    """A poster for a village, made by the operator."""
    with station.database.writing() as session:
        return make_poster(
            session,
            station_id=STATION_ID,
            village_id="v-1",
            device_id="",
            by="acc-operator",
            now=station.clock(),
        )


def let_give(station: SmallStation, words: str = WORDS, **given: object) -> Feedback:
    """Somebody says something in village one."""
    with station.database.writing() as session:
        return give(session, village_id="v-1", words=words, now=station.clock(), **given)  # type: ignore[arg-type]


def test_what_is_said_is_listed_answered_and_drafted(station: SmallStation) -> None:
    """The newest answer counts; its bulletin is drafted once and is a draft like any other."""
    said = let_give(station, poster=a_poster(station))
    with station.database.reading() as session:
        assert open_count(session) == 1
    for words in ("Sẽ sửa.", "Thứ Năm đài sửa loa."):
        with station.database.writing() as session:
            answer(
                session,
                said.id,
                words,
                station_id=STATION_ID,
                by="acc-operator",
                now=station.clock(),
            )
    with station.database.writing() as session:
        first = draft_bulletin(
            session, said.id, station_id=STATION_ID, by="acc-operator", now=station.clock()
        )
        again = draft_bulletin(
            session, said.id, station_id=STATION_ID, by="acc-operator", now=station.clock()
        )

    with station.database.reading() as session:
        (spoken,) = feedback_in_view(session, villages=None, limit=9)
        assert len(session.exec(select(FeedbackAnswer)).all()) == 2
        assert [each.words for each in answers_in(session, "v-1", limit=3)] == [
            "Thứ Năm đài sửa loa."
        ]
        assert open_count(session) == 0
        bulletin = session.get_one(Bulletin, first.id)
    assert first.id == again.id == spoken.bulletin_id
    assert (spoken.answer, spoken.entered_by, spoken.is_open) == ("Thứ Năm đài sửa loa.", "", False)
    assert bulletin.script.endswith("trả lời ý kiến của bà con Thôn Một.\nThứ Năm đài sửa loa.")
    # What the resident said may name people: it is not what is read out.
    assert "Bà Sáu" not in bulletin.script + bulletin.title
    assert (bulletin.author_id, bulletin.submitted_at) == ("acc-operator", None)


def test_a_bulletin_needs_an_answer(station: SmallStation) -> None:
    """Nothing is read out that nobody answered."""
    said = let_give(station)
    with pytest.raises(NoAnswerYet), station.database.writing() as session:
        draft_bulletin(
            session, said.id, station_id=STATION_ID, by="acc-operator", now=station.clock()
        )
    with pytest.raises(NoSuchFeedback), station.database.writing() as session:
        answer(
            session, "fb-none", "x", station_id=STATION_ID, by="acc-operator", now=station.clock()
        )


def test_the_same_words_again_are_one(station: SmallStation) -> None:
    """A second tap, or a poster that somebody sits at; tomorrow they are said anew."""
    first, again = let_give(station), let_give(station, f"  {WORDS}\r\n")
    station.clock.move(timedelta(days=1, minutes=1))
    tomorrow = let_give(station)

    assert first.id == again.id != tomorrow.id


@pytest.mark.parametrize(
    ("given", "refused"),
    [("", WordsMissing), (" \n\t\0", WordsMissing), ("x" * 601, WordsTooLong)],
)
def test_words_have_a_length(given: str, refused: type[Exception]) -> None:
    """None, and too many: nothing is kept."""
    with pytest.raises(refused):
        as_words(given)


def test_a_poster_that_is_down_takes_nothing(station: SmallStation) -> None:
    """Nor one that never was; taken down twice it is down."""
    poster = a_poster(station)
    for _ in range(2):
        with station.database.writing() as session:
            retire_poster(
                session, poster.code, station_id=STATION_ID, by="acc-operator", now=station.clock()
            )
    with station.database.reading() as session:
        for code in (poster.code, "never"):
            with pytest.raises(PosterGone):
                open_poster(session, code)
        assert [each.codes for each in places(session, STATION_ID)] == [(), ()]


@pytest.mark.parametrize(("village", "device"), [("v-9", ""), ("v-1", "loa-none"), ("", "")])
def test_posters_hang_where_the_station_is(
    station: SmallStation, village: str, device: str
) -> None:
    """Not in a village or at a pole of nobody's."""
    with pytest.raises(UnknownPlace), station.database.writing() as session:
        make_poster(
            session,
            station_id=STATION_ID,
            village_id=village,
            device_id=device,
            by="acc-operator",
            now=station.clock(),
        )


def test_what_was_said_can_be_erased_and_stays_out_of_the_trail(station: SmallStation) -> None:
    """Words may name people: they stand in one column, which is emptied; that it was said stays."""
    said = let_give(station, by="acc-head")
    with station.database.writing() as session:
        answer(
            session,
            said.id,
            "Bí mật của đài",
            station_id=STATION_ID,
            by="acc-operator",
            now=station.clock(),
        )
        erase(session, said.id, station_id=STATION_ID, by="acc-operator", now=station.clock())
        erase(session, said.id, station_id=STATION_ID, by="acc-operator", now=station.clock())

    with station.database.reading() as session:
        (spoken,) = feedback_in_view(session, villages=None, limit=9)
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.number)).all()  # type: ignore[arg-type]
        beside = session.exec(select(AuditPrivate.said)).all()
    assert (spoken.words, spoken.erased, spoken.entered_by) == ("", True, "Head")
    acts = [(each.act, each.person) for each in entries if each.about == said.id]
    assert acts == [
        (Act.FEEDBACK_GIVEN, "acc-head"),
        (Act.FEEDBACK_ANSWERED, "acc-operator"),
        (Act.FEEDBACK_ERASED, "acc-operator"),
    ]
    for kept in (*beside, *(each.message for each in entries)):
        assert "Bà Sáu" not in kept
        assert "Bí mật" not in kept


def test_another_villages_words_are_not_in_view(station: SmallStation) -> None:
    """The scope stands in the query."""
    let_give(station)

    with station.database.reading() as session:
        assert feedback_in_view(session, villages=frozenset({"v-2"}), limit=9) == []
        assert len(feedback_in_view(session, villages=frozenset({"v-1"}), limit=9)) == 1

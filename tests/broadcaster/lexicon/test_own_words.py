"""The commune's own words win over the nation's, from the next reading on, and are never lost."""

import pytest
from sqlmodel import select

from broadcaster.accounts.roles import Role
from broadcaster.lexicon.entries import StationLexicon, in_use, put_in, take_out, take_out_word
from broadcaster.lexicon.errors import (
    NoteTooLong,
    SampleUnusable,
    SpokenUnusable,
    UnknownEntry,
    WordNotHeard,
    WrittenUnusable,
)
from broadcaster.lexicon.tables import LexiconEntry
from broadcaster.lexicon.words import checked, tried
from playlists.reading import national_lexicon, read_aloud
from tests.broadcaster.small_station import STATION_ID, SmallStation


def enter(station: SmallStation, written: str, spoken: str, *, by: str | None = None) -> str:
    """Put a word in; the id of its entry."""
    with station.database.writing() as session:
        word = checked(written=written, spoken=spoken)
        return put_in(session, word, station_id=STATION_ID, by=by, now=station.clock()).id


def test_a_word_holds_from_the_next_reading_on(station: SmallStation) -> None:
    """And no longer once it is taken out."""
    lexicon = StationLexicon(station.database)
    script = "Hợp tác xã VNĐĐ họp."
    assert [warning.written for warning in read_aloud(script, lexicon()).warnings] == ["VNĐĐ"]

    entry = enter(station, "VNĐĐ", "vườn nhà đất đỏ", by=station.member("an", Role.OPERATOR))

    assert read_aloud(script, lexicon()).spoken == "Hợp tác xã vườn nhà đất đỏ họp."
    assert read_aloud(script, lexicon()).warnings == ()
    assert lexicon() is lexicon()

    with station.database.writing() as session:
        take_out(session, entry, station_id=STATION_ID, by=None, now=station.clock())

    assert read_aloud(script, lexicon()).warnings != ()


def test_a_new_reading_of_the_same_word_takes_the_old_one_s_place(station: SmallStation) -> None:
    """Both rows stay: who said what and when is known afterwards."""
    first = enter(station, "VNĐĐ", "vườn nhà đất đỏ")
    second = enter(station, "VNĐĐ", "ven núi đồi đá")
    same = enter(station, "VNĐĐ", "ven núi đồi đá")

    with station.database.reading() as session:
        assert [row.id for row in in_use(session, station_id=STATION_ID)] == [second]
        rows = {row.id: row.retired_at for row in session.exec(select(LexiconEntry))}
    assert rows == {first: station.clock(), second: None}
    assert same == second


def test_one_s_own_word_leaves_document_numbers_as_the_nation_reads_them() -> None:
    """KH of a plan's number stays a plan, whatever KH is in this commune."""
    word = checked(written="KH", spoken="khách hàng")

    trial = tried(word, lexicon=national_lexicon(), sample="Theo 12/KH-UBND, mời KH đến.")

    assert trial.then.spoken == "Theo mười hai kế hoạch ủy ban nhân dân, mời khách hàng đến."


@pytest.mark.parametrize(
    ("written", "spoken", "sentence", "expected"),
    [
        ("BCĐ389", "ban chỉ đạo ba tám chín", "Theo 12/QĐ-BCĐ389.", "ban chỉ đạo ba tám chín"),
        ("kyrgyz", "kiếc ghi", "KYRGYZ và Kyrgyz", "kiếc ghi và kiếc ghi"),
        ("ha", "héc ta đất", "Trồng 5 ha.", "năm héc ta đất"),
        ("binhphuxa", "bình phú xã", "Xem binhphuxa.gov.vn.", "bình phú xã chấm"),
        ("hoà", "hòa bình", "Đội hòa họp.", "Đội hòa bình họp."),
    ],
)
def test_a_word_holds_wherever_it_is_met(
    written: str, spoken: str, sentence: str, expected: str
) -> None:
    """In document numbers, in any case, after numbers, in addresses, in either spelling."""
    trial = tried(
        checked(written=written, spoken=spoken), lexicon=national_lexicon(), sample=sentence
    )

    assert expected in trial.then.spoken


def test_a_trial_shows_today_beside_then() -> None:
    """So that whoever enters a word hears of what it changes."""
    trial = tried(checked(written="VNĐĐ", spoken="vườn nhà"), lexicon=national_lexicon())

    assert trial.sample == "Mời bà con nghe tin về VNĐĐ sau đây."
    assert "vê nờ đê đê" in trial.today
    assert trial.then.spoken == "Mời bà con nghe tin về vườn nhà sau đây."


@pytest.mark.parametrize(
    ("written", "spoken", "note", "refusal", "field"),
    [
        (" ", "vườn", "", WrittenUnusable, "written"),
        ("x" * 61, "vườn", "", WrittenUnusable, "written"),
        ("VNĐĐ", " ", "", SpokenUnusable, "spoken"),
        ("VNĐĐ", "a" * 201, "", SpokenUnusable, "spoken"),
        ("VNĐĐ", "vườn", "a" * 201, NoteTooLong, "note"),
    ],
)
def test_what_is_no_word_is_refused_at_its_field(
    written: str, spoken: str, note: str, refusal: type[Exception], field: str
) -> None:
    """Each with its own sentence."""
    with pytest.raises(refusal) as refused:
        checked(written=written, spoken=spoken, note=note)

    assert refused.value.field == field  # type: ignore[attr-defined]


def test_a_reading_that_nobody_can_say_is_refused(station: SmallStation) -> None:
    """Digits and signs are what the lexicon is there to get rid of."""
    with pytest.raises(SpokenUnusable):
        enter(station, "VNĐĐ", "vườn 5")


def test_a_word_that_the_reading_would_never_meet_is_refused(station: SmallStation) -> None:
    """No word begins with a bracket; an entry that does nothing would only deceive."""
    with pytest.raises(WordNotHeard) as refused:
        enter(station, "(VN", "vườn nhà")

    assert "(VN" in refused.value.message_vi


def test_a_sample_that_cannot_be_read_says_why() -> None:
    """In the reading's own words."""
    word = checked(written="VNĐĐ", spoken="vườn nhà")

    with pytest.raises(SampleUnusable):
        tried(word, lexicon=national_lexicon(), sample="a " * 200)
    with pytest.raises(SampleUnusable) as refused:
        tried(word, lexicon=national_lexicon(), sample="-----")
    assert "chưa có chữ nào" in refused.value.message_vi


def test_what_is_not_in_use_cannot_be_taken_out(station: SmallStation) -> None:
    """Not twice, not by a name that nobody entered, not another station's."""
    entry = enter(station, "VNĐĐ", "vườn nhà đất đỏ")
    with station.database.writing() as session:
        take_out_word(session, "VNĐĐ", station_id=STATION_ID, by=None, now=station.clock())

    with station.database.writing() as session:
        for id_, at in ((entry, STATION_ID), ("lex-none", STATION_ID), ("a\0", STATION_ID)):
            with pytest.raises(UnknownEntry):
                take_out(session, id_, station_id=at, by=None, now=station.clock())
        with pytest.raises(UnknownEntry):
            take_out_word(session, "VNĐĐ", station_id=STATION_ID, by=None, now=station.clock())


def test_before_a_station_is_founded_the_nation_s_words_hold(sqlite_station: SmallStation) -> None:
    """A studio opens before there is anybody to enter a word."""
    assert StationLexicon(sqlite_station.database)() is national_lexicon()

"""What is typed is kept for its writer alone, until it is saved or thrown away."""

from datetime import timedelta

import pytest

from broadcaster.bulletins import desk
from broadcaster.bulletins.drafts import (
    MOST_OF_ONE,
    drafts_of,
    drop_draft,
    find_draft,
    keep_draft,
    new_draft_id,
)
from broadcaster.bulletins.errors import DraftElsewhere, EditedMeanwhile, UnknownDraft
from broadcaster.bulletins.texts import checked
from broadcaster.errors import LoaError
from tests.broadcaster.bulletins.newsroom import write
from tests.broadcaster.small_station import STATION_ID, SmallStation


def keep(station: SmallStation, draft_id: str, *, by: str, script: str, revision: int = 0) -> int:
    """Type something; the revision that was kept."""
    with station.database.writing() as session:
        draft = keep_draft(
            session,
            draft_id,
            station_id=STATION_ID,
            by=by,
            given={"script": script},
            revision=revision,
            now=station.clock(),
        )
        return draft.revision


def test_the_newest_words_are_kept(station: SmallStation) -> None:
    """Each time anew, under one name."""
    by, draft_id = station.member("operator"), new_draft_id()
    first = keep(station, draft_id, by=by, script="Kính")
    second = keep(station, draft_id, by=by, script="Kính thưa", revision=first)

    with station.database.reading() as session:
        assert (second, find_draft(session, draft_id, by=by).given) == (2, {"script": "Kính thưa"})
        (line,) = drafts_of(session, station_id=STATION_ID, account_id=by)
    assert (line.title, line.address) == ("Kính thưa", f"/bulletins/new?draft={draft_id}")


def test_two_windows_on_one_draft_notice_each_other(station: SmallStation) -> None:
    """The one that kept nothing last is refused, and what the other kept stays."""
    by, draft_id = station.member("operator"), new_draft_id()
    keep(station, draft_id, by=by, script="Một")
    keep(station, draft_id, by=by, script="Hai", revision=1)

    with pytest.raises(DraftElsewhere):
        keep(station, draft_id, by=by, script="Ba", revision=1)
    with station.database.reading() as session:
        assert find_draft(session, draft_id, by=by).given == {"script": "Hai"}


def test_nobody_else_sees_or_changes_a_draft(station: SmallStation) -> None:
    """Not by its name, and throwing it away does nothing."""
    mine, theirs = station.member("operator"), station.member("other")
    draft_id = new_draft_id()
    keep(station, draft_id, by=mine, script="Của tôi")

    with pytest.raises(UnknownDraft):
        keep(station, draft_id, by=theirs, script="Của họ", revision=1)
    with station.database.writing() as session:
        with pytest.raises(UnknownDraft):
            find_draft(session, draft_id, by=theirs)
        drop_draft(session, draft_id, by=theirs)
        assert drafts_of(session, station_id=STATION_ID, account_id=theirs) == []
        assert find_draft(session, draft_id, by=mine).given == {"script": "Của tôi"}


@pytest.mark.parametrize("draft_id", ["", "x", "drf-", "drf-" + "a" * 15, "../../etc", "drf-\0"])
def test_a_name_that_the_station_never_gave_keeps_nothing(
    station: SmallStation, draft_id: str
) -> None:
    """A form names its draft; what is typed into the address is none."""
    with pytest.raises(UnknownDraft):
        keep(station, draft_id, by=station.member("operator"), script="Kính")


def test_only_so_many_are_kept_of_one_person(station: SmallStation) -> None:
    """The oldest gives way."""
    by = station.member("operator")
    ids = [new_draft_id() for _ in range(MOST_OF_ONE + 1)]
    for draft_id in ids:
        keep(station, draft_id, by=by, script="Kính")
        station.clock.move(timedelta(seconds=1))

    with station.database.reading() as session:
        left = [each.draft_id for each in drafts_of(session, station_id=STATION_ID, account_id=by)]
    assert left == ids[:0:-1]


def test_who_saves_over_another_persons_words_is_told_first(station: SmallStation) -> None:
    """The version that a form began from must still stand; what is alike is no conflict."""
    one, two = station.member("operator"), station.member("other")
    with station.database.writing() as session:
        row = write(session, by=one, now=station.clock())
        began = desk.version_of(row)
        theirs = checked(title="Lịch tiêm", script="Sáng kia.")
        desk.edit(session, row.id, written=theirs, by=two, now=station.clock(), based_on=began)
    mine = checked(title="Lịch tiêm", script="Chiều mai.")

    with pytest.raises(EditedMeanwhile), station.database.writing() as session:
        desk.edit(session, row.id, written=mine, by=one, now=station.clock(), based_on=began)
    with station.database.writing() as session:
        kept = desk.find_bulletin(session, row.id, station_id=STATION_ID)
        assert kept.script == "Sáng kia."
        desk.edit(session, row.id, written=theirs, by=one, now=station.clock(), based_on=began)
        desk.edit(
            session,
            row.id,
            written=mine,
            by=one,
            now=station.clock(),
            based_on=desk.version_of(kept),
        )
        assert kept.script == "Chiều mai."


def test_the_refusals_say_what_is_safe() -> None:
    """In words, for whoever typed."""
    told: list[type[LoaError]] = [DraftElsewhere, EditedMeanwhile]

    assert all("còn" in each.message_vi for each in told)

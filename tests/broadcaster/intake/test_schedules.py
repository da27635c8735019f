"""Old weekly times come in as schedules of bulletins that exist; nothing is on air unapproved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.audit.acts import Act
from broadcaster.bulletins.tables import Bulletin
from broadcaster.intake.bringing import Outcome, check_file, keep_file
from broadcaster.intake.checking import Doer
from broadcaster.intake.columns import laid_out
from broadcaster.intake.errors import TooManyRows
from broadcaster.intake.kinds import SCHEDULES
from broadcaster.intake.reading import read_tables
from broadcaster.intake.schedules import OF_OLD, ROWS_TRIED
from broadcaster.schedule.tables import Broadcast, Schedule
from tests.broadcaster.intake.conftest import csv_bytes, problems, verdicts
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.trail import acts_of, connect

HEAD = "Bản tin;Cụm;Thứ;Giờ;Từ ngày;Đến ngày"


@pytest.fixture
def newsroom(sqlite_url: str, tmp_path: Path) -> Iterator[Newsroom]:
    """Two clusters at noon of Monday 23/11/2026, an operator and a leader."""
    database = connect(sqlite_url)
    yield open_newsroom(database, state_dir=tmp_path)
    database.dispose()


def run(
    newsroom: Newsroom, *rows: str, keep: bool = False, by: str | None = "", head: str = HEAD
) -> Outcome:
    """What a file would do, or did."""
    database, now = newsroom.small.database, newsroom.now()
    somebody = newsroom.operator if by == "" else by
    doer = Doer(station_id=STATION_ID, today=now.date(), now=now, by=somebody)
    sheet = laid_out(read_tables(csv_bytes(head, *rows)), SCHEDULES.columns)
    return (keep_file if keep else check_file)(database, SCHEDULES, sheet, doer)


def titled(newsroom: Newsroom, title: str, *, approved: bool = True) -> str:
    """A bulletin of this title."""
    id_ = newsroom.bulletin(approved=False)
    with newsroom.small.database.writing() as session:
        session.get_one(Bulletin, id_).title = title
    if approved:
        newsroom.approve(id_)
    return id_


def rows_of(newsroom: Newsroom, table: type) -> list[object]:
    """All rows of a table."""
    with newsroom.small.database.reading() as session:
        return list(session.exec(select(table)))


def test_a_weekly_time_is_tried_and_undone(newsroom: Newsroom) -> None:
    """The check asks all rules of air time, and keeps nothing: no schedule, no entry."""
    titled(newsroom, "Chương trình sáng")
    found = run(newsroom, "chuong trinh sang;cả xã;T2-T7;17h00;;")

    assert verdicts(found) == ["new"]
    assert rows_of(newsroom, Schedule) == []
    assert acts_of(newsroom.small.database, Act.SCHEDULED) == []


def test_a_weekly_time_is_kept_as_a_schedule(newsroom: Newsroom) -> None:
    """From the first of its days whose hour is still to come; the same row again is the same."""
    id_ = titled(newsroom, "Chương trình sáng")
    row = "Chương trình sáng;cả xã;T2, T4;8:00;;31/12/2026"
    run(newsroom, row, keep=True)
    again = run(newsroom, row, keep=True)
    (schedule,) = rows_of(newsroom, Schedule)

    assert isinstance(schedule, Schedule)
    assert (schedule.bulletin_id, schedule.starts_local) == (id_, "2026-11-25T08:00")
    assert schedule.recurrence == "FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T235959"
    assert schedule.created_by == newsroom.operator
    assert verdicts(again) == ["same"]
    assert len(acts_of(newsroom.small.database, Act.SCHEDULED)) == 1


def test_what_nobody_approved_is_not_on_air(newsroom: Newsroom) -> None:
    """The schedule waits, as it does when it is typed."""
    id_ = titled(newsroom, "Chưa duyệt", approved=False)
    run(newsroom, "Chưa duyệt;cả xã;hằng ngày;17:00;;", keep=True)
    newsroom.plan()
    before = rows_of(newsroom, Broadcast)
    newsroom.approve(id_)
    newsroom.plan()

    assert before == []
    assert rows_of(newsroom, Broadcast) != []


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Không có;cả xã;T2;17:00;;", [("A2", "cell_bulletin_unknown")]),
        ("Tin;Cụm Chín;T2;17:00;;", [("B2", "cell_cluster_unknown")]),
        ("Tin;cả xã;T9;17:00;;", [("C2", "cell_weekdays_unusable")]),
        ("Tin;cả xã;T2;25:00;;", [("D2", "cell_time_unusable")]),
        ("Tin;cả xã;T2;17:00;01/01/2026;", [("E2", "cell_day_gone")]),
        ("Tin;cả xã;T2;17:00;01/01/2027;01/12/2026", [("F2", "cell_day_unusable")]),
        ("Tin;cả xã;T2;23:30;;", [("D2", "in_quiet_hours")]),
        ("Hai;cả xã;T2;17:00;;", [("A2", "cell_bulletin_unclear")]),
    ],
)
def test_a_time_that_cannot_be_is_told_by_its_cell(
    newsroom: Newsroom, row: str, expected: list[tuple[str, str]]
) -> None:
    """Quiet hours speak for themselves, in their own words."""
    titled(newsroom, "Tin")
    titled(newsroom, "Hai")
    titled(newsroom, "hai")

    assert problems(run(newsroom, row)) == expected


WITH_WORDS = f"{HEAD};Lời đọc"


def test_a_programme_that_is_not_there_becomes_a_draft(newsroom: Newsroom) -> None:
    """Once, however many times it had; nothing is scheduled, and nothing sounds."""
    rows = (
        "Chương trình sáng;cả xã;T2-T7;5:30;;;Kính chào bà con.",
        "Chương trình sáng;cả xã;T2-T7;17:00;;;Kính chào bà con.",
    )
    tried = run(newsroom, *rows, head=WITH_WORDS)
    assert rows_of(newsroom, Bulletin) == []
    run(newsroom, *rows, head=WITH_WORDS, keep=True)
    newsroom.plan()
    again = run(newsroom, *rows, head=WITH_WORDS, keep=True)
    (draft,) = rows_of(newsroom, Bulletin)

    assert isinstance(draft, Bulletin)
    assert verdicts(tried) == ["new", "same"]
    assert verdicts(again) == ["same", "same"]
    assert (draft.title, draft.script) == ("Chương trình sáng", "Kính chào bà con.")
    assert (draft.source, draft.author_id) == (OF_OLD, newsroom.operator)
    assert (draft.submitted_at, draft.rendition_id) == (None, None)
    assert (rows_of(newsroom, Schedule), rows_of(newsroom, Broadcast)) == ([], [])
    assert len(acts_of(newsroom.small.database, Act.BULLETIN_WRITTEN)) == 1


def test_once_the_draft_has_sound_the_same_file_brings_its_times(newsroom: Newsroom) -> None:
    """They wait for its approval like any other."""
    row = "Chương trình sáng;cả xã;T2-T7;17:00;;;Kính chào bà con."
    run(newsroom, row, head=WITH_WORDS, keep=True)
    (draft,) = rows_of(newsroom, Bulletin)
    assert isinstance(draft, Bulletin)
    newsroom.render(draft.id, draft.script)
    brought = run(newsroom, row, head=WITH_WORDS, keep=True)
    newsroom.plan()

    assert verdicts(brought) == ["new"]
    assert len(rows_of(newsroom, Schedule)) == 1
    assert rows_of(newsroom, Broadcast) == []


def test_words_of_a_draft_are_checked_as_typed_ones_are(newsroom: Newsroom) -> None:
    """A blank that nobody filled in, a title that is too long, and nobody who answers for it."""
    row = "Chương trình sáng;cả xã;T2;17:00;;;{}"
    blank = run(newsroom, row.format("Mời [[ai]] họp."), head=WITH_WORDS)
    nobody = run(newsroom, row.format("Mời bà con họp."), head=WITH_WORDS, by=None)

    assert problems(blank) == [("G2", "blank_left")]
    assert problems(nobody) == [("A2", "row_answers_nobody")]


def test_two_rows_at_one_time_are_in_each_others_way(newsroom: Newsroom) -> None:
    """The second is tried after the first."""
    titled(newsroom, "Một")
    titled(newsroom, "Hai")
    found = run(newsroom, "Một;cả xã;T2;17:00;;", "Hai;cả xã;T2;17:00;;")

    assert verdicts(found) == ["new", "problem"]
    assert problems(found) == [("D3", "slot_taken")]


def test_a_file_of_more_times_than_a_commune_has_is_not_tried(newsroom: Newsroom) -> None:
    """Nobody else could write while they are; the check does not begin."""
    rows = ["Không có;cả xã;T2;17:00;;"] * (ROWS_TRIED + 1)
    with pytest.raises(TooManyRows) as refused:
        run(newsroom, *rows)

    assert "100 dòng" in refused.value.message_vi


def test_a_schedule_is_somebodys(newsroom: Newsroom) -> None:
    """At the machine somebody must be named."""
    titled(newsroom, "Tin")

    assert problems(run(newsroom, "Tin;cả xã;T2;17:00;;", by=None)) == [
        ("A2", "row_answers_nobody")
    ]

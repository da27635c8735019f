"""Copying a day or a week: the same hours of other days, and by name what is not copied."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from broadcaster.areas.tables import Station
from broadcaster.audit.acts import Act
from broadcaster.calendar.copying import Copied, CopyUnusable, copy_days
from broadcaster.calendar.observances import Observance, kept_days, lunar_short
from broadcaster.schedule.errors import SlotTaken
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.trail import acts_of

HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def copied(newsroom: Newsroom, source: date, target: date, *, days: int = 1) -> Copied:
    """Copy as the operator."""
    with newsroom.small.database.writing() as session:
        return copy_days(
            session,
            source=source,
            target=target,
            days=days,
            cluster_id="",
            by=newsroom.operator,
            now=newsroom.now(),
            station=session.get_one(Station, STATION_ID),
        )


def test_a_week_is_copied_with_its_hours(newsroom: Newsroom) -> None:
    """Each day on its weekday; repeats too."""
    newsroom.queue(newsroom.bulletin(), at="2026-11-24T17:00", times=2, every_min=20)
    newsroom.queue(newsroom.bulletin("Tin thứ Sáu."), at="2026-11-27T06:00")

    done = copied(newsroom, date(2026, 11, 23), date(2026, 11, 30), days=7)

    assert (done.kept, done.left) == (2, ())
    starts = [each.starts_at.astimezone(HOME).strftime("%d/%m %H:%M") for each in newsroom.plan()]
    assert starts == ["24/11 17:00", "24/11 17:20", "27/11 06:00"]  # eight days are planned
    (entry,) = acts_of(newsroom.small.database, Act.DAYS_COPIED)
    assert (entry.details["from"], entry.details["kept"]) == ("2026-11-23", 2)


def test_what_meets_something_is_left_and_named(newsroom: Newsroom) -> None:
    """The rest is copied all the same."""
    newsroom.queue(newsroom.bulletin("Tin sáng."), at="2026-11-24T06:00")
    newsroom.queue(newsroom.bulletin("Tin chiều."), at="2026-11-24T17:00")
    newsroom.queue(newsroom.bulletin("Tin khác."), at="2026-11-25T17:00")

    done = copied(newsroom, date(2026, 11, 24), date(2026, 11, 25))

    assert done.kept == 1
    (left,) = done.left
    assert isinstance(left.why, SlotTaken)
    assert left.at.strftime("%d %H:%M") == "25 17:00"


def test_what_repeats_by_itself_stands_there_already(newsroom: Newsroom) -> None:
    """It is no conflict with itself; nor is a day that is copied a second time."""
    newsroom.queue(newsroom.bulletin("Tin hằng ngày."), at="2026-11-24T17:00",
                   recurrence="FREQ=DAILY")  # fmt: skip
    newsroom.queue(newsroom.bulletin("Tin sáng."), at="2026-11-24T06:00")

    first = copied(newsroom, date(2026, 11, 24), date(2026, 11, 25))
    again = copied(newsroom, date(2026, 11, 24), date(2026, 11, 25))

    assert (first.kept, first.standing, first.left) == (1, 1, ())
    assert (again.kept, again.standing, again.left) == (0, 2, ())


def test_what_stands_there_on_fewer_clusters_is_no_copy(newsroom: Newsroom) -> None:
    """The same bulletin at the same hour elsewhere leaves a cluster without it: that is named."""
    bulletin = newsroom.bulletin("Tin chung.")
    newsroom.queue(bulletin, at="2026-11-24T17:00", clusters=("cl-1", "cl-2"))
    newsroom.queue(bulletin, at="2026-11-25T17:00", clusters=("cl-1",))

    done = copied(newsroom, date(2026, 11, 24), date(2026, 11, 25))

    assert (done.kept, done.standing) == (0, 0)
    assert isinstance(done.left[0].why, SlotTaken)


def test_a_day_is_copied_neither_onto_itself_nor_into_the_past(newsroom: Newsroom) -> None:
    """Both would only make trouble."""
    for target in (date(2026, 11, 24), date(2026, 11, 22)):
        with pytest.raises(CopyUnusable):
            copied(newsroom, date(2026, 11, 24), target)


def test_days_have_the_names_that_people_know() -> None:
    """Holidays by both calendars, the plans' key days, first and full moons."""
    named = {each.day: each for each in kept_days(date(2026, 1, 1), date(2027, 2, 10))
             if each.kind is not Observance.MOON}  # fmt: skip
    moons = [each.name for each in kept_days(date(2026, 9, 25), date(2026, 9, 25))]

    assert named[date(2026, 2, 16)].name == "Giao thừa"
    assert named[date(2026, 2, 17)].name == "Tết Nguyên đán"
    assert named[date(2026, 4, 26)].name == "Giỗ Tổ Hùng Vương"
    assert named[date(2027, 2, 5)].name == "Giao thừa"
    assert [day for day, each in named.items() if each.kind is Observance.KEY_DAY] == [
        date(2026, 5, 18), date(2026, 10, 1), date(2026, 10, 10),
    ]  # fmt: skip
    assert moons == ["Rằm"]
    assert lunar_short(date(2025, 7, 25)) == "1/6N"

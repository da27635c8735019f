"""Moving what is scheduled: one time, a whole series, its repeats, and what the rules say to it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Station
from broadcaster.audit.acts import Act
from broadcaster.errors import LoaError
from broadcaster.schedule.air_rules import decide_rules
from broadcaster.schedule.errors import (
    BroadcastBegun,
    InQuietHours,
    OccurrenceGone,
    OnWeekend,
    OverrideNeedsLeader,
    RepeatsUnusable,
    SeriesDayFixed,
    SessionOverfull,
    SlotTaken,
    TimePassed,
    TooManySessions,
)
from broadcaster.schedule.placing import Choice
from broadcaster.schedule.series import Scope
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.trail import acts_of

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
OTHER = "Chiều nay cúp điện toàn xã từ một giờ đến năm giờ."
FIVE = "2026-11-24T17:00"
DAILY = "FREQ=DAILY"


def heard(newsroom: Newsroom) -> list[str]:
    """When something is planned, by wall time."""
    return [each.starts_at.astimezone(HOME).strftime("%d %H:%M") for each in newsroom.plan()]


def rule(newsroom: Newsroom, *, sessions_a_day: int = 0, weekdays_only: bool = False) -> None:
    """Let the commune decide."""
    with newsroom.small.database.writing() as session:
        decide_rules(
            session,
            station_id=STATION_ID,
            sessions_a_day=sessions_a_day,
            weekdays_only=weekdays_only,
            by=newsroom.leader,
            now=newsroom.now(),
        )


def test_what_plays_once_moves_with_its_approval(newsroom: Newsroom) -> None:
    """Words and sound are what was approved; the broadcast of the old hour is withdrawn."""
    schedule = newsroom.queue(newsroom.bulletin(), at=FIVE)
    newsroom.plan()

    moved = newsroom.move(schedule.id, FIVE, "2026-11-25T06:30")

    assert moved.id == schedule.id
    assert heard(newsroom) == ["25 06:30"]


def test_it_can_be_moved_back(newsroom: Newsroom) -> None:
    """What was moved away was not withdrawn by anybody."""
    schedule = newsroom.queue(newsroom.bulletin(), at=FIVE)
    newsroom.plan()
    newsroom.move(schedule.id, FIVE, "2026-11-25T06:30")
    newsroom.plan()

    newsroom.move(schedule.id, "2026-11-25T06:30", FIVE)

    assert heard(newsroom) == ["24 17:00"]


def test_one_time_of_a_series_moves_alone(newsroom: Newsroom) -> None:
    """The others stay, before and after."""
    series = newsroom.queue(newsroom.bulletin(), at=FIVE, recurrence=DAILY)
    newsroom.plan()

    newsroom.move(series.id, "2026-11-25T17:00", "2026-11-25T18:15")

    assert heard(newsroom)[:3] == ["24 17:00", "25 18:15", "26 17:00"]


def test_a_moved_time_moves_again_by_its_own_name(newsroom: Newsroom) -> None:
    """An occurrence is known by what its rule says, wherever it lies now."""
    series = newsroom.queue(newsroom.bulletin(), at=FIVE, recurrence=DAILY)
    newsroom.move(series.id, "2026-11-25T17:00", "2026-11-25T18:15")

    newsroom.move(series.id, "2026-11-25T17:00", "2026-11-25T19:00")

    assert heard(newsroom)[1] == "25 19:00"


def test_a_whole_series_changes_its_hour_and_keeps_its_exceptions(newsroom: Newsroom) -> None:
    """Left-out days stay left out; an exception moves with the rest."""
    series = newsroom.queue(newsroom.bulletin(), at=FIVE, recurrence=DAILY)
    newsroom.skip(series.id, "2026-11-25T17:00")
    newsroom.move(series.id, "2026-11-26T17:00", "2026-11-26T18:00")
    newsroom.plan()

    newsroom.move(series.id, FIVE, "2026-11-24T16:30", scope=Scope.ALL)

    assert heard(newsroom)[:3] == ["24 16:30", "26 17:30", "27 16:30"]


def test_a_series_on_chosen_days_keeps_them(newsroom: Newsroom) -> None:
    """Mondays cannot become Tuesdays by a slip of the hand."""
    series = newsroom.queue(
        newsroom.bulletin(), at="2026-11-30T17:00", recurrence="FREQ=WEEKLY;BYDAY=MO"
    )

    with pytest.raises(SeriesDayFixed):
        newsroom.move(series.id, "2026-11-30T17:00", "2026-12-01T17:00", scope=Scope.ALL)


def test_it_plays_several_times_at_a_distance(newsroom: Newsroom) -> None:
    """Three times, every twenty minutes; later only twice."""
    schedule = newsroom.queue(newsroom.bulletin(), at=FIVE, times=3, every_min=20)
    assert heard(newsroom) == ["24 17:00", "24 17:20", "24 17:40"]

    newsroom.move(schedule.id, FIVE, FIVE, times=2, every_min=20)

    assert heard(newsroom) == ["24 17:00", "24 17:20"]


def test_other_repeats_of_one_day_leave_the_series(newsroom: Newsroom) -> None:
    """That day becomes a schedule of its own; the series goes on as it was."""
    series = newsroom.queue(newsroom.bulletin(), at=FIVE, recurrence=DAILY)
    newsroom.plan()

    apart = newsroom.move(series.id, "2026-11-25T17:00", "2026-11-25T17:00", times=2, every_min=30)

    assert apart.id != series.id
    assert heard(newsroom)[:4] == ["24 17:00", "25 17:00", "25 17:30", "26 17:00"]


@pytest.mark.parametrize(("times", "every_min"), [(0, 5), (2, 0), (25, 5), (24, 63), (3, 720)])
def test_repeats_that_do_not_fit_are_refused(
    newsroom: Newsroom, times: int, every_min: int
) -> None:
    """Into each other, too many, or beyond a day."""
    bulletin = newsroom.bulletin()

    with pytest.raises(RepeatsUnusable):
        newsroom.queue(bulletin, at=FIVE, times=times, every_min=every_min)


@pytest.mark.parametrize(
    ("occurrence", "to", "error"),
    [
        (FIVE, "2026-11-23T11:59", TimePassed),
        (FIVE, "2026-11-24T20:59:55", InQuietHours),
        (FIVE, "2026-11-24T03:15", InQuietHours),
        ("2026-11-24T17:01", "2026-11-24T18:00", OccurrenceGone),
        (FIVE, "2026-11-24T12:30", SlotTaken),
    ],
)
def test_what_stands_against_a_move_is_named_and_nothing_moves(
    newsroom: Newsroom, occurrence: str, to: str, error: type[LoaError]
) -> None:
    """The plan afterwards is the plan before."""
    schedule = newsroom.queue(newsroom.bulletin(), at=FIVE)
    newsroom.queue(newsroom.bulletin(OTHER), at="2026-11-24T12:30")
    before = heard(newsroom)

    with pytest.raises(error):
        newsroom.move(schedule.id, occurrence, to)

    assert heard(newsroom) == before


def test_what_has_begun_stays(newsroom: Newsroom) -> None:
    """It can be stopped, but not moved nor left out."""
    schedule = newsroom.queue(newsroom.bulletin(), at="2026-11-23T12:05")
    newsroom.plan()
    newsroom.clock.move(timedelta(minutes=5))

    with pytest.raises(BroadcastBegun):
        newsroom.move(schedule.id, "2026-11-23T12:05", FIVE)
    with pytest.raises(BroadcastBegun):
        newsroom.skip(schedule.id, "2026-11-23T12:05")


def test_one_night_of_a_series_is_allowed_for_that_night_alone(newsroom: Newsroom) -> None:
    """A leader moves one time into quiet hours; no other order of the series carries his name."""
    series = newsroom.queue(newsroom.bulletin(), at=FIVE, recurrence=DAILY)

    newsroom.move(series.id, "2026-11-25T17:00", "2026-11-25T22:00", reason="Lũ lên nhanh",
                  by=newsroom.leader)  # fmt: skip

    planned = newsroom.plan()
    night = [each for each in planned if each.override_person]
    assert [each.starts_at.astimezone(HOME).strftime("%d %H:%M") for each in night] == ["25 22:00"]
    assert night[0].override_reason == "Lũ lên nhanh"
    (entry,) = acts_of(newsroom.small.database, Act.QUIET_HOURS_OVERRIDDEN)
    assert entry.details["allowed_by"] == newsroom.leader


def test_an_operator_moves_nothing_into_the_night_alone(newsroom: Newsroom) -> None:
    """What was approved for the day is not approved for the night."""
    schedule = newsroom.queue(newsroom.bulletin(), at=FIVE)

    with pytest.raises(OverrideNeedsLeader):
        newsroom.move(schedule.id, FIVE, "2026-11-24T22:00", reason="Lũ lên nhanh")


def test_whoever_wrote_it_is_not_its_second_person(newsroom: Newsroom) -> None:
    """Operator and leader at once, they cannot let their own words into the night."""
    both = newsroom.small.member("binh", Role.OPERATOR, Role.LEADER)
    own = Newsroom(small=newsroom.small, operator=both, leader=newsroom.leader)
    bulletin = own.bulletin()

    with pytest.raises(OverrideNeedsLeader):
        own.queue(bulletin, at="2026-11-24T22:00", reason="Lũ lên nhanh")

    assert own.queue(bulletin, at="2026-11-24T22:00", reason="Lũ lên", by=own.leader).override_by


def test_an_approval_before_the_wish_does_not_allow_it(newsroom: Newsroom) -> None:
    """Waiting and moved into the night, only the approval that follows lets it play there."""
    bulletin = newsroom.bulletin(approved=False)
    schedule = newsroom.queue(bulletin, at=FIVE)
    newsroom.move(schedule.id, FIVE, "2026-11-24T22:00", reason="Lũ lên nhanh")
    newsroom.clock.move(timedelta(minutes=1))
    newsroom.approve(bulletin)

    (broadcast,) = newsroom.plan()

    assert broadcast.override_person == "Thanh"


def test_a_reason_for_one_rule_opens_no_other(newsroom: Newsroom) -> None:
    """Allowed on a Sunday is not allowed by night: moved there later, it must be asked anew."""
    rule(newsroom, weekdays_only=True)
    schedule = newsroom.queue(newsroom.bulletin(), at="2026-11-29T17:00", reason="Ngày hội",
                              by=newsroom.leader)  # fmt: skip
    (sunday,) = newsroom.plan()
    assert (sunday.override_person, schedule.override_rules) == (None, "weekend")

    with pytest.raises(InQuietHours):
        newsroom.move(schedule.id, "2026-11-29T17:00", "2026-11-29T22:00", by=newsroom.leader)


def test_a_silent_weekend_is_silent(newsroom: Newsroom) -> None:
    """Where the commune decided so, without a reason nothing is kept for a Sunday."""
    rule(newsroom, weekdays_only=True)
    bulletin = newsroom.bulletin()

    with pytest.raises(OnWeekend):
        newsroom.queue(bulletin, at="2026-11-29T17:00")


def test_as_soon_as_approved_waits_for_monday(newsroom: Newsroom) -> None:
    """Queued on Friday and approved on Saturday, it plays when the weekend is over."""
    rule(newsroom, weekdays_only=True)
    newsroom.clock.move(timedelta(days=4))
    bulletin = newsroom.bulletin(approved=False)
    newsroom.queue(bulletin)
    newsroom.clock.move(timedelta(days=1))
    newsroom.approve(bulletin)
    assert heard(newsroom) == []

    newsroom.clock.move(timedelta(days=2))

    assert heard(newsroom) == ["30 12:00"]


def test_a_third_session_of_a_day_is_one_too_many(newsroom: Newsroom) -> None:
    """Where two are allowed; beside one that is there it belongs to that session."""
    rule(newsroom, sessions_a_day=2)
    for at in ("2026-11-24T06:00", FIVE):
        newsroom.queue(newsroom.bulletin(at), at=at)
    third = newsroom.bulletin(OTHER)

    with pytest.raises(TooManySessions):
        newsroom.queue(third, at="2026-11-24T11:00")

    assert newsroom.queue(third, at="2026-11-24T17:02").id


def test_a_session_is_as_long_as_all_that_plays_in_it(newsroom: Newsroom) -> None:
    """Ten plays within five minutes of each other are one session; a longer break makes two."""
    with newsroom.small.database.writing() as session:
        session.get_one(Station, STATION_ID).longest_session_ms = 15 * 60_000
    bulletin = newsroom.bulletin()

    with pytest.raises(SessionOverfull):
        newsroom.queue(bulletin, at=FIVE, times=5, every_min=4)

    assert newsroom.queue(bulletin, at=FIVE, times=5, every_min=6).id


def test_a_conflict_of_a_move_is_settled_as_chosen(newsroom: Newsroom) -> None:
    """What was there waits for what comes."""
    schedule = newsroom.queue(newsroom.bulletin(), at=FIVE)
    newsroom.queue(newsroom.bulletin(OTHER), at="2026-11-24T18:00")
    newsroom.plan()

    newsroom.move(schedule.id, FIVE, "2026-11-24T18:00", choice=Choice.SHIFT)

    planned = [(each.starts_at.astimezone(HOME).strftime("%H:%M"), each.schedule_id == schedule.id)
               for each in newsroom.plan()]  # fmt: skip
    assert planned == [("18:00", True), ("18:01", False)]

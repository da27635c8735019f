"""What is approved and not planned is named with its cause, and what was missed today."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcaster.areas.tables import Station
from broadcaster.bulletins import desk
from broadcaster.calendar.entries import EntryState, entries_between
from broadcaster.schedule.air_rules import decide_rules
from broadcaster.schedule.finding_room import Cause
from broadcaster.schedule.listing import open_lines
from broadcaster.schedule.not_planned import (
    HeldWish,
    Missed,
    Step,
    held_wishes,
    missed_since,
    steps_of,
)
from tests.broadcaster.bulletins.newsroom import SCRIPT, made_sound
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import STATION_ID

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = 8


@pytest.fixture
def newsroom(newsroom_on_sqlite: Newsroom) -> Newsroom:
    """One database is enough: what is read here is written by what is tested on both."""
    return newsroom_on_sqlite


def one_session_a_day(newsroom: Newsroom) -> None:
    """Let the commune decide so."""
    with newsroom.small.database.writing() as session:
        decide_rules(session, station_id=STATION_ID, sessions_a_day=1, weekdays_only=False,
                     by=newsroom.leader, now=newsroom.now())  # fmt: skip


def held(newsroom: Newsroom) -> list[HeldWish]:
    """What Today names as held."""
    with newsroom.small.database.reading() as session:
        station = session.get_one(Station, STATION_ID)
        return held_wishes(session, station=station, now=newsroom.now(), days=DAYS)


def missed(newsroom: Newsroom) -> list[Missed]:
    """What Today names as missed."""
    begins = newsroom.now().astimezone(HOME).replace(hour=0, minute=0)
    with newsroom.small.database.reading() as session:
        return missed_since(session, station_id=STATION_ID, begins=begins)


def step(newsroom: Newsroom) -> tuple[Step, Cause | None]:
    """What comes next for the only schedule that has no broadcast."""
    with newsroom.small.database.reading() as session:
        station = session.get_one(Station, STATION_ID)
        lines = open_lines(session, station_id=STATION_ID, zone=HOME)
        found = steps_of(session, lines, station=station, now=newsroom.now(), days=DAYS)
    (only,) = found.values()
    return only


def drawn(newsroom: Newsroom) -> list[tuple[EntryState, Cause | None]]:
    """How far the calendar says that things have come."""
    now = newsroom.now()
    with newsroom.small.database.reading() as session:
        station = session.get_one(Station, STATION_ID)
        entries = entries_between(session, station=station, begins=now, now=now,
                                  ends=now + timedelta(days=DAYS), plan_days=DAYS)  # fmt: skip
    return [(each.state, each.cause) for each in entries]


def heard(newsroom: Newsroom) -> list[str]:
    """What is planned, by wall time."""
    return [each.starts_at.astimezone(HOME).strftime("%d %H:%M") for each in newsroom.plan()]


def test_as_soon_as_approved_does_not_get_around_the_sessions_of_a_day(newsroom: Newsroom) -> None:
    """Three approved half an hour apart, one session a day: one today, two tomorrow.

    It was approved, so it is not dropped; nobody allowed a second session, so it waits.
    """
    one_session_a_day(newsroom)
    bulletins = [newsroom.bulletin(f"Tin số {number}.", approved=False) for number in range(3)]
    for bulletin in bulletins:
        newsroom.queue(bulletin)
    for bulletin in bulletins:
        newsroom.approve(bulletin)
        newsroom.plan()
        newsroom.clock.move(timedelta(minutes=30))

    assert heard(newsroom) == ["23 12:00"]
    assert [each.cause for each in held(newsroom)] == [Cause.SESSIONS, Cause.SESSIONS]

    newsroom.clock.move(timedelta(hours=20))
    assert heard(newsroom) == ["23 12:00", "24 09:30", "24 09:30"]
    assert held(newsroom) == []


def test_a_leader_may_allow_a_second_session(newsroom: Newsroom) -> None:
    """With a reason, leave is asked for what is broken, and approving it gives that leave."""
    one_session_a_day(newsroom)
    newsroom.queue(newsroom.bulletin())
    newsroom.plan()
    newsroom.clock.move(timedelta(minutes=30))
    second = newsroom.bulletin("Lũ lên nhanh.", approved=False)
    newsroom.queue(second, reason="Lũ lên nhanh")
    newsroom.approve(second)

    assert heard(newsroom) == ["23 12:00", "23 12:30"]


def test_what_a_new_rule_leaves_no_room_is_named_with_its_time(newsroom: Newsroom) -> None:
    """Approved for seven in the evening; then the quiet hours begin at six."""
    bulletin = newsroom.bulletin(approved=False)
    schedule = newsroom.queue(bulletin, at="2026-11-24T19:00")
    with newsroom.small.database.writing() as session:
        session.get_one(Station, STATION_ID).quiet_begins = "18:00"
    newsroom.approve(bulletin)

    assert newsroom.plan() == []
    (wish,) = held(newsroom)
    assert (wish.schedule_id, wish.occurrence) == (schedule.id, "2026-11-24T19:00")
    assert wish.cause is Cause.QUIET_HOURS
    assert step(newsroom) == (Step.HELD, Cause.QUIET_HOURS)
    assert drawn(newsroom) == [(EntryState.HELD, Cause.QUIET_HOURS)]


def test_a_schedule_says_what_comes_next(newsroom: Newsroom) -> None:
    """Waiting, returned, made anew and nobody asked, approved."""
    bulletin = newsroom.bulletin(approved=False)
    newsroom.queue(bulletin, at="2026-11-24T17:00")
    assert step(newsroom) == (Step.WAITING, None)
    newsroom.approve(bulletin, approved=False)
    assert step(newsroom) == (Step.RETURNED, None)
    assert drawn(newsroom) == [(EntryState.UNSENT, None)]
    newsroom.clock.move(timedelta(minutes=1))
    with newsroom.small.database.writing() as session:
        sound = made_sound(SCRIPT, take="hai")
        desk.attach_rendition(session, bulletin, sound=sound, now=newsroom.now())
    assert step(newsroom) == (Step.UNSENT, None)
    with newsroom.small.database.writing() as session:
        desk.submit(session, bulletin, by=newsroom.operator, now=newsroom.now())
    newsroom.approve(bulletin)
    assert step(newsroom) == (Step.SOON, None)
    assert drawn(newsroom) == [(EntryState.APPROVED, None)]


def test_what_is_farther_than_the_plan_reaches_says_so(newsroom: Newsroom) -> None:
    """It is approved, and nobody waits for anything."""
    newsroom.queue(newsroom.bulletin(), at="2026-12-20T17:00")
    newsroom.plan()

    assert step(newsroom) == (Step.FAR, None)
    assert held(newsroom) == []


def test_what_was_missed_today_is_named_until_it_is_scheduled_again(newsroom: Newsroom) -> None:
    """And not on the next day."""
    bulletin = newsroom.bulletin(approved=False)
    newsroom.queue(bulletin, at="2026-11-23T12:05")
    newsroom.clock.move(timedelta(minutes=10))
    newsroom.plan()
    assert [each.bulletin_id for each in missed(newsroom)] == [bulletin]

    newsroom.queue(bulletin, at="2026-11-23T17:00")

    assert missed(newsroom) == []

"""Two that want one slot: shown before anything is kept, and settled as a person chooses."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcaster.audit.acts import Act
from broadcaster.schedule.errors import NoRoomNear, SlotTaken, WayNotOpen
from broadcaster.schedule.placing import Choice
from tests.broadcaster.newsroom import Newsroom
from tests.trail import acts_of

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
OTHER = "Chiều nay cúp điện toàn xã từ một giờ đến năm giờ."
FIVE = "2026-11-24T17:00"


def heard(newsroom: Newsroom) -> list[tuple[str, str]]:
    """What is planned: wall time and bulletin."""
    return [
        (each.starts_at.astimezone(HOME).strftime("%d %H:%M"), each.bulletin_id)
        for each in newsroom.plan()
    ]


def test_a_wish_that_waits_for_its_approval_takes_its_slot_too(newsroom: Newsroom) -> None:
    """Nothing is planned yet, and still the second one is told before it is kept."""
    newsroom.queue(newsroom.bulletin(approved=False), at=FIVE)
    other = newsroom.bulletin(OTHER)

    with pytest.raises(SlotTaken) as taken:
        newsroom.queue(other, at=FIVE)

    assert taken.value.choices == (Choice.AFTER, Choice.SHIFT, Choice.OVERWRITE)
    assert {slot.cluster_id for slot in taken.value.clashing} == {"cl-1", "cl-2"}


def test_a_day_far_ahead_that_a_series_comes_to_is_taken(newsroom: Newsroom) -> None:
    """Three weeks ahead no broadcast is planned, but the series wishes it."""
    newsroom.queue(newsroom.bulletin(), at=FIVE, recurrence="FREQ=DAILY")

    with pytest.raises(SlotTaken):
        newsroom.queue(newsroom.bulletin(OTHER), at="2026-12-14T17:00")


def test_after_begins_when_the_other_is_over(newsroom: Newsroom) -> None:
    """In the next whole minute that is free."""
    first, second = newsroom.bulletin(), newsroom.bulletin(OTHER)
    newsroom.queue(first, at=FIVE)

    newsroom.queue(second, at=FIVE, choice=Choice.AFTER)

    assert heard(newsroom) == [("24 17:00", first), ("24 17:01", second)]


def test_shift_makes_the_other_wait(newsroom: Newsroom) -> None:
    """What was planned already is withdrawn and planned anew behind it."""
    first, second = newsroom.bulletin(), newsroom.bulletin(OTHER)
    newsroom.queue(first, at=FIVE)
    newsroom.plan()

    newsroom.queue(second, at=FIVE, choice=Choice.SHIFT)

    assert heard(newsroom) == [("24 17:00", second), ("24 17:01", first)]


def test_overwriting_leaves_one_day_of_a_series_out(newsroom: Newsroom) -> None:
    """Only that day; the series goes on, and the act names what was left out."""
    daily, second = newsroom.bulletin(), newsroom.bulletin(OTHER)
    series = newsroom.queue(daily, at=FIVE, recurrence="FREQ=DAILY")
    newsroom.plan()

    newsroom.queue(second, at="2026-11-25T17:00", choice=Choice.OVERWRITE)

    days = heard(newsroom)
    assert days[:3] == [("24 17:00", daily), ("25 17:00", second), ("26 17:00", daily)]
    (left_out,) = acts_of(newsroom.small.database, Act.OCCURRENCE_LEFT_OUT)
    assert (left_out.about, left_out.details["occurrence"]) == (series.id, "2026-11-25T17:00")


def test_shifting_one_never_lands_on_a_third(newsroom: Newsroom) -> None:
    """It waits until there is room for it on all of its clusters."""
    first, second, third = (newsroom.bulletin(text) for text in ("Một hai ba.", OTHER, "Bốn năm."))
    newsroom.queue(first, at=FIVE)
    newsroom.queue(third, at="2026-11-24T17:01")

    newsroom.queue(second, at=FIVE, choice=Choice.SHIFT)

    assert heard(newsroom) == [("24 17:00", second), ("24 17:01", third), ("24 17:02", first)]


@pytest.mark.parametrize(
    ("there", "wish", "ways"),
    [
        (3, 3, (Choice.AFTER, Choice.SHIFT, Choice.OVERWRITE)),
        (3, 2, (Choice.SHIFT, Choice.AFTER, Choice.OVERWRITE)),
        (2, 3, (Choice.AFTER,)),
        (2, 2, (Choice.AFTER, Choice.SHIFT)),
    ],
)
def test_the_ways_out_are_those_that_the_priorities_leave(
    newsroom: Newsroom, there: int, wish: int, ways: tuple[Choice, ...]
) -> None:
    """A priority item goes first; of two a person says which, and neither is ever dropped."""
    newsroom.queue(newsroom.bulletin(priority=there), at=FIVE)
    other = newsroom.bulletin(OTHER, priority=wish)

    with pytest.raises(SlotTaken) as taken:
        newsroom.queue(other, at=FIVE)

    assert taken.value.choices == ways
    for way in set(Choice) - set(ways):
        with pytest.raises(WayNotOpen):
            newsroom.queue(other, at=FIVE, choice=way)


def test_the_order_of_two_priority_items_is_recorded(newsroom: Newsroom) -> None:
    """Who put which one first stands in the trail."""
    newsroom.queue(newsroom.bulletin(priority=2), at=FIVE)

    second = newsroom.queue(newsroom.bulletin(OTHER, priority=2), at=FIVE, choice=Choice.SHIFT)

    (ordered,) = acts_of(newsroom.small.database, Act.PRIORITY_ITEMS_ORDERED)
    assert (ordered.by, ordered.details["first"]) == (newsroom.operator, second.id)


def test_what_is_on_air_is_not_touched(newsroom: Newsroom) -> None:
    """Beside something that has begun one can only come after."""
    first = newsroom.bulletin()
    newsroom.queue(first, at="2026-11-23T12:01")
    newsroom.plan()
    newsroom.clock.move(timedelta(minutes=1))
    other = newsroom.bulletin(OTHER)

    with pytest.raises(SlotTaken) as taken:
        newsroom.queue(other, at="2026-11-23T12:01:03")

    assert taken.value.choices == (Choice.AFTER,)


def test_what_would_be_put_off_into_the_night_is_refused(newsroom: Newsroom) -> None:
    """Shifted past 21:00 it would play tomorrow: that is no shift any more."""
    newsroom.queue(newsroom.bulletin(), at="2026-11-24T20:59")

    with pytest.raises(NoRoomNear):
        newsroom.queue(newsroom.bulletin(OTHER), at="2026-11-24T20:59", choice=Choice.SHIFT)


def test_touching_ends_are_no_conflict(newsroom: Newsroom) -> None:
    """Half-open: what begins when the other one's gap is over meets nothing, midnight included."""
    leader = newsroom.leader
    one = newsroom.bulletin()
    newsroom.queue(one, at="2026-11-24T23:59", reason="Bão", by=leader)
    (first,) = newsroom.plan()
    ends = first.starts_at + timedelta(milliseconds=first.slot_ms, seconds=2)
    at = ends.astimezone(HOME).replace(tzinfo=None).isoformat()

    newsroom.queue(newsroom.bulletin(OTHER), at=at, reason="Bão", by=leader)

    starts = [each.starts_at for each in newsroom.plan()]
    assert starts == [datetime(2026, 11, 24, 16, 59, tzinfo=UTC), ends]


def test_a_reason_frees_what_it_was_given_for_and_not_what_makes_way(newsroom: Newsroom) -> None:
    """The one that is approved for the evening is not moved into the night with it."""
    evening = "2026-11-24T20:59"
    first = newsroom.bulletin()
    newsroom.queue(first, at=evening)
    newsroom.plan()
    second = newsroom.bulletin(OTHER, priority=2)

    with pytest.raises(NoRoomNear):
        newsroom.queue(second, at=evening, choice=Choice.SHIFT, reason="Bão vào gần bờ.",
                       by=newsroom.leader)  # fmt: skip

    assert heard(newsroom) == [("24 20:59", first)]


def test_what_is_approved_is_said_to_make_way_only_once_the_newcomer_is(
    newsroom: Newsroom,
) -> None:
    """All ways are open to it, and the form says when they are gone."""
    newsroom.queue(newsroom.bulletin(), at=FIVE)
    waiting, approved = newsroom.bulletin(OTHER, approved=False), newsroom.bulletin("Bốn năm.")

    with pytest.raises(SlotTaken) as later:
        newsroom.queue(waiting, at=FIVE)
    with pytest.raises(SlotTaken) as at_once:
        newsroom.queue(approved, at=FIVE)

    assert (later.value.once_approved, at_once.value.once_approved) == (True, False)
    assert later.value.choices == (Choice.AFTER, Choice.SHIFT, Choice.OVERWRITE)

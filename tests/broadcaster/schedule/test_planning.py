"""From approved wishes to broadcasts: only what was approved, at absolute instants, once."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from broadcaster.bulletins import desk
from broadcaster.bulletins.texts import checked
from broadcaster.schedule.queueing import cancel_broadcast, cancel_schedule
from broadcaster.schedule.tables import BroadcastOrder, Schedule
from tests.broadcaster.newsroom import LEAD, Newsroom
from tests.broadcaster.small_station import STATION_ID

FIVE_PM = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DAILY = "FREQ=DAILY"


def test_what_is_not_approved_is_never_planned(newsroom: Newsroom) -> None:
    """Queued and waiting, it has no broadcast."""
    newsroom.queue(newsroom.bulletin(approved=False))

    assert newsroom.plan() == []


def test_as_soon_as_approved_begins_after_the_lead(newsroom: Newsroom) -> None:
    """The lead gives devices the time to fetch the sound."""
    bulletin = newsroom.bulletin(approved=False)
    newsroom.queue(bulletin)
    newsroom.clock.move(timedelta(minutes=20))
    newsroom.approve(bulletin)

    (broadcast,) = newsroom.plan()

    assert broadcast.starts_at == newsroom.now() + LEAD
    assert broadcast.not_after == broadcast.starts_at + timedelta(seconds=60)


def test_planning_again_plans_nothing_twice(newsroom: Newsroom) -> None:
    """However often the clock beats, one wish is one broadcast."""
    newsroom.queue(newsroom.bulletin())

    once = newsroom.plan()
    newsroom.clock.move(timedelta(seconds=1))

    assert [each.id for each in newsroom.plan()] == [each.id for each in once]


def test_each_cluster_gets_an_order_of_its_own(newsroom: Newsroom) -> None:
    """One broadcast in two clusters is two orders."""
    newsroom.queue(newsroom.bulletin())

    (broadcast,) = newsroom.plan()

    with newsroom.small.database.reading() as session:
        orders = session.exec(select(BroadcastOrder)).all()
    assert {order.cluster_id for order in orders} == {"cl-1", "cl-2"}
    assert {order.broadcast_id for order in orders} == {broadcast.id}


def test_a_recurring_schedule_rolls_eight_days_ahead(newsroom: Newsroom) -> None:
    """Today's and the seven that follow; a day later the next one joins."""
    newsroom.queue(newsroom.bulletin(), at="2026-11-23T17:00", recurrence=DAILY)

    week = newsroom.plan()
    newsroom.clock.move(timedelta(days=1))

    assert [each.starts_at for each in week] == [FIVE_PM + timedelta(days=n) for n in range(8)]
    assert newsroom.plan()[-1].starts_at == FIVE_PM + timedelta(days=8)


def test_an_edit_withdraws_what_has_not_begun(newsroom: Newsroom) -> None:
    """Approval is void, so the plan is empty; approved again, it is planned again."""
    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin, at="2026-11-23T17:00", recurrence=DAILY)
    newsroom.plan()
    script = "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em dưới năm tuổi."
    with newsroom.small.database.writing() as session:
        desk.edit(
            session,
            bulletin,
            written=checked(title="Lịch tiêm mới", script=script),
            by=newsroom.operator,
            now=newsroom.now(),
        )

    assert newsroom.plan() == []

    newsroom.render(bulletin, script)
    newsroom.approve(bulletin)

    assert {each.title for each in newsroom.plan()} == {"Lịch tiêm mới"}
    assert len(newsroom.plan()) == 8


def test_a_once_only_wish_survives_the_loss_of_its_approval(newsroom: Newsroom) -> None:
    """Planned, returned, approved again: it plays at the time that was wished."""
    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin, at="2026-11-23T17:00")
    newsroom.plan()
    newsroom.render(bulletin, "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em.", take="khác")

    assert newsroom.plan() == []

    newsroom.approve(bulletin)

    assert [each.starts_at for each in newsroom.plan()] == [FIVE_PM]


def test_what_has_begun_is_not_withdrawn(newsroom: Newsroom) -> None:
    """An edit during the broadcast touches only what comes after it."""
    bulletin = newsroom.bulletin()
    newsroom.queue(bulletin, at="2026-11-23T17:00")
    newsroom.plan()
    newsroom.clock.now = FIVE_PM + timedelta(seconds=1)
    newsroom.render(bulletin, "Sáng mai, trạm y tế xã tiêm vắc xin cho trẻ em.", take="khác")

    assert [each.starts_at for each in newsroom.plan()] == [FIVE_PM]


def test_one_withdrawn_by_a_person_stays_withdrawn(newsroom: Newsroom) -> None:
    """Tomorrow's is cancelled; planning does not bring it back, the others stay."""
    newsroom.queue(newsroom.bulletin(), at="2026-11-23T17:00", recurrence=DAILY)
    tomorrow = newsroom.plan()[1]
    with newsroom.small.database.writing() as session:
        cancel_broadcast(
            session, tomorrow.id, station_id=STATION_ID, by=newsroom.operator, now=newsroom.now()
        )

    assert len(newsroom.plan()) == 7


def test_cancelling_a_schedule_withdraws_all_that_is_to_come(newsroom: Newsroom) -> None:
    """Nothing of it is left in the plan."""
    schedule = newsroom.queue(newsroom.bulletin(), at="2026-11-23T17:00", recurrence=DAILY)
    newsroom.plan()
    with newsroom.small.database.writing() as session:
        cancel_schedule(
            session, schedule.id, station_id=STATION_ID, by=newsroom.operator, now=newsroom.now()
        )

    assert newsroom.plan() == []


def test_approved_too_late_is_missed_and_says_so(newsroom: Newsroom) -> None:
    """It does not play late; its schedule is closed as missed."""
    bulletin = newsroom.bulletin(approved=False)
    schedule = newsroom.queue(bulletin, at="2026-11-23T17:00")
    newsroom.clock.now = FIVE_PM
    newsroom.approve(bulletin)

    assert newsroom.plan() == []

    with newsroom.small.database.reading() as session:
        assert session.get_one(Schedule, schedule.id).closed_because == "missed"


def test_what_was_queued_for_now_waits_for_the_end_of_quiet_hours(newsroom: Newsroom) -> None:
    """Approved at 23:00 without an exception, it plays at 05:30."""
    bulletin = newsroom.bulletin(approved=False)
    newsroom.queue(bulletin)
    newsroom.clock.now = FIVE_PM + timedelta(hours=6)
    newsroom.approve(bulletin)

    (broadcast,) = newsroom.plan()

    assert broadcast.starts_at == FIVE_PM + timedelta(hours=12, minutes=30)
    assert broadcast.override_person is None


def test_an_exception_carries_the_name_of_who_approved_it(newsroom: Newsroom) -> None:
    """The leader who approves after it was asked for answers for it."""
    bulletin = newsroom.bulletin(approved=False)
    newsroom.queue(bulletin, at="2026-11-23T22:00", reason="Lũ lên nhanh")
    newsroom.approve(bulletin)

    (broadcast,) = newsroom.plan()

    assert (broadcast.override_person, broadcast.override_reason) == ("Thanh", "Lũ lên nhanh")


def test_leave_asked_for_just_before_quiet_hours_holds_in_them(newsroom: Newsroom) -> None:
    """Queued with a reason at 20:57, approved at 21:02: it does not wait for the morning."""
    bulletin = newsroom.bulletin(approved=False)
    newsroom.clock.now = FIVE_PM + timedelta(hours=3, minutes=57)
    newsroom.queue(bulletin, reason="Lũ lên nhanh")
    newsroom.clock.now = FIVE_PM + timedelta(hours=4, minutes=2)
    newsroom.approve(bulletin)

    (broadcast,) = newsroom.plan()

    assert broadcast.starts_at < FIVE_PM + timedelta(hours=4, minutes=3)
    assert (broadcast.override_person, broadcast.override_reason) == ("Thanh", "Lũ lên nhanh")


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([("cl-1",), ("cl-2",), ("cl-1", "cl-2")]),
            st.integers(min_value=0, max_value=600),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_no_cluster_ever_plays_two_at_once(
    newsroom: Newsroom, wishes: list[tuple[tuple[str, ...], int]]
) -> None:
    """Whatever is queued for now, and whenever it is planned, nothing overlaps on a cluster."""
    for number, (clusters, seconds) in enumerate(wishes):
        newsroom.clock.move(timedelta(seconds=seconds % 7))
        newsroom.queue(newsroom.bulletin(f"Bản tin số {number} của xã."), clusters=clusters)
        if seconds % 2:
            newsroom.plan()

    standing = newsroom.plan()

    with newsroom.small.database.reading() as session:
        where = {
            each.id: set(
                session.exec(
                    select(BroadcastOrder.cluster_id).where(BroadcastOrder.broadcast_id == each.id)
                )
            )
            for each in standing
        }
    for first, other in combinations(standing, 2):
        if where[first.id] & where[other.id]:
            ends = first.starts_at + timedelta(milliseconds=first.duration_ms)
            assert other.starts_at >= ends

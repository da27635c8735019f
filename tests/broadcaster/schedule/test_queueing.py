"""Queueing a bulletin: what the station's rules refuse, each with its own sentence."""

from datetime import timedelta

import pytest

from broadcaster.errors import LoaError
from broadcaster.schedule.errors import (
    InQuietHours,
    NoCluster,
    NotRendered,
    OverrideNeedsLeader,
    RecurrenceUnreadable,
    SessionTooLong,
    SlotTaken,
    TimePassed,
    TimeUnreadable,
    UnknownCluster,
)
from broadcaster.schedule.queueing import schedules_of
from tests.broadcaster.bulletins.newsroom import write
from tests.broadcaster.newsroom import Newsroom


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"clusters": ()}, NoCluster),
        ({"clusters": ("cl-1", "cl-99")}, UnknownCluster),
        ({"at": "2026-11-23T11:59"}, TimePassed),
        ({"at": "chiều nay"}, TimeUnreadable),
        ({"at": "2026-11-23T17:00", "recurrence": "mỗi ngày"}, RecurrenceUnreadable),
        ({"at": "2026-11-23T21:00"}, InQuietHours),
        ({"at": "2026-11-24T17:00", "recurrence": "FREQ=DAILY;BYHOUR=5,11,17,23"}, InQuietHours),
    ],
)
def test_what_the_rules_refuse_is_named_and_nothing_is_kept(
    newsroom: Newsroom, given: dict[str, str], error: type[LoaError]
) -> None:
    """Each refusal is its own error, and the bulletin has no schedule afterwards."""
    bulletin = newsroom.bulletin(approved=False)

    with pytest.raises(error):
        newsroom.queue(bulletin, **given)  # type: ignore[arg-type]

    with newsroom.small.database.reading() as session:
        assert schedules_of(session, bulletin) == []


def test_a_bulletin_without_sound_cannot_be_queued(newsroom: Newsroom) -> None:
    """There is nothing that could be approved yet."""
    with newsroom.small.database.writing() as session:
        bulletin = write(session, by=newsroom.operator, now=newsroom.now()).id

    with pytest.raises(NotRendered):
        newsroom.queue(bulletin)


def test_what_is_longer_than_a_session_is_refused(newsroom: Newsroom) -> None:
    """The station's rule is a limit on one session."""
    bulletin = newsroom.bulletin()
    with newsroom.small.database.writing() as session:
        newsroom.rendition(session, bulletin).duration_ms = 45 * 60 * 1000 + 1

    with pytest.raises(SessionTooLong):
        newsroom.queue(bulletin)


def test_a_taken_slot_says_what_plays_there_and_when_there_is_room(newsroom: Newsroom) -> None:
    """The other bulletin's title and the next free time stand in the sentence."""
    newsroom.queue(newsroom.bulletin(), at="2026-11-23T17:00")
    newsroom.plan()
    other = newsroom.bulletin("Chiều nay cúp điện toàn xã từ một giờ.")

    with pytest.raises(SlotTaken) as taken:
        newsroom.queue(other, at="2026-11-23T17:00", clusters=("cl-2",))

    assert "Lịch tiêm" in taken.value.message_vi
    assert "17:01 ngày 23/11/2026" in taken.value.message_vi


def test_other_clusters_stay_free(newsroom: Newsroom) -> None:
    """The same minute on another cluster is no conflict."""
    newsroom.queue(newsroom.bulletin(), at="2026-11-23T17:00", clusters=("cl-1",))
    newsroom.plan()
    other = newsroom.bulletin("Chiều nay cúp điện toàn xã từ một giờ.")

    assert newsroom.queue(other, at="2026-11-23T17:00", clusters=("cl-2",)).id


def test_quiet_hours_need_a_reason(newsroom: Newsroom) -> None:
    """With a reason it is kept, for a leader to decide."""
    bulletin = newsroom.bulletin(approved=False)

    schedule = newsroom.queue(bulletin, at="2026-11-23T22:00", reason="Lũ lên nhanh")

    assert (schedule.override_reason, schedule.override_by) == ("Lũ lên nhanh", None)


def test_an_operator_cannot_override_behind_the_leaders_back(newsroom: Newsroom) -> None:
    """Approved for the day, then queued for the night: the leader has to do that."""
    bulletin = newsroom.bulletin(approved=True)

    with pytest.raises(OverrideNeedsLeader):
        newsroom.queue(bulletin, at="2026-11-23T22:00", reason="Lũ lên nhanh")

    by_leader = newsroom.queue(
        bulletin, at="2026-11-23T22:00", reason="Lũ lên nhanh", by=newsroom.leader
    )
    assert by_leader.override_by == newsroom.leader


def test_quiet_hours_hold_for_the_end_of_a_bulletin_too(newsroom: Newsroom) -> None:
    """One of six seconds that begins at 20:59:58 would sound after 21:00."""
    bulletin = newsroom.bulletin()
    newsroom.clock.move(timedelta(minutes=1))

    with pytest.raises(InQuietHours):
        newsroom.queue(bulletin, at="2026-11-23T20:59:58")

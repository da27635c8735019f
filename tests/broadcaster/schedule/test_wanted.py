"""By when and where what waits is to play, and that what is wanted soonest stands first."""

from datetime import UTC, datetime, timedelta

from broadcaster.schedule.attention import WaitingBulletin, waiting_bulletins
from broadcaster.web.frame import HOME_ZONE
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.station_keys import STATION_ID


def waiting(newsroom: Newsroom, *, limit: int = 10) -> list[WaitingBulletin]:
    """What waits now."""
    with newsroom.small.database.reading() as session:
        return waiting_bulletins(
            session, station_id=STATION_ID, zone=HOME_ZONE, now=newsroom.now(), limit=limit
        )


def submitted(newsroom: Newsroom) -> str:
    """One more that waits, sent a minute after the one before."""
    newsroom.clock.move(timedelta(minutes=1))
    return newsroom.bulletin(approved=False)


def test_what_is_wanted_soonest_stands_first(newsroom_on_sqlite: Newsroom) -> None:
    """As soon as approved, then by the hour, then what has no wish, each in order of submission."""
    newsroom = newsroom_on_sqlite
    idle, late, early, at_once, idle_too = (submitted(newsroom) for _ in range(5))
    newsroom.queue(late, at="2026-11-24T17:00")
    newsroom.queue(early, at="2026-11-25T08:00", clusters=("cl-1",))
    newsroom.queue(early, at="2026-11-23T18:00", clusters=("cl-2",))
    newsroom.queue(at_once)

    found = waiting(newsroom)

    assert [each.bulletin_id for each in found] == [at_once, early, late, idle, idle_too]
    assert found[0].wanted is not None
    assert found[0].wanted.at is None
    assert found[1].wanted is not None
    assert found[1].wanted.at == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert len(found[1].wanted.clusters) == 1
    assert found[3].wanted is None
    assert [each.bulletin_id for each in waiting(newsroom, limit=2)] == [at_once, early]


def test_a_rule_is_wanted_at_its_next_occurrence(newsroom_on_sqlite: Newsroom) -> None:
    """What has gone by is not what a decision is waited for."""
    newsroom = newsroom_on_sqlite
    newsroom.queue(submitted(newsroom), at="2026-11-23T17:00", recurrence="FREQ=DAILY")
    newsroom.clock.move(timedelta(days=2))

    (found,) = waiting(newsroom)

    assert found.wanted is not None
    assert found.wanted.at == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)

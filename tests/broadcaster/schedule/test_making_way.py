"""Who wants an approved one's place gets it in the decision that approves them, and only then."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from broadcaster.areas.tables import Station
from broadcaster.audit.acts import Act
from broadcaster.bulletins.tables import Bulletin
from broadcaster.schedule.errors import WaysChanged
from broadcaster.schedule.making_way import Stays, Way, make_way, ways_of, ways_version
from broadcaster.schedule.placing import Choice
from broadcaster.schedule.tables import MakingWay
from tests.broadcaster.bulletins.newsroom import decide
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.schedule.test_conflicts import FIVE, OTHER, heard
from tests.broadcaster.small_station import STATION_ID
from tests.trail import acts_of


def ways(newsroom: Newsroom, bulletin_id: str) -> list[Way]:
    """What the approval would do, as its page reads it."""
    with newsroom.small.database.reading() as session:
        return list(ways_of(session, bulletin_id, station=station_in(session), now=newsroom.now()))


def approve_as_shown(newsroom: Newsroom, bulletin_id: str, shown: str) -> None:
    """Decide as the page does: the approval and what makes way are one transaction."""
    with newsroom.small.database.writing() as session:
        decide(session, newsroom.rendition(session, bulletin_id), approved=True,
               by=newsroom.leader, now=newsroom.now())  # fmt: skip
        make_way(
            session,
            bulletin_id,
            shown=shown,
            by=newsroom.leader,
            now=newsroom.now(),
            station=station_in(session),
        )


def station_in(session: Session) -> Station:
    """The newsroom's station."""
    return session.get_one(Station, STATION_ID)


def kept(newsroom: Newsroom) -> list[MakingWay]:
    """All that waits to be done."""
    with newsroom.small.database.reading() as session:
        return list(session.exec(select(MakingWay)))


@pytest.mark.parametrize(
    ("way", "afterwards"),
    [
        (Choice.SHIFT, [("24 17:00", 1), ("24 17:01", 0)]),
        (Choice.OVERWRITE, [("24 17:00", 1)]),
    ],
)
def test_the_choice_is_done_in_the_approval_and_not_before(
    newsroom: Newsroom, way: Choice, afterwards: list[tuple[str, int]]
) -> None:
    """Until then the approved one keeps its place; the acts name who chose and who approved."""
    both = newsroom.bulletin(), newsroom.bulletin(OTHER, approved=False)
    newsroom.queue(both[0], at=FIVE)
    newcomer = newsroom.queue(both[1], at=FIVE, choice=way)
    assert heard(newsroom) == [("24 17:00", both[0])]

    approve_as_shown(newsroom, both[1], ways_version(ways(newsroom, both[1])))

    assert heard(newsroom) == [(at, both[which]) for at, which in afterwards]
    settled = acts_of(newsroom.small.database, Act.CONFLICT_SETTLED)
    assert [(each.by, each.about, each.details["once_approved"]) for each in settled] == [
        (newsroom.operator, newcomer.id, True),
        (newsroom.leader, newcomer.id, False),
    ]
    assert kept(newsroom) == []


def test_what_is_returned_takes_nobodys_place(newsroom: Newsroom) -> None:
    """Nothing was lost by asking, and the choice waits on for the next decision."""
    first, second = newsroom.bulletin(), newsroom.bulletin(OTHER, approved=False)
    newsroom.queue(first, at=FIVE)
    newsroom.queue(second, at=FIVE, choice=Choice.OVERWRITE)

    newsroom.approve(second, approved=False)

    assert heard(newsroom) == [("24 17:00", first)]
    assert len(kept(newsroom)) == 1


def test_what_moved_since_it_was_shown_is_not_decided_on(newsroom: Newsroom) -> None:
    """The decision is taken back whole; shown anew, the other is out of the way by itself."""
    first, second = newsroom.bulletin(), newsroom.bulletin(OTHER, approved=False)
    there = newsroom.queue(first, at=FIVE)
    newsroom.queue(second, at=FIVE, choice=Choice.OVERWRITE)
    shown = ways_version(ways(newsroom, second))
    newsroom.move(there.id, FIVE, "2026-11-24T18:00")

    with pytest.raises(WaysChanged):
        approve_as_shown(newsroom, second, shown)

    assert heard(newsroom) == [("24 18:00", first)]
    assert ways(newsroom, second) == []
    approve_as_shown(newsroom, second, "")
    assert heard(newsroom) == [("24 17:00", second), ("24 18:00", first)]


def test_what_is_on_air_meanwhile_plays_on(newsroom: Newsroom) -> None:
    """The page says that it stays, and the newcomer begins behind it: nothing is lost."""
    first, second = newsroom.bulletin(), newsroom.bulletin(OTHER, approved=False)
    newsroom.queue(first, at="2026-11-23T12:01")
    newsroom.plan()
    newsroom.queue(second, at="2026-11-23T12:01:03", choice=Choice.OVERWRITE)
    shown = ways_version(ways(newsroom, second))
    newsroom.clock.move(timedelta(minutes=1, seconds=1))

    with pytest.raises(WaysChanged):
        approve_as_shown(newsroom, second, shown)
    (way,) = ways(newsroom, second)
    assert way.stays is Stays.BEGUN
    approve_as_shown(newsroom, second, ways_version([way]))

    assert [id_ for _, id_ in heard(newsroom)] == [first, second]
    assert acts_of(newsroom.small.database, Act.OCCURRENCE_LEFT_OUT) == []


def test_what_became_a_priority_item_meanwhile_keeps_its_place(newsroom: Newsroom) -> None:
    """None is dropped for another, whatever was chosen while it was a normal one."""
    first, second = newsroom.bulletin(), newsroom.bulletin(OTHER, approved=False)
    newsroom.queue(first, at=FIVE)
    newsroom.queue(second, at=FIVE, choice=Choice.OVERWRITE)
    with newsroom.small.database.writing() as session:
        session.get_one(Bulletin, first).priority = 2

    (way,) = ways(newsroom, second)

    assert way.stays is Stays.CHANGED
    approve_as_shown(newsroom, second, ways_version([way]))
    assert ("24 17:00", first) in heard(newsroom)


def test_who_is_put_elsewhere_forgets_whose_place_was_chosen(newsroom: Newsroom) -> None:
    """Moved to a free hour and back, it asks again."""
    first, second = newsroom.bulletin(), newsroom.bulletin(OTHER, approved=False)
    newsroom.queue(first, at=FIVE)
    waiting = newsroom.queue(second, at=FIVE, choice=Choice.OVERWRITE)

    newsroom.move(waiting.id, FIVE, "2026-11-24T18:00")

    assert kept(newsroom) == []


def test_a_series_takes_the_place_of_each_of_its_days_that_was_chosen(newsroom: Newsroom) -> None:
    """One row a day, each done; the other series goes on where this one does not."""
    daily, second = newsroom.bulletin(), newsroom.bulletin(OTHER, approved=False)
    newsroom.queue(daily, at=FIVE, recurrence="FREQ=DAILY")
    newsroom.queue(second, at=FIVE, recurrence="FREQ=DAILY;COUNT=2", choice=Choice.OVERWRITE)

    approve_as_shown(newsroom, second, ways_version(ways(newsroom, second)))

    assert heard(newsroom)[:3] == [
        ("24 17:00", second),
        ("25 17:00", second),
        ("26 17:00", daily),
    ]

"""Old news is not played: what is planned and queued keeps within a bulletin's days."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from broadcaster.bulletins import desk
from broadcaster.bulletins.provenance import Provenance
from broadcaster.bulletins.texts import checked
from broadcaster.schedule.errors import OutsideValidity
from broadcaster.schedule.validity import Validity
from tests.broadcaster.bulletins.newsroom import SCRIPT
from tests.broadcaster.newsroom import Newsroom

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def held(newsroom: Newsroom, provenance: Provenance) -> str:
    """An approved bulletin that holds on these days."""
    bulletin = newsroom.bulletin()
    with newsroom.small.database.writing() as session:
        written = checked(title="Lịch tiêm", script=SCRIPT, provenance=provenance)
        desk.edit(session, bulletin, written=written, by=newsroom.operator, now=newsroom.now())
    newsroom.render(bulletin, SCRIPT)
    newsroom.approve(bulletin)
    return bulletin


@pytest.mark.parametrize(
    ("hour", "holds"),
    [
        ("2026-11-22T23:59", False),
        ("2026-11-23T00:00", True),
        ("2026-11-24T23:59", True),
        ("2026-11-25T00:00", False),
    ],
)
def test_both_days_belong_to_it_in_the_stations_own_time(hour: str, holds: bool) -> None:
    """Not in UTC, where the day turns at seven in the morning."""
    validity = Validity(date(2026, 11, 23), date(2026, 11, 24))

    assert (
        validity.holds_at(datetime.fromisoformat(hour).replace(tzinfo=HANOI), zone=HANOI) is holds
    )


def test_a_programme_holds_while_all_in_it_does() -> None:
    """The latest beginning and the earliest end."""
    one = Validity(date(2026, 11, 1), date(2026, 11, 30))

    assert one.within(Validity(None, date(2026, 11, 20))) == Validity(
        date(2026, 11, 1), date(2026, 11, 20)
    )
    assert one.within(Validity()) == one


def test_a_recurring_schedule_ends_with_what_it_says(newsroom: Newsroom) -> None:
    """Daily from the 23rd, from the 24th to the 25th: two broadcasts."""
    bulletin = held(
        newsroom, Provenance(valid_from=date(2026, 11, 24), valid_until=date(2026, 11, 25))
    )
    newsroom.queue(bulletin, at="2026-11-23T17:00", recurrence="FREQ=DAILY")

    planned = [each.starts_at.astimezone(HANOI).date() for each in newsroom.plan()]

    assert planned == [date(2026, 11, 24), date(2026, 11, 25)]


@pytest.mark.parametrize("at", ["2026-11-26T17:00", ""])
def test_what_can_never_be_played_is_not_queued(newsroom: Newsroom, at: str) -> None:
    """At a day after it, or at once before it; the reason is told."""
    days = Provenance(valid_from=date(2026, 11, 24), valid_until=date(2026, 11, 25))

    with pytest.raises(OutsideValidity):
        newsroom.queue(held(newsroom, days), at=at)
